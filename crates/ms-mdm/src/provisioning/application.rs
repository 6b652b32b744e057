use super::{IdentityStore, characteristic, parm, typed_parm};
use crate::csp::dmclient::PollSchedule;
use crate::xml::XmlWriter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// The management server, as the w7 APPLICATION CSP takes it. Its names are upper-case and case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// `PROVIDER-ID`, which names the DMClient provider, too.
    pub provider_id: String,
    /// What the person sees in Settings.
    pub name: String,
    /// The management address, `https`.
    pub address: String,
    /// Tries to connect; Windows' default is 3.
    pub connection_retries: u32,
    /// Default 16,000.
    pub initial_backoff_ms: u32,
    /// Default 86,400,000.
    pub max_backoff_ms: u32,
    /// The identity's subject in X.500 text (`CN=…`), by which Windows finds it for TLS.
    pub identity_subject: String,
    /// What the server proves itself to the device with (`AAUTHLEVEL` CLIENT, always DIGEST).
    pub client_auth: AppAuth,
    /// What the device proves itself to the server with (`AAUTHLEVEL` APPSRV, DIGEST here).
    pub server_auth: AppAuth,
}

/// One side's application-level credential. Debug prints no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AppAuth {
    /// `AAUTHNAME`.
    pub name: Option<String>,
    pub secret: Zeroizing<String>,
    /// The first nonce, raw.
    pub nonce: Vec<u8>,
}

impl fmt::Debug for AppAuth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AppAuth")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Application {
    pub(super) fn write(&self, w: &mut XmlWriter, store: IdentityStore) {
        let criteria = format!(
            "Subject={}&Stores=My%5C{}",
            percent_encoded(&self.identity_subject),
            store.name()
        );
        characteristic(w, "APPLICATION", |w| {
            parm(w, "APPID", "w7");
            parm(w, "PROVIDER-ID", &self.provider_id);
            parm(w, "NAME", &self.name);
            parm(w, "ADDR", &self.address);
            parm(w, "CONNRETRYFREQ", &self.connection_retries.to_string());
            parm(w, "INITIALBACKOFFTIME", &self.initial_backoff_ms.to_string());
            parm(w, "MAXBACKOFFTIME", &self.max_backoff_ms.to_string());
            w.empty("parm", &[("name", "BACKCOMPATRETRYDISABLED")]);
            // Microsoft's sample selects WBXML; this crate reads XML.
            parm(w, "DEFAULTENCODING", "application/vnd.syncml.dm+xml");
            parm(w, "SSLCLIENTCERTSEARCHCRITERIA", &criteria);
            self.client_auth.write(w, "CLIENT");
            self.server_auth.write(w, "APPSRV");
        });
    }
}

impl AppAuth {
    fn write(&self, w: &mut XmlWriter, level: &str) {
        characteristic(w, "APPAUTH", |w| {
            parm(w, "AAUTHLEVEL", level);
            parm(w, "AAUTHTYPE", "DIGEST");
            if let Some(name) = &self.name {
                parm(w, "AAUTHNAME", name);
            }
            parm(w, "AAUTHSECRET", &self.secret);
            parm(w, "AAUTHDATA", &STANDARD.encode(&self.nonce));
        });
    }
}

/// `DMClient/Provider/<PROVIDER-ID>`: the device's account at this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmAccount {
    /// Whose device this is, as it signed in.
    pub upn: Option<String>,
    /// The name that management shows for the device.
    pub device_name: String,
    /// The server's own id of the device; renewal needs it to be set.
    pub device_id: String,
    pub poll: PollSchedule,
}

impl DmAccount {
    pub(super) fn write(&self, w: &mut XmlWriter, provider_id: &str) {
        characteristic(w, "DMClient", |w| {
            characteristic(w, "Provider", |w| {
                characteristic(w, provider_id, |w| {
                    if let Some(upn) = &self.upn {
                        typed_parm(w, "UPN", upn, "string");
                    }
                    typed_parm(w, "EntDeviceName", &self.device_name, "string");
                    typed_parm(w, "EntDMID", &self.device_id, "string");
                    characteristic(w, "Poll", |w| {
                        for (name, value) in self.poll.integers() {
                            typed_parm(w, name, &value.to_string(), "integer");
                        }
                        for (name, value) in self.poll.booleans() {
                            typed_parm(w, name, if value { "true" } else { "false" }, "boolean");
                        }
                    });
                });
            });
        });
    }
}

/// RFC 3986 percent-encoding of everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
