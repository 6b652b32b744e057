//! `sceau scep caps`: GetCACaps in words.

use clap::Args;
use scep::{Capabilities, Capability};
use serde_json::json;

use super::{
    Failure,
    answer::Answer,
    peer::{Peer, Server, http_failure, kind},
};

/// Flags of `sceau scep caps`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) server: Server,
}

/// A keyword as the server wrote it.
struct Keyword {
    text: String,
    meaning: &'static str,
}

pub(super) async fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let peer = Peer::new(&arguments.server)?;
    let answer = peer.ask_capabilities().await?;
    if answer.status != 200 {
        return Err(http_failure("GetCACaps", &answer).and(
            "Servers older than GetCACaps answer so and may enrol all the same: try `sceau scep cacert`.",
        ));
    }
    let capabilities = Capabilities::parse(&answer.body);
    let keywords = keywords(&answer.body, &capabilities);
    let mut findings = findings(&capabilities);
    if capabilities.iter().next().is_none() {
        findings.insert(
            0,
            format!(
                "No keyword came ({}): is this a SCEP address? Try `sceau scep cacert`.",
                kind(&answer)
            ),
        );
    }
    let json = json!({
        "status": "ok",
        "capabilities": keywords.iter().map(|one| json!({"keyword": one.text, "meaning": one.meaning}))
            .collect::<Vec<_>>(),
        "findings": findings,
        "post": capabilities.has(Capability::PostPkiOperation),
        "renewal": capabilities.has(Capability::Renewal),
        "cipher": super::algorithms::CipherName::from(capabilities.cipher()),
        "digest": super::algorithms::DigestName::from(capabilities.digest()),
    });
    Ok(Answer::done(text(&keywords, &findings), json))
}

fn text(keywords: &[Keyword], findings: &[String]) -> String {
    let width = keywords
        .iter()
        .map(|one| one.text.len())
        .max()
        .unwrap_or_default();
    let mut text: String = keywords
        .iter()
        .map(|one| format!("{:width$}  {}\n", one.text, one.meaning))
        .collect();
    if findings.is_empty() {
        text.push_str("\nNothing is missing or weak.\n");
        return text;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for finding in findings {
        text.push_str(&format!("! {finding}\n"));
    }
    text
}

/// The words of the answer, known ones with their meaning; not those of a page of HTML.
fn keywords(body: &[u8], capabilities: &Capabilities) -> Vec<Keyword> {
    if capabilities.iter().next().is_none() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body)).into_owned();
    text.split_whitespace()
        .take(64)
        .map(|word| Keyword {
            text: word.chars().filter(|character| !character.is_control()).collect(),
            meaning: meaning(Capabilities::parse(word.as_bytes()).iter().next()),
        })
        .collect()
}

/// RFC 8894 §3.5.2.
fn meaning(capability: Option<Capability>) -> &'static str {
    match capability {
        Some(Capability::Aes) => "AES-128-CBC for the envelopes",
        Some(Capability::Des3) => "triple DES for the envelopes",
        Some(Capability::GetNextCaCert) => "the CA's next certificates can be had before it changes its key",
        Some(Capability::PostPkiOperation) => "messages may be POSTed",
        Some(Capability::Renewal) => "certificates can be renewed (RenewalReq)",
        Some(Capability::Sha1) => "SHA-1 for signatures: broken",
        Some(Capability::Sha256) => "SHA-256 for signatures",
        Some(Capability::Sha384) => "no keyword of RFC 8894; strongSwan may sign with SHA-384",
        Some(Capability::Sha512) => "SHA-512 for signatures",
        Some(Capability::ScepStandard) => "AES, SHA-256 and POST together: RFC 8894",
        Some(Capability::Update) => {
            "an update of the CA's certificates, of older drafts: nothing follows from it"
        }
        None => "not a keyword of RFC 8894: nothing follows from it",
    }
}

/// What is missing or weak, in words.
fn findings(capabilities: &Capabilities) -> Vec<String> {
    use Capability::{Aes, Des3, PostPkiOperation, Renewal, Sha1, Sha256, Sha512};
    let has = |capability| capabilities.has(capability);
    let digests = match (has(Sha256), has(Sha512), has(Sha1)) {
        (true, ..) => None,
        (false, true, _) => Some("No SHA-256: many clients can't sign with SHA-512."),
        (false, false, true) => {
            Some("SHA-1 alone is offered for signatures, and SHA-1 is broken: update the server.")
        }
        (false, false, false) => Some("No digest is offered: SHA-256 is tried."),
    };
    let ciphers = match (has(Aes), has(Des3)) {
        (true, _) => None,
        (false, true) => {
            Some("No AES: messages are encrypted with triple DES, as NDES does unless it knows AES.")
        }
        (false, false) => {
            Some("No cipher is offered: triple DES is tried; a very old server knows single DES alone.")
        }
    };
    let post = (!has(PostPkiOperation)).then_some(
        "No POSTPKIOperation: messages go by GET, and a proxy or IIS may cut their long address off.",
    );
    let renewal = (!has(Renewal)).then_some(
        "No Renewal: certificates are renewed with a PKCSReq signed by the old certificate, if the CA takes it.",
    );
    [ciphers, digests, post, renewal]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}
