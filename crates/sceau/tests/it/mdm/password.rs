//! The person behind an enrolment: passwords, and the delay after wrong ones.

use crate::site::{
    Reply, SOAP, Site,
    capture::{PERSON, captured, enrolment_request_with},
    computer::CAPTURED_MESSAGE,
    xml::{parsed, text},
};
use axum::http::header;

/// The captured request with another password.
fn with_password(password: &str) -> String {
    enrolment_request_with(&[(">demo<", &format!(">{password}<"))])
}

/// A SOAP fault that relates to the captured request; its subcode and its words.
pub fn fault(reply: &Reply) -> (String, String) {
    assert_eq!(reply.status, 500, "{}", reply.text());
    assert_eq!(reply.header(header::CONTENT_TYPE), SOAP);
    assert!(reply.is_in_one_piece());
    let document = parsed(&reply.body);
    let envelope = document.root_element();
    assert_eq!(
        text(envelope, "Header/RelatesTo"),
        format!("urn:uuid:{CAPTURED_MESSAGE}")
    );
    (
        text(envelope, "Body/Fault/Code/Subcode/Value").to_owned(),
        text(envelope, "Body/Fault/Reason/Text").to_owned(),
    )
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_get_the_same_authentication_fault() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let wrong = site.enrolment("Enrollment", with_password("guess")).await;
    let unknown = enrolment_request_with(&[(PERSON.0, "nobody@mdmwindows.com")]);
    let unknown = site.enrolment("Enrollment", unknown).await;
    assert_eq!(fault(&wrong).0, "s:Authentication");
    assert_eq!(fault(&wrong), fault(&unknown), "nothing tells who exists");
    assert!(site.devices().await.is_empty(), "nothing was changed");
}

#[tokio::test]
async fn a_person_without_an_enrolment_password_enrols_nothing() {
    let site = Site::new().await;
    site.person(PERSON.0, None).await;
    for password in ["demo", ""] {
        let reply = site.enrolment("Enrollment", with_password(password)).await;
        assert_eq!(reply.status, 500);
    }
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn after_several_wrong_passwords_the_right_one_waits_too_but_not_from_elsewhere() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    for _ in 0..8 {
        let reply = site
            .enrolment_from("192.0.2.7", "Enrollment", with_password("guess"))
            .await;
        assert_eq!(fault(&reply).0, "s:Authentication");
        site.pass(2);
    }
    let right = captured("07_client_rst-wstep.xml");
    let early = site
        .enrolment_from("192.0.2.7", "Enrollment", right.clone())
        .await;
    let (subcode, words) = fault(&early);
    assert_eq!(subcode, "s:Authentication");
    assert!(words.contains("Try again in"), "{words}");
    assert!(site.devices().await.is_empty());
    site.enrolment_from("198.51.100.1", "Enrollment", right.clone())
        .await
        .expect(200);
    site.pass(301);
    site.enrolment_from("192.0.2.7", "Enrollment", right)
        .await
        .expect(200);
    assert_eq!(site.devices().await.len(), 1, "the same request, the same device");
}

#[tokio::test]
async fn without_a_user_name_and_password_there_is_no_enrolment() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let whole = String::from_utf8(captured("07_client_rst-wstep.xml")).unwrap();
    let (before, rest) = whole.split_once("<wsse:Security").unwrap();
    let (_, after) = rest.split_once("</wsse:Security>").unwrap();
    let without = site.enrolment("Enrollment", format!("{before}{after}")).await;
    assert_eq!(fault(&without).0, "a:InvalidSecurity");
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn a_token_of_a_sign_in_that_is_not_offered_enrols_nothing() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let whole = String::from_utf8(captured("07_client_rst-wstep.xml")).unwrap();
    let (before, rest) = whole.split_once("<wsse:UsernameToken").unwrap();
    let (_, after) = rest.split_once("</wsse:UsernameToken>").unwrap();
    let token = "<wsse:BinarySecurityToken ValueType=\
                 \"http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentUserToken\" \
                 EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary\">\
                 dG9rZW4=</wsse:BinarySecurityToken>";
    let reply = site
        .enrolment("Enrollment", format!("{before}{token}{after}"))
        .await;
    assert_eq!(fault(&reply).0, "a:InvalidSecurity");
    assert!(site.devices().await.is_empty());
}
