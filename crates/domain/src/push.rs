//! The account at the Windows Push Notification Services (WNS), by which devices are woken. Nothing needs it: a device
//! without it comes by its schedule.

mod channel;
mod form;
mod verdict;

pub use channel::{ChannelRefusal, check_channel};
pub use form::{CheckedPush, PushForm, check};
use serde::{Deserialize, Serialize};
pub use verdict::{Answer, Verdict, verdict};

use crate::{Sealed, notification::SendProblem, time::Timestamp};

/// What is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSettings {
    /// Whether devices are woken.
    pub is_enabled: bool,
    /// The Package Family Name of the app that the account is for.
    pub pfn: String,
    /// Its package SID (`ms-app://…`), or its application id at Microsoft Entra.
    pub client_id: String,
    /// The Entra tenant that knows the application; none where the app was registered at Partner Center alone.
    pub tenant: Option<String>,
    /// Certificates (PEM) that are trusted beside the public authorities, for a proxy that opens TLS.
    pub trust_pem: Option<String>,
}

impl PushSettings {
    /// Where a token is asked for, and for which scope. Microsoft, "Push notification service request and response
    /// headers": a package SID signs in at login.live.com. Microsoft, "Quickstart: Push notifications in the Windows App
    /// SDK": an application of Entra at its tenant.
    pub fn token_source(&self) -> (String, &'static str) {
        match &self.tenant {
            None => (
                "https://login.live.com/accesstoken.srf".to_owned(),
                "notify.windows.com",
            ),
            Some(tenant) => (
                format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
                "https://wns.windows.com/.default",
            ),
        }
    }
}

/// How it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PushState {
    /// What stands in the way of every push; its words are in the locales.
    pub problem: Option<SendProblem>,
    /// Since when.
    pub problem_at: Option<Timestamp>,
    /// Nothing is pushed before this moment.
    pub blocked_until: Option<Timestamp>,
    /// How often in a row WNS asked to be left alone.
    pub throttled: u32,
    /// When WNS last accepted one.
    pub accepted_at: Option<Timestamp>,
}

/// What is set, with its secret, and how it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Push {
    /// What is set.
    pub settings: PushSettings,
    /// The account's secret, sealed.
    pub client_secret: Option<Sealed>,
    /// How it goes.
    pub state: PushState,
}
