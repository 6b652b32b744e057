//! Every form in which a device asks where to enrol.

use axum::{
    body::Body,
    http::{Request, header},
};
use sceau::{listen::Plain, mdm, routes};

use super::password::fault;
use crate::site::{
    PUBLIC, SOAP, Site,
    capture::{PERSON, captured, enrolment_request_with},
    send,
    xml::{at, child, parsed, text},
};

/// The captured Discover, changed.
fn discover(replacements: &[(&str, &str)]) -> String {
    let mut request = String::from_utf8(captured("03_client_discover.xml")).unwrap();
    for (from, to) in replacements {
        assert!(request.contains(from), "{from} isn't in {request}");
        request = request.replace(from, to);
    }
    request
}

/// The captured request's list of what the device offers.
fn offers() -> String {
    let request = discover(&[]);
    let (_, rest) = request.split_once("<AuthPolicies>").unwrap();
    rest.split_once("</AuthPolicies>").unwrap().0.to_owned()
}

#[tokio::test]
async fn every_version_and_every_form_of_address_gets_the_same_answer() {
    let site = Site::new().await;
    let expected = site.enrolment("Discovery", discover(&[])).await.expect(200);
    let version = "<RequestVersion>4.0<";
    let forms = [
        (version, "<RequestVersion>3.0<"),
        (version, "<RequestVersion>5.0<"),
        (version, "<RequestVersion>6.0<"),
        (version, "<RequestVersion>7.0<"),
        (PERSON.0, "EXAMPLE\\demo"),
    ];
    for form in forms {
        let reply = site.enrolment("Discovery", discover(&[form])).await.expect(200);
        assert_eq!(reply.text(), expected.text(), "{form:?}");
        assert!(reply.is_in_one_piece());
    }
}

#[tokio::test]
async fn an_address_with_a_slash_at_its_end_is_the_same() {
    let site = Site::new().await;
    let at = "/EnrollmentServer/Discovery.svc/";
    for request in [
        Request::get(at).body(Body::empty()),
        Request::post(at)
            .header(header::CONTENT_TYPE, SOAP)
            .body(Body::from(discover(&[]))),
    ] {
        let reply = send(routes::public(site.app.clone()), request.unwrap()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert!(reply.is_in_one_piece());
    }
}

#[tokio::test]
async fn a_device_that_takes_no_password_is_told_so_at_once() {
    let site = Site::new().await;
    let only = |policy: &str| format!("<AuthPolicy>{policy}</AuthPolicy>");
    for policy in ["Federated", "Certificate"] {
        let request = discover(&[(&offers(), &only(policy))]);
        let reply = site.enrolment("Discovery", request).await.expect(500);
        let words = reply.text();
        assert!(words.contains("NotSupported"), "{words}");
        assert!(words.contains("a user name and a password"), "{words}");
    }
    let request = discover(&[(&offers(), &only("OnPremise"))]);
    let reply = site.enrolment("Discovery", request).await.expect(200);
    let document = parsed(&reply.body);
    let result = child(
        at(document.root_element(), "Body/DiscoverResponse"),
        "DiscoverResult",
    );
    assert_eq!(text(result, "AuthPolicy"), "OnPremise");
}

#[tokio::test]
async fn over_plain_http_the_probe_is_sent_to_https_and_nothing_else_is_answered() {
    let site = Site::new().await;
    let router = mdm::redirect_router(site.app.clone());
    let plain = Plain::serve("127.0.0.1:0".parse().unwrap(), router)
        .await
        .unwrap();
    let curl = async |arguments: &[&str]| {
        let url = format!("http://{}{}", plain.address, arguments[0]);
        let output = tokio::process::Command::new("curl")
            .args(["--silent", "--include", "--noproxy", "*"])
            .args(&arguments[1..])
            .arg(url)
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().to_lowercase()
    };
    for path in [
        "/EnrollmentServer/Discovery.svc",
        "/EnrollmentServer/Discovery.svc/",
    ] {
        let answer = curl(&[path]).await;
        assert!(answer.starts_with("http/1.1 302"), "{answer}");
        let location = format!("location: {PUBLIC}/enrollmentserver/discovery.svc\r\n");
        assert!(answer.contains(&location), "{answer}");
        assert!(answer.contains("content-length: 0\r\n"), "{answer}");
    }
    let password = captured("07_client_rst-wstep.xml");
    let password = String::from_utf8(password).unwrap();
    let answer = curl(&["/EnrollmentServer/Discovery.svc", "--data", &password]).await;
    assert!(answer.starts_with("http/1.1 405"), "{answer}");
    for path in ["/", "/EnrollmentServer/Enrollment.svc", "/login"] {
        let answer = curl(&[path]).await;
        assert!(answer.starts_with("http/1.1 404"), "{answer}");
    }
    plain.stop().await;
}

#[tokio::test]
async fn a_domain_before_the_user_name_is_left_out_and_hides_no_guess() {
    let site = Site::new().await;
    site.person("demo", Some(PERSON.1)).await;
    let guess = |domain: &str| {
        let name = format!("{domain}\\demo");
        enrolment_request_with(&[(PERSON.0, &name), (">demo<", ">guess<")])
    };
    let right = enrolment_request_with(&[(PERSON.0, "EXAMPLE\\demo")]);
    for number in 0..8 {
        let reply = site
            .enrolment("Enrollment", guess(&format!("DOMAIN{number}")))
            .await;
        assert_eq!(fault(&reply).0, "s:Authentication");
        site.pass(2);
    }
    let early = site.enrolment("Enrollment", right.clone()).await;
    assert!(fault(&early).1.contains("Try again in"), "{}", early.text());
    site.pass(301);
    site.enrolment("Enrollment", right).await.expect(200);
}
