//! The fetching of a challenge against servers that behave, and that don't.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use ndes::exchange::{Answer, Authorization, Exchange, Next, Policy, Request, Scheme, Stop};
use ndes::{AdminPage, ChallengeUrl};
use world::*;

const URL: &str = "https://ndes.example.test/certsrv/mscep_admin/";

fn start() -> (Exchange, Request) {
    Exchange::start(ChallengeUrl::parse(URL).unwrap(), Policy::default())
}

fn answer<'a>(status: u16, www_authenticate: &'a [&'a str]) -> Answer<'a> {
    Answer {
        status,
        www_authenticate,
        location: None,
        body: b"",
    }
}

fn sent(next: Next) -> (Exchange, Request) {
    match next {
        Next::Send(exchange, request) => (exchange, request),
        other => panic!("{other:?}"),
    }
}

fn stopped(next: Next) -> Stop {
    match next {
        Next::Stop(stop) => stop,
        other => panic!("{other:?}"),
    }
}

fn token(text: &str, scheme: Scheme) -> Authorization {
    Authorization::Continue {
        scheme,
        server_token: text.to_owned(),
    }
}

/// Up to where the third leg of NTLM has gone out.
fn signed_in() -> Exchange {
    sent(start().0.answered(&answer(401, &["NTLM TlRMTVNTUAACAAAA"]))).0
}

#[test]
fn ntlm_takes_three_legs_and_begins_with_the_first_request() {
    let (exchange, request) = start();
    assert_eq!(request.url.as_str(), URL);
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Ntlm));
    let (exchange, request) = sent(exchange.answered(&answer(401, &["Negotiate", "NTLM TlRMTVNTUAACAAAA"])));
    assert_eq!(request.authorization, token("TlRMTVNTUAACAAAA", Scheme::Ntlm));
    let page = utf16(&challenge_page(&ENGLISH));
    let answer = Answer {
        body: &page,
        ..answer(200, &[])
    };
    let Next::Page(AdminPage::Challenge {
        challenge, ca_md5, ..
    }) = exchange.answered(&answer)
    else {
        panic!()
    };
    assert_eq!((challenge.as_str(), ca_md5), (CHALLENGE, Some(MD5)));
}

#[test]
fn one_refused_sign_in_stops_the_exchange() {
    let stop = stopped(signed_in().answered(&answer(401, &["Negotiate", "NTLM"])));
    assert_eq!(stop, Stop::WrongPassword);
    let stop = stopped(signed_in().answered(&answer(401, &["NTLM TlRMTVNTUAACAAAA"])));
    assert_eq!(stop, Stop::WrongPassword, "a new challenge isn't taken up");
}

#[test]
fn negotiate_is_used_where_ntlm_is_not_offered() {
    let (exchange, request) = sent(start().0.answered(&answer(401, &["Negotiate"])));
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Negotiate));
    let (exchange, request) = sent(exchange.answered(&answer(401, &["negotiate oYHOMIHL"])));
    assert_eq!(request.authorization, token("oYHOMIHL", Scheme::Negotiate));
    assert_eq!(
        stopped(exchange.answered(&answer(401, &["Negotiate"]))),
        Stop::WrongPassword
    );
}

/// Up to where a ticket has gone out.
fn with_a_ticket() -> Exchange {
    let policy = Policy {
        first: Scheme::Kerberos,
        ..Policy::default()
    };
    let (exchange, request) = Exchange::start(ChallengeUrl::parse(URL).unwrap(), policy);
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Kerberos));
    exchange
}

#[test]
fn a_refused_ticket_is_not_sent_again_and_is_no_wrong_password() {
    for (offers, next) in [
        (vec!["Negotiate oYHOMIHL", "NTLM"], Scheme::Ntlm),
        (vec!["Negotiate"], Scheme::Negotiate),
    ] {
        let (_, request) = sent(with_a_ticket().answered(&answer(401, &offers)));
        assert_eq!(request.authorization, Authorization::Begin(next));
    }
    let (exchange, _) = sent(with_a_ticket().answered(&answer(401, &["Negotiate"])));
    assert_eq!(
        stopped(exchange.answered(&answer(401, &["Negotiate"]))),
        Stop::NoUsableScheme
    );
}

#[test]
fn each_request_carries_a_ticket_of_its_own() {
    let moved = Answer {
        location: Some("/other/mscep_admin/"),
        ..answer(301, &[])
    };
    let (exchange, request) = sent(with_a_ticket().answered(&moved));
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Kerberos));
    let page = utf16(&challenge_page(&ENGLISH));
    let answer = Answer {
        body: &page,
        ..answer(200, &[])
    };
    assert!(matches!(
        exchange.answered(&answer),
        Next::Page(AdminPage::Challenge { .. })
    ));
}

#[test]
fn negotiate_with_ntlm_inside_gives_way_to_ntlm() {
    let policy = Policy {
        first: Scheme::Negotiate,
        ..Policy::default()
    };
    let (exchange, request) = Exchange::start(ChallengeUrl::parse(URL).unwrap(), policy);
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Negotiate));
    let (_, request) = sent(exchange.clone().answered(&answer(401, &["NTLM"])));
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Ntlm));
    assert_eq!(
        stopped(exchange.answered(&answer(401, &["Negotiate"]))),
        Stop::NoUsableScheme
    );
}

