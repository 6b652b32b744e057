//! Random legal devices: they lose answers, say the same again, are switched off in the middle, hold two sessions at
//! once, tell their statuses in any order, have their user come and go; some cut their packages into several messages,
//! tell values in pieces, and take only short messages. Whatever they do, no command is lost, none is
//! carried out twice, none reaches another device, each session ends, and in the end each has its certificate.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::atomic::{AtomicU8, Ordering},
};

use domain::{built_in::Rules, delivery::DeliveryState};
use lab::device::{
    syncml::{self, ServerMessage},
    tree::{Effect, EnrolOrder, answer},
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
    sample::select,
    test_runner::{Config, TestRunner},
};
use scep::Outcome;

use crate::{
    pki::client,
    site::{
        PUBLIC, Reply, Site,
        computer::Computer,
        own_authority::distributed,
        pieces::{self, Cut},
    },
};

const PERSON: (&str, &str) = ("ada", "secret");
const COMPUTERS: usize = 3;
/// No session has more messages (`actions/sessions/plan.rs`), but for the statuses that end it.
const MESSAGES: u32 = 61;
/// Sessions, a minute apart, after which every device that is left in peace must be done.
const SESSIONS: u32 = 30;
/// Room for the order alone, octets.
const SHORT: usize = 7000;

#[derive(Clone, Debug)]
enum Move {
    /// The next message of the session in hand, or the first of a new one.
    Speak,
    /// The same, and the answer is lost: the device will say the same again (OMA-DM 1.2.1, 8.1).
    SpeakIntoTheVoid,
    /// The last message once more, though its answer came.
    Repeat,
    /// The device is switched off, and its sessions with it.
    SwitchOff,
    /// Another session begins beside the one in hand.
    SecondSession,
    /// The other session goes on.
    Turn,
    /// The device is switched off as soon as it was told to get a certificate, and gets it later.
    Dawdle,
    /// A message that was answered long ago arrives once more: the network kept it.
    Echo,
    /// Seconds pass.
    Pass(i64),
}

/// How a device speaks.
#[derive(Clone, Debug)]
struct Manner {
    cut: Cut,
    /// Its MaxMsgSize.
    octets: usize,
}

fn manners() -> impl Strategy<Value = Vec<Manner>> {
    let elements = select(vec![1_usize, 3, 7, usize::MAX]);
    let octets = select(vec![150_usize, 600, usize::MAX]);
    let limit = select(vec![SHORT, SHORT + 900, 524_288]);
    let one = (elements, octets, limit).prop_map(|(elements, octets, limit)| Manner {
        cut: Cut { elements, octets },
        octets: limit,
    });
    vec(one, COMPUTERS)
}

fn moves() -> impl Strategy<Value = Vec<(usize, Move)>> {
    let one = prop_oneof![
        12 => Just(Move::Speak),
        3 => Just(Move::SpeakIntoTheVoid),
        2 => Just(Move::Repeat),
        1 => Just(Move::SwitchOff),
        1 => Just(Move::SecondSession),
        1 => Just(Move::Turn),
        1 => Just(Move::Dawdle),
        2 => Just(Move::Echo),
        2 => (1..40_i64).prop_map(Move::Pass),
    ];
    vec((0..COMPUTERS, one), 20..90)
}

/// A session as the device knows it.
struct Open {
    session: String,
    /// MsgID of its last message.
    number: u32,
    package: String,
    /// The messages of the same package that follow.
    rest: VecDeque<String>,
    /// Those that were answered before.
    said: Vec<String>,
    /// The answer, unless it was lost.
    answer: Option<Vec<u8>>,
}

struct Legal {
    computer: Computer,
    manner: Manner,
    open: Vec<Open>,
    ordered: Vec<EnrolOrder>,
    dawdles: bool,
    /// How often each enrolment was begun, by UniqueID.
    begun: BTreeMap<String, u32>,
    /// Turns the order of what it says.
    turn: usize,
    /// Whose message the server heard last.
    last_heard: String,
}

/// Everything that the server ever commanded, by CmdID, and whom.
type Commanded = BTreeMap<String, usize>;

impl Legal {
    async fn speak(&mut self, site: &Site, me: usize, commanded: &mut Commanded, is_heard: bool) {
        let Some(open) = self.open.first() else {
            return self.begin(site, me, commanded, is_heard).await;
        };
        let Some(body) = &open.answer else {
            return self.say(site, me, commanded, is_heard).await;
        };
        let message = syncml::read(body).unwrap();
        if !message.is_final {
            return self.go_on(site, me, commanded, is_heard).await;
        }
        assert!(open.rest.is_empty(), "told something before the package ended");
        let (session, number) = (open.session.clone(), open.number + 1);
        let header = self.computer.header(&session);
        let answered = answer(&mut self.computer.tree, &message, header, number);
        for effect in answered.effects {
            if let Effect::Enrol(order) = effect {
                *self.begun.entry(order.unique_id.clone()).or_default() += 1;
                self.ordered.push(*order);
            }
        }
        if self.dawdles && !self.ordered.is_empty() {
            self.dawdles = false;
            self.open.clear();
            return;
        }
        // Windows asks for the certificate while its session goes on.
        self.enrol(site).await;
        let Some(package) = answered.package else {
            self.open.remove(0);
            return;
        };
        assert!(number <= MESSAGES, "a session that doesn't end");
        self.turn += 1;
        let package = turned(&package, self.turn);
        let mut rest = VecDeque::from(pieces::cut(&package, &self.manner.cut));
        let open = &mut self.open[0];
        open.number = number;
        open.said.push(open.package.clone());
        open.package = rest.pop_front().unwrap();
        open.rest = rest;
        open.answer = None;
        self.say(site, me, commanded, is_heard).await;
    }

