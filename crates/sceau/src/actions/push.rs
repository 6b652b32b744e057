//! The account at the Windows Push Notification Services, set by an administrator, and the channels of devices.

use domain::{
    Error as Refusal, Sealed, Timestamp,
    actor::Actor,
    device::DeviceId,
    operator::Permission,
    push::{self, Push, PushForm, PushState},
};
use serde_json::json;
use store::Tx;
use zeroize::Zeroizing;

use super::{Error, Result, activity, notices::are_certificates};
use crate::{
    app::{App, Shared},
    secrets::Place,
};

/// The account and how it goes; its secret is sealed.
pub async fn push_settings(app: &Shared, actor: &Actor) -> Result<Push> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::push::read(tx).await?) }))
        .await
}

/// Changes it. What stood in its way is forgotten: it is tried anew.
pub async fn change_push(app: &Shared, actor: &Actor, form: PushForm) -> Result<Push> {
    actor.require(Permission::Configure)?;
    let (app_again, actor, now) = (app.clone(), actor.clone(), app.now());
    app.store
        .write(move |tx| {
            let (app, actor, form) = (app_again.clone(), actor.clone(), form.clone());
            Box::pin(async move { change(tx, &app, &actor, &form, now).await })
        })
        .await
}

async fn change(tx: &mut Tx, app: &App, actor: &Actor, form: &PushForm, now: Timestamp) -> Result<Push> {
    let before = store::push::read(tx).await?;
    let checked = push::check(form, &before, are_certificates).map_err(Error::Several)?;
    let secret = checked.client_secret.as_ref();
    let is_same_account = before.settings.client_id == checked.settings.client_id;
    let after = Push {
        client_secret: match secret {
            Some(secret) => Some(app.secrets.seal(PLACE, secret.reveal().trim().as_bytes())?),
            None => before.client_secret.clone().filter(|_| is_same_account),
        },
        settings: checked.settings,
        state: PushState {
            accepted_at: before.state.accepted_at,
            ..PushState::default()
        },
    };
    store::push::put(tx, &after, now).await?;
    let mut entry = activity::entry(actor, now, "push.change", ("push", "wns"));
    entry.before = activity::written(&shown(&before, false));
    entry.after = activity::written(&shown(&after, secret.is_some()));
    store::audit::append(tx, &entry).await?;
    Ok(after)
}

/// What the audit keeps: a secret only as given.
fn shown(push: &Push, is_secret_given: bool) -> serde_json::Value {
    let mut value = json!({ "settings": push.settings });
    if is_secret_given && let Some(fields) = value.as_object_mut() {
        fields.insert("client_secret".to_owned(), json!("changed"));
    }
    value
}

const PLACE: Place<'static> = Place {
    table: "push_settings",
    column: "client_secret",
    row: "1",
};

/// The account's secret; none where it isn't known.
pub(super) fn open_secret(app: &App, push: &Push) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let opened = push
        .client_secret
        .as_ref()
        .map(|sealed| app.secrets.open(PLACE, sealed));
    Ok(opened.transpose()?)
}

fn channel_place(id: &DeviceId) -> Place<'_> {
    Place {
        table: "push_channels",
        column: "channel",
        row: id.as_str(),
    }
}

/// Where a device is woken.
pub(super) async fn open_channel(tx: &mut Tx, app: &App, id: &DeviceId) -> Result<Option<Zeroizing<String>>> {
    let Some(sealed) = store::push::channel(tx, id).await? else {
        return Ok(None);
    };
    let octets = app.secrets.open(channel_place(id), &sealed)?;
    let text = std::str::from_utf8(&octets).map_err(anyhow::Error::new)?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// Keeps where a device is woken, sealed.
pub(super) async fn keep_channel(tx: &mut Tx, app: &App, id: &DeviceId, channel: &str) -> Result<()> {
    let sealed: Sealed = app.secrets.seal(channel_place(id), channel.as_bytes())?;
    Ok(store::push::put_channel(tx, id, &sealed).await?)
}

/// There is no such device.
pub(super) fn unknown_device() -> Refusal {
    Refusal::new(
        domain::Kind::NotFound,
        "error-not-found",
        "there is no such device",
    )
}
