//! Packages of several messages, messages out of their turn, and what a device says of the session itself
//! (OMA-DM 1.2.1, Protocol 6 and 8; MS-MDM 3.2.5.1).

use domain::{
    built_in::Rules,
    delivery::{DeliveryState, Proof},
    diagnosis::Cause,
    event::What,
    scep_configuration::CertificateStore,
};
use lab::device::{
    syncml::{self, Outcome, Package, ServerMessage, Verb},
    tree::{Effect, answer},
};

use crate::pki::client;
use crate::site::{
    PUBLIC, Reply, Site,
    computer::Computer,
    own_authority::distributed,
    pieces::{Cut, cut},
};

pub const PERSON: (&str, &str) = ("ada", "secret");
const EACH_ALONE: Cut = Cut {
    elements: 1,
    octets: usize::MAX,
};

/// An enrolled computer that is to get a certificate of a built-in authority.
pub async fn ordered(store: CertificateStore) -> (Site, Computer) {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |form| form.store = store).await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    (site, computer)
}

pub async fn states(site: &Site) -> Vec<DeliveryState> {
    let device = site.devices().await.remove(0).id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &device).await }));
    found.await.unwrap().into_iter().map(|one| one.state).collect()
}

pub async fn timeline(site: &Site) -> Vec<What> {
    let device = site.devices().await.remove(0).id;
    site.timeline(&device).await
}

/// A session that a test leads message by message.
pub struct Talk {
    pub computer: Computer,
    pub session: String,
    /// MsgID of the computer's last message.
    pub number: u32,
    pub reply: Reply,
    /// How many answers only asked for more.
    pub asked: u32,
}

impl Talk {
    pub async fn begin(site: &Site, mut computer: Computer, how: &Cut) -> Self {
        let session = computer.next_session();
        let greeting = computer.greeting(&session);
        Self::begin_with(site, computer, session, &greeting, how).await
    }

    pub async fn begin_with(
        site: &Site,
        computer: Computer,
        session: String,
        greeting: &str,
        how: &Cut,
    ) -> Self {
        let messages = cut(greeting, how);
        let reply = send(site, &computer, messages[0].clone()).await;
        let mut talk = Self {
            computer,
            session,
            number: 1,
            reply,
            asked: 0,
        };
        talk.go_on(site, &messages[1..]).await;
        talk
    }

    pub fn message(&self) -> ServerMessage {
        syncml::read(&self.reply.body).unwrap()
    }

    pub fn is_over(&self) -> bool {
        self.message().commands.is_empty()
    }

    /// Whether the last answer only asks for more, as the book has it.
    pub fn asks_for_more(&self) -> bool {
        let message = self.message();
        let is_alert = matches!(message.commands.as_slice(), [only] if only.verb == Verb::Alert);
        is_alert && !message.is_final && self.reply.text().contains("<Data>1222</Data>")
    }

    async fn go_on(&mut self, site: &Site, rest: &[String]) {
        for message in rest {
            assert!(self.asks_for_more(), "{}", self.reply.text());
            self.asked += 1;
            self.number += 1;
            self.reply = send(site, &self.computer, message.clone()).await;
        }
    }

    /// What the computer answers when it carries everything out, not sent yet.
    pub fn next(&mut self) -> (String, Vec<Effect>) {
        let header = self.computer.header(&self.session);
        let message = self.message();
        let answered = answer(&mut self.computer.tree, &message, header, self.number + 1);
        (answered.package.expect("the session goes on"), answered.effects)
    }

    /// Sends a package of the computer.
    pub async fn say(&mut self, site: &Site, package: &str, how: &Cut) {
        let messages = cut(package, how);
        self.number += 1;
        self.reply = send(site, &self.computer, messages[0].clone()).await;
        self.go_on(site, &messages[1..]).await;
    }

    /// Carries everything out, and gets the certificate that it is told to get.
    pub async fn carry_out(&mut self, site: &Site, how: &Cut) {
        let (package, effects) = self.next();
        for effect in effects {
            if let Effect::Enrol(order) = effect {
                let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap();
                let signer = client::signer(site);
                let mut enrolment = client::enrolment(site, path, &order.challenge, signer).await;
                let request = enrolment.write_request().unwrap();
                let reply = client::post(site, path, request).await.expect(200);
                match enrolment.read_reply(&reply.body).unwrap() {
                    scep::Outcome::Issued(all) => self.computer.install(&order.unique_id, &all[0]),
                    other => panic!("not issued: {other:?}"),
                }
            }
        }
        self.say(site, &package, how).await;
    }

