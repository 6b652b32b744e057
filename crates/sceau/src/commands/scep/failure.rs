//! What a command ends with: an exit code, what happened, and what to do about it.

use std::fmt;

use scep::Error;

use crate::outbound::OutboundError;

/// How a command ends; each number is in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done: issued, where a certificate was asked for.
    Done = 0,
    /// Something on this machine: a file that can't be read or written.
    Local = 1,
    /// The command line can't be used.
    Usage = 2,
    /// The CA answered FAILURE.
    Refused = 3,
    /// The CA answered PENDING, and the time to wait is over.
    Pending = 4,
    /// Not reachable, or an HTTP error.
    Unreachable = 5,
    /// The answer isn't to be trusted, or can't be read.
    Untrusted = 6,
}

/// The exit codes as `--help` shows them.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done; the certificate was issued
  1  a file on this machine can't be read or written
  2  the command line can't be used
  3  the CA refused (pkiStatus FAILURE)
  4  the CA has yet to decide (pkiStatus PENDING): go on with `sceau scep poll`
  5  the server can't be reached, or answers with an HTTP error
  6  the answer isn't to be trusted, or can't be read";

/// Why a command didn't do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    /// What happened.
    pub(super) what: String,
    /// What to do; empty where nobody knows.
    pub(super) advice: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if self.advice.is_empty() {
            return Ok(());
        }
        write!(f, "\n  {}", self.advice)
    }
}

impl Failure {
    pub(super) fn new(exit: Exit, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            advice: advice.into(),
        }
    }

    pub(super) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what, "")
    }

    pub(super) fn local(what: impl Into<String>) -> Self {
        Self::new(Exit::Local, what, "")
    }

    /// More advice, after what there is.
    pub(super) fn and(mut self, advice: &str) -> Self {
        if !self.advice.is_empty() {
            self.advice.push_str("\n  ");
        }
        self.advice.push_str(advice);
        self
    }

    /// The server can't be reached.
    pub(super) fn outside(error: &OutboundError) -> Self {
        let advice = match error {
            OutboundError::Unreachable(_) => {
                "Nothing was sent. Check the address, the port and the way there."
            }
            OutboundError::NoAnswer(_) | OutboundError::TimedOut(_) => {
                "Nobody knows what the CA did with it: a certificate may have been issued. Look at the CA."
            }
            OutboundError::TooLong => "That is no SCEP answer: check the address.",
        };
        let exit = match error {
            OutboundError::TooLong => Exit::Untrusted,
            _ => Exit::Unreachable,
        };
        Self::new(exit, error.to_string(), advice)
    }

    /// A reply that can't be believed or read.
    pub(super) fn reply(error: &Error) -> Self {
        let advice = match error {
            Error::UnknownSigner => {
                "It is signed by none of the certificates of GetCACert. After a renewal of the RA's certificates \
                 NDES must be restarted; if that isn't it, somebody stands between."
            }
            Error::Signature => {
                "It was changed on the way, or the server signs with another key than it shows."
            }
            Error::Mismatch(_) => {
                "It answers another request: an old answer played again, or a broken server."
            }
            Error::OtherKey => {
                "The CA certified another key: don't use that certificate, and tell the CA's owner."
            }
            Error::UnknownRecipient => "The server must encrypt to the certificate that signed the request.",
            Error::Algorithm("content encryption") => {
                "The CA did issue a certificate, and encrypted it with a cipher that isn't accepted, as single DES isn't. \
                 An old server may need `--cipher des`."
            }
            Error::Algorithm(_) => "The server uses an algorithm that isn't accepted here; see `--verbose`.",
            Error::Undecipherable => {
                "The key of the request doesn't open it: the server mixed up two requests."
            }
            _ => "It is no SCEP answer: see `--verbose`, and check the address.",
        };
        Self::new(
            Exit::Untrusted,
            format!("the answer isn't to be trusted: {error}"),
            advice,
        )
    }
}