    /// The next message of a package, of which the last answer asked for more.
    async fn go_on(&mut self, site: &Site, me: usize, commanded: &mut Commanded, is_heard: bool) {
        let open = &mut self.open[0];
        let body = String::from_utf8(open.answer.take().unwrap()).unwrap();
        let asked = syncml::read(body.as_bytes()).unwrap().commands;
        let is_alert = matches!(asked.as_slice(), [only] if only.verb == syncml::Verb::Alert);
        assert!(is_alert && body.contains("<Data>1222</Data>"), "{body}");
        open.number += 1;
        assert!(open.number <= MESSAGES, "a session that doesn't end");
        open.said.push(open.package.clone());
        open.package = open.rest.pop_front().expect("nothing more was to come");
        self.say(site, me, commanded, is_heard).await;
    }

    async fn begin(&mut self, site: &Site, me: usize, commanded: &mut Commanded, is_heard: bool) {
        let session = self.computer.next_session();
        let limit = format!(">{}</MaxMsgSize>", self.manner.octets);
        let greeting = self.computer.greeting(&session);
        let greeting = greeting.replace(">524288</MaxMsgSize>", &limit);
        let mut rest = VecDeque::from(pieces::cut(&greeting, &self.manner.cut));
        self.open.insert(
            0,
            Open {
                session,
                number: 1,
                package: rest.pop_front().unwrap(),
                rest,
                said: Vec::new(),
                answer: None,
            },
        );
        self.say(site, me, commanded, is_heard).await;
    }

    /// Sends the last message, which has no answer yet.
    async fn say(&mut self, site: &Site, me: usize, commanded: &mut Commanded, is_heard: bool) {
        let reply = self.send(site).await;
        assert!(
            reply.body.len() <= self.manner.octets,
            "{} octets",
            reply.body.len()
        );
        let message = syncml::read(&reply.body).unwrap();
        if is_refused(&message) {
            // Another session came in between, and is running: this one is over.
            assert_ne!(self.last_heard, self.open[0].session);
            self.open.remove(0);
            return;
        }
        self.last_heard.clone_from(&self.open[0].session);
        note(&message, me, commanded);
        assert_eq!(message.target, self.computer.device_id);
        let open = &mut self.open[0];
        assert_eq!(message.session_id, open.session);
        let is_aborted = String::from_utf8_lossy(&reply.body).contains("<Data>1223</Data>");
        if message.msg_id != open.number || is_aborted {
            // Another session came in between, and the server began afresh: so does the device. Or this one was too long.
            assert!(!is_aborted || open.number == MESSAGES);
            self.open.remove(0);
        } else if is_heard {
            open.answer = Some(reply.body);
        }
    }

    async fn send(&self, site: &Site) -> Reply {
        let package = self.open[0].package.clone();
        let reply = site.management(Some(&self.computer.identity), package).await;
        reply.expect(200)
    }

    /// An old message arrives again: it is refused, and changes nothing.
    async fn echo(&mut self, site: &Site) {
        let Some(open) = self.open.first() else { return };
        let Some(old) = open.said.iter().nth_back(self.turn % 3) else {
            return;
        };
        // The first message of a session is a new session, if another one came in between.
        if old.contains("<MsgID>1</MsgID>") || open.session != self.last_heard {
            return;
        }
        let reply = site.management(Some(&self.computer.identity), old.clone()).await;
        let message = syncml::read(&reply.expect(200).body).unwrap();
        assert!(is_refused(&message) && message.commands.is_empty(), "{message:?}");
    }

    /// Says the last message again; the answer is the same to the octet where no other session came in between.
    async fn repeat(&mut self, site: &Site, me: usize, commanded: &mut Commanded) {
        match self.open.first() {
            Some(open) if open.session == self.last_heard && open.answer.is_some() => {
                let again = self.send(site).await;
                assert_eq!(
                    Some(again.body),
                    self.open[0].answer,
                    "another answer to the same"
                );
            }
            Some(open) if open.answer.is_none() => self.say(site, me, commanded, true).await,
            _ => {}
        }
    }

    /// Gets the certificates that it was told to get.
    async fn enrol(&mut self, site: &Site) {
        for order in std::mem::take(&mut self.ordered) {
            let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap();
            let signer = client::signer(site);
            let mut enrolment = client::enrolment(site, path, &order.challenge, signer).await;
            let message = enrolment.write_request().unwrap();
            let reply = client::post(site, path, message).await.expect(200);
            match enrolment.read_reply(&reply.body).unwrap() {
                Outcome::Issued(certificates) => self.computer.install(&order.unique_id, &certificates[0]),
                other => panic!("not issued: {other:?}"),
            }
        }
    }