    /// To the end of the session.
    pub async fn finish(&mut self, site: &Site, how: &Cut) {
        while !self.is_over() {
            self.carry_out(site, how).await;
        }
    }

    /// A message of the computer with this body.
    pub fn with_body(&self, number: u32, body: &str) -> String {
        let package = Package::new(self.computer.header(&self.session), number).finish();
        package.replace("<SyncBody><Final/>", &format!("<SyncBody>{body}"))
    }

    /// Until the Atomic of an order is there.
    pub async fn until_atomic(&mut self, site: &Site) {
        while !self.message().commands.iter().any(|one| one.verb == Verb::Atomic) {
            assert!(!self.is_over(), "no enrolment was ordered");
            self.carry_out(site, &Cut::NOT).await;
        }
    }

    /// The statuses of the last answer: command, code.
    pub fn told(&self) -> Vec<(String, String)> {
        let statuses = self.message().statuses.into_iter();
        statuses.map(|one| (one.cmd, one.code)).collect()
    }
}

pub async fn send(site: &Site, computer: &Computer, message: String) -> Reply {
    site.management(Some(&computer.identity), message)
        .await
        .expect(200)
}

#[tokio::test]
async fn a_package_of_several_messages_is_answered_with_1222_until_its_end() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &EACH_ALONE).await;
    assert_eq!(talk.asked, 2, "three commands in three messages");
    assert_eq!(talk.message().msg_id, 3);
    let serial = "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber";
    let asks = talk.reply.text().contains(serial);
    assert!(asks, "the inventory is asked when the package has ended");
    talk.finish(&site, &EACH_ALONE).await;
    assert!(talk.asked > 10, "{}", talk.asked);
    let states = states(&site).await;
    // By the certificate: its Results came in another message than the Get's status.
    assert!(
        matches!(
            states.as_slice(),
            [DeliveryState::Verified {
                by: Proof::Certificate,
                ..
            }]
        ),
        "{states:?}"
    );
    let device = site.devices().await.remove(0);
    assert_eq!(device.serial_number.as_deref(), Some("SERIAL-1"));
}

#[tokio::test]
async fn each_message_of_a_package_gets_its_statuses_and_the_same_again_the_same() {
    let (site, mut computer) = ordered(CertificateStore::Device).await;
    let session = computer.next_session();
    let messages = cut(&computer.greeting(&session), &EACH_ALONE);
    for (message, command) in messages.iter().zip(["Alert", "Alert", "Replace"]) {
        let answer = send(&site, &computer, message.clone()).await;
        let told = syncml::read(&answer.body).unwrap();
        let told: Vec<&str> = told.statuses.iter().map(|one| one.cmd.as_str()).collect();
        assert_eq!(told, ["SyncHdr", command]);
        let again = send(&site, &computer, message.clone()).await;
        assert_eq!(again.body, answer.body);
    }
}

#[tokio::test]
async fn the_culprit_of_an_atomic_may_come_in_a_later_message_than_its_507() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
    talk.until_atomic(&site).await;
    let message = talk.message();
    let mut package = Package::new(talk.computer.header(&talk.session), talk.number + 1);
    for command in &message.commands {
        for one in std::iter::once(command).chain(&command.children) {
            let is_culprit = |item: &syncml::Item| {
                let node = item.target.as_deref().unwrap_or_default();
                node.ends_with("/Install/KeyLength")
            };
            let code = match one.verb {
                Verb::Atomic => 507,
                Verb::Add if one.items.iter().any(is_culprit) => 405,
                _ => 216,
            };
            let outcome = Outcome {
                cmd_ref: one.id.clone().unwrap(),
                cmd: one.verb.name().to_owned(),
                target: None,
                code,
            };
            package.status(message.msg_id, &outcome);
        }
    }
    talk.say(&site, &package.finish(), &EACH_ALONE).await;
    let states = states(&site).await;
    let is_told = states.iter().any(|state| {
        matches!(state, DeliveryState::Replaced { cause: Some(Cause::CommandRefused { status: 405, node }) }
            if node == "/Install/KeyLength")
    });
    assert!(is_told, "{states:?}");
}

