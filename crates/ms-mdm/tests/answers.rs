//! What the server answers to discovery, policy and enrolment, re-read without this crate's reader and held
//! against the rules that Windows has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ms_mdm::discovery::{self, AuthPolicy, DiscoverResponse};
use ms_mdm::soap::{Fault, MessageId, Subcode};
use ms_mdm::{enroll, policy};
use world::{at, fixture, parsed, text};

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const WSTEP: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

fn id() -> MessageId {
    MessageId::new("urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478").unwrap()
}

fn discover_response() -> DiscoverResponse {
    DiscoverResponse {
        auth_policy: AuthPolicy::OnPremise,
        enrollment_version: "4.0".into(),
        policy_url: "https://mdm.example.test/EnrollmentServer/Policy.svc".into(),
        enrollment_url: "https://mdm.example.test/EnrollmentServer/Enrollment.svc?a=1&b=2".into(),
        authentication_url: None,
    }
}

/// Every element of a path stands in the namespace that the captured or documented answer has for it.
fn same_names(ours: &[u8], theirs: &[u8], paths: &[&str]) {
    let (ours, theirs) = (parsed(ours), std::str::from_utf8(theirs).unwrap().to_owned());
    let theirs = roxmltree::Document::parse(&theirs).unwrap();
    for path in paths {
        assert_eq!(at(&ours, path).tag_name(), at(&theirs, path).tag_name(), "{path}");
    }
}

#[test]
fn a_discovery_answer_has_the_shape_that_windows_took() {
    let bytes = discovery::write_response(&id(), &discover_response());
    let captured = fixture("wire-win10-19043__04_server_discoverresponse.xml");
    let fields = [
        "AuthPolicy",
        "EnrollmentVersion",
        "EnrollmentPolicyServiceUrl",
        "EnrollmentServiceUrl",
    ];
    let in_result: Vec<String> = fields
        .iter()
        .map(|field| format!("Body/DiscoverResponse/DiscoverResult/{field}"))
        .collect();
    let mut paths = vec!["Header/Action", "Header/RelatesTo", "Header/ActivityId"];
    paths.extend(in_result.iter().map(String::as_str));
    same_names(&bytes, &captured, &paths);

    let document = parsed(&bytes);
    assert_eq!(document.root_element().tag_name().namespace(), Some(SOAP));
    let captured_text = String::from_utf8(captured).unwrap();
    let captured_document = roxmltree::Document::parse(&captured_text).unwrap();
    assert_eq!(
        text(&document, "Header/Action"),
        text(&captured_document, "Header/Action")
    );
    assert_eq!(text(&document, "Header/RelatesTo"), id().as_str());
    assert_eq!(
        at(&document, "Header/Action").attribute((SOAP, "mustUnderstand")),
        Some("1")
    );
    let result = "Body/DiscoverResponse/DiscoverResult";
    assert_eq!(text(&document, &format!("{result}/AuthPolicy")), "OnPremise");
    assert_eq!(
        text(&document, &format!("{result}/EnrollmentServiceUrl")),
        "https://mdm.example.test/EnrollmentServer/Enrollment.svc?a=1&b=2"
    );
    assert_eq!(
        at(&document, result).children().count(),
        4,
        "no AuthenticationServiceUrl on premises"
    );
}

#[test]
fn a_federated_discovery_answer_names_where_to_sign_in() {
    let response = DiscoverResponse {
        auth_policy: AuthPolicy::Federated,
        authentication_url: Some("https://mdm.example.test/login".into()),
        ..discover_response()
    };
    let bytes = discovery::write_response(&MessageId::new("not a uuid").unwrap(), &response);
    let document = parsed(&bytes);
    let result = "Body/DiscoverResponse/DiscoverResult";
    assert_eq!(
        text(&document, &format!("{result}/AuthenticationServiceUrl")),
        "https://mdm.example.test/login"
    );
    assert_eq!(text(&document, "Header/RelatesTo"), "not a uuid");
}

