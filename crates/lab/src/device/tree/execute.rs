//! Carries out a server's message and writes the answer.

use super::run::{Line, Run};
use super::{Effect, Tree};
use crate::device::syncml::{Command, Header, Package, ServerMessage, Verb};

/// What a device says to a message of the server.
#[derive(Debug)]
pub struct Answer {
    /// The message to send; nothing when the server sent statuses alone, which ends the session.
    pub package: Option<String>,
    /// In order of the commands; those of a rolled back Atomic aren't here.
    pub effects: Vec<Effect>,
    /// The server changed something or asked about a certificate: more may follow.
    pub has_work: bool,
}

/// Carries out all commands in order and answers each.
#[must_use]
pub fn answer(tree: &mut Tree, message: &ServerMessage, header: Header, own_msg_id: u32) -> Answer {
    if message.commands.is_empty() {
        return Answer {
            package: None,
            effects: Vec::new(),
            has_work: false,
        };
    }
    let mut run = Run::new(tree);
    for command in &message.commands {
        run.command(command, false);
    }
    let (lines, effects) = run.finish();
    let mut package = Package::new(header, own_msg_id);
    package.take_header(message.msg_id);
    for line in &lines {
        match line {
            Line::Status(outcome) => package.status(message.msg_id, outcome),
            Line::Results { cmd_ref, values } => package.results(message.msg_id, cmd_ref, values),
        }
    }
    let has_work = message.commands.iter().any(is_work);
    Answer {
        package: Some(package.finish()),
        effects,
        has_work,
    }
}

fn is_work(command: &Command) -> bool {
    match command.verb {
        Verb::Get => {
            let mut targets = command.items.iter().filter_map(|item| item.target.as_deref());
            targets.any(|target| {
                // A list of a store is no work: it is asked for now and then.
                let is_certificate =
                    target.contains("/CertificateStore/") && target.ends_with("/EncodedCertificate");
                target.contains("/ClientCertificateInstall/") || is_certificate
            })
        }
        Verb::Alert => false,
        _ => true,
    }
}
