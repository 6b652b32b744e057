//! Discovery, policy and enrolment (MS-MDE2).

use std::net::SocketAddr;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{ConnectInfo, State},
    http::{HeaderValue, Response, StatusCode, header},
};
use domain::{Error as Refusal, Kind, device::enrolment::RENEWAL_DAYS, thumbprint::Sha1};
use ms_mdm::{
    csp::dmclient::PollSchedule,
    discovery::{self, AuthPolicy, DiscoverRequest, DiscoverResponse},
    enroll::{self, Credentials, EnrollmentRequest, EnrollmentType, RequestType},
    policy::{self, GetPoliciesRequest},
    provisioning::{
        AppAuth, Application, DmAccount, IdentityStore, ProvisioningDocument, Renewal, StoredCertificate,
    },
    soap::{self, Fault, Subcode},
};
use zeroize::Zeroizing;

use super::{Reached, answer, renewal};
use crate::{
    actions::{
        Error,
        dm_account::{self, Account},
        enrolment::{Enrolled, EnrolmentInput, PROVIDER, Stated, enrol_device, token_in_binary},
        federation,
    },
    app::{App, Shared},
    console::language::Language,
    listen::PeerCertificate,
    secrets,
};

/// The end of the type of a token that proves a user (MS-MDE2 3.4.4.1.1.1).
const USER_TOKEN: &str = "/DeviceEnrollmentUserToken";

/// The key of a refusal that speaks of the request itself.
const UNUSABLE_REQUEST: &str = "error-enrolment-request";

pub(super) const SOAP: &str = "application/soap+xml; charset=utf-8";

/// Windows first asks by GET whether there is anything here: 200 and no body (MS-MDE2 3.1.4.1).
pub async fn probe() -> Response<Body> {
    answer(StatusCode::OK, SOAP, Vec::new())
}

/// The probe over plain http: Windows asks its person whether to go on at the address that it is sent to.
pub async fn redirect(State(app): State<Shared>) -> Response<Body> {
    let mut response = answer(StatusCode::FOUND, SOAP, Vec::new());
    let address = format!("{}{}", app.settings.public_url, super::DISCOVERY);
    match HeaderValue::try_from(address) {
        Ok(address) => {
            response.headers_mut().insert(header::LOCATION, address);
            response
        }
        Err(_) => answer(StatusCode::NOT_FOUND, SOAP, Vec::new()),
    }
}

/// Discover: where policy and enrolment are, and how a person proves who they are. Both are at the listener that was
/// asked: they must be on one host (MS-MDE2 3.1.4.1.3.2), and a device that renews comes with its identity.
pub async fn discover(
    State(app): State<Shared>,
    Extension(reached): Extension<Reached>,
    body: Bytes,
) -> Response<Body> {
    let request = match DiscoverRequest::read(&body) {
        Ok(request) => request,
        Err(error) => return fault(&body, Subcode::MessageFormat, &error.to_string()),
    };
    let host = match reached {
        Reached::Public => &app.settings.public_url,
        Reached::Management => &app.settings.management_url,
    };
    // What a device offers that renews is not known, and not needed: its PKCS#7 is its proof.
    let offers = |policy| reached == Reached::Management || request.auth_policies.contains(&policy);
    let has_provider = reached == Reached::Public && offers(AuthPolicy::Federated);
    let is_covered = match has_provider {
        true => federation::covers(&app, &request.email_address).await,
        false => Ok(false),
    };
    let auth_policy = match is_covered {
        Ok(true) => AuthPolicy::Federated,
        Ok(false) if request.auth_policies.is_empty() || offers(AuthPolicy::OnPremise) => {
            AuthPolicy::OnPremise
        }
        Ok(false) => {
            let words = "devices enrol here with a user name and a password, which this device doesn't offer";
            return fault(&body, Subcode::NotSupported, words);
        }
        Err(error) => return fault_of(&body, &error, Subcode::EnrollmentServer, None),
    };
    let authentication_url = match auth_policy {
        AuthPolicy::Federated => Some(format!("{host}{}", federation::SIGN_IN)),
        AuthPolicy::OnPremise | AuthPolicy::Certificate => None,
    };
    let response = DiscoverResponse {
        auth_policy,
        enrollment_version: "4.0".to_owned(),
        policy_url: format!("{host}/EnrollmentServer/Policy.svc"),
        enrollment_url: format!("{host}/EnrollmentServer/Enrollment.svc"),
        authentication_url,
    };
    answer(
        StatusCode::OK,
        SOAP,
        discovery::write_response(&request.message_id, &response),
    )
}

