//! A management session of a device, message by message.

use serde::{Deserialize, Serialize};

use crate::{delivery::DeliveryId, device::DeviceId, thumbprint::Sha1, time::Timestamp};

/// A session as it stands between two messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub device_id: DeviceId,
    /// The device's SessionID: opaque text, repeated by some clients; `started_at` tells sessions apart.
    pub session_id: String,
    /// When its first message came.
    pub started_at: Timestamp,
    /// The device's last MsgID that was answered.
    pub client_message: i64,
    /// SHA-256 (hex) of that message: the same again gets the same answer.
    pub client_message_sha256: String,
    /// Our last MsgID.
    pub server_message: i64,
    /// Our last answer, sealed since it may hold a challenge.
    pub answer: crate::sealed::Sealed,
    /// What the device said of its user: `user`, `others`, `none`.
    pub login: Option<String>,
    /// The device's limit on our messages, octets.
    pub max_message_octets: Option<i64>,
    /// How many rounds were spent holding the session while a challenge is fetched.
    pub held_rounds: i64,
    /// When the last message came.
    pub updated_at: Timestamp,
    /// Whether nothing more is to come.
    pub is_over: bool,
    /// What came of a package of the device's that isn't finished, sealed: see `actions/sessions/package.rs`.
    pub package: Option<crate::sealed::Sealed>,
    /// How many of our messages only asked for the rest of such a package.
    pub next_messages: i64,
    /// The device's limit on a single value of ours (MaxObjSize), octets.
    pub max_object_octets: Option<i64>,
    /// What the session is for (MS-MDM 3.2.5.1.5): `user` or `device` alone; anything else is for both.
    pub sync_type: Option<String>,
}

/// A message is taken for a repetition of the last one for so long: session ids begin anew one day.
const REPETITION_MILLISECONDS: i64 = 10 * 60 * 1000;

impl Session {
    /// Whether its last message is recent: an answer that was lost is still waited for.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        now.since(self.updated_at) < REPETITION_MILLISECONDS
    }

    /// Whether a message of this SHA-256 (hex) is the one that was answered last, again: its answer was lost.
    pub fn repeats(&self, body_sha256: &str, now: Timestamp) -> bool {
        self.client_message_sha256 == body_sha256 && self.is_recent(now)
    }

    /// Whether the device wasn't told anything yet, but to go on.
    pub fn is_beginning(&self) -> bool {
        self.server_message <= self.next_messages
    }

    /// Whether commands for the tree of the signed-in user are carried out.
    pub fn reaches_user(&self) -> bool {
        self.login.as_deref() == Some("user") && self.sync_type.as_deref() != Some("device")
    }

    /// Whether commands for the device's own tree are: MS-MDM 3.2.5.1.5, otherwise they get 405.
    pub fn reaches_device(&self) -> bool {
        self.sync_type.as_deref() != Some("user")
    }
}

/// A command sent to a device and not answered yet. The id is a fresh UUID each time, so that a late
/// answer can't be taken for another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCommand {
    /// The CmdID.
    pub id: String,
    /// To which device.
    pub device_id: DeviceId,
    /// In which of our messages.
    pub server_message: i64,
    /// Why it was sent.
    pub purpose: Purpose,
    /// When.
    pub sent_at: Timestamp,
}

/// Why a command was sent: what its answer means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "purpose")]
pub enum Purpose {
    /// Hold the session; the answer means nothing.
    Hold,
    /// Ask for a fact about the device. A version before this one reads it without its node, and takes what comes.
    Inventory {
        /// Which node; none in questions of earlier versions.
        #[serde(default)]
        node: Option<String>,
    },
    /// Ask whether a certificate is in a trust store.
    AskTrusted {
        /// Which.
        sha1: Sha1,
    },
    /// Add a certificate to a trust store.
    AddTrusted {
        /// Which.
        sha1: Sha1,
    },
    /// The Atomic that installs and starts a SCEP enrolment.
    Install {
        /// For which delivery.
        delivery: DeliveryId,
    },
    /// A command inside that Atomic.
    InstallPart {
        /// For which delivery.
        delivery: DeliveryId,
        /// The node it is about, below the delivery's own.
        node: String,
    },
    /// Ask Status and ErrorCode.
    AskStatus {
        /// For which delivery.
        delivery: DeliveryId,
    },
    /// Ask CertThumbprint.
    AskThumbprint {
        /// For which delivery.
        delivery: DeliveryId,
    },
    /// Ask for the certificate itself.
    AskCertificate {
        /// For which delivery.
        delivery: DeliveryId,
        /// Which.
        sha1: Sha1,
    },
    /// Delete the node of a delivery that is done with.
    DeleteNode {
        /// Which delivery's.
        delivery: DeliveryId,
    },
    /// Change how often the device polls.
    Poll {
        /// Whether to the fast schedule.
        is_fast: bool,
        /// Each how many minutes then; none stands for each minute.
        #[serde(default)]
        minutes: Option<u32>,
    },
    /// Ask whether a certificate still is in a trust store.
    CheckTrusted {
        /// Which.
        sha1: Sha1,
        /// What needs it.
        delivery: DeliveryId,
    },
    /// Delete a certificate from a trust store: the device leaves, or nothing needs it any more. An earlier version that gets the answer can't
    /// read this, nor [`Self::Unenroll`]: it refuses the message, and the device's next session begins afresh.
    DeleteTrusted {
        /// Which.
        sha1: Sha1,
    },
    /// End the management.
    Unenroll,
    /// Give the device its PFN. An earlier version can't read this, nor [`Self::AskChannel`].
    SetPfn {
        /// Which.
        pfn: String,
        /// By Add, not by Replace.
        adds: bool,
    },
    /// Ask where the device is woken, and how that stands.
    AskChannel,
}