#[test]
fn a_policy_answer_asks_for_rsa_2048_and_sha_256_in_the_documented_order() {
    let bytes = policy::write_response(&id());
    let document = parsed(&bytes);
    let sample = String::from_utf8(fixture(
        "on-premise-authentication-device-enrollment__09_getpolicies-response_enrollment-policy-web-service.xml",
    ))
    .unwrap();
    let sample = roxmltree::Document::parse(&sample).unwrap();
    let names = |document: &roxmltree::Document<'_>| -> Vec<(String, Option<String>, bool)> {
        at(document, "Body")
            .descendants()
            .filter(roxmltree::Node::is_element)
            .map(|node| {
                let name = node.tag_name();
                let is_nil = node.attribute((XSI, "nil")) == Some("true");
                (
                    name.name().to_owned(),
                    name.namespace().map(str::to_owned),
                    is_nil,
                )
            })
            .collect()
    };
    assert_eq!(
        names(&document),
        names(&sample),
        "the fields, their order and which of them are nil"
    );
    assert_eq!(text(&document, "Header/Action"), text(&sample, "Header/Action"));

    let attributes = "Body/GetPoliciesResponse/response/policies/policy/attributes";
    assert_eq!(text(&document, &format!("{attributes}/policySchema")), "3");
    assert_eq!(
        text(
            &document,
            &format!("{attributes}/privateKeyAttributes/minimalKeyLength")
        ),
        "2048"
    );
    let reference = text(&document, &format!("{attributes}/hashAlgorithmOIDReference"));
    let oid = "Body/GetPoliciesResponse/oIDs/oID";
    assert_eq!(reference, text(&document, &format!("{oid}/oIDReferenceID")));
    assert_eq!(text(&document, &format!("{oid}/value")), "2.16.840.1.101.3.4.2.1");
    assert_eq!(
        text(&document, &format!("{oid}/group")),
        "1",
        "1 is the group of hash algorithms"
    );
}

#[test]
fn an_enrolment_answer_wraps_the_provisioning_document_as_the_captured_one_does() {
    // 2026-11-23T08:42:32.500Z
    let bytes = enroll::write_response(&id(), b"<wap-provisioningdoc/>", 1_795_423_352_500);
    let captured = fixture("wire-win10-19043__08_server_rstrc-wstep.xml");
    let response = "Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse";
    let token = format!("{response}/RequestedSecurityToken/BinarySecurityToken");
    let request_id = format!("{response}/RequestID");
    let paths = [
        "Header/Action",
        "Header/RelatesTo",
        "Header/Security/Timestamp/Created",
        "Header/Security/Timestamp/Expires",
        &format!("{response}/TokenType"),
        &format!("{response}/DispositionMessage"),
        &token,
        &request_id,
    ];
    same_names(&bytes, &captured, &paths);
    let document = parsed(&bytes);
    let captured_text = String::from_utf8(captured).unwrap();
    let theirs = roxmltree::Document::parse(&captured_text).unwrap();
    for path in ["Header/Action", &format!("{response}/TokenType")] {
        assert_eq!(text(&document, path), text(&theirs, path));
    }
    for name in ["ValueType", "EncodingType"] {
        assert_eq!(
            at(&document, &token).attribute(name),
            at(&theirs, &token).attribute(name)
        );
    }
    assert_eq!(
        STANDARD.decode(text(&document, &token)).unwrap(),
        b"<wap-provisioningdoc/>"
    );
    assert_eq!(text(&document, &request_id), "0");
    assert_eq!(at(&document, &request_id).tag_name().namespace(), Some(WSTEP));
    assert_eq!(text(&document, "Header/RelatesTo"), id().as_str());
    assert_eq!(
        text(&document, "Header/Security/Timestamp/Created"),
        "2026-11-23T08:37:32.500Z"
    );
    assert_eq!(
        text(&document, "Header/Security/Timestamp/Expires"),
        "2026-11-23T08:47:32.500Z"
    );
}

