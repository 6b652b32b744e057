//! A management session (OMA-DM): one message of a device in, one answer out.
//!
//! What is sent next is computed afresh at each message from what is stored (`plan`), after what the device
//! answered was taken in (`absorb`). Nothing is remembered between messages but what is in the database, so a
//! crash at any instant loses nothing: the device repeats its message, or comes back.

mod absorb;
mod arrival;
mod drift;
mod idle;
mod install;
mod inventory;
mod leaving;
mod order;
mod outcome;
mod package;
mod plan;
mod reply;
mod room;
pub(super) mod trust;
mod waking;

use std::{ops::ControlFlow, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Timestamp,
    device::{Device, enrolment::Identity, session::Session},
    event::What,
};
use ms_mdm::syncml::{AlertCode, Assembled, Message, assemble};
use store::check_ins::CheckIn;
use thiserror::Error as ThisError;

use crate::{
    actions::{
        self,
        broker::{self, Obtained, queue::Places},
        device_silence, device_twins,
        dm_account::{self, Account},
        identity_renewal,
    },
    app::Shared,
    secrets::hex,
};
use absorb::Heard;
use arrival::Arrival;
use idle::Idle;
use install::Reserved;
use plan::{Need, Outlook, Plan, Waiting};

/// How often a session is held with a harmless command while something outside is awaited.
const HELD_ROUNDS: i64 = 6;
/// How long one such round waits.
const ROUND: Duration = Duration::from_secs(2);
/// How often one message's answer looks up the device's place in a queue; each look finds what the one before entered.
const LOOKS: u32 = 3;

