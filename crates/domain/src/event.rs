//! A device's timeline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    delivery::DeliveryId,
    device::{DeviceId, LeftHow},
    diagnosis::Cause,
    thumbprint::Sha1,
    time::Timestamp,
};

/// One step on a device's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Of which device.
    pub device_id: DeviceId,
    /// About which delivery.
    pub delivery_id: Option<DeliveryId>,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened. The words are in the locales, by the variant's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// The device enrolled, for this person.
    Enrolled {
        /// The person's user name.
        username: String,
    },
    /// The device renewed its own identity.
    IdentityRenewed,
    /// The device used its renewed identity: what it had before counts no more.
    IdentityReplaced,
    /// A session began.
    SessionStarted,
    /// The device refused a whole message: nothing in it was carried out.
    MessageRefused {
        /// OMA-DM status of its header.
        status: i64,
    },
    /// A value that the device told in pieces can't be used.
    ValueLost {
        /// The node.
        node: String,
        /// OMA-DM status that it got; none where its end never came.
        status: Option<i64>,
    },
    /// The device tells something else of itself than before. An earlier version can't read this.
    FactChanged {
        /// `name`, `os_version`, `serial_number`, `edition` or `tpm`.
        fact: String,
        /// What it told before.
        before: String,
        /// What it tells now.
        after: String,
    },
    /// A device enrolled that says the same of its hardware as another one that is managed; told on both.
    SameHardware {
        /// The other one's name.
        name: String,
        /// The other one's identifier.
        other: String,
        /// Whether the other one is the new one.
        is_newer: bool,
    },
    /// Nothing was heard of the device for so long that people were told, and that it leaves if that goes on. An earlier
    /// version can't read this, nor what follows.
    SilenceTold {
        /// Days of silence.
        days: i64,
        /// `YYYY-MM-DD`.
        leaves_on: String,
    },
    /// The device came back after it had left for its silence. It must enrol again.
    CameAfterSilence,
    /// An identity was shown that the device had renewed before: a restored machine, or a copy. It must enrol again.
    OldIdentityShown,
    /// A delivery was planned.
    Planned {
        /// The configuration's name.
        configuration: String,
        /// Which attempt.
        attempt: i64,
    },
    /// A certificate of the authority was already trusted by the device.
    AlreadyTrusted {
        /// Which.
        sha1: Sha1,
    },
    /// A certificate of the authority was put into the device's trust store.
    TrustAdded {
        /// Which.
        sha1: Sha1,
    },
    /// It waits for a challenge.
    WaitingForChallenge {
        /// Why.
        cause: Cause,
    },
    /// A challenge was obtained and the command sent.
    Sent {
        /// Milliseconds it took to get the challenge.
        challenge_milliseconds: i64,
    },
    /// The device accepted the command.
    Accepted {
        /// OMA-DM status.
        status: i64,
    },
    /// The device's request was handed to the authority.
    Forwarded {
        /// SCEP's transactionID.
        transaction_id: String,
        /// SCEP's messageType: 19 asks for a certificate, 20 asks what became of it.
        #[serde(default = "pkcs_req")]
        message_type: i64,
    },
    /// The authority answered.
    Answered {
        /// SCEP's transactionID.
        transaction_id: String,
        /// messageType of the request.
        #[serde(default = "pkcs_req")]
        message_type: i64,
        /// `success`, `pending`, `failure`, or the name of a [`TroubleKind`](crate::transaction::TroubleKind).
        status: String,
        /// failInfo.
        fail_info: Option<i64>,
        /// Microsoft's HRESULT.
        #[serde(default)]
        hresult: Option<i32>,
        /// failInfoText, or what went wrong in detail.
        #[serde(default)]
        detail: Option<String>,
        /// Why Sceau's own authority refused.
        #[serde(default)]
        refusal: Option<Refusal>,
        /// Milliseconds it took.
        milliseconds: i64,
    },
    /// A request at the delivery's URL was refused.
    RequestRefused {
        /// Why, as a word.
        reason: String,
        /// SCEP's transactionID, as the refused request has it.
        #[serde(default)]
        transaction_id: Option<String>,
        /// Its messageType.
        #[serde(default = "pkcs_req")]
        message_type: i64,
    },
    /// Nobody knows what the authority did with a request.
    OutcomeUnknown {
        /// SCEP's transactionID.
        transaction_id: String,
        /// What came in place of an answer: the name of a [`TroubleKind`](crate::transaction::TroubleKind), or
        /// `nothing` where the server itself went down meanwhile.
        #[serde(default = "nothing")]
        trouble: String,
        /// What went wrong in detail.
        #[serde(default)]
        detail: Option<String>,
    },
    /// A request was never answered, and the ledger of Sceau's own authority tells what became of it.
    FoundInLedger {
        /// SCEP's transactionID.
        transaction_id: String,
        /// Name of the [`IssuanceState`](crate::issuance::IssuanceState), `revoked`, or `nothing`.
        state: String,
        /// The certificate's serial number (hex).
        serial: Option<String>,
    },
    /// The authority issued a certificate that the device didn't prove to hold.
    NotInstalled {
        /// SCEP's transactionID.
        transaction_id: String,
    },
    /// The device reported its state.
    Reported {
        /// Status.
        status: i64,
        /// ErrorCode.
        code: i32,
    },
    /// The certificate is proved.
    Verified {
        /// Its thumbprint.
        sha1: Sha1,
        /// By the certificate itself.
        by_certificate: bool,
    },
    /// It failed.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// It is tried again.
    Retried {
        /// Why.
        cause: Cause,
    },
    /// The management ended.
    Unenrolled {
        /// How. Before administrators could send devices away, users alone ended it.
        #[serde(default)]
        how: LeftHow,
    },
    /// A delivery's node was deleted from the device.
    NodeDeleted,
    /// An administrator asked that the device leave.
    RemovalAsked {
        /// Who.
        by: String,
        /// Whether the certificates that it was given are left there.
        keeps_certificates: bool,
    },
    /// That was taken back.
    RemovalCancelled {
        /// By whom.
        by: String,
    },
    /// The device enrolled anew before it was told to go.
    RemovalSuperseded,
    /// The device was asked again, and doesn't trust a certificate of the authority any more.
    TrustGone {
        /// Which.
        sha1: Sha1,
    },
    /// The device would not take a certificate of the authority into its trust store.
    TrustRefused {
        /// Which.
        sha1: Sha1,
        /// OMA-DM status.
        status: i64,
    },
    /// A person wants a certificate taken out of the device's trust store: nothing needs it any more.
    TrustUnwanted {
        /// Which.
        sha1: Sha1,
        /// Who.
        by: String,
    },
    /// An intermediate certificate is to be taken out of the device's store: nothing needs it any more.
    TrustReleased {
        /// Which.
        sha1: Sha1,
    },
    /// It stays after all: something needs it again.
    TrustNeeded {
        /// Which.
        sha1: Sha1,
    },
    /// A certificate was taken out of the device's trust store.
    TrustRemoved {
        /// Which.
        sha1: Sha1,
    },
    /// A certificate stays in the trust store of a device that leaves: it refused.
    TrustKept {
        /// Which.
        sha1: Sha1,
        /// OMA-DM status.
        status: i64,
    },
    /// A delivery's node stays on a device that leaves.
    NodeKept {
        /// OMA-DM status, where the device refused: otherwise its user isn't signed in.
        status: Option<i64>,
    },
    /// The device was told to end the management.
    ToldToLeave,
    /// The device refused that.
    LeavingRefused {
        /// OMA-DM status.
        status: i64,
    },
    /// A person asked that the device come. An earlier version can't read this, nor what follows.
    SyncAsked {
        /// Who.
        by: String,
    },
    /// WNS took a push for the device.
    Pushed {
        /// `X-WNS-Status`, or nothing.
        status: String,
        /// `X-WNS-DeviceConnectionStatus`, or nothing.
        connection: String,
    },
    /// A push was not taken, and is not tried again.
    PushFailed {
        /// Why.
        problem: crate::notification::SendProblem,
    },
    /// The device came after a push was taken.
    CameAfterPush {
        /// Seconds between.
        seconds: i64,
    },
    /// The device named an address to be woken at that is not called.
    ChannelRefused {
        /// Name of a [`ChannelRefusal`](crate::push::ChannelRefusal).
        reason: String,
    },
    /// WNS knows the device's address no more (404, 410).
    ChannelGone {
        /// HTTP status.
        status: i64,
    },
    /// What the certificate carries is another value now: it is issued again. An earlier version can't read this, nor
    /// what follows.
    ValuesChanged {
        /// The configuration's name.
        configuration: String,
        /// Subject, or alternative names, as ordered before.
        before: String,
        /// The same as it would be ordered now.
        after: String,
    },
    /// A value that the certificate carries isn't there any more: it stays as it is.
    ValueGone {
        /// The configuration's name.
        configuration: String,
        /// What can't be filled in.
        cause: Cause,
    },
    /// The name that the device gives itself is the one that its certificates carry from now on.
    NameTaken {
        /// The former name.
        before: String,
        /// The name.
        after: String,
        /// Who said so.
        by: String,
    },
    /// The device, which had no user, got one.
    UserSet {
        /// The user's name.
        username: String,
        /// Who said so.
        by: String,
    },
    /// The device got another user.
    UserChanged {
        /// The former user's name.
        before: String,
        /// The user's name.
        username: String,
        /// Who said so.
        by: String,
    },
    /// The device has no user any more.
    UserRemoved {
        /// The former user's name.
        before: String,
        /// Who said so.
        by: String,
    },
}

/// Why Sceau's own authority refused a request. The words are in the locales, by the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable word.
    pub reason: String,
    /// What its words need, by name.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// What every request was before the kinds were told apart.
fn pkcs_req() -> i64 {
    19
}

fn nothing() -> String {
    "nothing".to_owned()
}
