//! `/authorities`.

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{
    Error,
    actor::Actor,
    external_ca::{Authority, AuthorityKind, ChallengeLimits},
    thumbprint::Sha1,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    body::{Answer, Octets},
    built_in::{self, BuiltInBlock, Changed, Made},
    caller::Caller,
    cause,
    instant::Instant,
    page::{Asked, Named, Page},
    problem::Result,
};
use crate::{
    actions::{
        authorities::{self, AuthorityTest, ChainCertificate, ChainRole, Removal, TestStep, chain},
        built_in::{add_built_in, change_built_in, import_built_in, view},
    },
    app::Shared,
    console::{examined, language::Language},
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/authorities", get(list).post(add))
        .route("/authorities/{id}", get(one).put(change).delete(remove))
        .route("/authorities/{id}/removal", get(removal))
        .route("/authorities/{id}/test", post(test))
        .route("/authorities/{id}/full-test", post(full_test))
        .route("/authorities/{id}/refresh", post(refresh))
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<View>>> {
    let all = authorities::list(&app, &actor).await?;
    let mut views = Vec::with_capacity(all.len());
    for authority in &all {
        views.push(View::with(&app, &actor, authority).await?);
    }
    Ok(Answer(Page::whole(views)))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<View>> {
    let authority = authorities::one(&app, &actor, &id).await?;
    Ok(Answer(View::with(&app, &actor, &authority).await?))
}

async fn add(State(app): State<Shared>, Caller(actor): Caller, octets: Octets) -> Result<Response> {
    let kind: Kind = octets.read()?;
    let authority = if kind.kind == Some(AuthorityKind::BuiltIn) {
        match octets.read::<Made>()?.asked()? {
            built_in::Asked::Create(form) => add_built_in(&app, &actor, &form).await?,
            built_in::Asked::Import(form) => import_built_in(&app, &actor, form).await?,
        }
    } else {
        authorities::add_authority(&app, &actor, &octets.read()?).await?
    };
    let place = format!("/api/v1/authorities/{}", authority.id);
    let mut response = (
        StatusCode::CREATED,
        Answer(View::with(&app, &actor, &authority).await?),
    )
        .into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
    octets: Octets,
) -> Result<Answer<View>> {
    let known = authorities::one(&app, &actor, &id).await?;
    let authority = if known.kind == AuthorityKind::BuiltIn {
        change_built_in(&app, &actor, &id, &octets.read::<Changed>()?.into()).await?
    } else {
        authorities::change_authority(&app, &actor, &id, &octets.read()?).await?
    };
    Ok(Answer(View::with(&app, &actor, &authority).await?))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
    Asked(asked): Asked<Confirmed>,
) -> Result<StatusCode> {
    authorities::remove_authority(&app, &actor, &id, &asked.confirm).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a removal would do.
async fn removal(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<RemovalView>> {
    let removal = authorities::removal(&app, &actor, &id).await?;
    Ok(Answer(RemovalView::from(removal)))
}

async fn test(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<TestView>> {
    let test = authorities::test_authority(&app, &actor, &id).await?;
    Ok(Answer(TestView::from(test)))
}

async fn full_test(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
    octets: Octets,
) -> Result<Answer<TestView>> {
    let asked: FullTest = octets.read()?;
    if !asked.takes_one_challenge {
        let refusal = Error::invalid("takes_one_challenge", "a full test takes a challenge: say so")
            .keyed("error-full-test-consent");
        return Err(crate::actions::Error::from(refusal).into());
    }
    let test = Box::pin(authorities::full_test(
        &app,
        &actor,
        &id,
        asked.configuration.as_deref(),
    ))
    .await?;
    Ok(Answer(TestView::from(test)))
}

async fn refresh(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<View>> {
    let authority = authorities::refresh_chain(&app, &actor, &id).await?;
    Ok(Answer(View::with(&app, &actor, &authority).await?))
}

/// What kind a body is for, before the rest of it is read.
#[derive(Deserialize)]
struct Kind {
    kind: Option<AuthorityKind>,
}

/// A removal is confirmed with the authority's name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    #[serde(default)]
    confirm: String,
}

/// A full test is asked for in so many words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullTest {
    #[serde(default)]
    takes_one_challenge: bool,
    /// The configuration whose wishes are sent and compared: its name or identifier.
    #[serde(default)]
    configuration: Option<String>,
}

/// An authority as it goes out: everything but the password.
#[derive(Serialize)]
pub(super) struct View {
    id: String,
    name: String,
    kind: AuthorityKind,
    scep_url: String,
    username: String,
    challenge_url: String,
    is_plain_http_accepted: bool,
    trust_pem: Option<String>,
    trusts_public: bool,
    limits: ChallengeLimits,
    has_static_challenge: bool,
    ca_name: Option<String>,
    allows_basic: bool,
    prefers_kerberos: bool,
    kdc: Option<String>,
    watch_minutes: u32,
    capabilities: Vec<String>,
    issuer_sha1: Sha1,
    certificates: Vec<CertificateView>,
    checked_at: Instant,
    health: HealthView,
    created_at: Instant,
    updated_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    built_in: Option<BuiltInBlock>,
}

#[derive(Serialize)]
struct HealthView {
    is_sign_in_stopped: bool,
    quiet_until: Option<Instant>,
    cause: Option<Value>,
    last_challenge_at: Option<Instant>,
}

#[derive(Serialize)]
pub(super) struct CertificateView {
    roles: Vec<ChainRole>,
    subject: String,
    issuer: String,
    not_before: Instant,
    not_after: Instant,
    sha1: Sha1,
    md5: String,
    sha256: String,
    pem: String,
}

#[derive(Serialize)]
struct TestView {
    is_good: bool,
    steps: Vec<StepView>,
    capabilities: Vec<String>,
    certificates: Vec<CertificateView>,
    last_challenge_at: Option<Instant>,
    /// The certificate (PEM) that a full test was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<String>,
}

/// What the removal of an authority would do.
#[derive(Serialize)]
struct RemovalView {
    name: String,
    is_possible: bool,
    configurations: Vec<NamedByView>,
    valid_certificates: i64,
    held_slots: i64,
    waiting: i64,
    open_orders: i64,
    open_requests: i64,
    what: Vec<ConsequenceView>,
}

#[derive(Serialize)]
struct NamedByView {
    id: String,
    name: String,
    devices: i64,
    waiting: i64,
    verified: i64,
}

/// A consequence, and its sentence in English.
#[derive(Serialize)]
struct ConsequenceView {
    key: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
    is_in_the_way: bool,
    detail: String,
}

impl From<Removal> for RemovalView {
    fn from(removal: Removal) -> Self {
        Self {
            is_possible: removal.is_possible(),
            what: removal
                .what
                .iter()
                .map(|consequence| ConsequenceView {
                    key: consequence.key,
                    count: consequence.count,
                    is_in_the_way: consequence.is_in_the_way,
                    detail: examined::consequence(consequence, Language::English),
                })
                .collect(),
            configurations: removal
                .configurations
                .into_iter()
                .map(|used| NamedByView {
                    id: used.id.to_string(),
                    name: used.name,
                    devices: used.devices,
                    waiting: used.waiting,
                    verified: used.verified,
                })
                .collect(),
            name: removal.name,
            valid_certificates: removal.valid_certificates,
            held_slots: removal.held_slots,
            waiting: removal.waiting,
            open_orders: removal.open_orders,
            open_requests: removal.open_requests,
        }
    }
}

/// A step, and its sentence in English.
#[derive(Serialize)]
struct StepView {
    #[serde(flatten)]
    step: TestStep,
    detail: String,
}

impl View {
    /// With what a built-in one has beside the rest.
    pub(super) async fn with(app: &Shared, actor: &Actor, authority: &Authority) -> Result<Self> {
        let built_in = if authority.kind == AuthorityKind::BuiltIn {
            view(app, actor, &authority.id).await?.map(BuiltInBlock::from)
        } else {
            None
        };
        Ok(Self {
            built_in,
            ..Self::of(authority)
        })
    }

    fn of(authority: &Authority) -> Self {
        let health = &authority.health;
        Self {
            id: authority.id.to_string(),
            name: authority.name.clone(),
            kind: authority.kind,
            scep_url: authority.scep_url.clone(),
            username: authority.username.clone(),
            challenge_url: authority.challenge_url.clone(),
            is_plain_http_accepted: authority.is_plain_http_accepted,
            trust_pem: authority.trust_pem.clone(),
            trusts_public: authority.access.trusts_public && authority.trust_pem.is_some(),
            limits: authority.limits,
            has_static_challenge: authority.static_challenge.is_some(),
            ca_name: authority.access.ca_name.clone(),
            allows_basic: authority.access.allows_basic,
            prefers_kerberos: authority.access.prefers_kerberos,
            kdc: authority.access.kdc.clone(),
            watch_minutes: authority.access.watch_minutes,
            capabilities: authority.capabilities.lines().map(str::to_owned).collect(),
            issuer_sha1: authority.issuer_sha1,
            certificates: chain(authority).into_iter().map(CertificateView::from).collect(),
            checked_at: authority.checked_at.into(),
            health: HealthView {
                is_sign_in_stopped: health.is_sign_in_stopped,
                quiet_until: health.quiet_until.map(Instant),
                cause: health.cause.as_ref().map(cause::view),
                last_challenge_at: health.last_challenge_at.map(Instant),
            },
            created_at: authority.created_at.into(),
            updated_at: authority.updated_at.into(),
            built_in: None,
        }
    }
}

impl From<ChainCertificate> for CertificateView {
    fn from(certificate: ChainCertificate) -> Self {
        Self {
            pem: ca::pem::certificate(&certificate.der),
            roles: certificate.roles,
            subject: certificate.subject,
            issuer: certificate.issuer,
            not_before: certificate.not_before.into(),
            not_after: certificate.not_after.into(),
            sha1: certificate.sha1,
            md5: certificate.md5,
            sha256: certificate.sha256,
        }
    }
}

impl From<AuthorityTest> for TestView {
    fn from(test: AuthorityTest) -> Self {
        Self {
            is_good: test.is_good(),
            steps: test
                .steps
                .into_iter()
                .map(|step| StepView {
                    detail: examined::sentence(&step, Language::English),
                    step,
                })
                .collect(),
            capabilities: test.capabilities,
            certificates: test.certificates.into_iter().map(CertificateView::from).collect(),
            last_challenge_at: test.last_challenge_at.map(Instant),
            issued: test.issued.as_deref().map(ca::pem::certificate),
        }
    }
}
