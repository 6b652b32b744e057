//! The conversation of an enrolment: the request, polls while it is pending, and what comes of it.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;
use scep::{Enrolment, Error, MessageType, Outcome};
use serde_json::json;

use super::{
    Exit, Failure, answer::Answer, issued, key::Key, note, peer::Peer, refusal::Refusal, state::Saved,
};

/// The first pause before a poll; each following one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Flags of what becomes of a certificate.
#[derive(Debug, Args)]
pub(super) struct Delivery {
    /// Write the certificate (PEM) to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Write the certificates above it (PEM) to this file
    #[arg(long, value_name = "FILE")]
    pub(super) chain: Option<PathBuf>,
    /// While the request is pending, ask again for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=604_800))]
    pub(super) wait: u64,
}

/// An enrolment, ready to be sent.
pub(super) struct Task {
    pub(super) peer: Peer,
    pub(super) enrolment: Enrolment,
    /// PKCSReq or RenewalReq to begin with, CertPoll to go on.
    pub(super) first: MessageType,
    pub(super) wait: Duration,
    pub(super) saved: Saved,
    /// Where a pending enrolment is kept.
    pub(super) state: PathBuf,
    /// A key that was made for it.
    pub(super) key: Option<Key>,
}

impl Task {
    /// Sends it and sees it to its end, or to the end of the time to wait.
    pub(super) async fn run(mut self) -> Result<Answer, Failure> {
        let message = match self.first {
            MessageType::CertPoll => self.enrolment.write_poll(),
            _ => self.enrolment.write_request(),
        };
        let mut outcome = match message.map_err(unwritable) {
            Ok(message) => self.turn(&message).await,
            Err(failure) => Err(self.unsent(failure)),
        }?;
        if outcome == Outcome::Pending {
            // Before any waiting: whatever happens then, the request isn't lost.
            self.saved.write(&self.state)?;
            outcome = self.poll().await?;
        }
        match outcome {
            Outcome::Issued(certificates) => {
                let answer = issued::deliver(&certificates, &self)?;
                // It is of no more use, and may hold the challenge.
                let _ = std::fs::remove_file(&self.state);
                Ok(answer)
            }
            Outcome::Pending => Ok(self.pending()),
            Outcome::Failed {
                fail_info,
                text,
                microsoft_hresult: hresult,
            } => Ok(self.refused(&Refusal {
                fail_info,
                text,
                hresult,
            })),
        }
    }

    async fn turn(&self, message: &[u8]) -> Result<Outcome, Failure> {
        let reply = self.peer.operate(message).await?;
        self.enrolment
            .read_reply(&reply)
            .map_err(|error| Failure::reply(&error))
    }

    async fn poll(&mut self) -> Result<Outcome, Failure> {
        let deadline = Instant::now() + self.wait;
        let mut pause = FIRST_PAUSE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Outcome::Pending);
            }
            let next = pause.min(left);
            note(&format!("pending: asking again in {} s", next.as_secs().max(1)));
            tokio::time::sleep(next).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let message = self.enrolment.write_poll().map_err(unwritable)?;
            match self.turn(&message).await {
                Ok(Outcome::Pending) => {}
                // A server that is away for a moment: the request still waits there.
                Err(failure) if failure.exit == Exit::Unreachable => note(&format!("sceau: {failure}")),
                other => return other,
            }
        }
    }

    fn pending(&self) -> Answer {
        let (id, state) = (&self.saved.transaction_id, self.state.display());
        let text = format!(
            "pending: the CA has yet to decide (transaction {id})\n  Go on later with: sceau scep poll {} --state {state}\n",
            self.saved.url
        );
        Answer {
            exit: Exit::Pending,
            text: String::new(),
            json: json!({
                "status": "pending",
                "exit_code": Exit::Pending as u8,
                "transaction_id": id,
                "state": self.state,
                "key": self.saved.key,
            }),
            notes: vec![text.trim_end().to_owned()],
        }
    }

    fn refused(&self, refusal: &Refusal) -> Answer {
        let answer = refusal.answer();
        match &self.key {
            Some(key) if key.discard() => answer.with_note(format!(
                "  The new key is of no use and was removed: {}",
                key.path.display()
            )),
            _ => answer,
        }
    }

    /// Nothing went out: a key that was made for it is of no use.
    fn unsent(&self, failure: Failure) -> Failure {
        if let Some(key) = &self.key {
            key.discard();
        }
        failure
    }
}

pub(super) fn unwritable(error: Error) -> Failure {
    match error {
        Error::Algorithm(_) => {
            Failure::usage("messages aren't written in these algorithms: see --digest and --cipher")
        }
        other => Failure::new(
            Exit::Untrusted,
            format!("no message can be written to this CA: {other}"),
            "Look at `sceau scep cacert`: its encryption certificate must hold an RSA key of 2048 bits or more.",
        ),
    }
}
