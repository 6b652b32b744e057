//! What the server says until a device is enrolled.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ms_mdm::csp::certificates::sha1_from_hex;
use ms_mdm::csp::dmclient::{PollSchedule, PollSet};
use ms_mdm::discovery::{self, AuthPolicy, DiscoverResponse};
use ms_mdm::provisioning::*;
use ms_mdm::soap::{Fault, MessageId, Subcode};
use ms_mdm::{enroll, policy};
use zeroize::Zeroizing;

use super::Produced;
use super::known::*;
use super::tree::Rules;
use super::world::fixture;

/// What stands where the samples say that a certificate or a nonce is to be put.
pub(super) const CERTIFICATE: &[u8] = b"certificate";
const NONCE: &[u8] = b"nonce";

fn id(text: &str) -> MessageId {
    MessageId::new(text).unwrap()
}

pub(super) fn discoveries() -> Vec<Produced> {
    let documented = |auth_policy, authentication_url: Option<&str>| {
        let service = "https://enrolltest.contoso.com/ENROLLMENTSERVER/DEVICEENROLLMENTWEBSERVICE.SVC";
        let response = DiscoverResponse {
            auth_policy,
            enrollment_version: "3.0".into(),
            policy_url: service.into(),
            enrollment_url: service.into(),
            authentication_url: authentication_url.map(str::to_owned),
        };
        discovery::write_response(&id("urn:uuid: 748132ec-a575-4329-b01b-6171a9cf8478"), &response)
    };
    let captured = DiscoverResponse {
        auth_policy: AuthPolicy::OnPremise,
        enrollment_version: "4.0".into(),
        policy_url: "https://mdmwindows.com/EnrollmentServer/Policy.svc".into(),
        enrollment_url: "https://mdmwindows.com/EnrollmentServer/Enrollment.svc".into(),
        authentication_url: None,
    };
    let portal = "https://portal.manage.contoso.com/LoginRedirect.aspx";
    let captured_id = id("urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478");
    let rules = Rules::default();
    vec![
        (OP_DISCOVERY, rules, documented(AuthPolicy::OnPremise, None)),
        (
            FED_DISCOVERY,
            rules,
            documented(AuthPolicy::Federated, Some(portal)),
        ),
        (CERT_DISCOVERY, rules, documented(AuthPolicy::Certificate, None)),
        (
            WIRE_DISCOVERY,
            rules,
            discovery::write_response(&captured_id, &captured),
        ),
    ]
}

pub(super) fn policies() -> Vec<Produced> {
    let answer = |relates_to| policy::write_response(&id(relates_to));
    let documented = || answer("urn:uuid: 69960163-adad-4a72-82d2-bb0e5cff5598");
    let captured = answer("urn:uuid:72048B64-0F19-448F-8C2E-B4C661860AA0");
    let rules = Rules::default();
    vec![
        (OP_POLICY, rules, documented()),
        (FED_POLICY, rules, documented()),
        (CERT_POLICY, rules, documented()),
        (WIRE_POLICY, rules, captured),
    ]
}

pub(super) fn answers() -> Vec<Produced> {
    let documented = || {
        // 2012-08-02T00:35:29.420Z, in the middle of the five minutes that the samples span
        let now = 1_343_867_729_420;
        let relates_to = id("urn:uuid:81a5419a-496b-474f-a627-5cdd33eed8ab");
        enroll::write_response(&relates_to, CERTIFICATE, now)
    };
    let captured = enroll::write_response(
        &id("urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749"),
        &fixture(WIRE_PROVISIONING),
        // 2018-11-30T00:37:59.420Z
        1_543_538_279_420,
    );
    let rules = Rules::default();
    vec![
        (OP_ANSWER, rules, documented()),
        (FED_ANSWER, rules, documented()),
        (CERT_ANSWER, rules, documented()),
        (WIRE_ANSWER, rules, captured),
    ]
}

fn certificate(sha1: &str, der: &[u8]) -> StoredCertificate {
    StoredCertificate {
        sha1: sha1_from_hex(sha1).unwrap(),
        der: der.to_vec(),
    }
}

fn auth(name: Option<&str>, secret: &str) -> AppAuth {
    AppAuth {
        name: name.map(str::to_owned),
        secret: Zeroizing::new(secret.into()),
        nonce: NONCE.to_vec(),
    }
}