/// GetPolicies: RSA 2048 and SHA-256, or Windows would sign its request with SHA-1.
pub async fn policies(body: Bytes) -> Response<Body> {
    match GetPoliciesRequest::read(&body) {
        Ok(request) => answer(StatusCode::OK, SOAP, policy::write_response(&request.message_id)),
        Err(error) => fault(&body, Subcode::MessageFormat, &error.to_string()),
    }
}

/// The enrolment itself.
pub async fn enrol(
    State(app): State<Shared>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    peer: Option<Extension<PeerCertificate>>,
    body: Bytes,
) -> Response<Body> {
    let request = match EnrollmentRequest::read(&body) {
        Ok(request) => request,
        Err(error) => return fault(&body, Subcode::MessageFormat, &error.to_string()),
    };
    if request.request_type == RequestType::Renew {
        let peer = peer.map(|Extension(PeerCertificate(certificate))| certificate);
        return renewal::renew(&app, &request, peer, &body).await;
    }
    let Some((username, password)) = shown(&request.credentials) else {
        return fault(
            &body,
            Subcode::InvalidSecurity,
            "a user name and a password, or an enrolment token, are needed",
        );
    };
    let Some(csr) = &request.csr else {
        return fault(
            &body,
            Subcode::CertificateRequest,
            "there is no certificate request",
        );
    };
    let input = EnrolmentInput {
        message_id: request.message_id.as_str().to_owned(),
        username,
        password,
        csr: csr.clone(),
        stated: stated(&request),
        address: from.map_or_else(String::new, |Extension(ConnectInfo(from))| from.ip().to_string()),
    };
    match enrol_device(&app, input).await {
        Ok(enrolled) => {
            let account = match dm_account::of_enrolment(&app, &enrolled.device.id).await {
                Ok(account) => account,
                Err(error) => return fault_of(&body, &error, Subcode::EnrollmentServer, None),
            };
            let document = provisioning(&app, &request, &enrolled, account.as_ref());
            let now = app.now().milliseconds();
            answer(
                StatusCode::OK,
                SOAP,
                enroll::write_response(&request.message_id, &document, now),
            )
        }
        Err(error) => fault_of(
            &body,
            &error,
            Subcode::Authentication,
            request.context.locale.as_deref(),
        ),
    }
}

/// What the request's sender shows: a user name with a password, or a token, which needs no name.
fn shown(credentials: &Credentials) -> Option<(String, Zeroizing<String>)> {
    match credentials {
        Credentials::UsernamePassword { username, password } => Some((username.clone(), password.clone())),
        Credentials::BinaryToken { value_type, value } if value_type.ends_with(USER_TOKEN) => {
            Some((String::new(), token_in_binary(value)?))
        }
        Credentials::BinaryToken { .. } | Credentials::None => None,
    }
}

fn stated(request: &EnrollmentRequest) -> Stated {
    let context = &request.context;
    let enrollment_type = match &context.enrollment_type {
        Some(EnrollmentType::Device) => "Device".to_owned(),
        Some(EnrollmentType::Other(other)) => other.clone(),
        Some(EnrollmentType::Full) | None => "Full".to_owned(),
    };
    Stated {
        name: context.device_name.clone(),
        windows_id: context.device_id.clone(),
        hardware_id: context.hw_dev_id.clone(),
        enrollment_type,
        os_version: context.os_version.clone(),
        language: context.locale.clone(),
        imei: context.imeis.first().cloned(),
        wifi_mac: context.mac_addresses.first().cloned(),
    }
}