/// Why a message gets no answer.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The connection has no certificate of a device that is managed here.
    #[error("{0}")]
    NotADevice(&'static str),
    /// No certificate came with the message, and it doesn't prove a secret of a device either: this answer asks for it.
    #[error("the message proves nothing")]
    Unproved(Vec<u8>),
    /// The identity was renewed, or ended by a new enrolment, and the device is managed still.
    #[error("this identity was replaced by a newer one: the device must enrol again")]
    OldIdentity(Box<Device>),
    /// The device had left: nothing was heard of it for too long.
    #[error("this device was silent for too long and has left: it must enrol again")]
    Returned(Box<Device>),
    /// What came is no OMA-DM message.
    #[error("the message can't be read: {0}")]
    Unreadable(#[from] ms_mdm::Error),
    /// Something broke.
    #[error(transparent)]
    Action(#[from] actions::Error),
}

/// Answers one message of the device that holds the key of the certificate `peer` (DER); without one, of the device that
/// the message itself proves, where the settings allow it.
pub async fn answer_message(app: &Shared, peer: Option<&[u8]>, body: &[u8]) -> Result<Vec<u8>, Error> {
    let (reader, peer) = (app.clone(), peer.map(|peer| hex(digest(&SHA256, peer).as_ref())));
    if peer.is_none() && !app.settings.devices.digest {
        return Err(Error::NotADevice("a device certificate is needed here"));
    }
    let body = body.to_vec();
    let begun = app
        .store
        .read(move |tx| Box::pin(async move { Turn::begin(tx, reader, peer, &body).await }))
        .await;
    if let Err(Error::OldIdentity(device)) = &begun {
        device_twins::note_old_identity(app, device).await?;
    }
    if let Err(Error::Returned(device)) = &begun {
        device_silence::note_return(app, device).await?;
    }
    let (identity, turn, idle) = begun?;
    identity_renewal::note_use(app, &identity).await?;
    // One message of a device at a time, also when a broken network makes it repeat itself.
    let guard = app.bells.session_turn(&turn.device.id).await;
    // The device may hang up while a challenge is fetched: what is obtained must be stored all the same.
    let work = async move {
        let answer = Box::pin(turn.answer_or_keep(idle)).await;
        drop(guard);
        answer
    };
    let answer = app.errands.run(work).await.map_err(actions::Error::Internal)?;
    Ok(answer?)
}

/// One message on its way to its answer.
#[derive(Clone)]
struct Turn {
    app: Shared,
    device: Device,
    message: std::sync::Arc<Message>,
    body_sha256: String,
    /// What the message proved, where it came without a certificate.
    account: Option<Account>,
    now: Timestamp,
}

/// What the first transaction came to.
enum Step {
    /// This message was answered before: the same again.
    Repeat(Session),
    /// The answer is stored.
    Done(Vec<u8>),
    /// A challenge is to be fetched first.
    Fetch(Session, Plan, Box<Reserved>),
    /// The device's place in a queue is to be looked up first.
    Look(Session, Heard, Waiting),
    /// Something outside is awaited for a moment.
    Await(Session, Need),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Action(error.into())
    }
}

impl Turn {
    /// Who speaks, and whether there is nothing to do. `tx` reads alone.
    async fn begin(
        tx: &mut store::Tx,
        app: Shared,
        peer: Option<String>,
        body: &[u8],
    ) -> Result<(Identity, Self, Option<Idle>), Error> {
        let (now, body_sha256) = (app.now(), hex(digest(&SHA256, body).as_ref()));
        let (identity, known, message, account) = match peer {
            Some(sha256) => {
                let (identity, known) = arrival::device_of(tx, &sha256, now).await?;
                (identity, known, Message::read(body)?, None)
            }
            None => {
                let message = Message::read(body)?;
                let (sha256, account) = arrival::proved(tx, &app, &message, &body_sha256, now).await?;
                let (identity, known) = arrival::device_of(tx, &sha256, now).await?;
                (identity, known, message, Some(account))
            }
        };
        let turn = Self {
            app,
            device: known.device.clone(),
            message: std::sync::Arc::new(message),
            body_sha256,
            account,
            now,
        };
        // That it is used for the first time is to be written.
        let idle = match identity.first_used_at {
            Some(_) => Box::pin(idle::look(tx, &turn, known)).await?,
            None => None,
        };
        Ok((identity, turn, idle))
    }

    async fn answer_or_keep(self, idle: Option<Idle>) -> actions::Result<Vec<u8>> {
        if let Some(idle) = idle
            && let Some(answer) = idle.keep(&self).await?
        {
            return Ok(answer);
        }
        let now = self.app.now();
        Box::pin(Self { now, ..self }.answer()).await
    }

    async fn answer(self) -> actions::Result<Vec<u8>> {
        let first = self.clone();
        let step = self
            .app
            .store
            .write(move |tx| {
                let turn = first.clone();
                Box::pin(async move { Box::pin(turn.take_in(tx)).await })
            })
            .await?;
        let mut step = step;
        for _ in 0..=LOOKS {
            step = match step {
                Step::Done(bytes) => return Ok(bytes),
                Step::Repeat(session) => {
                    let place = reply::place(&self.device);
                    return Ok(self.app.secrets.open(place, &session.answer)?.to_vec());
                }
                Step::Fetch(session, plan, reserved) => return self.fetch(session, plan, *reserved).await,
                Step::Look(session, heard, waiting) => self.look_again(session, heard, waiting).await?,
                Step::Await(session, need) => {
                    match need {
                        Need::Outcome(delivery) => self.app.bells.wait_for_delivery(&delivery, ROUND).await,
                        Need::Slot | Need::Place | Need::Challenge(_) => {
                            self.app.bells.wait_for_slot(ROUND).await;
                        }
                    }
                    self.look_again(session, Heard::default(), Waiting::Done).await?
                }
            };
        }
        match step {
            Step::Done(bytes) => Ok(bytes),
            Step::Fetch(session, plan, reserved) => self.fetch(session, plan, *reserved).await,
            Step::Repeat(_) | Step::Look(..) | Step::Await(..) => {
                Err(anyhow::anyhow!("a message that was looked at often enough has no answer").into())
            }
        }
    }

    /// First transaction: what the device says is taken in, and if nothing outside is needed it is answered.
    async fn take_in(self, tx: &mut store::Tx) -> actions::Result<Step> {
        let known = self.known(tx).await?;
        let mut session = match self.arrive(tx, &known).await? {
            ControlFlow::Continue(session) => session,
            ControlFlow::Break(step) => return Ok(step),
        };
        // The answer may have to wait for something outside.
        store::devices::touch(tx, &self.device.id, self.now).await?;
        let mut package = package::under_way(&self.app, &self.device, &session)?;
        let assembled = assemble(&self.message, package.partial());
        let is_ended = package.ends_with(&assembled, session.server_message);
        package.note(&assembled);
        self.tell_losses(tx, &assembled).await?;
        let (device, message) = (&self.device, &assembled.message);
        let absorbed = absorb::absorb(
            tx,
            &known,
            message,
            &mut session,
            &mut package,
            is_ended,
            self.now,
        );
        let mut heard = absorbed.await?;
        if let Some(channel) = heard.channel.take() {
            waking::take(tx, &self.app, device, &channel, self.now).await?;
        }
        let known = match heard.has_news {
            true => self.known(tx).await?,
            false => known,
        };
        let is_aborted = message
            .alerts()
            .any(|alert| alert.code == AlertCode::SESSION_ABORT);
        if let Some(status) = message.header_refusal() {
            // OMA-DM 1.2.1, Representation 10: nothing of our message was carried out. The next session asks what became
            // of it, and tells it again.
            let status = i64::from(status.0);
            trust::tell(tx, device, self.now, What::MessageRefused { status }).await?;
        }
        if is_aborted || message.header_refusal().is_some() {
            // The device ends the session: it gets statuses and nothing to do.
            return self.reply(tx, session, Plan::default()).await.map(Step::Done);
        }
        if !is_ended {
            let received = self.received();
            let asked = reply::ask_for_more(
                tx, &self.app, device, session, package, &assembled, &received, self.now,
            );
            return asked.await.map(Step::Done);
        }
        let waiting = if session.held_rounds < HELD_ROUNDS {
            Waiting::Allowed
        } else {
            Waiting::Enough
        };
        let outlook = Outlook {
            waiting,
            places: Places::default(),
        };
        self.decide(tx, &known, session, heard, outlook).await
    }

    /// The session that the message belongs to; else what it is answered.
    async fn arrive(
        &self,
        tx: &mut store::Tx,
        known: &CheckIn,
    ) -> actions::Result<ControlFlow<Step, Session>> {
        let due = |account: &Account| account.now(known.session.as_ref());
        let header = &self.message.header;
        if let Some(account) = &self.account
            && !dm_account::still_proves(account, header, &self.body_sha256, known, self.now)
        {
            // Another message with the same proof was faster.
            let answer = reply::unproved(&self.app, &self.message, true, due(account));
            return Ok(ControlFlow::Break(Step::Done(answer)));
        }
        let arrival = arrival::arrive(tx, known, &self.message, &self.body_sha256, self.now).await?;
        let session = match arrival {
            Arrival::Repeated(session) => return Ok(ControlFlow::Break(Step::Repeat(session))),
            Arrival::New(session) => session,
            Arrival::OutOfTurn => {
                let device = self.device.id.to_string();
                tracing::warn!(device, "a management message out of its turn was refused");
                let challenge = self.account.as_ref().map(due);
                let answer = reply::out_of_turn(&self.app, &self.message, challenge);
                return Ok(ControlFlow::Break(Step::Done(answer)));
            }
        };
        // One that has nothing to do doesn't come here.
        if session.server_message == 0 {
            trust::tell(tx, &self.device, self.now, What::SessionStarted).await?;
            waking::came(tx, known, self.now).await?;
        }
        Ok(ControlFlow::Continue(session))
    }

    /// Values that came in pieces, of which some were lost on the way.
    async fn tell_losses(&self, tx: &mut store::Tx, assembled: &Assembled) -> actions::Result<()> {
        for loss in &assembled.losses {
            let what = What::ValueLost {
                node: loss.item.uri().unwrap_or_default().to_owned(),
                status: loss.code.map(|code| i64::from(code.0)),
            };
            trust::tell(tx, &self.device, self.now, what).await?;
        }
        Ok(())
    }

    /// Plans the answer, and stores it if nothing outside is needed.
    async fn decide(
        self,
        tx: &mut store::Tx,
        known: &CheckIn,
        mut session: Session,
        heard: Heard,
        outlook: Outlook,
    ) -> actions::Result<Step> {
        let planned = plan::plan(tx, &self.app, known, &session, &heard, &outlook, self.now);
        let mut plan = Box::pin(planned).await?;
        match plan.need.take() {
            Some(Need::Place) => return Ok(Step::Look(session, heard, outlook.waiting)),
            Some(Need::Challenge(reserved)) => return Ok(Step::Fetch(session, plan, reserved)),
            Some(need) if plan.is_empty() => {
                session.held_rounds += 1;
                return Ok(Step::Await(session, need));
            }
            _ => {}
        }
        self.reply(tx, session, plan).await.map(Step::Done)
    }

    /// After waiting, or with the place in the queue: what is needed may be there now.
    async fn look_again(&self, session: Session, heard: Heard, waiting: Waiting) -> actions::Result<Step> {
        let outlook = Outlook {
            waiting,
            places: broker::queue::places(&self.app, &self.device.id).await?,
        };
        let turn = Self {
            now: self.app.now(),
            ..self.clone()
        };
        self.app
            .store
            .write(move |tx| {
                let (turn, session) = (turn.clone(), session.clone());
                let (heard, outlook) = (heard.clone(), outlook.clone());
                Box::pin(async move {
                    let known = turn.known(tx).await?;
                    turn.decide(tx, &known, session, heard, outlook).await
                })
            })
            .await
    }

    /// Fetches a challenge outside any transaction; then it and the answer are stored together.
    async fn fetch(self, session: Session, plan: Plan, reserved: Reserved) -> actions::Result<Vec<u8>> {
        let authority = &reserved.authority;
        // Kept until the outcome is stored.
        let sign_in = broker::sign_in_turn(&self.app, &authority.id).await?;
        let known = match &sign_in {
            Some(_) => broker::known_problem(&self.app, &authority.id).await?,
            None => Some(broker::stopped_problem(&self.app, &authority.id).await?),
        };
        let obtained = match known {
            Some(problem) => Obtained::nothing(problem),
            None => broker::fetch(&self.app, authority).await,
        };
        let turn = Self {
            now: self.app.now(),
            ..self.clone()
        };
        let answer = self
            .app
            .store
            .write(move |tx| {
                let (turn, session, mut plan) = (turn.clone(), session.clone(), plan.clone());
                let (reserved, obtained) = (reserved.clone(), obtained.clone());
                Box::pin(async move {
                    install::conclude(tx, &turn.app, reserved, obtained, &mut plan, turn.now).await?;
                    if plan.is_empty() && session.reaches_device() {
                        plan::plan_poll(tx, &turn.device.id, &mut plan, turn.now).await?;
                    }
                    turn.reply(tx, session, plan).await
                })
            })
            .await;
        // Another device may have waited for what this sign-in proves.
        self.app.bells.ring_slot();
        answer
    }

    /// The device as it stands in this transaction.
    async fn known(&self, tx: &mut store::Tx) -> actions::Result<CheckIn> {
        let known = store::check_ins::of_device(tx, &self.device.id).await?;
        Ok(known.ok_or(store::Error::NotFound("devices"))?)
    }

    async fn reply(self, tx: &mut store::Tx, session: Session, plan: Plan) -> actions::Result<Vec<u8>> {
        let received = self.received();
        reply::store_answer(tx, &self.app, &self.device, session, plan, &received, self.now).await
    }

    fn received(&self) -> reply::Received<'_> {
        reply::Received {
            message: &self.message,
            body_sha256: &self.body_sha256,
            account: self.account.as_ref(),
        }
    }
}
