//! Writing what the server sends. The size of each message is known before it goes, and an Atomic is never
//! split.

use super::{
    Alert, Challenge, CmdId, Command, Group, Item, METINF, MsgId, Results, SYNCML, SessionId, Status,
};
use crate::xml::XmlWriter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::VecDeque;

/// A message of the server. `target` is the device's id, `source` the server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMessage {
    pub session_id: SessionId,
    /// From 1, one more with each message of the session.
    pub msg_id: MsgId,
    pub target: String,
    pub source: String,
    /// One for the device's header, one for each of its commands.
    pub statuses: Vec<Status>,
    /// With none, the session ends.
    pub commands: Vec<Command>,
    pub is_final: bool,
    /// The largest single value in bytes that the server takes, said in a session's first message (OMA-DM 1.2.1, 7).
    pub max_obj_size: Option<usize>,
}

/// A command that is too large for any message that the device takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("command {cmd_id} makes a message of {size} bytes, more than the {limit} that the device takes")]
pub struct DoesNotFit {
    pub cmd_id: CmdId,
    pub size: usize,
    pub limit: usize,
}

impl ServerMessage {
    /// The message as it goes out, to be sent with its length.
    pub fn write(&self) -> Vec<u8> {
        let mut writer = XmlWriter::with_declaration();
        writer.element("SyncML", &[("xmlns", SYNCML)], |w| {
            w.element("SyncHdr", &[], |w| self.write_header(w));
            w.element("SyncBody", &[], |w| {
                self.statuses.iter().for_each(|status| write_status(w, status));
                self.commands.iter().for_each(|command| write_command(w, command));
                if self.is_final {
                    w.empty("Final", &[]);
                }
            });
        });
        writer.finish()
    }

    /// The length of [`Self::write`] in bytes.
    pub fn encoded_len(&self) -> usize {
        self.write().len()
    }

    /// Moves commands from the front of the queue into this message, in order, as long as the whole stays
    /// within `limit` bytes. What is left goes into the session's next message. An error, and nothing moved,
    /// when the first command doesn't fit beside the statuses alone.
    pub fn fill(&mut self, queue: &mut VecDeque<Command>, limit: usize) -> Result<(), DoesNotFit> {
        let mut size = self.encoded_len();
        let had_commands = !self.commands.is_empty();
        let mut moved = 0_usize;
        while let Some(next) = queue.pop_front() {
            let grown = size.saturating_add(next.encoded_len());
            if grown > limit {
                let cmd_id = next.cmd_id().clone();
                queue.push_front(next);
                if moved == 0 && !had_commands {
                    return Err(DoesNotFit {
                        cmd_id,
                        size: grown,
                        limit,
                    });
                }
                break;
            }
            size = grown;
            moved += 1;
            self.commands.push(next);
        }
        Ok(())
    }

    fn write_header(&self, w: &mut XmlWriter) {
        w.text("VerDTD", &[], "1.2");
        w.text("VerProto", &[], "DM/1.2");
        w.text("SessionID", &[], self.session_id.as_str());
        w.text("MsgID", &[], self.msg_id.as_str());
        write_location(w, "Target", &self.target);
        write_location(w, "Source", &self.source);
        if let Some(octets) = self.max_obj_size {
            w.element("Meta", &[], |w| {
                w.text("MaxObjSize", &[("xmlns", METINF)], &octets.to_string());
            });
        }
    }
}

impl Command {
    /// The bytes that this command takes inside a message.
    pub fn encoded_len(&self) -> usize {
        let mut writer = XmlWriter::new();
        write_command(&mut writer, self);
        writer.finish().len()
    }
}

fn write_command(w: &mut XmlWriter, command: &Command) {
    match command {
        Command::Operation(operation) => w.element(operation.verb.name(), &[], |w| {
            w.text("CmdID", &[], operation.cmd_id.as_str());
            operation.items.iter().for_each(|item| write_item(w, item));
        }),
        Command::Alert(alert) => write_alert(w, alert),
        Command::Atomic(group) => write_group(w, "Atomic", group),
        Command::Sequence(group) => write_group(w, "Sequence", group),
        Command::Status(status) => write_status(w, status),
        Command::Results(results) => write_results(w, results),
    }
}

fn write_group(w: &mut XmlWriter, name: &str, group: &Group) {
    w.element(name, &[], |w| {
        w.text("CmdID", &[], group.cmd_id.as_str());
        group
            .commands
            .iter()
            .for_each(|command| write_command(w, command));
    });
}

fn write_alert(w: &mut XmlWriter, alert: &Alert) {
    w.element("Alert", &[], |w| {
        w.text("CmdID", &[], alert.cmd_id.as_str());
        w.text("Data", &[], &alert.code.0.to_string());
        if let Some(correlator) = &alert.correlator {
            w.text("Correlator", &[], correlator);
        }
        alert.items.iter().for_each(|item| write_item(w, item));
    });
}

fn write_results(w: &mut XmlWriter, results: &Results) {
    w.element("Results", &[], |w| {
        w.text("CmdID", &[], results.cmd_id.as_str());
        if let Some(msg_ref) = &results.msg_ref {
            w.text("MsgRef", &[], msg_ref.as_str());
        }
        w.text("CmdRef", &[], results.cmd_ref.as_str());
        results.items.iter().for_each(|item| write_item(w, item));
    });
}

fn write_status(w: &mut XmlWriter, status: &Status) {
    w.element("Status", &[], |w| {
        w.text("CmdID", &[], status.cmd_id.as_str());
        w.text("MsgRef", &[], status.msg_ref.as_str());
        w.text("CmdRef", &[], status.cmd_ref.as_str());
        w.text("Cmd", &[], &status.command);
        status
            .target_refs
            .iter()
            .for_each(|uri| w.text("TargetRef", &[], uri));
        status
            .source_refs
            .iter()
            .for_each(|uri| w.text("SourceRef", &[], uri));
        if let Some(challenge) = &status.challenge {
            write_challenge(w, challenge);
        }
        w.text("Data", &[], &status.code.0.to_string());
        status.items.iter().for_each(|item| write_item(w, item));
    });
}

fn write_challenge(w: &mut XmlWriter, challenge: &Challenge) {
    w.element("Chal", &[], |w| {
        w.element("Meta", &[], |w| {
            w.text("Format", &[("xmlns", METINF)], "b64");
            w.text("Type", &[("xmlns", METINF)], "syncml:auth-md5");
            w.text(
                "NextNonce",
                &[("xmlns", METINF)],
                &STANDARD.encode(&challenge.next_nonce),
            );
        });
    });
}

fn write_item(w: &mut XmlWriter, item: &Item) {
    w.element("Item", &[], |w| {
        if let Some(target) = &item.target {
            write_location(w, "Target", target);
        }
        if let Some(source) = &item.source {
            write_location(w, "Source", source);
        }
        if item.format.is_some() || item.kind.is_some() || item.size.is_some() {
            w.element("Meta", &[], |w| {
                if let Some(format) = &item.format {
                    w.text("Format", &[("xmlns", METINF)], format.name());
                }
                if let Some(kind) = &item.kind {
                    w.text("Type", &[("xmlns", METINF)], kind);
                }
                if let Some(size) = item.size {
                    w.text("Size", &[("xmlns", METINF)], &size.to_string());
                }
            });
        }
        if let Some(data) = &item.data {
            w.text("Data", &[], data.as_str());
        }
        if item.has_more_data {
            w.empty("MoreData", &[]);
        }
    });
}

fn write_location(w: &mut XmlWriter, name: &str, uri: &str) {
    w.element(name, &[], |w| w.text("LocURI", &[], uri));
}
