//! Looking at an authority before it is believed: does it speak SCEP, does it let the account in?

use domain::{Error, Kind, thumbprint::Sha1};
use scep::{CaCertificates, Capabilities, Operation};

use crate::outbound::{
    AccountProblem, ChallengeProblem, ChallengeSource, Outbound, OutboundError, ProbeOutcome, ScepAnswer,
    TlsFailure, Unreachable, Upstream,
};

/// What an authority says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) capabilities: String,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) issuer_sha1: Sha1,
}

impl Seen {
    /// With the SHA-1 that follows from the certificates; none if they hold no CA.
    pub(super) fn of(capabilities: String, certificates: Vec<Vec<u8>>) -> Option<Self> {
        let known = CaCertificates::from_certificates(certificates.iter().cloned()).ok()?;
        Some(Self {
            capabilities,
            issuer_sha1: Sha1::of(known.issuer().der()),
            certificates,
        })
    }
}

/// Reads capabilities and certificates. A refusal is at the field `scep_url`.
/// `ca_name`: which of a server's authorities is meant.
pub(super) async fn look(
    outbound: &Outbound,
    upstream: &Upstream,
    ca_name: Option<&str>,
) -> Result<Seen, Error> {
    let capabilities = outbound
        .scep_get(upstream, Operation::GetCaCaps)
        .await
        .map_err(|error| unreachable(&error))?;
    let answer = outbound
        .scep_get_of(upstream, Operation::GetCaCert, ca_name)
        .await
        .map_err(|error| unreachable(&error))?;
    if answer.status != 200 {
        return Err(no_scep(&answer));
    }
    let certificates = CaCertificates::parse(&answer.body).map_err(|_| no_scep(&answer))?;
    // Servers older than GetCACaps answer it with an error, or with nothing.
    let keywords = if capabilities.status == 200 {
        Capabilities::parse(&capabilities.body).to_body()
    } else {
        Vec::new()
    };
    let certificates = certificates
        .all()
        .iter()
        .map(|certificate| certificate.der().to_vec())
        .collect();
    let capabilities = String::from_utf8_lossy(&keywords).into_owned();
    Seen::of(capabilities, certificates).ok_or_else(|| no_scep(&answer))
}

/// Tries the sign-in without taking a challenge.
pub(super) async fn sign_in(
    outbound: &Outbound,
    source: &ChallengeSource,
) -> Result<ProbeOutcome, ChallengeProblem> {
    outbound.probe_sign_in(source, outbound.bounds().sign_in).await
}

fn unreachable(error: &OutboundError) -> Error {
    if let OutboundError::Unreachable(Unreachable::Tls(failure)) = error {
        return tls_error(failure).at("scep_url");
    }
    Error::new(
        Kind::Outside,
        "error-scep_url-unreachable",
        format!("the SCEP address does not answer: {error}"),
    )
    .at("scep_url")
    .with("detail", error.to_string())
}

/// The words of a failed handshake are its own, in each language.
fn tls_error(failure: &TlsFailure) -> Error {
    let TlsFailure { host, problem } = failure;
    let error = Error::new(Kind::Outside, problem.key(), failure.to_string()).with("host", host);
    problem
        .values()
        .into_iter()
        .fold(error, |error, (name, value)| error.with(name, value))
}

fn no_scep(answer: &ScepAnswer) -> Error {
    let kind = answer.content_type.as_deref().unwrap_or("no content type");
    Error::invalid(
        "scep_url",
        format!(
            "the address answers, but not as a SCEP server: GetCACert brought HTTP status {} and {kind}",
            answer.status
        ),
    )
    .keyed("error-scep_url-not-scep")
    .with("status", answer.status.to_string())
    .with("type", kind)
}

/// A refused or failed sign-in as an error at its field.
pub(super) fn sign_in_error(problem: &ChallengeProblem) -> Error {
    if let ChallengeProblem::Tls(failure) = problem {
        return tls_error(failure).at("challenge_url");
    }
    if let ChallengeProblem::AccountRefused(account) = problem {
        let field = match account {
            AccountProblem::PasswordWrong | AccountProblem::PasswordExpired => "password",
            AccountProblem::Expired | AccountProblem::Unknown | AccountProblem::Locked => "username",
        };
        return Error::new(Kind::Outside, "error-account-refused", problem.to_string())
            .at(field)
            .with("why", account.key());
    }
    let (field, key) = match problem {
        ChallengeProblem::SignInRefused => ("password", "error-password-refused"),
        ChallengeProblem::NoPermission => ("username", "error-username-no-permission"),
        ChallengeProblem::NoCommonScheme(reason) => ("challenge_url", reason.error_key()),
        _ => ("challenge_url", "error-challenge_url-unreachable"),
    };
    Error::new(Kind::Outside, key, problem.to_string())
        .at(field)
        .with("detail", problem.to_string())
}
