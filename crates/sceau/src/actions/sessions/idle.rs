//! A session that has nothing to do: told from two statements that read, kept by one that writes.
//!
//! The very code that answers any message runs on a snapshot first. Whatever it wants to write there shows that there is
//! something to do: nothing was done then, and the message is answered in a transaction that writes. So nothing that is
//! added to a session can be passed over here; at worst it makes idle sessions dearer, which a test counts.
//!
//! Between the snapshot and the write another node may have heard the same device: the session is written only where the
//! one that was read still stands. What a person changes in between is found by the device's next session, as if it had
//! been changed a moment later.

use domain::device::session::Session;
use ms_mdm::syncml::{AlertCode, assemble};
use store::{Tx, check_ins::CheckIn};

use super::{
    Turn, absorb,
    arrival::{self, Arrival},
    package,
    plan::{self, Outlook, Plan, Waiting},
    reply,
};
use crate::actions::{Error, Result, broker::queue::Places};

/// An answer that has no commands, for a message by which nothing changed.
pub struct Idle {
    session: Session,
    before: Option<Session>,
    answer: Vec<u8>,
}

impl Idle {
    /// Keeps the answer with the session, for the same message may come again, and gives it; none where the device was
    /// heard otherwise since.
    pub async fn keep(self, turn: &Turn) -> Result<Option<Vec<u8>>> {
        let Self {
            session,
            before,
            answer,
        } = self;
        let is_kept = turn.app.store.write(move |tx| {
            let (session, before) = (session.clone(), before.clone());
            Box::pin(async move { store::mdm_sessions::replace(tx, &session, before.as_ref()).await })
        });
        Ok(is_kept.await?.then_some(answer))
    }
}

/// Whether this message, the first of a session, leaves nothing to do. `tx` reads alone.
pub async fn look(tx: &mut Tx, turn: &Turn, known: CheckIn) -> Result<Option<Idle>> {
    // The look would be in vain.
    let is_busy = known.is_owing
        || known.waking.is_awaited()
        || !known.device.is_staying()
        || !plan::open(&known, turn.now).is_empty();
    if is_busy {
        return Ok(None);
    }
    match Box::pin(answer(tx, turn, known)).await {
        Err(Error::Internal(error)) if wants_to_write(&error) => Ok(None),
        answered => answered,
    }
}

fn wants_to_write(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(store::Error::ReadOnly))
}

async fn answer(tx: &mut Tx, turn: &Turn, known: CheckIn) -> Result<Option<Idle>> {
    let (message, now) = (&*turn.message, turn.now);
    let arrival = arrival::arrive(tx, &known, message, &turn.body_sha256, now).await?;
    let Arrival::New(mut session) = arrival else {
        return Ok(None);
    };
    if session.server_message > 0 {
        return Ok(None);
    }
    let mut package = package::under_way(&turn.app, &known.device, &session)?;
    let assembled = assemble(message, package.partial());
    let is_whole = package.ends_with(&assembled, session.server_message) && assembled.losses.is_empty();
    if !is_whole || assembled.message.header_refusal().is_some() {
        return Ok(None);
    }
    let absorbed = absorb::absorb(tx, &known, message, &mut session, &mut package, true, now);
    let heard = absorbed.await?;
    let is_aborted = message
        .alerts()
        .any(|alert| alert.code == AlertCode::SESSION_ABORT);
    if !is_aborted {
        let outlook = Outlook {
            waiting: Waiting::Allowed,
            places: Places::default(),
        };
        let planned = plan::plan(tx, &turn.app, &known, &session, &heard, &outlook, now);
        let plan = Box::pin(planned).await?;
        if !plan.is_empty() || plan.need.is_some() {
            return Ok(None);
        }
    }
    let (plan, received) = (Plan::default(), turn.received());
    let written = reply::write_answer(&turn.app, &known.device, session, plan, &received, now)?;
    Ok(Some(Idle {
        session: written.session,
        before: known.session,
        answer: written.bytes,
    }))
}
