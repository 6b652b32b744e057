//! One management session: package 1, then answers until the server sends statuses alone.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use thiserror::Error;
use url::Url;

use super::attempt;
use super::effect::perform;
use super::machine::Machine;
use super::provisioning::Account;
use super::report::DeviceState;
use super::syncml::{self, Header, MEDIA_TYPE, Package, ServerMessage};
use super::tree::{EnrolOrder, answer};
use crate::http::{HttpClient, mutual};

/// No server needs more messages in one session.
const MAX_MESSAGES: u32 = 100;

#[derive(Debug, Error)]
pub(crate) enum SessionError {
    #[error("{0}")]
    Network(String),
    #[error("{0}")]
    Protocol(String),
}

/// How a session ended, beyond the state that it left.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Ended {
    /// The poll schedule was replaced.
    pub(crate) poll_changed: bool,
    /// The device was switched off after it took an order to enrol, before it answered, and stays off so long.
    pub(crate) away_minutes: Option<f64>,
}

/// Holds one session; what was done stays done when it breaks.
pub(crate) async fn hold(machine: &Arc<Machine>) -> Result<Ended, SessionError> {
    let (account, header) = begin(machine)?;
    let mut client = client(machine)?;
    let information = information(machine);
    let information: Vec<(&str, &str)> = information
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut package = Package::first(header.clone(), &information);
    let mut ended = Ended::default();
    let mut had_work = false;
    for msg_id in 1..=MAX_MESSAGES {
        let body = exchange(machine, &mut client, &account, &package).await?;
        let message = check(&body, &header, msg_id)?;
        let (next, work) = carry_out(machine, &message, &header, msg_id + 1, &mut ended);
        if machine.look(|state| state.stage == DeviceState::Unenrolled) {
            // The session is over without an answer; one message more says that the device left.
            let header = Header {
                session_id: format!("{}", machine.look(|state| state.sessions + 1)),
                ..header
            };
            let package = Package::farewell(header, &information);
            let _ = exchange(machine, &mut client, &account, &package).await;
            machine.change(|state| state.is_idle = true);
            return Ok(ended);
        }
        had_work |= work;
        match next {
            Some(next) => package = next,
            None => {
                machine.change(|state| state.is_idle = !had_work);
                return Ok(ended);
            }
        }
    }
    Err(SessionError::Protocol("the session doesn't end".to_owned()))
}

fn begin(machine: &Machine) -> Result<(Account, Header), SessionError> {
    machine.change(|state| {
        state.sessions += 1;
        state.is_idle = false;
        let account = state
            .account
            .clone()
            .ok_or_else(|| protocol("the device isn't enrolled"))?;
        let header = Header {
            session_id: state.sessions.to_string(),
            server: account.address.clone(),
            device_id: state.device_id.clone(),
        };
        Ok((account, header))
    })
}

