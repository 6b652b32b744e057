//! How a delivery goes from state to state. A refused step names the thing, from and to.

use super::{Delivery, DeliveryId, DeliveryState, Proof};
use crate::{
    device::DeviceId,
    diagnosis::Cause,
    error::{Error, Kind},
    scep_configuration::{CertificateStore, Configuration},
    sealed::Sealed,
    thumbprint::Sha1,
    time::Timestamp,
};

/// What a new delivery begins with.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// Its identifier.
    pub id: DeliveryId,
    /// For which device.
    pub device_id: DeviceId,
    /// By which configuration.
    pub configuration: &'a Configuration,
    /// 1 for the first.
    pub attempt: i64,
    /// How many attempts before failed for the device's or the configuration's own sake.
    pub charged: i64,
    /// Not before this moment is it tried.
    pub not_before: Timestamp,
}

/// What is known once a challenge was obtained and the command written.
#[derive(Clone, Debug)]
pub struct Command {
    /// The subject as ordered.
    pub subject: String,
    /// The alternative names as ordered, in the CSP's form.
    pub sans: String,
    /// SHA-256 (hex) of the token in the SCEP URL.
    pub token_sha256: String,
    /// The challenge and all that is needed to send the same command again.
    pub secret: Sealed,
    /// When the challenge was taken.
    pub challenge_taken_at: Timestamp,
    /// In whose store the certificate is ordered.
    pub store: CertificateStore,
}

/// What a device answered to Status and ErrorCode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Status; none when the node was not found (404).
    pub status: Option<i64>,
    /// ErrorCode.
    pub code: i32,
}

/// What a report means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing new: ask again later.
    AskAgain,
    /// Installed, says the device: ask for the thumbprint, which alone proves it.
    AskThumbprint,
    /// It failed: [`super::decide_after_failure`] says what follows.
    Failed(Cause),
}

impl Delivery {
    /// A delivery that waits for its device.
    pub fn planned(plan: Plan<'_>, now: Timestamp) -> Self {
        Self {
            id: plan.id,
            device_id: plan.device_id,
            configuration_id: plan.configuration.id.clone(),
            configuration_version: plan.configuration.version,
            authority_id: plan.configuration.authority_id.clone(),
            attempt: plan.attempt,
            charged: plan.charged,
            is_current: true,
            state: DeliveryState::WaitingForDevice,
            subject: String::new(),
            sans: String::new(),
            token_sha256: None,
            secret: None,
            challenge_taken_at: None,
            is_on_device: false,
            store: None,
            checked_at: None,
            check_due_at: None,
            not_before: plan.not_before,
            created_at: now,
            updated_at: now,
        }
    }

    /// A challenge is about to be asked for while the device is in session. What a crash left so may be
    /// reserved again.
    pub fn reserved(self, now: Timestamp) -> Result<Self, Error> {
        if !self.is_current || now < self.not_before {
            return Err(self.refused("reserved"));
        }
        self.waits_for_challenge(Cause::ChallengeBeingFetched, now)
    }

    /// The device is talking and there is no challenge for it now. This is no failed attempt.
    pub fn waits_for_challenge(self, cause: Cause, now: Timestamp) -> Result<Self, Error> {
        match self.state {
            DeliveryState::WaitingForDevice | DeliveryState::WaitingForChallenge { .. } => {
                Ok(self.into_state(DeliveryState::WaitingForChallenge { cause }, now))
            }
            _ => Err(self.refused("waiting_for_challenge")),
        }
    }

    /// A challenge was obtained and the command is stored for sending.
    pub fn sent(self, command: Command, now: Timestamp) -> Result<Self, Error> {
        match self.state {
            DeliveryState::WaitingForDevice | DeliveryState::WaitingForChallenge { .. } => Ok(Self {
                subject: command.subject,
                sans: command.sans,
                token_sha256: Some(command.token_sha256),
                secret: Some(command.secret),
                challenge_taken_at: Some(command.challenge_taken_at),
                is_on_device: true,
                store: Some(command.store),
                ..self.into_state(DeliveryState::Sent, now)
            }),
            _ => Err(self.refused("sent")),
        }
    }