fn provisioning(
    app: &App,
    request: &EnrollmentRequest,
    enrolled: &Enrolled,
    account: Option<&Account>,
) -> Vec<u8> {
    let management = &app.settings.management_url;
    let identity_store = match request.context.enrollment_type {
        Some(EnrollmentType::Device) => IdentityStore::System,
        _ => IdentityStore::User,
    };
    let unused = |name: Option<&str>| AppAuth {
        name: name.map(str::to_owned),
        secret: secrets::random_token(),
        nonce: secrets::random::<16>().to_vec(),
    };
    ProvisioningDocument {
        root: stored(app.device_authority.certificate()),
        intermediate: None,
        identity: stored(&enrolled.certificate),
        identity_store,
        renewal: Renewal {
            period_days: RENEWAL_DAYS,
            retry_interval_days: 4,
            // Renewals go to the listener that asks for a client certificate.
            server_url: Some(format!("{management}/EnrollmentServer/Discovery.svc")),
            retry_after_expiry_interval_days: Some(7),
        },
        application: Application {
            provider_id: PROVIDER.to_owned(),
            name: "Sceau".to_owned(),
            address: format!("{management}/ManagementServer/MDM.svc"),
            connection_retries: 3,
            initial_backoff_ms: 16_000,
            max_backoff_ms: 86_400_000,
            identity_subject: format!("CN={}", enrolled.device.id),
            // Two are required by the CSP. Devices prove themselves by their certificate, so neither is kept, unless the
            // settings want the second one used.
            client_auth: unused(None),
            server_auth: match account {
                Some(account) => AppAuth {
                    name: Some(account.name().to_owned()),
                    secret: account.secret().clone(),
                    nonce: account.first_nonce(),
                },
                None => unused(Some(enrolled.device.id.as_str())),
            },
        },
        account: DmAccount {
            upn: enrolled.person.attributes.upn.clone(),
            device_name: enrolled.device.name.clone(),
            device_id: enrolled.device.id.to_string(),
            poll: PollSchedule::RECOMMENDED,
        },
    }
    .write()
}

/// A certificate under the name that Windows has for it.
pub(super) fn stored(der: &[u8]) -> StoredCertificate {
    StoredCertificate {
        sha1: Sha1::of(der).octets(),
        der: der.to_vec(),
    }
}

/// The fault that tells of this error; `state` is the subcode for a state that doesn't allow it. `locale`, as in `fr-FR`,
/// is the language of a person who reads it on the device; none where nobody does.
pub(super) fn fault_of(body: &[u8], error: &Error, state: Subcode, locale: Option<&str>) -> Response<Body> {
    match error {
        Error::Refused(refusal) => {
            let subcode = match (refusal.key.as_str(), refusal.kind) {
                ("error-enrolment-admission-closed", _) => Subcode::InMaintenance,
                ("error-enrolment-admission-person", _) => Subcode::Authorization,
                ("error-enrolment-admission-devices", _) => Subcode::DeviceCapReached,
                ("error-enrolment-admission-windows", _) => Subcode::DeviceNotSupported,
                (_, Kind::State) => state,
                (_, Kind::Forbidden) => Subcode::Authentication,
                (_, Kind::Invalid) => Subcode::CertificateRequest,
                _ => Subcode::EnrollmentServer,
            };
            refused(body, subcode, refusal, locale)
        }
        Error::Later(later) => refused(body, Subcode::EnrollmentServer, &later.refusal, locale),
        Error::Several(_) => fault(body, Subcode::InvalidEnrollmentData, &error.to_string()),
        Error::Internal(_) => {
            let incident = error.incident().unwrap_or_default();
            let trace_id = format!("{incident}-0000-4000-8000-000000000000");
            let words = format!("the server failed, incident {incident}");
            written(
                body,
                Subcode::InternalServiceFault,
                words,
                "en-US",
                Some(trace_id),
            )
        }
    }
}

/// A refusal in words that the person reads on the device.
fn refused(body: &[u8], subcode: Subcode, refusal: &Refusal, locale: Option<&str>) -> Response<Body> {
    let Some(locale) = locale else {
        return fault(body, subcode, &refusal.detail);
    };
    let primary = locale.split(['-', '_']).next().unwrap_or_default();
    let language = Language::from_code(&primary.to_ascii_lowercase()).unwrap_or_default();
    let values: Vec<(&str, &str)> = refusal
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // What is wrong with a request is nothing that its person can mend: whoever looks into it needs the detail.
    let words = match refusal.key.as_str() {
        UNUSABLE_REQUEST => None,
        key => language.sentence(key, &values),
    };
    match (language, words) {
        (Language::French, Some(words)) => written(body, subcode, words, "fr-FR", None),
        (Language::English, Some(words)) => written(body, subcode, words, "en-US", None),
        (_, None) => fault(body, subcode, &refusal.detail),
    }
}

/// A SOAP fault that relates to whatever of the request could be read.
pub(super) fn fault(body: &[u8], subcode: Subcode, reason: &str) -> Response<Body> {
    written(body, subcode, reason.to_owned(), "en-US", None)
}

fn written(
    body: &[u8],
    subcode: Subcode,
    reason: String,
    language: &'static str,
    trace_id: Option<String>,
) -> Response<Body> {
    let fault = Fault {
        subcode,
        reason,
        language,
        trace_id,
        relates_to: soap::message_id(body),
    };
    answer(StatusCode::INTERNAL_SERVER_ERROR, SOAP, fault.write())
}
