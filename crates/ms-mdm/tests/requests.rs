//! What devices send to discovery, policy and enrolment, read from captures and from Microsoft's own samples.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use ms_mdm::Error;
use ms_mdm::discovery::{AuthPolicy, DiscoverRequest};
use ms_mdm::enroll::{Credentials, EnrollmentRequest, EnrollmentType, RequestType};
use ms_mdm::policy::GetPoliciesRequest;
use world::{fixture, fixture_with};

const CSR_PLACEHOLDER: &str = "DER format PKCS#10 certificate request in Base64 encoding Insterted Here";

fn username_and_password(credentials: &Credentials) -> (&str, &str) {
    match credentials {
        Credentials::UsernamePassword { username, password } => (username, password),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_captured_discovery_of_windows_10_is_read() {
    let request = DiscoverRequest::read(&fixture("wire-win10-19043__03_client_discover.xml")).unwrap();
    assert_eq!(
        request.message_id.as_str(),
        "urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478"
    );
    assert_eq!(request.email_address, "demo@mdmwindows.com");
    assert_eq!(request.request_version, "4.0");
    assert_eq!(request.device_type, "CIMClient_Windows");
    assert_eq!(request.application_version.as_deref(), Some("10.0.19043.2364"));
    assert_eq!(request.os_edition, Some(72));
    assert_eq!(
        request.auth_policies,
        [AuthPolicy::OnPremise, AuthPolicy::Federated]
    );
}

#[test]
fn discoveries_of_the_documentation_are_read_with_their_slash_and_their_indentation() {
    let on_premise =
        fixture("on-premise-authentication-device-enrollment__06_discover-request_discovery-service.xml");
    let request = DiscoverRequest::read(&on_premise).unwrap();
    assert_eq!(
        request.message_id.as_str(),
        "urn:uuid: 748132ec-a575-4329-b01b-6171a9cf8478"
    );
    assert_eq!(request.email_address, "user@contoso.com");
    assert_eq!(
        (request.request_version.as_str(), request.os_edition),
        ("3.0", Some(3))
    );
    assert_eq!(request.auth_policies, [AuthPolicy::OnPremise]);

    let federated = fixture(
        "federated-authentication-device-enrollment__06_discover-request_discovery-service.fixed.xml",
    );
    assert_eq!(
        DiscoverRequest::read(&federated).unwrap().auth_policies,
        [AuthPolicy::OnPremise, AuthPolicy::Federated]
    );

    let http = String::from_utf8(fixture(
        "certificate-authentication-device-enrollment__01_discover-request_discovery-service.http",
    ))
    .unwrap();
    let (_, body) = http.split_once("\n\n").unwrap();
    let certificate = DiscoverRequest::read(body.as_bytes()).unwrap();
    assert_eq!(certificate.auth_policies, [AuthPolicy::Certificate]);
    assert_eq!(certificate.os_edition, Some(101));
}

#[test]
fn a_discovery_in_another_namespace_or_for_another_operation_is_refused() {
    let name = "wire-win10-19043__03_client_discover.xml";
    let foreign = fixture_with(
        name,
        "windows/management/2012/01/enrollment\">",
        "windows/other\">",
    );
    assert_eq!(
        DiscoverRequest::read(&foreign),
        Err(Error::NotA { expected: "Discover" })
    );
    let policy = fixture("wire-win10-19043__05_client_getpolicies.xml");
    assert!(matches!(
        DiscoverRequest::read(&policy),
        Err(Error::Invalid { what: "Action", .. })
    ));
    let soap_1_1 = fixture_with(
        name,
        "http://www.w3.org/2003/05/soap-envelope",
        "http://schemas.xmlsoap.org/soap/envelope/",
    );
    assert!(matches!(
        DiscoverRequest::read(&soap_1_1),
        Err(Error::NotA { .. })
    ));
}

#[test]
fn a_captured_policy_request_brings_user_name_and_password() {
    let request = GetPoliciesRequest::read(&fixture("wire-win10-19043__05_client_getpolicies.xml")).unwrap();
    assert_eq!(
        request.message_id.as_str(),
        "urn:uuid:72048B64-0F19-448F-8C2E-B4C661860AA0"
    );
    assert_eq!(
        username_and_password(&request.credentials),
        ("demo@mdmwindows.com", "demo")
    );
}

#[test]
fn policy_requests_of_the_documentation_are_read_in_all_three_ways_to_sign_in() {
    let on_premise = fixture(
        "on-premise-authentication-device-enrollment__08_getpolicies-request_enrollment-policy-web-service.xml",
    );
    let request = GetPoliciesRequest::read(&on_premise).unwrap();
    assert_eq!(
        username_and_password(&request.credentials),
        ("user@contoso.com", "mypassword")
    );
    for (name, kind) in [
        (
            "federated-authentication-device-enrollment__10_getpolicies-request_enrollment-policy-web-service.xml",
            "/Enrollment/DeviceEnrollmentUserToken",
        ),
        (
            "certificate-authentication-device-enrollment__03_getpolicies-request_enrollment-policy-web-service.fixed.xml",
            "X509v3",
        ),
    ] {
        let request = GetPoliciesRequest::read(&fixture(name)).unwrap();
        let Credentials::BinaryToken { value_type, value } = request.credentials else {
            panic!("{name}")
        };
        assert!(value_type.ends_with(kind), "{value_type}");
        assert_eq!(value.as_str(), "B64EncodedSampleBinarySecurityToken");
    }
}

#[test]
fn a_captured_enrolment_brings_its_request_byte_for_byte_and_its_context() {
    let request = EnrollmentRequest::read(&fixture("wire-win10-19043__07_client_rst-wstep.xml")).unwrap();
    assert_eq!(
        request.message_id.as_str(),
        "urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749"
    );
    assert_eq!(request.request_type, RequestType::Issue);
    assert_eq!(
        username_and_password(&request.credentials),
        ("demo@mdmwindows.com", "demo")
    );
    assert_eq!(
        request.csr,
        Some(fixture("wire-win10-19043__07_client_pkcs10.der"))
    );
    assert_eq!(request.pkcs7, None);
    let context = request.context;
    assert_eq!(context.device_name.as_deref(), Some("DESKTOP-28FGAI6"));
    assert_eq!(context.os_version.as_deref(), Some("10.0.19043.2364"));
    assert_eq!(context.os_edition, Some(72));
    assert_eq!(
        context.device_id.as_deref(),
        Some("1E08C6E95D8BB843B1278FF45BC60CC6")
    );
    assert!(
        context
            .hw_dev_id
            .is_some_and(|id| id.starts_with("3B3ED6D0EA88") && id.len() == 64)
    );
    assert_eq!(context.mac_addresses.len(), 6);
    assert_eq!(context.mac_addresses[0], "00-0C-29-51-60-9D");
    assert!(context.imeis.is_empty());
    assert_eq!(context.enrollment_type, Some(EnrollmentType::Full));
    assert_eq!(context.device_type.as_deref(), Some("CIMClient_Windows"));
    assert_eq!(context.application_version.as_deref(), Some("10.0.19043.2364"));
    assert_eq!(context.locale.as_deref(), Some("en-US"));
    assert_eq!(context.is_interactive, Some(true));
    assert_eq!(context.is_target_user_logged_in, Some(true));
    assert_eq!(context.is_out_of_box, Some(true));
}

#[test]
fn the_documentations_enrolment_is_read_once_its_placeholder_is_a_request() {
    let name = "on-premise-authentication-device-enrollment__10_rst-request_enrollment-web-service.xml";
    assert!(matches!(
        EnrollmentRequest::read(&fixture(name)),
        Err(Error::Invalid {
            what: "BinarySecurityToken",
            ..
        })
    ));
    let request =
        EnrollmentRequest::read(&fixture_with(name, CSR_PLACEHOLDER, "MIIC\r\n zjCC AQ==")).unwrap();
    assert_eq!(
        request.csr.as_deref(),
        Some(&[0x30, 0x82, 0x02, 0xCE, 0x30, 0x82, 0x01][..])
    );
    assert_eq!(
        username_and_password(&request.credentials),
        ("user@contoso.com", "mypassword")
    );
    assert_eq!(request.context.os_edition, Some(4));
    assert_eq!(request.context.imeis, ["49015420323756", "30215420323756"]);
    assert_eq!(
        request.context.device_id.as_deref(),
        Some("7BA748C8-703E-4DF2-A74A-92984117346A")
    );
    assert_eq!(request.context.is_target_user_logged_in, Some(true));
}

#[test]
fn enrolments_with_a_token_are_read_with_and_without_a_prefix_on_its_type() {
    for name in [
        "federated-authentication-device-enrollment__12_rst-request_enrollment-web-service.fixed.xml",
        "certificate-authentication-device-enrollment__05_rst-request_enrollment-web-service.fixed.xml",
    ] {
        let request = EnrollmentRequest::read(&fixture_with(name, CSR_PLACEHOLDER, "MIICzjCCAQ==")).unwrap();
        let Credentials::BinaryToken { value_type, .. } = &request.credentials else {
            panic!("{name}")
        };
        assert!(
            value_type.ends_with("DeviceEnrollmentUserToken"),
            "{name}: {value_type}"
        );
        assert_eq!(request.csr.map(|csr| csr.len()), Some(7));
    }
}

#[test]
fn a_renewal_brings_a_pkcs7_and_no_password_worth_the_name() {
    let name = "certificate-renewal-windows-mdm__01_rst-request_automatic-certificate-renewal-request.xml";
    let request = EnrollmentRequest::read(&fixture_with(
        name,
        "BinarySecurityTokenInsertedHere",
        "MIAGCSqGSIb3",
    ))
    .unwrap();
    assert_eq!(request.request_type, RequestType::Renew);
    assert_eq!(request.csr, None);
    assert_eq!(
        request.pkcs7.as_deref(),
        Some(&[0x30, 0x80, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7][..])
    );
    assert_eq!(
        username_and_password(&request.credentials),
        ("user@contoso.com", "")
    );
    assert_eq!(request.context.device_type.as_deref(), Some("WindowsPhone"));
    assert_eq!(request.context.enrollment_type, None);
}

#[test]
fn a_renewals_pkcs7_goes_by_two_names_and_may_be_encoded_twice() {
    let name = "certificate-renewal-windows-mdm__01_rst-request_automatic-certificate-renewal-request.xml";
    let sample = String::from_utf8(fixture(name)).unwrap();
    let named = "oasis-200401-wss-wssecurity-secext-1.0.xsd#PKCS7";
    let wss = format!("http://docs.oasis-open.org/wss/2004/01/{named}");
    assert_eq!(sample.matches(&wss).count(), 1);
    // "MIAGCSqGSIb3" in base64 once more.
    for encoded in ["MIAGCSqGSIb3", "TUlBR0NTcUdTSWIz"] {
        for kind in [
            wss.as_str(),
            "http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS7",
        ] {
            let sent = sample
                .replace(&wss, kind)
                .replace("BinarySecurityTokenInsertedHere", encoded);
            let request = EnrollmentRequest::read(sent.as_bytes()).unwrap();
            assert_eq!(
                request.pkcs7.as_deref(),
                Some(&[0x30, 0x80, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7][..]),
                "{kind} {encoded}"
            );
        }
    }
    let other = sample
        .replace(&wss, "http://example.org/#PKCS7")
        .replace("BinarySecurityTokenInsertedHere", "MIAGCSqGSIb3");
    assert!(EnrollmentRequest::read(other.as_bytes()).is_err());
}

#[test]
fn a_renewal_needs_no_token_and_its_token_no_password() {
    let name = "certificate-renewal-windows-mdm__01_rst-request_automatic-certificate-renewal-request.xml";
    let sample = String::from_utf8(fixture(name)).unwrap();
    let sample = sample.replace("BinarySecurityTokenInsertedHere", "MIAGCSqGSIb3");
    let cut = |from: &str, to: &str| {
        let (before, rest) = sample.split_once(from).unwrap();
        let (_, after) = rest.split_once(to).unwrap();
        format!("{before}{after}")
    };
    let blank = EnrollmentRequest::read(cut("<o:Password", "</o:Password>").as_bytes()).unwrap();
    assert_eq!(
        username_and_password(&blank.credentials),
        ("user@contoso.com", "")
    );
    for bare in [
        cut("<o:UsernameToken", "</o:UsernameToken>"),
        cut("<o:Security", "</o:Security>"),
    ] {
        let request = EnrollmentRequest::read(bare.as_bytes()).unwrap();
        assert_eq!(request.credentials, Credentials::None);
        assert!(request.pkcs7.is_some());
    }
}

#[test]
fn a_password_keeps_the_blanks_that_a_person_typed() {
    let name = "wire-win10-19043__05_client_getpolicies.xml";
    let typed = fixture_with(
        name,
        ">demo</wsse:Password>",
        "> two words &amp;&lt; </wsse:Password>",
    );
    let request = GetPoliciesRequest::read(&typed).unwrap();
    assert_eq!(username_and_password(&request.credentials).1, " two words &< ");
}

#[test]
fn debug_output_holds_no_password_and_no_token() {
    let request = GetPoliciesRequest::read(&fixture_with(
        "wire-win10-19043__05_client_getpolicies.xml",
        ">demo</wsse:Password>",
        ">hunter-two</wsse:Password>",
    ))
    .unwrap();
    assert!(!format!("{request:?}").contains("hunter"));
    let token = GetPoliciesRequest::read(&fixture(
        "federated-authentication-device-enrollment__10_getpolicies-request_enrollment-policy-web-service.xml",
    ))
    .unwrap();
    assert!(!format!("{token:?}").contains("B64Encoded"));
}

#[test]
fn a_request_that_goes_no_further_still_gives_its_message_id() {
    let renamed = fixture_with("wire-win10-19043__03_client_discover.xml", "Discover", "Dissolve");
    assert!(DiscoverRequest::read(&renamed).is_err());
    let id = ms_mdm::soap::message_id(&renamed).unwrap();
    assert_eq!(id.as_str(), "urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478");
    assert_eq!(ms_mdm::soap::message_id(b"<html/>"), None);
}
