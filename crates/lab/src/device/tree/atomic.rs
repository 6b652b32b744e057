//! Atomic: all its commands or none.

use super::run::{FAILED, OK, Run};
use crate::device::syncml::{Command, Verb};

const ROLLED_BACK: u16 = 216;
const ATOMIC_FAILED: u16 = 507;

impl Run<'_> {
    /// All or nothing: the first failure undoes everything, says 507 on the Atomic, its own code on
    /// the culprit and 216 on the others. Microsoft, OMA DM protocol support: no Get inside (500),
    /// no Atomic inside (inner 500, outer 507).
    pub(super) fn atomic(&mut self, command: &Command) -> u16 {
        let before = self.tree.clone();
        let effects = self.effects.len();
        let lines = self.lines.len();
        let mut failure = None;
        for (position, child) in command.children.iter().enumerate() {
            let code = self.atomic_child(command, position, child);
            if code != OK {
                failure = Some((position, code));
                break;
            }
        }
        let children = self.lines.split_off(lines);
        let Some((culprit, code)) = failure else {
            self.say(command, OK);
            self.lines.extend(children);
            return OK;
        };
        *self.tree = before;
        self.effects.truncate(effects);
        self.say(command, ATOMIC_FAILED);
        for (position, child) in command.children.iter().enumerate() {
            self.say(child, if position == culprit { code } else { ROLLED_BACK });
        }
        ATOMIC_FAILED
    }

    fn atomic_child(&mut self, atomic: &Command, position: usize, child: &Command) -> u16 {
        let is_last = position + 1 == atomic.children.len();
        match child.verb {
            Verb::Get | Verb::Atomic => return self.say(child, FAILED),
            // Microsoft, ClientCertificateInstall CSP: Enroll must be the last item of the block.
            Verb::Exec if !is_last => return self.say(child, FAILED),
            // Adding and replacing one node within one Atomic isn't supported.
            Verb::Replace if touches_again(atomic, position, child) => return self.say(child, FAILED),
            _ => {}
        }
        self.command(child, true)
    }
}

fn touches_again(atomic: &Command, position: usize, child: &Command) -> bool {
    let added = atomic
        .children
        .iter()
        .take(position)
        .filter(|earlier| earlier.verb == Verb::Add);
    let targets: Vec<&Option<String>> = child.items.iter().map(|item| &item.target).collect();
    added
        .flat_map(|earlier| &earlier.items)
        .any(|item| targets.contains(&&item.target))
}
