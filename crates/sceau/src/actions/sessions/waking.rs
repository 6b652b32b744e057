//! A device is given the PFN by which it is woken, and asked where it is. Microsoft, "Push notification support for device
//! management" and DMClient CSP: the provisioning document can't hold it, so its first session brings it. The channel
//! lives 30 days, is renewed after 15, and a renewal begins a session: asked for now and then, it is always known.

use std::fmt;

use domain::{
    Timestamp,
    device::{
        Device,
        session::{Purpose, Session},
        waking::PfnRefused,
    },
    event::What,
    push::check_channel,
};
use ms_mdm::csp::dmclient::{CHANNEL_URI, PUSH_STATUS, ask_channel, set_pfn};
use store::{Tx, check_ins::CheckIn};
use zeroize::Zeroizing;

use super::{absorb::Answer, plan::Plan, trust};
use crate::{
    actions::{Result, enrolment::PROVIDER, push},
    app::Shared,
};

/// What is due: nothing that is read beyond what is known.
pub fn plan(known: &CheckIn, session: &Session, plan: &mut Plan, now: Timestamp) {
    let Some(pfn) = known.pfn.as_deref().filter(|_| session.reaches_device()) else {
        return;
    };
    let waking = &known.waking;
    let due = waking.pfn_due(pfn, now);
    if let Some(adds) = due {
        let purpose = Purpose::SetPfn {
            pfn: pfn.to_owned(),
            adds,
        };
        plan.push(purpose, |id| set_pfn(id, PROVIDER, pfn, adds));
    }
    let has_pfn = due.is_some() || waking.pfn.as_deref() == Some(pfn);
    if has_pfn && (due.is_some() || waking.channel_due(now)) {
        plan.push(Purpose::AskChannel, |id| ask_channel(id, PROVIDER));
    }
}

/// The device's answer to where it is woken. Debug shows none of it.
#[derive(Clone, Default)]
pub struct Channel {
    address: Option<Zeroizing<String>>,
    status: Option<i64>,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Channel")
    }
}

impl Channel {
    /// What an answer holds. Windows tells a missing channel as nothing, an empty text or `null`.
    pub fn of(answer: &Answer) -> Self {
        let value = |name: &str| {
            let end = format!("/push/{}", name.to_lowercase());
            let mut items = answer.items.iter();
            let found = items.find(|item| item.uri().is_some_and(|uri| uri.to_lowercase().ends_with(&end)));
            found.and_then(|item| item.text()).map(str::trim)
        };
        let address = value(CHANNEL_URI).filter(|text| !text.is_empty() && *text != "null");
        Self {
            address: address.map(|text| Zeroizing::new(text.to_owned())),
            status: value(PUSH_STATUS).and_then(|text| text.parse().ok()),
        }
    }
}

/// The device took its PFN, or refused it.
pub async fn pfn_answered(
    tx: &mut Tx,
    device: &Device,
    (pfn, adds): (&str, bool),
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    let mut waking = store::push::of_device(tx, &device.id).await?;
    match answer.refusal() {
        None => {
            waking.pfn = Some(pfn.to_owned());
            waking.pfn_refused = None;
        }
        Some(code) => {
            waking.pfn_refused = Some(PfnRefused {
                status: i64::from(code.0),
                was_added: adds,
                at: now,
            });
        }
    }
    // What is known leads to the app of another PFN.
    waking.channel_since = None;
    store::push::delete_channel(tx, &device.id).await?;
    Ok(store::push::set(tx, &device.id, &waking).await?)
}

/// Keeps the channel that the device told, or refuses it.
pub async fn take(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    channel: &Channel,
    now: Timestamp,
) -> Result<()> {
    let mut waking = store::push::of_device(tx, &device.id).await?;
    waking.asked_at = Some(now);
    waking.status = channel.status;
    let refusal = channel
        .address
        .as_ref()
        .and_then(|address| check_channel(address).err());
    let known = push::open_channel(tx, app, &device.id).await?;
    match (&channel.address, refusal) {
        (Some(address), None) => {
            waking.channel_refused = None;
            let is_known = known.is_some_and(|known| **known == **address);
            if !is_known || waking.channel_since.is_none() {
                waking.channel_since = Some(now);
                push::keep_channel(tx, app, &device.id, address).await?;
            }
        }
        (_, refusal) => {
            waking.channel_since = None;
            store::push::delete_channel(tx, &device.id).await?;
            let reason = refusal.map(|refusal| refusal.name().to_owned());
            if let Some(reason) = reason.clone().filter(|_| reason != waking.channel_refused) {
                trust::tell(tx, device, now, What::ChannelRefused { reason }).await?;
            }
            waking.channel_refused = reason;
        }
    }
    Ok(store::push::set(tx, &device.id, &waking).await?)
}

/// The device came: if a push was taken before, how long after is told.
pub async fn came(tx: &mut Tx, known: &CheckIn, now: Timestamp) -> Result<()> {
    if !known.waking.is_awaited() {
        return Ok(());
    }
    let mut waking = known.waking.clone();
    if let Some(last) = &mut waking.last {
        last.came_at = Some(now);
        let seconds = now.since(last.at) / 1000;
        trust::tell(tx, &known.device, now, What::CameAfterPush { seconds }).await?;
    }
    Ok(store::push::set(tx, &known.device.id, &waking).await?)
}