#[test]
fn the_captured_answer_holds_the_provisioning_document_that_was_taken_out_of_it() {
    let captured = String::from_utf8(fixture("wire-win10-19043__08_server_rstrc-wstep.xml")).unwrap();
    let document = roxmltree::Document::parse(&captured).unwrap();
    let response = "Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse";
    let token = text(
        &document,
        &format!("{response}/RequestedSecurityToken/BinarySecurityToken"),
    );
    assert_eq!(
        STANDARD.decode(token).unwrap(),
        fixture("wire-win10-19043__inner_wap-provisioningdoc.xml")
    );
}

#[test]
fn days_before_and_after_leap_days_are_dated_right() {
    for (ms, created) in [
        (300_000, "1970-01-01T00:00:00.000Z"),
        (951_782_400_000 + 300_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999 + 300_000, "2024-02-29T23:59:59.999Z"),
        (4_107_542_400_000 + 300_000, "2100-03-01T00:00:00.000Z"),
    ] {
        let bytes = enroll::write_response(&id(), b"", ms);
        assert_eq!(
            text(&parsed(&bytes), "Header/Security/Timestamp/Created"),
            created
        );
    }
}

#[test]
fn each_refusal_carries_its_subcode_or_its_detail_and_its_hresult() {
    let expected = [
        ("s:MessageFormat", 0x8018_0001_u32),
        ("s:Authentication", 0x8018_0002),
        ("s:Authorization", 0x8018_0003),
        ("s:CertificateRequest", 0x8018_0004),
        ("s:EnrollmentServer", 0x8018_0005),
        ("a:InternalServiceFault", 0x8018_0006),
        ("a:InvalidSecurity", 0x8018_0007),
        ("DeviceCapReached", 0x8018_0013),
        ("DeviceNotSupported", 0x8018_0014),
        ("NotSupported", 0x8018_0015),
        ("NotEligibleToRenew", 0x8018_0016),
        ("InMaintenance", 0x8018_0017),
        ("UserLicense", 0x8018_0018),
        ("InvalidEnrollmentData", 0x8018_0019),
    ];
    assert_eq!(expected.len(), Subcode::ALL.len());
    for (subcode, (name, hresult)) in Subcode::ALL.into_iter().zip(expected) {
        assert_eq!(subcode.hresult(), hresult);
        let fault = Fault {
            subcode,
            reason: "Ask <your> administrator".into(),
            language: "en-US",
            trace_id: Some("2493ee37-beeb-4cb9-833c-cadde9067645".into()),
            relates_to: Some(id()),
        };
        let bytes = fault.write();
        let document = parsed(&bytes);
        assert_eq!(
            at(&document, "Header/RelatesTo").tag_name().namespace(),
            Some(ADDRESSING)
        );
        assert_eq!(text(&document, "Header/RelatesTo"), id().as_str());
        assert_eq!(at(&document, "Body/Fault").tag_name().namespace(), Some(SOAP));
        assert_eq!(text(&document, "Body/Fault/Code/Value"), "s:Receiver");
        assert_eq!(
            text(&document, "Body/Fault/Reason/Text"),
            "Ask <your> administrator"
        );
        let written = text(&document, "Body/Fault/Code/Subcode/Value");
        if name.contains(':') {
            assert_eq!(written, name);
            assert!(!String::from_utf8(bytes.clone()).unwrap().contains("Detail"));
        } else {
            assert_eq!(written, "s:Authorization");
            let detail = "Body/Fault/Detail/DeviceEnrollmentServiceError";
            assert_eq!(at(&document, detail).tag_name().namespace(), Some(WSTEP));
            assert_eq!(text(&document, &format!("{detail}/ErrorType")), name);
            assert_eq!(
                text(&document, &format!("{detail}/Message")),
                "Ask <your> administrator"
            );
            let trace_id = text(&document, &format!("{detail}/TraceId"));
            assert_eq!(trace_id, "2493ee37-beeb-4cb9-833c-cadde9067645");
        }
    }
}

#[test]
fn a_refusal_of_what_could_not_be_read_relates_to_nothing() {
    let fault = Fault {
        subcode: Subcode::MessageFormat,
        reason: String::new(),
        language: "en-US",
        trace_id: None,
        relates_to: None,
    };
    let bytes = fault.write();
    let document = parsed(&bytes);
    assert_eq!(at(&document, "Header").children().count(), 1);
}
