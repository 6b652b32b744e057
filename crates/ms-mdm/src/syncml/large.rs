//! Large objects: a value that comes in pieces over several messages, each but the last marked `MoreData`, the first
//! with the whole's Size. OMA-DM 1.2.1, Protocol 7.

use super::{Alert, AlertCode, Command, Data, Format, Item, Message, Operation, Results, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The largest value that is put together, in bytes. What is larger is refused with 413.
pub const MAX_OBJECT_BYTES: usize = 512 * 1024;

/// A value of which more is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The command that it belongs to, by its element's name.
    pub command: String,
    /// Which command of ours a Results answers; empty for others.
    pub cmd_ref: String,
    /// The item with the data so far, its Size as announced.
    pub item: Item,
    /// It is too large: its pieces are passed over until it ends.
    pub is_refused: bool,
}

/// A value that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Which command of ours it was to answer; empty where it answered none.
    pub cmd_ref: String,
    /// The item without its data.
    pub item: Item,
    /// 424 or 413; none where its end never came, which is answered with alert 1225.
    pub code: Option<StatusCode>,
}

/// A message with whole values alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembled {
    /// The pieces are left out; a last piece is the whole value.
    pub message: Message,
    /// What more is to come of.
    pub partial: Option<Partial>,
    /// For each command of the message as it came: the status that its pieces want.
    pub verdicts: Vec<Option<StatusCode>>,
    /// What was lost.
    pub losses: Vec<Loss>,
}

impl Assembled {
    /// The value whose end never came.
    pub fn broken(&self) -> Option<&Loss> {
        self.losses.iter().find(|loss| loss.code.is_none())
    }
}

/// Puts a message's pieces to those that came before.
pub fn assemble(message: &Message, before: Option<Partial>) -> Assembled {
    let mut assembly = Assembly {
        partial: before,
        losses: Vec::new(),
        has_gone_on: false,
    };
    let (mut commands, mut verdicts) = (Vec::new(), Vec::new());
    for command in &message.commands {
        let (whole, verdict) = assembly.take_command(command);
        commands.push(whole);
        verdicts.push(verdict);
    }
    if message.is_final && !assembly.has_gone_on {
        assembly.break_off();
    }
    Assembled {
        message: Message {
            header: message.header.clone(),
            commands,
            is_final: message.is_final,
        },
        partial: assembly.partial,
        verdicts,
        losses: assembly.losses,
    }
}

struct Assembly {
    partial: Option<Partial>,
    losses: Vec<Loss>,
    /// Whether this message has a piece of what is in hand.
    has_gone_on: bool,
}

impl Assembly {
    fn take_command(&mut self, command: &Command) -> (Command, Option<StatusCode>) {
        match command {
            Command::Results(results) => {
                let (items, verdict) =
                    self.take_items(command.name(), results.cmd_ref.as_str(), &results.items);
                let whole = Results {
                    items,
                    ..results.clone()
                };
                (Command::Results(whole), verdict)
            }
            Command::Operation(operation) => {
                let (items, verdict) = self.take_items(command.name(), "", &operation.items);
                let whole = Operation {
                    items,
                    ..operation.clone()
                };
                (Command::Operation(whole), verdict)
            }
            Command::Alert(alert) if !self.is_event_between(alert) => {
                let (items, verdict) = self.take_items(command.name(), "", &alert.items);
                let whole = Alert {
                    items,
                    ..alert.clone()
                };
                (Command::Alert(whole), verdict)
            }
            Command::Atomic(_) | Command::Sequence(_) => {
                self.break_off();
                (command.clone(), None)
            }
            Command::Status(_) | Command::Alert(_) => (command.clone(), None),
        }
    }

    /// An alert about the session itself, which isn't the next object: a device that says that it needs more time
    /// breaks nothing off.
    fn is_event_between(&self, alert: &Alert) -> bool {
        let goes_on = self
            .partial
            .as_ref()
            .is_some_and(|partial| partial.command == "Alert");
        !goes_on
            && alert.code == AlertCode::CLIENT_EVENT
            && !alert.items.iter().any(|item| item.has_more_data)
    }

    fn take_items(&mut self, name: &str, cmd_ref: &str, items: &[Item]) -> (Vec<Item>, Option<StatusCode>) {
        let (mut whole, mut verdict) = (Vec::new(), None);
        for item in items {
            let (taken, code) = self.take_item(name, cmd_ref, item);
            whole.extend(taken);
            verdict = code.or(verdict);
        }
        (whole, verdict)
    }

    fn take_item(&mut self, name: &str, cmd_ref: &str, item: &Item) -> (Option<Item>, Option<StatusCode>) {
        match self.partial.take() {
            Some(partial) if partial.goes_on_with(name, cmd_ref, item) => return self.append(partial, item),
            before => self.partial = before,
        }
        self.break_off();
        if !item.has_more_data {
            return (Some(item.clone()), None);
        }
        let partial = Partial {
            command: name.to_owned(),
            cmd_ref: cmd_ref.to_owned(),
            item: Item {
                data: None,
                has_more_data: false,
                ..item.clone()
            },
            is_refused: false,
        };
        self.append(partial, item)
    }

    fn append(&mut self, mut partial: Partial, piece: &Item) -> (Option<Item>, Option<StatusCode>) {
        let (known, added) = (
            partial.item.text().unwrap_or_default(),
            piece.text().unwrap_or_default(),
        );
        let size = partial.item.size.unwrap_or_default();
        partial.is_refused |= size.max(known.len() + added.len()) > MAX_OBJECT_BYTES;
        partial.item.data = (!partial.is_refused).then(|| Data::new(format!("{known}{added}")));
        if piece.has_more_data {
            let code = match partial.is_refused {
                true => StatusCode::TOO_LARGE,
                false => StatusCode::CHUNK_ACCEPTED,
            };
            self.has_gone_on = true;
            self.partial = Some(partial);
            return (None, Some(code));
        }
        let refusal = match partial.is_refused {
            true => Some(StatusCode::TOO_LARGE),
            false => (!has_its_size(&partial.item)).then_some(StatusCode::SIZE_MISMATCH),
        };
        match refusal {
            Some(code) => {
                self.lose(partial, Some(code));
                (None, Some(code))
            }
            None => (Some(partial.item), Some(StatusCode::OK)),
        }
    }

    fn break_off(&mut self) {
        if let Some(partial) = self.partial.take() {
            self.lose(partial, None);
        }
    }

    fn lose(&mut self, partial: Partial, code: Option<StatusCode>) {
        self.losses.push(Loss {
            cmd_ref: partial.cmd_ref,
            item: Item {
                data: None,
                ..partial.item
            },
            code,
        });
    }
}

impl Partial {
    /// Item information SHOULD be repeated with each piece: where it isn't, the command alone tells.
    fn goes_on_with(&self, name: &str, cmd_ref: &str, item: &Item) -> bool {
        let is_same_node = item.uri().is_none() || item.uri() == self.item.uri();
        // Size stands in the first piece alone: with another one the value begins again.
        self.command == name && self.cmd_ref == cmd_ref && is_same_node && item.size.is_none()
    }
}

/// Size counts a value's bytes: those of its text, or those that its base64 stands for.
fn has_its_size(item: &Item) -> bool {
    let (Some(size), Some(text)) = (item.size, item.text()) else {
        return true;
    };
    let decoded = || match item.format {
        Some(Format::B64) => STANDARD.decode(text).ok().map(|octets| octets.len()),
        _ => None,
    };
    text.len() == size || decoded() == Some(size)
}
