use super::{CmdId, Item};

/// An alert's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlertCode(pub u16);

impl AlertCode {
    pub const SERVER_INITIATED: Self = Self(1200);
    pub const CLIENT_INITIATED: Self = Self(1201);
    /// The device asks for the rest of the server's package.
    pub const NEXT_MESSAGE: Self = Self(1222);
    pub const SESSION_ABORT: Self = Self(1223);
    /// Something of the device's own: who is signed in, a token, requests pending.
    pub const CLIENT_EVENT: Self = Self(1224);
    pub const NO_END_OF_DATA: Self = Self(1225);
    /// Generic: unenrolment, and the end of what a CSP did asynchronously.
    pub const GENERIC: Self = Self(1226);

    /// The sender begins a session: it stands in package 1 alone (OMA-DM 1.2.1, Protocol 8.2).
    pub fn begins_session(self) -> bool {
        matches!(self, Self::SERVER_INITIATED | Self::CLIENT_INITIATED)
    }
}

/// Who is signed in to Windows during this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoginStatus {
    /// The person who enrolled the device: `./User` commands may go out.
    User,
    /// Somebody else.
    Others,
    /// Nobody.
    None,
}

/// What a session is for. MS-MDM 3.2.5.1.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyncType {
    /// Commands for the signed-in person's tree alone; others get 405.
    User,
    /// Commands for the device's tree alone; others get 405.
    Device,
    /// Both, as without the alert.
    Mixed,
}

/// What the device, or the server, has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub cmd_id: CmdId,
    pub code: AlertCode,
    pub correlator: Option<String>,
    pub items: Vec<Item>,
}

const LOGIN_STATUS: &str = "com.microsoft/MDM/LoginStatus";
const REQUEST_PENDING: &str = "com.microsoft.mdm.requestpending";
const SYNC_TYPE: &str = "com.microsoft.mdm.synctype";
const UNENROLLMENT: &str = "com.microsoft:mdm.unenrollment.userrequest";

impl Alert {
    /// Who is signed in, when this is that alert. A value unknown here counts as [`LoginStatus::None`].
    pub fn login_status(&self) -> Option<LoginStatus> {
        let item = self.item_of_kind(AlertCode::CLIENT_EVENT, |kind| {
            kind.eq_ignore_ascii_case(LOGIN_STATUS)
        })?;
        Some(match item.text().map(str::trim) {
            Some("user") => LoginStatus::User,
            Some("others") => LoginStatus::Others,
            _ => LoginStatus::None,
        })
    }

    /// What the session is for, when this is that alert. A value unknown here counts as [`SyncType::Mixed`].
    pub fn sync_type(&self) -> Option<SyncType> {
        let item = self.item_of_kind(AlertCode::CLIENT_EVENT, |kind| {
            kind.eq_ignore_ascii_case(SYNC_TYPE)
        })?;
        Some(match item.text().map(str::trim) {
            Some("user") => SyncType::User,
            Some("device") => SyncType::Device,
            _ => SyncType::Mixed,
        })
    }

    /// The server's word on a package of several messages, or on a value in pieces; `item` names what it is about.
    pub fn of_server(cmd_id: CmdId, code: AlertCode, item: Option<Item>) -> Self {
        Self {
            cmd_id,
            code,
            correlator: None,
            items: item.into_iter().collect(),
        }
    }

    /// Whether the device is leaving: its person, or a server's Unenroll, ended the management.
    pub fn is_unenrollment(&self) -> bool {
        self.item_of_kind(AlertCode::GENERIC, |kind| kind.eq_ignore_ascii_case(UNENROLLMENT))
            .is_some()
    }

    /// Whether the device keeps the session open because it isn't done yet.
    pub fn is_request_pending(&self) -> bool {
        self.item_of_kind(AlertCode::CLIENT_EVENT, |kind| {
            kind.to_ascii_lowercase().ends_with(REQUEST_PENDING)
        })
        .is_some()
    }

    fn item_of_kind(&self, code: AlertCode, is_it: impl Fn(&str) -> bool) -> Option<&Item> {
        self.items
            .iter()
            .find(|item| self.code == code && item.kind.as_deref().is_some_and(&is_it))
    }
}