fn poll(first: (u32, u32), second: (u32, u32), remaining: (u32, u32)) -> PollSchedule {
    let set = |(count, interval_minutes)| PollSet {
        count,
        interval_minutes,
    };
    PollSchedule {
        first: set(first),
        second: set(second),
        remaining: set(remaining),
        polls_on_login: true,
        all_users_poll_on_first_login: true,
    }
}

fn documented(upn: Option<&str>) -> ProvisioningDocument {
    ProvisioningDocument {
        root: certificate("031336C933CC7E228B88880D78824FB2909A0A2F", CERTIFICATE),
        intermediate: None,
        identity: certificate("F9A4F20FC50D990FDD0E3DB9AFCBF401818D5462", CERTIFICATE),
        identity_store: IdentityStore::User,
        renewal: Renewal {
            period_days: 60,
            retry_interval_days: 4,
            server_url: None,
            retry_after_expiry_interval_days: None,
        },
        application: Application {
            provider_id: "TestMDMServer".into(),
            name: "Microsoft".into(),
            address: "https://DM.contoso.com:443/omadm/Windows.ashx".into(),
            connection_retries: 6,
            initial_backoff_ms: 30_000,
            max_backoff_ms: 120_000,
            identity_subject: "DC=com,DC=microsoft,CN=Users,CN=Administrator".into(),
            client_auth: auth(None, "password1"),
            server_auth: auth(Some("testclient"), "password2"),
        },
        account: DmAccount {
            upn: upn.map(str::to_owned),
            device_name: "Administrator_Windows".into(),
            device_id: "device".into(),
            poll: poll((8, 15), (5, 3), (0, 1560)),
        },
    }
}

/// The capture's two certificates, taken out of it.
fn captured() -> ProvisioningDocument {
    let text = String::from_utf8(fixture(WIRE_PROVISIONING)).unwrap();
    let tree = roxmltree::Document::parse(&text).unwrap();
    let stored = |sha1: &str| {
        let node = tree
            .descendants()
            .find(|node| node.attribute("type") == Some(sha1));
        let parm = node.unwrap().first_element_child().unwrap();
        certificate(sha1, &STANDARD.decode(parm.attribute("value").unwrap()).unwrap())
    };
    let documented = documented(None);
    ProvisioningDocument {
        root: stored("D9A88E04AF18A4D399CEE62F2C71469C3AE1E675"),
        identity: stored("ADA7B35A30F986465CE4C176D527D4B80848EEF4"),
        application: Application {
            provider_id: "DEMO MDM".into(),
            name: "FleetDM Demo Server - Windows".into(),
            address: "https://mdmwindows.com/ManagementServer/MDM.svc".into(),
            client_auth: auth(None, "dummy"),
            server_auth: auth(Some("dummy"), "dummy"),
            ..documented.application
        },
        ..documented
    }
}

pub(super) fn provisioning_documents() -> Vec<Produced> {
    let rules = Rules {
        any_order: true,
        ..Rules::default()
    };
    let (fed, cert) = ("UserPrincipalName@contoso.com", "UserPrincipalName");
    vec![
        (OP_PROVISIONING, rules, documented(None).write()),
        (FED_PROVISIONING, rules, documented(Some(fed)).write()),
        (CERT_PROVISIONING, rules, documented(Some(cert)).write()),
        (WIRE_PROVISIONING, rules, captured().write()),
    ]
}

pub(super) fn renewal() -> Vec<Produced> {
    let document = documented(None);
    let written = renewal_document(
        &document.identity,
        IdentityStore::User,
        "TestMDMServer",
        Some(&document.root),
    );
    vec![(REN_PROVISIONING, Rules::default(), written)]
}

pub(super) fn faults() -> Vec<Produced> {
    let rules = Rules {
        fold_case: true,
        ..Rules::default()
    };
    let fault = |subcode, reason: &str| {
        let fault = Fault {
            subcode,
            reason: reason.into(),
            language: "en-US",
            trace_id: Some("2493ee37-beeb-4cb9-833c-cadde9067645".into()),
            relates_to: Some(id("urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749")),
        };
        fault.write()
    };
    vec![
        (
            FAULT_PLAIN,
            rules,
            fault(Subcode::Authorization, "This User is not authorized to enroll"),
        ),
        (
            FAULT_DETAILED,
            rules,
            fault(Subcode::DeviceCapReached, "device cap reached"),
        ),
    ]
}
