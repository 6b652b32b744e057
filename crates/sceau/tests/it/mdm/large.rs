//! Values that a device tells in pieces (OMA-DM 1.2.1, Protocol 7), and how much it takes itself.

use domain::{
    delivery::{DeliveryState, Proof},
    diagnosis::Cause,
    event::What,
    scep_configuration::CertificateStore,
};
use lab::device::syncml;

use super::packages::{Talk, ordered, send, states, timeline};
use crate::site::{
    Site,
    computer::Computer,
    pieces::{Cut, cut},
};

const PIECES: Cut = Cut {
    elements: usize::MAX,
    octets: 400,
};

/// A session in which the server has just asked for the certificate, and the messages that tell it in pieces.
async fn asked() -> (Site, Talk, Vec<String>) {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
    loop {
        assert!(!talk.is_over(), "the certificate was never asked for");
        let message = talk.message();
        let items = message.commands.iter().flat_map(|one| &one.items);
        let mut nodes = items.filter_map(|item| item.target.as_deref());
        if nodes.any(|node| node.contains("/My/") && node.ends_with("/EncodedCertificate")) {
            let (package, _) = talk.next();
            let messages = cut(&package, &PIECES);
            assert!(messages.len() > 2, "{package}");
            return (site, talk, messages);
        }
        talk.carry_out(&site, &Cut::NOT).await;
    }
}

/// Sends messages as they are, and gives the code of each answer's status for Results.
async fn say(site: &Site, talk: &mut Talk, messages: &[String]) -> Vec<String> {
    let mut codes = Vec::new();
    for message in messages {
        talk.number += 1;
        talk.reply = send(site, &talk.computer, message.clone()).await;
        let told = talk
            .told()
            .into_iter()
            .filter(|(command, _)| command == "Results");
        codes.extend(told.map(|(_, code)| code));
    }
    codes
}

/// The messages again, under the next MsgIDs.
fn again(talk: &Talk, messages: &[String]) -> Vec<String> {
    let numbered = messages.iter().zip(talk.number + 1..);
    numbered
        .map(|(message, number)| {
            let (head, rest) = message.split_once("<MsgID>").unwrap();
            let (_, rest) = rest.split_once("</MsgID>").unwrap();
            format!("{head}<MsgID>{number}</MsgID>{rest}")
        })
        .collect()
}

fn is_proved(states: &[DeliveryState]) -> bool {
    matches!(
        states,
        [DeliveryState::Verified {
            by: Proof::Certificate,
            ..
        }]
    )
}

/// A later session proves the certificate.
async fn proves_it_later(site: &Site, computer: Computer) {
    site.pass(60);
    let mut talk = Talk::begin(site, computer, &Cut::NOT).await;
    talk.finish(site, &Cut::NOT).await;
    let states = states(site).await;
    assert!(is_proved(&states), "{states:?}");
}

#[tokio::test]
async fn a_value_in_pieces_is_put_together_and_each_piece_is_accepted() {
    let (site, mut talk, messages) = asked().await;
    for message in &messages[..messages.len() - 1] {
        let codes = say(&site, &mut talk, std::slice::from_ref(message)).await;
        assert_eq!(codes, ["213"]);
        assert!(talk.asks_for_more(), "{}", talk.reply.text());
        assert!(!is_proved(&states(&site).await));
    }
    let codes = say(&site, &mut talk, &messages[messages.len() - 1..]).await;
    assert_eq!(codes, ["200"]);
    let states = states(&site).await;
    assert!(is_proved(&states), "{states:?}");
}

#[tokio::test]
async fn pieces_survive_a_restart_of_the_server_and_their_repetition() {
    let (mut site, mut talk, messages) = asked().await;
    for message in &messages {
        say(&site, &mut talk, std::slice::from_ref(message)).await;
        let before = talk.reply.body.clone();
        site = site.restarted().await;
        let repeated = send(&site, &talk.computer, message.clone()).await;
        assert_eq!(repeated.body, before);
    }
    let states = states(&site).await;
    assert!(is_proved(&states), "{states:?}");
}

#[tokio::test]
async fn pieces_that_do_not_make_up_their_size_are_refused_and_asked_again_later() {
    let (site, mut talk, mut messages) = asked().await;
    let (head, rest) = messages[0].split_once("<Size xmlns=\"syncml:metinf\">").unwrap();
    let (_, rest) = rest.split_once("</Size>").unwrap();
    messages[0] = format!("{head}<Size xmlns=\"syncml:metinf\">77777</Size>{rest}");
    let codes = say(&site, &mut talk, &messages).await;
    assert_eq!(codes.last().map(String::as_str), Some("424"), "{codes:?}");
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Enrolling]),
        "{states:?}"
    );
    let told = timeline(&site).await;
    let is_told = |what: &What| {
        matches!(
            what,
            What::ValueLost {
                status: Some(424),
                ..
            }
        )
    };
    assert!(told.iter().any(is_told), "{told:?}");
    proves_it_later(&site, talk.computer).await;
}