#[tokio::test]
async fn what_a_package_brought_survives_a_restart_of_the_server() {
    let (mut site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
    while !talk.is_over() {
        let (package, effects) = talk.next();
        if effects.iter().any(|effect| matches!(effect, Effect::Enrol(_))) {
            let messages = cut(&package, &EACH_ALONE);
            for message in messages {
                talk.number += 1;
                talk.reply = send(&site, &talk.computer, message).await;
                site = site.restarted().await;
            }
            break;
        }
        talk.say(&site, &package, &Cut::NOT).await;
    }
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Enrolling]),
        "{states:?}"
    );
}

#[tokio::test]
async fn a_message_without_final_that_brings_nothing_ends_the_package() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let session = "1".to_owned();
    let greeting = computer.greeting(&session).replace("<Final/>", "");
    let reply = send(&site, &computer, greeting).await;
    let mut talk = Talk {
        computer,
        session,
        number: 1,
        reply,
        asked: 0,
    };
    assert!(talk.asks_for_more(), "{}", talk.reply.text());
    let (package, _) = talk.next();
    talk.number += 1;
    talk.reply = send(&site, &talk.computer, package.replace("<Final/>", "")).await;
    assert!(!talk.asks_for_more(), "{}", talk.reply.text());
    assert!(!talk.is_over(), "{}", talk.reply.text());
}

/// The sample of Microsoft's page on DMClient: the device needs more time.
const PENDING: &str = "<Alert><CmdID>2</CmdID><Data>1224</Data><Item><Meta><Type xmlns=\"syncml:metinf\">\
    Reversed-Domain-Name:com.microsoft.mdm.requestpending</Type></Meta><Data>1</Data></Item></Alert>";

#[tokio::test]
async fn a_device_that_needs_time_is_waited_for_and_told_nothing_more() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
    talk.until_atomic(&site).await;
    let (package, _) = talk.next();
    for end in ["", "<Final/>", ""] {
        talk.number += 1;
        let pending = talk.with_body(talk.number, &format!("{PENDING}{end}"));
        talk.reply = send(&site, &talk.computer, pending).await;
        assert!(talk.asks_for_more(), "{}", talk.reply.text());
        site.pass(120);
    }
    let number = talk.number + 1;
    let (head, rest) = package.split_once("<MsgID>").unwrap();
    let (_, rest) = rest.split_once("</MsgID>").unwrap();
    talk.number = number;
    talk.reply = send(
        &site,
        &talk.computer,
        format!("{head}<MsgID>{number}</MsgID>{rest}"),
    )
    .await;
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Enrolling]),
        "{states:?}"
    );
}

#[tokio::test]
async fn a_message_out_of_its_turn_is_refused_and_disturbs_nothing() {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &EACH_ALONE).await;
    talk.until_atomic(&site).await;
    assert!(talk.number > 2, "an older message than the last is not the first");
    let (package, _) = talk.next();
    let renumbered = |number: u32, what: &str| {
        let from = format!("<MsgID>{}</MsgID>", talk.number + 1);
        assert!(package.contains(&from));
        package
            .replace(&from, &format!("<MsgID>{number}</MsgID>"))
            .replace("</SyncBody>", &format!("{what}</SyncBody>"))
    };
    let elsewhere = renumbered(4, "").replacen(&format!("<SessionID>{}<", talk.session), "<SessionID>77<", 1);
    let last = talk.number;
    let odd = [
        renumbered(last, "<!-- other words -->"),
        renumbered(last - 1, ""),
        renumbered(last + 2, ""),
        renumbered(last + 40, ""),
        elsewhere,
    ];
    for message in odd {
        let reply = send(&site, &talk.computer, message.clone()).await;
        let refused = syncml::read(&reply.body).unwrap();
        assert!(refused.commands.is_empty(), "{}", reply.text());
        let told: Vec<&str> = refused.statuses.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(told, ["400"], "{message}");
        let states = states(&site).await;
        assert!(matches!(states.as_slice(), [DeliveryState::Sent]), "{states:?}");
    }
    // The running session goes on as if nothing had been said.
    talk.say(&site, &package, &Cut::NOT).await;
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Enrolling]),
        "{states:?}"
    );
}

