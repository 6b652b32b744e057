//! The captured enrolment of a Windows 10 client goes through the server's own router.

use sceau::routes;
use x509_parser::prelude::{FromDer as _, X509Certificate, X509CertificationRequest};

use crate::site::{
    Reply, SOAP, Site,
    capture::{self, PERSON, captured},
    computer::{CAPTURED_MESSAGE, identity_in, provisioning_in},
    send,
    xml::{at, child, children, parsed, text},
};
use axum::http::header;

async fn public(site: &Site, request: &str) -> Reply {
    send(routes::public(site.app.clone()), capture::request(request)).await
}

/// What every answer of the enrolment services keeps; MessageID of the request is echoed.
fn check_envelope(reply: &Reply, action: &str, message_id: &str) {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header(header::CONTENT_TYPE), SOAP);
    assert!(reply.is_in_one_piece(), "{:?}", reply.headers);
    let document = parsed(&reply.body);
    let envelope = document.root_element();
    assert_eq!(
        envelope.tag_name().namespace(),
        Some("http://www.w3.org/2003/05/soap-envelope")
    );
    assert_eq!(text(envelope, "Header/Action"), action);
    let relates_to = at(envelope, "Header/RelatesTo");
    assert_eq!(relates_to.text(), Some(message_id));
    assert_eq!(
        relates_to.tag_name().namespace(),
        Some("http://www.w3.org/2005/08/addressing")
    );
}

#[tokio::test]
async fn the_probe_gets_200_and_no_body() {
    let site = Site::new().await;
    let reply = public(&site, "01_client_discovery-get").await;
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert!(reply.is_in_one_piece());
}

#[tokio::test]
async fn the_captured_discover_gets_one_policy_and_https_addresses_on_one_host() {
    let site = Site::new().await;
    let reply = public(&site, "03_client_discover").await;
    check_envelope(
        &reply,
        "http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/DiscoverResponse",
        "urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478",
    );
    let document = parsed(&reply.body);
    let response = at(document.root_element(), "Body/DiscoverResponse");
    assert_eq!(
        response.tag_name().namespace(),
        Some("http://schemas.microsoft.com/windows/management/2012/01/enrollment"),
        "without a slash at the end"
    );
    let result = child(response, "DiscoverResult");
    let policies = children(result, "AuthPolicy");
    assert_eq!(policies.len(), 1);
    assert_eq!(policies[0].text(), Some("OnPremise"));
    assert!(text(result, "EnrollmentVersion").parse::<f32>().unwrap() >= 3.0);
    let policy = url::Url::parse(text(result, "EnrollmentPolicyServiceUrl")).unwrap();
    let enrolment = url::Url::parse(text(result, "EnrollmentServiceUrl")).unwrap();
    assert_eq!((policy.scheme(), enrolment.scheme()), ("https", "https"));
    assert_eq!(policy.host_str(), enrolment.host_str());
    assert_eq!(
        children(result, "AuthenticationServiceUrl").len(),
        0,
        "for Federated alone"
    );
}

#[tokio::test]
async fn the_captured_get_policies_is_told_rsa_2048_and_sha_256() {
    let site = Site::new().await;
    let reply = public(&site, "05_client_getpolicies").await;
    check_envelope(
        &reply,
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPoliciesResponse",
        "urn:uuid:72048B64-0F19-448F-8C2E-B4C661860AA0",
    );
    let document = parsed(&reply.body);
    let answer = at(document.root_element(), "Body/GetPoliciesResponse");
    let attributes = at(answer, "response/policies/policy/attributes");
    assert_eq!(text(attributes, "policySchema"), "3");
    assert_eq!(text(attributes, "privateKeyAttributes/minimalKeyLength"), "2048");
    let reference = text(attributes, "hashAlgorithmOIDReference");
    let oid = children(child(answer, "oIDs"), "oID")
        .into_iter()
        .find(|oid| text(*oid, "oIDReferenceID") == reference)
        .expect("the reference leads to an object identifier");
    assert_eq!(
        text(oid, "value"),
        "2.16.840.1.101.3.4.2.1",
        "or the device signs with SHA-1"
    );
    assert_eq!(text(oid, "group"), "1", "hash algorithms");
}