#[test]
fn basic_is_the_last_resort_and_stays_inside_tls() {
    let offers = ["Basic realm=\"NTLM, Negotiate\""];
    let policy = Policy {
        allows_basic: true,
        ..Policy::default()
    };
    let start = |url: &str, policy| Exchange::start(ChallengeUrl::parse(url).unwrap(), policy).0;
    let (exchange, request) = sent(start(URL, policy).answered(&answer(401, &offers)));
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Basic));
    assert_eq!(
        stopped(exchange.answered(&answer(401, &offers))),
        Stop::WrongPassword
    );

    let plain = URL.replace("https", "http");
    assert_eq!(
        stopped(start(&plain, policy).answered(&answer(401, &offers))),
        Stop::NoUsableScheme
    );
    assert_eq!(
        stopped(start(URL, Policy::default()).answered(&answer(401, &offers))),
        Stop::NoUsableScheme,
        "nobody allowed it"
    );
}

#[test]
fn offers_may_share_a_header() {
    let (_, request) = sent(start().0.answered(&answer(
        401,
        &["Digest qop=\"auth,x\", Negotiate, Basic realm=\"a\""],
    )));
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Negotiate));
    assert_eq!(
        stopped(start().0.answered(&answer(401, &["Digest realm=\"x\""]))),
        Stop::NoUsableScheme
    );
    assert_eq!(
        stopped(start().0.answered(&answer(401, &[]))),
        Stop::NoUsableScheme
    );
}

#[test]
fn the_redirect_to_the_last_slash_is_followed_on_the_connection_that_is_signed_in() {
    let moved = Answer {
        location: Some("/certsrv/mscep_admin/"),
        ..answer(301, &[])
    };
    let (exchange, request) = sent(signed_in().answered(&moved));
    assert_eq!(request.url.as_str(), URL);
    assert_eq!(request.authorization, Authorization::Absent);
    // A server that signs in each request asks again, and is answered.
    let (exchange, request) = sent(exchange.answered(&answer(401, &["NTLM"])));
    assert_eq!(request.authorization, Authorization::Begin(Scheme::Ntlm));
    let (exchange, _) = sent(exchange.answered(&answer(401, &["NTLM AAAA"])));
    assert_eq!(
        stopped(exchange.answered(&answer(401, &["NTLM"]))),
        Stop::WrongPassword
    );
}

#[test]
fn the_sign_in_is_not_carried_to_another_place() {
    for location in [
        "https://evil.example.test/certsrv/mscep_admin/",
        "http://ndes.example.test/certsrv/mscep_admin/",
        "https://ndes.example.test:8443/",
        "//evil.example.test/",
        "https://user:secret@ndes.example.test/",
    ] {
        let moved = Answer {
            location: Some(location),
            ..answer(302, &[])
        };
        assert_eq!(
            stopped(signed_in().answered(&moved)),
            Stop::RedirectedElsewhere,
            "{location}"
        );
    }
    assert_eq!(
        stopped(signed_in().answered(&answer(302, &[]))),
        Stop::Unexpected(302)
    );
}

#[test]
fn circles_come_to_an_end() {
    let moved = Answer {
        location: Some(URL),
        ..answer(307, &[])
    };
    let mut exchange = signed_in();
    for _ in 0..3 {
        exchange = sent(exchange.answered(&moved)).0;
    }
    assert_eq!(stopped(exchange.answered(&moved)), Stop::TooManySteps);

    // One that forgets the connection at each redirect.
    let mut exchange = start().0;
    let mut steps = 0;
    let stop = loop {
        steps += 1;
        assert!(steps < 50);
        let scheme = if steps % 2 == 0 { ["NTLM"] } else { ["Negotiate"] };
        match exchange.answered(&answer(401, &scheme)) {
            Next::Send(next, _) => exchange = next,
            Next::Stop(stop) => break stop,
            Next::Page(page) => panic!("{page:?}"),
        }
    };
    assert!(matches!(
        stop,
        Stop::WrongPassword | Stop::TooManySteps | Stop::NoUsableScheme
    ));
}

#[test]
fn other_answers_stop_with_their_reason() {
    for (status, reason) in [
        (403, Stop::Forbidden),
        (404, Stop::NotFound),
        (500, Stop::ServerFailed(500)),
        (503, Stop::ServerFailed(503)),
        (204, Stop::Unexpected(204)),
        (418, Stop::Unexpected(418)),
    ] {
        assert_eq!(stopped(signed_in().answered(&answer(status, &[]))), reason);
    }
    let huge = vec![0; ndes::page::MAX_PAGE_BYTES + 1];
    let answer = Answer {
        body: &huge,
        ..answer(200, &[])
    };
    assert!(matches!(stopped(signed_in().answered(&answer)), Stop::Page(_)));
}

#[test]
fn a_page_without_a_challenge_ends_the_exchange_as_well() {
    let page = full_page(&FRENCH);
    let answer = Answer {
        body: page.as_bytes(),
        ..answer(200, &[])
    };
    assert!(matches!(
        signed_in().answered(&answer),
        Next::Page(AdminPage::CacheFull)
    ));
}

#[test]
fn the_answer_of_a_policy_module_is_read_by_what_the_address_asks() {
    let url = format!("{URL}?operation=NDESGenerateChallenge&keyUsage=0xa0");
    let (exchange, request) = Exchange::start(ChallengeUrl::parse(&url).unwrap(), Policy::default());
    assert_eq!(request.url.as_str(), url);
    let (exchange, _) = sent(exchange.answered(&answer(401, &["NTLM AAAA"])));
    let answer = Answer {
        body: CHALLENGE.as_bytes(),
        ..answer(200, &[])
    };
    let Next::Page(AdminPage::Challenge {
        challenge, ca_md5, ..
    }) = exchange.answered(&answer)
    else {
        panic!()
    };
    assert_eq!((challenge.as_str(), ca_md5), (CHALLENGE, None));
}