    /// The device accepted the command (200 or 202). It proves nothing; a repeated answer changes nothing.
    pub fn accepted(self, now: Timestamp) -> Result<Self, Error> {
        match self.state {
            DeliveryState::Sent => Ok(self.into_state(DeliveryState::Enrolling, now)),
            DeliveryState::Enrolling | DeliveryState::PendingAtCa | DeliveryState::Verified { .. } => {
                Ok(self)
            }
            _ => Err(self.refused("enrolling")),
        }
    }

    /// The device answered Status and ErrorCode.
    ///
    /// Microsoft, ClientCertificateInstall CSP: 1 installed, 2 pending, 16 failed, 32 unknown (running).
    pub fn reported(self, report: Report, now: Timestamp) -> Result<(Self, Verdict), Error> {
        use DeliveryState as S;
        let is_proved = matches!(self.state, S::Verified { .. });
        if !is_proved && !matches!(self.state, S::Sent | S::Enrolling | S::PendingAtCa) {
            return Err(self.refused("reported"));
        }
        let verdict = match report.status {
            Some(16) | None if is_proved => Verdict::Failed(Cause::CertificateGone),
            Some(16) => Verdict::Failed(Cause::DeviceError { code: report.code }),
            Some(1) => Verdict::AskThumbprint,
            _ => Verdict::AskAgain,
        };
        let state = match (report.status, &self.state) {
            (Some(2), S::Sent | S::Enrolling) => S::PendingAtCa,
            (Some(1 | 32), S::Sent) => S::Enrolling,
            _ => return Ok((self, verdict)),
        };
        Ok((self.into_state(state, now), verdict))
    }

    /// The device answered Status 1 and this thumbprint; `by` says whether the certificate was compared too.
    /// A proof by thumbprint may later become one by certificate.
    pub fn verified(self, sha1: Sha1, by: Proof, now: Timestamp) -> Result<Self, Error> {
        use DeliveryState as S;
        match self.state {
            S::Verified {
                sha1: known,
                by: Proof::Certificate,
            } if known == sha1 => Ok(self),
            S::Verified { sha1: known, .. } if known != sha1 => Err(self.refused("verified")),
            S::Sent | S::Enrolling | S::PendingAtCa | S::Verified { .. } => Ok(Self {
                secret: None,
                is_on_device: true,
                ..self.into_state(S::Verified { sha1, by }, now)
            }),
            _ => Err(self.refused("verified")),
        }
    }

    /// It did not work and will not by itself; a proved certificate may fail later, when it is gone.
    pub fn failed(self, cause: Cause, now: Timestamp) -> Result<Self, Error> {
        if !self.state.is_open() && !matches!(self.state, DeliveryState::Verified { .. }) {
            return Err(self.refused("failed"));
        }
        Ok(Self {
            secret: None,
            ..self.into_state(DeliveryState::Failed { cause }, now)
        })
    }

    /// A newer attempt takes its place; `cause` is why it failed, none for a renewal or a change.
    pub fn replaced(self, cause: Option<Cause>, now: Timestamp) -> Result<Self, Error> {
        if matches!(
            self.state,
            DeliveryState::Replaced { .. } | DeliveryState::Removed
        ) {
            return Err(self.refused("replaced"));
        }
        Ok(Self {
            secret: None,
            is_current: false,
            ..self.into_state(DeliveryState::Replaced { cause }, now)
        })
    }

    /// The configuration was withdrawn, and the node is gone from the device or never was there.
    pub fn removed(self, now: Timestamp) -> Result<Self, Error> {
        if self.state == DeliveryState::Removed {
            return Ok(self);
        }
        Ok(Self {
            secret: None,
            is_on_device: false,
            ..self.into_state(DeliveryState::Removed, now)
        })
    }

    /// The device deleted the node, or never had it (200 or 404).
    #[must_use]
    pub fn without_node(self, now: Timestamp) -> Self {
        Self {
            is_on_device: false,
            updated_at: now,
            ..self
        }
    }

    fn into_state(self, state: DeliveryState, now: Timestamp) -> Self {
        Self {
            state,
            updated_at: now,
            ..self
        }
    }

    fn refused(&self, to: &str) -> Error {
        let from = self.state.name();
        Error::new(
            Kind::State,
            "error-delivery-state",
            format!("delivery {}: not from {from} to {to}", self.id),
        )
        .with("thing", format!("delivery {}", self.id))
        .with("from", from)
        .with("to", to)
    }
}