    async fn step(&mut self, site: &Site, me: usize, commanded: &mut Commanded, step: &Move) {
        match step {
            Move::Speak => self.speak(site, me, commanded, true).await,
            Move::SpeakIntoTheVoid => self.speak(site, me, commanded, false).await,
            Move::Repeat => self.repeat(site, me, commanded).await,
            Move::SwitchOff => self.open.clear(),
            Move::SecondSession if self.open.len() < 2 => self.begin(site, me, commanded, true).await,
            Move::SecondSession | Move::Turn => self.open.reverse(),
            Move::Dawdle => self.dawdles = true,
            Move::Echo => self.echo(site).await,
            Move::Pass(seconds) => site.pass(*seconds),
        }
    }
}

/// Whether the server refuses a message for being out of its turn.
fn is_refused(message: &ServerMessage) -> bool {
    let header = message.statuses.iter().find(|status| status.cmd_ref == "0");
    header.is_some_and(|status| status.code == "400")
}

/// The same statuses and results in another order (OMA-DM has none), behind the header's status.
fn turned(package: &str, by: usize) -> String {
    let (head, rest) = package.split_once("<SyncBody>").unwrap();
    let (body, tail) = rest.split_once("<Final/>").unwrap();
    let mut parts: Vec<String> = body
        .replace("</Status>", "</Status>\n")
        .replace("</Results>", "</Results>\n")
        .split_terminator('\n')
        .map(str::to_owned)
        .collect();
    let count = parts.len().max(1);
    parts.rotate_left(by % count);
    format!("{head}<SyncBody>{}<Final/>{tail}", parts.concat())
}

/// A CmdID belongs to one device for ever.
fn note(message: &ServerMessage, me: usize, commanded: &mut Commanded) {
    let all = message
        .commands
        .iter()
        .flat_map(|one| std::iter::once(one).chain(&one.children));
    for command in all {
        let id = command.id.clone().expect("a command without its id");
        assert_eq!(*commanded.entry(id).or_insert(me), me, "another device's command");
    }
}

async fn devices(site: &Site, manners: &[Manner]) -> Vec<Legal> {
    static NUMBERS: AtomicU8 = AtomicU8::new(1);
    let mut devices = Vec::new();
    for manner in manners {
        let mut computer = Computer::new(NUMBERS.fetch_add(1, Ordering::Relaxed));
        computer.enrol(site, PERSON).await;
        devices.push(Legal {
            computer,
            manner: manner.clone(),
            open: Vec::new(),
            ordered: Vec::new(),
            dawdles: false,
            begun: BTreeMap::new(),
            turn: 0,
            last_heard: String::new(),
        });
    }
    devices
}

async fn deliveries(site: &Site, windows_id: &str) -> Vec<(String, DeliveryState)> {
    let device = site.device(windows_id).await.id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &device).await }));
    let all = found.await.unwrap().into_iter();
    all.map(|one| (one.id.to_string(), one.state)).collect()
}

fn is_verified(all: &[(String, DeliveryState)]) -> bool {
    matches!(all, [(_, DeliveryState::Verified { .. })])
}

async fn play(site: &Site, moves: &[(usize, Move)], manners: &[Manner]) {
    let mut devices = devices(site, manners).await;
    let mut commanded = Commanded::new();
    for (me, step) in moves {
        devices[*me].step(site, *me, &mut commanded, step).await;
    }
    let mut seen = BTreeSet::new();
    for (me, device) in devices.iter_mut().enumerate() {
        let id = device.computer.device_id.clone();
        let mut sessions = 0;
        while !is_verified(&deliveries(site, &id).await) {
            sessions += 1;
            assert!(sessions <= SESSIONS, "{:?}", deliveries(site, &id).await);
            site.pass(60);
            device.speak(site, me, &mut commanded, true).await;
            while !device.open.is_empty() {
                device.speak(site, me, &mut commanded, true).await;
            }
        }
        for (unique_id, times) in &device.begun {
            assert_eq!(*times, 1, "an enrolment was begun {times} times");
            assert!(seen.insert(unique_id.clone()), "another device's enrolment");
        }
        let own: Vec<String> = deliveries(site, &id).await.into_iter().map(|one| one.0).collect();
        assert!(own.iter().eq(device.begun.keys()), "{own:?} {:?}", device.begun);
    }
}

#[test]
fn random_legal_devices_lose_nothing_do_nothing_twice_and_see_nothing_of_each_other() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(async {
        let site = Site::new().await;
        distributed(&site, Rules::default(), |_| {}).await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        site
    });
    let config = Config {
        cases: 8,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let played = TestRunner::new(config).run(&(moves(), manners()), |(moves, manners)| {
        runtime.block_on(play(&site, &moves, &manners));
        Ok(())
    });
    played.unwrap();
}
