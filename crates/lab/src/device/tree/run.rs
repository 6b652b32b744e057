//! Single commands against the tree.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::table::{PERMANENT, below_scep};
use super::{Effect, Format, NOT_AVAILABLE, Row, SCEP, TPM_VERSION, Tree, TrustStore, kind, order, place};
use crate::device::hex;
use crate::device::hresult::Hresult;
use crate::device::syncml::{Command, Item, Outcome, Value, Verb};

pub(super) const OK: u16 = 200;
const BAD_COMMAND: u16 = 400;
const NOT_FOUND: u16 = 404;
const NOT_ALLOWED: u16 = 405;
const NOT_SUPPORTED: u16 = 406;
const WRONG_FORMAT: u16 = 415;
const EXISTS: u16 = 418;
pub(super) const FAILED: u16 = 500;

pub(super) enum Line {
    Status(Outcome),
    Results { cmd_ref: String, values: Vec<Value> },
}

/// Commands being carried out, with what they say and do.
pub(super) struct Run<'a> {
    pub(super) tree: &'a mut Tree,
    pub(super) lines: Vec<Line>,
    pub(super) effects: Vec<Effect>,
}

impl<'a> Run<'a> {
    pub(super) fn new(tree: &'a mut Tree) -> Self {
        Self {
            tree,
            lines: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Line>, Vec<Effect>) {
        (self.lines, self.effects)
    }

    pub(super) fn command(&mut self, command: &Command, is_atomic: bool) -> u16 {
        // Without an id there is nothing to refer to: 400 with an empty reference.
        if command.id.is_none() {
            return self.say(command, BAD_COMMAND);
        }
        match command.verb {
            Verb::Atomic => self.atomic(command),
            Verb::Sequence => {
                self.say(command, OK);
                command
                    .children
                    .iter()
                    .map(|child| self.command(child, is_atomic))
                    .find(|code| *code != OK)
                    .unwrap_or(OK)
            }
            Verb::Alert => self.say(command, OK),
            Verb::Unknown(_) => self.say(command, NOT_SUPPORTED),
            _ => self.items(command, is_atomic),
        }
    }

    fn items(&mut self, command: &Command, is_atomic: bool) -> u16 {
        let mut values = Vec::new();
        let mut codes = Vec::new();
        for item in &command.items {
            let code = match self.item(&command.verb, item, is_atomic) {
                Ok(value) => {
                    values.extend(value);
                    OK
                }
                Err(code) => code,
            };
            codes.push((item.target.clone().unwrap_or_default(), code));
        }
        let worst = match codes.iter().find(|(_, code)| *code != OK) {
            Some((_, code)) => *code,
            None if codes.is_empty() => BAD_COMMAND,
            None => OK,
        };
        if worst == OK || codes.len() < 2 {
            self.say(command, worst);
        } else {
            for (target, code) in codes {
                self.lines
                    .push(Line::Status(outcome(command, Some(target), code)));
            }
        }
        if !values.is_empty() {
            let cmd_ref = command.id.clone().unwrap_or_default();
            self.lines.push(Line::Results { cmd_ref, values });
        }
        worst
    }

    fn item(&mut self, verb: &Verb, item: &Item, is_atomic: bool) -> Result<Option<Value>, u16> {
        let uri = item.target.as_deref().ok_or(BAD_COMMAND)?;
        let path = place(uri)?;
        let row = kind(&path).ok_or(NOT_FOUND)?;
        let letter = verb.name().chars().next().unwrap_or_default();
        if !row.access.contains(letter) {
            return Err(NOT_ALLOWED);
        }
        // Microsoft, ClientCertificateInstall DDF: {UniqueID} has AtomicRequired. Looking and
        // deleting stand alone in every sample.
        let wants_atomic = below_scep(&path).is_some() && !matches!(verb, Verb::Get | Verb::Delete);
        if wants_atomic && !is_atomic {
            return Err(FAILED);
        }
        match verb {
            Verb::Get => self.look(uri, &path).map(Some),
            Verb::Delete => self.delete(&path).map(|()| None),
            Verb::Exec => self.exec(&path, row, item).map(|()| None),
            _ => self.write(verb, &path, row, item).map(|()| None),
        }
    }

    fn look(&self, uri: &str, path: &str) -> Result<Value, u16> {
        if let Some(leaf) = self.tree.leaf(path).filter(|leaf| leaf.format != Format::Node) {
            return Ok(Value {
                source: uri.to_owned(),
                format: leaf.format.name(),
                data: leaf.value.clone(),
            });
        }
        let is_permanent = PERMANENT.contains(&path);
        if !is_permanent && !self.tree.contains(path) {
            return Err(NOT_FOUND);
        }
        let names: Vec<String> = self
            .tree
            .children(path)
            .iter()
            .map(|name| {
                url::form_urlencoded::byte_serialize(name.as_bytes())
                    .collect::<String>()
                    .replace('+', "%20")
            })
            .collect();
        Ok(Value {
            source: uri.to_owned(),
            format: Format::Node.name(),
            data: names.join("/"),
        })
    }

    fn delete(&mut self, path: &str) -> Result<(), u16> {
        if !self.tree.remove(path) {
            return Err(NOT_FOUND);
        }
        if let Some(unique_id) = below_scep(path).filter(|below| !below.contains('/')) {
            self.effects.push(Effect::Forget {
                unique_id: unique_id.to_owned(),
            });
        } else if let Some((store, sha1)) = trusted(path) {
            self.effects.push(Effect::Distrust { store, sha1 });
        } else if path.contains("/Poll/") {
            self.effects.push(Effect::PollChanged);
        }
        Ok(())
    }

    fn exec(&mut self, path: &str, row: &Row, item: &Item) -> Result<(), u16> {
        if path.ends_with("/Unenroll") {
            self.effects.push(Effect::Unenrol);
            return Ok(());
        }
        if item
            .format
            .as_deref()
            .is_some_and(|format| format != row.format.name())
        {
            return Err(WRONG_FORMAT);
        }
        let unique_id = below_scep(path)
            .and_then(|below| below.split('/').next())
            .ok_or(NOT_FOUND)?;
        if !self.tree.contains(&format!("{SCEP}/{unique_id}")) {
            return Err(NOT_FOUND);
        }
        let order = order::accept(self.tree, unique_id)?;
        if order.needs_tpm && self.tree.value(TPM_VERSION) == Some(NOT_AVAILABLE) {
            // The CSP says that it fails, not with which code: TBS_E_TPM_NOT_FOUND is the laboratory's choice.
            let code = Hresult(0x8028_400F);
            self.tree.set_scep_state(unique_id, 16, code.0.cast_signed());
            return Ok(());
        }
        self.effects.push(Effect::Enrol(Box::new(order)));
        Ok(())
    }

    fn write(&mut self, verb: &Verb, path: &str, row: &Row, item: &Item) -> Result<(), u16> {
        if item.has_cdata {
            return Err(FAILED);
        }
        // Without a Meta/Format the value is taken for text.
        if item.format.as_deref().unwrap_or("chr") != row.format.name() {
            return Err(WRONG_FORMAT);
        }
        let data = item.data.as_deref().unwrap_or_default();
        if !is_of(row.format, data) {
            return Err(BAD_COMMAND);
        }
        let is_there = self.tree.contains(path);
        let trusted = trusted(path);
        match verb {
            Verb::Add if is_there => return Err(EXISTS),
            // RootCATrustedCertificates takes a Replace for an Add.
            Verb::Replace if !is_there && trusted.is_none() => return Err(NOT_FOUND),
            Verb::Replace if row.format == Format::Node => return Err(NOT_ALLOWED),
            _ => {}
        }
        if let Some((store, sha1)) = trusted {
            let der = STANDARD.decode(data).map_err(|_| FAILED)?;
            let is_certificate = X509Certificate::from_der(&der).is_ok_and(|(rest, _)| rest.is_empty());
            if !is_certificate || sha1_of(&der) != sha1 {
                return Err(FAILED);
            }
            self.effects.push(Effect::Trust { store, sha1, der });
        }
        self.add_parents(path);
        self.tree.set(path, row.format, data);
        if path.contains("/Poll/") {
            self.effects.push(Effect::PollChanged);
        }
        Ok(())
    }

    fn add_parents(&mut self, path: &str) {
        let mut parent = path;
        while let Some((above, _)) = parent.rsplit_once('/') {
            let is_kept = kind(above).is_some_and(|row| row.format == Format::Node && row.access != "G");
            if is_kept && self.tree.leaf(above).is_none() {
                self.tree.set(above, Format::Node, "");
            }
            parent = above;
        }
    }

    pub(super) fn say(&mut self, command: &Command, code: u16) -> u16 {
        self.lines.push(Line::Status(outcome(command, None, code)));
        code
    }
}

fn outcome(command: &Command, target: Option<String>, code: u16) -> Outcome {
    let cmd_ref = command.id.clone().unwrap_or_default();
    Outcome {
        cmd_ref,
        cmd: command.verb.name().to_owned(),
        target,
        code,
    }
}

/// The store and hash of a path under `RootCATrustedCertificates`.
fn trusted(path: &str) -> Option<(TrustStore, String)> {
    let below = path.strip_prefix("./Vendor/MSFT/RootCATrustedCertificates/")?;
    let mut segments = below.split('/');
    let store = match segments.next()? {
        "Root" => TrustStore::Root,
        "CA" => TrustStore::Intermediate,
        _ => return None,
    };
    Some((store, segments.next()?.to_owned()))
}

fn is_of(format: Format, data: &str) -> bool {
    match format {
        Format::Chr | Format::Null => true,
        Format::Node => data.is_empty(),
        Format::Int => data.parse::<i64>().is_ok(),
        Format::Bool => matches!(data, "true" | "false"),
        // Without line feeds.
        Format::B64 => STANDARD.decode(data).is_ok(),
    }
}

fn sha1_of(der: &[u8]) -> String {
    hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref())
}