#[tokio::test]
async fn a_header_that_the_device_refuses_ends_the_session_and_loses_nothing() {
    for code in [400, 401, 407, 408, 500, 503, 511] {
        let (site, computer) = ordered(CertificateStore::Device).await;
        let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
        talk.until_atomic(&site).await;
        let status = format!(
            "<Status><CmdID>1</CmdID><MsgRef>{}</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>{code}</Data>\
             </Status><Final/>",
            talk.message().msg_id
        );
        talk.number += 1;
        let refusal = talk.with_body(talk.number, &status);
        talk.reply = send(&site, &talk.computer, refusal).await;
        assert!(talk.is_over(), "{code}: {}", talk.reply.text());
        let told = timeline(&site).await;
        let is_told = told.contains(&What::MessageRefused { status: code });
        assert!(is_told, "{code}: {told:?}");
        // The next session asks what became of it, and gives the order again.
        let mut talk = Talk::begin(&site, talk.computer, &Cut::NOT).await;
        talk.finish(&site, &Cut::NOT).await;
        let states = states(&site).await;
        assert!(
            matches!(states.as_slice(), [DeliveryState::Verified { .. }]),
            "{code}: {states:?}"
        );
    }
}

#[tokio::test]
async fn work_in_progress_and_authentication_are_no_refusals_of_the_header() {
    for code in [101, 200, 212] {
        let (site, computer) = ordered(CertificateStore::Device).await;
        let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
        let (package, _) = talk.next();
        let said = package.replacen("<Data>200</Data>", &format!("<Data>{code}</Data>"), 1);
        talk.say(&site, &said, &Cut::NOT).await;
        assert!(!talk.is_over(), "{code}: {}", talk.reply.text());
    }
}

#[tokio::test]
async fn alerts_of_the_device_get_their_status_and_the_session_goes_on() {
    let alerts = [
        (1222, ""),
        (1225, ""),
        (1226, "Reversed-Domain-Name:com.microsoft.mdm.win32csp_install"),
        (1226, "com.microsoft:mdm.anything"),
        (1226, ""),
        (1224, "com.microsoft/MDM/AADUserToken"),
        (1224, "com.microsoft/MDM/DevicePrepSync"),
    ];
    for (code, kind) in alerts {
        let (site, computer) = ordered(CertificateStore::Device).await;
        let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
        let (package, _) = talk.next();
        let meta = format!("<Meta><Type xmlns=\"syncml:metinf\">{kind}</Type></Meta>");
        let item = match (code, kind) {
            (1222, _) => String::new(),
            (_, "") => "<Item><Data>0</Data></Item>".to_owned(),
            _ => format!("<Item><Source><LocURI>./Vendor/MSFT</LocURI></Source>{meta}<Data>0</Data></Item>"),
        };
        let alert = format!("<Alert><CmdID>900</CmdID><Data>{code}</Data>{item}</Alert><Final/>");
        talk.say(&site, &package.replace("<Final/>", &alert), &Cut::NOT)
            .await;
        let told = talk.told();
        let is_taken = told.contains(&("Alert".to_owned(), "200".to_owned()));
        assert!(is_taken, "{code} {kind}: {told:?}");
        assert!(!talk.is_over(), "{code} {kind}");
        assert!(site.devices().await[0].unenrolled_at.is_none(), "{code} {kind}");
    }
}

#[tokio::test]
async fn a_session_for_one_tree_alone_gets_commands_for_that_tree_alone() {
    for (kind, store, is_reached) in [
        ("user", CertificateStore::Device, false),
        ("device", CertificateStore::User, false),
        ("device", CertificateStore::Device, true),
        ("mixed", CertificateStore::Device, true),
    ] {
        let (site, mut computer) = ordered(store).await;
        let session = computer.next_session();
        // As printed: Type beside Meta (MS-MDM 3.2.5.1.5).
        let alert = format!(
            "<Alert><CmdID>800</CmdID><Data>1224</Data><Item><Meta></Meta><Type xmlns=\"syncml:metinf\">\
             com.microsoft.mdm.synctype</Type><Data>{kind}</Data></Item></Alert><Final/>"
        );
        let greeting = computer.greeting(&session).replace("<Final/>", &alert);
        let mut talk = Talk::begin_with(&site, computer, session, &greeting, &Cut::NOT).await;
        let mut nodes = Vec::new();
        while !talk.is_over() {
            let commands = talk.message().commands.into_iter();
            let all = commands.flat_map(|one| std::iter::once(one.clone()).chain(one.children));
            nodes.extend(all.flat_map(|one| one.items).filter_map(|item| item.target));
            talk.carry_out(&site, &Cut::NOT).await;
        }
        let wrong = |node: &&String| node.starts_with("./User/") != (kind == "user") && kind != "mixed";
        assert_eq!(nodes.iter().find(wrong), None, "{kind}: {nodes:?}");
        let is_ordered = nodes.iter().any(|node| node.ends_with("/Install/Enroll"));
        assert_eq!(is_ordered, is_reached, "{kind} {store:?}: {nodes:?}");
    }
}
