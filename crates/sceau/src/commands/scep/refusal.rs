//! A FAILURE in words.

use domain::diagnosis::hresult;
use scep::FailInfo;
use serde_json::{Value, json};

use super::{Exit, answer::Answer};
use crate::console::language::Language;

/// What the CA said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) fail_info: Option<FailInfo>,
    pub(super) text: Option<String>,
    pub(super) hresult: Option<i32>,
}

/// RFC 8894 §3.2.1.4.5, and what it mostly is.
pub(super) fn meaning(fail_info: FailInfo) -> (&'static str, &'static str) {
    match fail_info {
        FailInfo::BadAlg => (
            "an algorithm isn't known or not taken there",
            "Look at `sceau scep caps`, and choose others with --cipher, --digest and --key-transport.",
        ),
        FailInfo::BadMessageCheck => (
            "the server could not verify or decrypt the message",
            "Look at `sceau scep cacert`: it may hold RA certificates whose keys the server no longer has.",
        ),
        FailInfo::BadRequest => (
            "the request isn't permitted",
            "Most often the challenge is missing, wrong, used or expired; else subject, key size or template don't \
             suit the CA. Take a new challenge, and see the CA's log.",
        ),
        FailInfo::BadTime => (
            "the time in the message is too far from the server's",
            "Compare the clocks.",
        ),
        FailInfo::BadCertId => (
            "the server knows no such certificate or request",
            "Check issuer and serial number, or whether the request was ever taken.",
        ),
    }
}

impl Refusal {
    /// An HRESULT of NDES: its number, its name, and what to do.
    pub(super) fn hresult_words(code: i32) -> (String, &'static str, String) {
        let known = hresult(code);
        let advice = match known.family {
            "argument" => {
                "NDES was seen to answer so without saying what it minds: its application log may.".to_owned()
            }
            "unknown" => {
                "See the application log of the NDES server, and the CA's failed requests.".to_owned()
            }
            _ => Language::English.words(&known.advice()),
        };
        (known.hex(), known.name, advice)
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec!["refused: the CA answered FAILURE".to_owned()];
        match self.fail_info {
            Some(reason) => {
                let (what, advice) = meaning(reason);
                lines.push(format!("  failInfo {reason} ({}): {what}", reason.number()));
                lines.push(format!("  {advice}"));
            }
            None => lines.push("  It gives no reason that RFC 8894 defines: see its log.".to_owned()),
        }
        if let Some(text) = &self.text {
            lines.push(format!("  It says: “{text}”"));
        }
        if let Some(code) = self.hresult {
            let (hex, name, advice) = Self::hresult_words(code);
            lines.push(format!("  HRESULT {hex} {name}: {advice}"));
        }
        lines
    }

    fn value(&self) -> Value {
        let fail_info = self.fail_info.map(|reason| {
            let (what, advice) = meaning(reason);
            json!({"number": reason.number(), "name": reason.to_string(), "meaning": what, "advice": advice})
        });
        let hresult = self.hresult.map(|code| {
            let (hex, name, advice) = Self::hresult_words(code);
            json!({"code": hex, "name": name, "advice": advice})
        });
        json!({
            "status": "refused",
            "exit_code": Exit::Refused as u8,
            "fail_info": fail_info,
            "text": self.text,
            "hresult": hresult,
        })
    }

    /// As the end of a command.
    pub(super) fn answer(&self) -> Answer {
        Answer {
            exit: Exit::Refused,
            text: String::new(),
            json: self.value(),
            notes: self.lines(),
        }
    }
}
