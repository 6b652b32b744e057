//! A session that a test tells step by step: who is signed in, and what the computer says to each command.

use lab::device::{
    syncml::{self, Command, Outcome, Package, ServerMessage, Verb},
    tree::{Effect, answer},
};

use super::{Site, computer::Computer};

/// A running session of a computer.
pub struct Script<'a> {
    site: &'a Site,
    computer: &'a mut Computer,
    session: String,
    /// MsgID of the computer's last message.
    number: u32,
    /// The server's last message.
    pub message: ServerMessage,
}

impl<'a> Script<'a> {
    /// The computer greets; `login` is `user`, `others` or `none` (MS-MDM 2.2.7.2, LoginStatus).
    pub async fn begin(site: &'a Site, computer: &'a mut Computer, login: &str) -> Self {
        let session = computer.next_session();
        let greeting = computer.greeting(&session);
        let said = greeting.replace("<Data>user</Data>", &format!("<Data>{login}</Data>"));
        assert_eq!(said == greeting, login == "user");
        let message = send(site, computer, said).await;
        Self {
            site,
            computer,
            session,
            number: 1,
            message,
        }
    }

    /// Every command of the server's last message, those inside an Atomic after it.
    pub fn commands(&self) -> Vec<Command> {
        let with_children = |command: &Command| {
            let whole = command.clone();
            std::iter::once(whole).chain(command.children.clone())
        };
        self.message.commands.iter().flat_map(with_children).collect()
    }

    /// The nodes that commands of this verb are about.
    pub fn nodes(&self, verb: &Verb) -> Vec<String> {
        let commands = self.commands();
        let items = commands.iter().filter(|command| command.verb == *verb);
        items
            .flat_map(|command| &command.items)
            .filter_map(|item| item.target.clone())
            .collect()
    }

    /// Whether the server ended the session: statuses alone.
    pub fn is_over(&self) -> bool {
        self.message.commands.is_empty()
    }

    /// The computer carries out everything, as its tree has it.
    pub async fn carry_out(&mut self) -> Vec<Effect> {
        self.number += 1;
        let header = self.computer.header(&self.session);
        let answered = answer(&mut self.computer.tree, &self.message, header, self.number);
        let package = answered.package.expect("the session goes on");
        self.message = send(self.site, self.computer, package).await;
        answered.effects
    }

    /// The computer says this of each command, and does nothing.
    pub async fn say(&mut self, code: impl Fn(&Command) -> u16) {
        self.number += 1;
        let mut package = Package::new(self.computer.header(&self.session), self.number);
        package.take_header(self.message.msg_id);
        for command in self.commands() {
            let outcome = Outcome {
                cmd_ref: command.id.clone().unwrap_or_default(),
                cmd: command.verb.name().to_owned(),
                target: None,
                code: code(&command),
            };
            package.status(self.message.msg_id, &outcome);
        }
        self.message = send(self.site, self.computer, package.finish()).await;
    }

    /// The computer breaks the session off: alert 1223 instead of any status.
    pub async fn abort(&mut self) {
        self.number += 1;
        let package = Package::new(self.computer.header(&self.session), self.number).finish();
        let alert = "<SyncBody><Alert><CmdID>1</CmdID><Data>1223</Data></Alert>";
        let package = package.replace("<SyncBody>", alert);
        self.message = send(self.site, self.computer, package).await;
    }

    /// Carries out everything until the server ends the session.
    pub async fn finish(mut self) {
        while !self.is_over() {
            assert!(self.number < 40, "the session doesn't end");
            self.carry_out().await;
        }
    }
}

async fn send(site: &Site, computer: &Computer, package: String) -> ServerMessage {
    let reply = site.management(Some(&computer.identity), package).await;
    syncml::read(&reply.expect(200).body).unwrap()
}