/// What a device says of itself in package 1.
fn information(machine: &Machine) -> [(&'static str, String); 5] {
    machine.look(|state| {
        let value = |name: &str| {
            state
                .tree
                .value(&format!("./DevInfo/{name}"))
                .unwrap_or_default()
                .to_owned()
        };
        ["DevId", "Man", "Mod", "DmV", "Lang"].map(|name| (name, value(name)))
    })
}

/// Shows the identity in use.
pub(crate) fn client(machine: &Machine) -> Result<HttpClient, SessionError> {
    let identity = machine.folder.identity().map_err(protocol)?;
    let key = machine.identity_key().map_err(protocol)?;
    let tls = mutual(&machine.trusted_for_tls(), identity, &key).map_err(protocol)?;
    Ok(HttpClient::new(
        tls,
        machine.laboratory.network.clone(),
        Duration::from_secs(60),
    ))
}

/// Sends a message, and the same again while no answer comes. w7 APPLICATION CSP: CONNRETRYFREQ
/// times, INITIALBACKOFFTIME apart, then twice as long each time.
async fn exchange(
    machine: &Machine,
    client: &mut HttpClient,
    account: &Account,
    package: &str,
) -> Result<Vec<u8>, SessionError> {
    let address = with_mode(&account.address)?;
    let (mut backoff, most) = account.backoff;
    let mut failure = String::new();
    for attempt in 0..=account.retries.min(10) {
        if attempt > 0 {
            machine
                .laboratory
                .wait_minutes(f64::from(backoff) / 60_000.0)
                .await;
            backoff = backoff.saturating_mul(2).min(most);
        }
        let headers = [
            (
                "Accept",
                "application/vnd.syncml.dm+xml, application/vnd.syncml.dm+wbxml, application/octet-stream",
            ),
            ("Accept-Charset", "UTF-8"),
            ("Client-Request-Id", "0"),
            ("Content-Type", MEDIA_TYPE),
            ("Ms-Cv", "a/tCeBgffEqA5408.0.0.0"),
            ("User-Agent", "MSFT OMA DM Client/1.2.0.1"),
        ];
        let body = package.as_bytes().to_vec();
        match client.send(Method::POST, &address, &headers, body).await {
            Ok(answer) if answer.status.is_server_error() => {
                failure = format!("the management server answered {}", answer.status);
            }
            Ok(answer) if answer.status != 200 => {
                return Err(protocol(format!(
                    "the management server answered {}",
                    answer.status
                )));
            }
            Ok(answer) => {
                if let Some(fault) = answer.wire_fault() {
                    return Err(protocol(fault));
                }
                if !answer.is_of_type(MEDIA_TYPE) {
                    return Err(protocol("the answer isn't application/vnd.syncml.dm+xml"));
                }
                return Ok(answer.body.to_vec());
            }
            Err(error) => failure = format!("{error} ({})", error.hresult()),
        }
    }
    Err(SessionError::Network(failure))
}

/// The address with what Windows adds while a user is signed in.
fn with_mode(address: &str) -> Result<Url, SessionError> {
    let mut address = Url::parse(address).map_err(protocol)?;
    let query = match address.query() {
        Some(query) => format!("{query}&mode=Maintenance&Platform=WoA"),
        None => "mode=Maintenance&Platform=WoA".to_owned(),
    };
    address.set_query(Some(&query));
    Ok(address)
}

/// The message must belong to this session and be its next.
fn check(body: &[u8], header: &Header, msg_id: u32) -> Result<ServerMessage, SessionError> {
    let message = syncml::read(body).map_err(protocol)?;
    if message.session_id != header.session_id {
        return Err(protocol(format!("a message of session {}", message.session_id)));
    }
    if message.msg_id != msg_id {
        return Err(protocol(format!(
            "message {} instead of {msg_id}",
            message.msg_id
        )));
    }
    if message.target != header.device_id {
        return Err(protocol("a message for another device"));
    }
    let refused = message
        .statuses
        .iter()
        .find(|status| status.cmd_ref == "0" && !matches!(status.code.as_str(), "200" | "212"));
    if let Some(status) = refused {
        return Err(protocol(format!(
            "the server answered the header with {}",
            status.code
        )));
    }
    let answers_header =
        |status: &syncml::ServerStatus| status.cmd_ref == "0" && status.msg_ref == msg_id.to_string();
    if !message.statuses.iter().any(answers_header) {
        return Err(protocol("the server gave no status for the header"));
    }
    // Package 1 has the commands 2, 3 and 4; each wants its status.
    let is_answered = |id: &str| message.statuses.iter().any(|status| status.cmd_ref == id);
    if msg_id == 1 && !["2", "3", "4"].into_iter().all(is_answered) {
        return Err(protocol("the server left a command without a status"));
    }
    if !message.is_final {
        return Err(protocol("the message has no Final"));
    }
    Ok(message)
}

/// Changes tree, files and state in one step, then begins what takes longer.
fn carry_out(
    machine: &Arc<Machine>,
    message: &ServerMessage,
    header: &Header,
    own_msg_id: u32,
    ended: &mut Ended,
) -> (Option<String>, bool) {
    let (answer, orders) = machine.change(|state| {
        let mut answer = answer(&mut state.tree, message, header.clone(), own_msg_id);
        let mut orders: Vec<EnrolOrder> = Vec::new();
        for effect in answer.effects.drain(..) {
            if let Err(error) = perform(effect, machine, state, &mut orders, ended) {
                state.complain(format!("session {}: {error:#}", header.session_id));
            }
        }
        (answer, orders)
    });
    if !orders.is_empty() {
        ended.away_minutes = machine.laboratory.absence();
    }
    if ended.away_minutes.is_some() {
        return (None, true);
    }
    for order in orders {
        tokio::spawn(attempt::run(Arc::clone(machine), order));
    }
    (answer.package, answer.has_work)
}

fn protocol(error: impl std::fmt::Display) -> SessionError {
    SessionError::Protocol(error.to_string())
}