#[tokio::test]
async fn a_value_whose_end_never_came_is_told_with_1225_and_may_come_again_whole() {
    let (site, mut talk, messages) = asked().await;
    let others = [
        // Another object begins.
        messages[1]
            .replace("<CmdRef>", "<CmdRef>another-")
            .replace("<MoreData/>", ""),
        // A command comes in between.
        talk.with_body(talk.number + 2, "<Replace><CmdID>5</CmdID><Item><Source><LocURI>./DevInfo/Lang</LocURI></Source><Data>fr</Data></Item></Replace>"),
        // The package ends.
        talk.with_body(talk.number + 2, "<Final/>"),
    ];
    let first = messages[0].clone();
    for other in others {
        let part = again(&talk, &[first.clone(), other]);
        let codes = say(&site, &mut talk, &part[..1]).await;
        assert_eq!(codes, ["213"]);
        say(&site, &mut talk, &part[1..]).await;
        let text = talk.reply.text();
        assert!(text.contains("<Data>1225</Data>"), "{text}");
        assert!(text.contains("/EncodedCertificate"), "it says which: {text}");
        assert_eq!(talk.message().commands.len(), 1, "{text}");
        assert!(!is_proved(&states(&site).await));
    }
    let whole = again(&talk, &messages);
    say(&site, &mut talk, &whole).await;
    let states = states(&site).await;
    assert!(is_proved(&states), "{states:?}");
}

#[tokio::test]
async fn a_value_of_more_than_512_kib_is_refused_and_the_session_goes_on() {
    let (site, mut talk, messages) = asked().await;
    let (head, rest) = messages[1].split_once("<Data>").unwrap();
    let (_, tail) = rest.split_once("</Data>").unwrap();
    let large = format!("{head}<Data>{}</Data>{tail}", "A".repeat(200_000));
    let mut all = vec![messages[0].clone(), large.clone(), large.clone(), large];
    all.push(messages.last().unwrap().clone());
    let all = again(&talk, &all);
    let codes = say(&site, &mut talk, &all).await;
    assert_eq!(codes, ["213", "213", "213", "413", "413"]);
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Enrolling]),
        "{states:?}"
    );
    proves_it_later(&site, talk.computer).await;
}

#[tokio::test]
async fn the_first_answer_of_a_session_says_how_large_a_value_may_be() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
    let says_so = "<MaxObjSize xmlns=\"syncml:metinf\">524288</MaxObjSize>";
    assert!(talk.reply.text().contains(says_so), "{}", talk.reply.text());
    talk.carry_out(&site, &Cut::NOT).await;
    assert!(!talk.reply.text().contains("MaxObjSize"));
}

/// A whole session of a device that takes messages of so many octets, and how long the longest was.
async fn bounded(site: &Site, mut computer: Computer, limits: &str) -> (Computer, usize) {
    let session = computer.next_session();
    let greeting = computer.greeting(&session);
    let (head, rest) = greeting.split_once("<MaxMsgSize").unwrap();
    let (_, rest) = rest.split_once("</MaxMsgSize>").unwrap();
    let greeting = format!("{head}{limits}{rest}");
    let mut talk = Talk::begin_with(site, computer, session, &greeting, &Cut::NOT).await;
    let mut longest = talk.reply.body.len();
    while !talk.is_over() {
        talk.carry_out(site, &Cut::NOT).await;
        longest = longest.max(talk.reply.body.len());
    }
    (talk.computer, longest)
}

#[tokio::test]
async fn an_order_that_the_device_has_no_room_for_waits_with_its_cause_and_goes_when_there_is_room() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut computer = computer;
    for (limits, octets) in [
        ("<MaxMsgSize xmlns=\"syncml:metinf\">2500</MaxMsgSize>", 2500),
        ("<MaxObjSize xmlns=\"syncml:metinf\">300</MaxObjSize>", 524_288),
    ] {
        let longest;
        (computer, longest) = bounded(&site, computer, limits).await;
        assert!(longest <= octets, "{longest}");
        let states = states(&site).await;
        let [
            DeliveryState::WaitingForChallenge {
                cause: Cause::MessageTooLarge { octets, limit },
            },
        ] = states.as_slice()
        else {
            panic!("{states:?}");
        };
        assert!(octets > limit);
        let device = site.devices().await.remove(0);
        assert_eq!(
            device.serial_number.as_deref(),
            Some("SERIAL-1"),
            "the rest works"
        );
        site.pass(60);
    }
    let told = timeline(&site).await;
    let told = told
        .iter()
        .filter(|what| matches!(what, What::WaitingForChallenge { .. }));
    assert_eq!(told.count(), 1, "told once");
    let small = "<MaxMsgSize xmlns=\"syncml:metinf\">7000</MaxMsgSize>";
    let (_, longest) = bounded(&site, computer, small).await;
    assert!(longest <= 7000, "{longest}");
    let states = states(&site).await;
    assert!(is_proved(&states), "{states:?}");
}

#[tokio::test]
async fn what_has_no_room_beside_the_statuses_goes_with_the_next_message() {
    let (site, mut computer) = ordered(CertificateStore::Device).await;
    let session = computer.next_session();
    let greeting = computer.greeting(&session);
    let mut talk = Talk::begin_with(&site, computer, session, &greeting, &Cut::NOT).await;
    talk.until_atomic(&site).await;
    let alone = talk.reply.body.len();
    // The device is switched off, and comes back with many alerts and just room enough for the order.
    let mut computer = talk.computer;
    let session = computer.next_session();
    let alerts = (100..120).fold(String::new(), |all, id| {
        format!("{all}<Alert><CmdID>{id}</CmdID><Data>1226</Data></Alert>")
    });
    let greeting = computer
        .greeting(&session)
        .replace("<Final/>", &format!("{alerts}<Final/>"))
        .replace(">524288<", &format!(">{alone}<"));
    let mut talk = Talk::begin_with(&site, computer, session, &greeting, &Cut::NOT).await;
    while !talk.is_over() {
        assert!(talk.reply.body.len() <= alone, "{}", talk.reply.body.len());
        talk.carry_out(&site, &Cut::NOT).await;
    }
    let states = states(&site).await;
    assert!(is_proved(&states), "{states:?}");
    assert_eq!(syncml::MAX_MESSAGE, 524_288, "what the computer says by itself");
}