#[tokio::test]
async fn the_captured_request_gets_a_token_collection_around_a_provisioning_document() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let before = site.app.now();
    let reply = public(&site, "07_client_rst-wstep").await;
    check_envelope(
        &reply,
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep",
        &format!("urn:uuid:{CAPTURED_MESSAGE}"),
    );
    let document = parsed(&reply.body);
    let envelope = document.root_element();
    let timestamp = at(envelope, "Header/Security/Timestamp");
    assert!(text(timestamp, "Created") < before.to_rfc3339().as_str());
    assert!(text(timestamp, "Expires") > before.to_rfc3339().as_str());
    let response = at(
        envelope,
        "Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse",
    );
    assert_eq!(
        text(response, "TokenType"),
        "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken"
    );
    let id = child(response, "RequestID");
    assert_eq!(id.text(), Some("0"));
    assert_eq!(
        id.tag_name().namespace(),
        Some("http://schemas.microsoft.com/windows/pki/2009/01/enrollment")
    );
    child(response, "DispositionMessage");
    let token = at(response, "RequestedSecurityToken/BinarySecurityToken");
    assert_eq!(
        token.attribute("ValueType"),
        Some(
            "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc"
        )
    );
    let encoding = token.attribute("EncodingType").unwrap();
    assert!(encoding.ends_with("oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary"));
    let inside = provisioning_in(&reply.body);
    assert_eq!(
        parsed(&inside).root_element().tag_name().name(),
        "wap-provisioningdoc"
    );
}

#[tokio::test]
async fn the_identity_is_for_the_captured_key_and_takes_nothing_else_from_the_request() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let reply = public(&site, "07_client_rst-wstep").await.expect(200);
    let der = identity_in(&reply.body);
    let (rest, identity) = X509Certificate::from_der(&der).unwrap();
    assert!(rest.is_empty());
    let csr = captured("07_client_pkcs10.der");
    let (_, csr) = X509CertificationRequest::from_der(&csr).unwrap();
    let asked = &csr.certification_request_info;
    assert_eq!(identity.public_key().raw, asked.subject_pki.raw);
    let (_, root) = X509Certificate::from_der(site.app.device_authority.certificate()).unwrap();
    identity
        .verify_signature(Some(root.public_key()))
        .expect("signed by the authority of the devices");
    let device = site.device(capture::DEVICE_ID).await;
    assert_eq!(identity.subject().to_string(), format!("CN={}", device.id));
    assert!(!identity.is_ca());
    let usage = identity.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.client_auth && !usage.server_auth && !usage.any);
    assert!(
        !identity
            .extensions()
            .iter()
            .any(|extension| extension.oid.to_id_string() == "1.3.6.1.4.1.311.66.1.0"),
        "the request's raw extension is not copied"
    );
    let now = site.app.now().seconds();
    let validity = identity.validity();
    assert!(validity.not_before.timestamp() <= now);
    assert!((360..=366).contains(&((validity.not_after.timestamp() - now) / 86_400)));
}

#[tokio::test]
async fn what_the_captured_request_says_of_the_device_is_kept() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    public(&site, "07_client_rst-wstep").await.expect(200);
    let device = site.device(capture::DEVICE_ID).await;
    assert_eq!(device.name, "DESKTOP-28FGAI6");
    assert_eq!(device.enrollment_type, "Full");
    assert_eq!(device.os_version.as_deref(), Some("10.0.19043.2364"));
    assert_eq!(device.language.as_deref(), Some("en-US"));
    assert_eq!(device.wifi_mac.as_deref(), Some("00-0C-29-51-60-9D"));
    assert_eq!(
        device.hardware_id.as_deref(),
        Some("3B3ED6D0EA88CBFCF37D36F90F22FE61172348C0162FC3840D6703149870CE76")
    );
}
