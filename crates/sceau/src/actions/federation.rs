//! The OpenID provider at which people sign in for an enrolment, set by an administrator, and the way there and back.

mod sign_in;

use domain::{
    Error as Refusal, Kind,
    actor::Actor,
    federation::{self, Federation, FederationForm},
    notification::SendProblem,
    operator::Permission,
};
use serde_json::json;
use store::Tx;
use zeroize::Zeroizing;

pub use sign_in::{Answered, Begun, Finished, begin, finish};

use super::{Error, Result, activity, notices::are_certificates};
use crate::{
    app::{App, Shared},
    outbound::Provider,
    secrets::Place,
};

/// Where a device's browser begins to sign in.
pub const SIGN_IN: &str = "/EnrollmentServer/SignIn";
/// Where the provider sends it back to.
pub const SIGNED_IN: &str = "/EnrollmentServer/SignedIn";

/// How a token of a sign-in begins.
const PREFIX: &str = "sceau-signin-";

const PLACE: Place<'static> = Place {
    table: "federation_settings",
    column: "client_secret",
    row: "1",
};

/// Whether what a device shows is a token of a sign-in.
pub(super) fn is_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// The address that the provider must know: it sends people nowhere else.
pub fn redirect_uri(app: &App) -> String {
    format!("{}{SIGNED_IN}", app.settings.public_url)
}

/// The provider; its secret is sealed.
pub async fn federation_settings(app: &Shared, actor: &Actor) -> Result<Federation> {
    actor.require(Permission::Read)?;
    known(app).await
}

async fn known(app: &Shared) -> Result<Federation> {
    app.store
        .read(|tx| Box::pin(async move { Ok(store::federation::read(tx).await?) }))
        .await
}

/// Whether somebody signs in there who wrote this on the device.
pub async fn covers(app: &Shared, written: &str) -> Result<bool> {
    Ok(known(app).await?.settings.covers(written))
}

/// Changes it. One that is switched on is asked first: what it doesn't answer is refused.
pub async fn change_federation(app: &Shared, actor: &Actor, form: FederationForm) -> Result<Federation> {
    actor.require(Permission::Configure)?;
    let before = known(app).await?;
    let checked = federation::check(&form, &before, are_certificates).map_err(Error::Several)?;
    if checked.settings.is_enabled {
        let provider = Provider {
            issuer: &checked.settings.issuer,
            client_id: &checked.settings.client_id,
            client_secret: None,
            trust_pem: checked.settings.trust_pem.as_deref(),
        };
        let asked = app.outbound.oidc_ask(&provider).await;
        asked.map_err(|problem| refusal(Kind::Invalid, &problem).at("issuer"))?;
    }
    let (app_again, actor, now) = (app.clone(), actor.clone(), app.now());
    app.store
        .write(move |tx| {
            let (app, actor, form) = (app_again.clone(), actor.clone(), form.clone());
            Box::pin(async move { change(tx, &app, &actor, &form, now).await })
        })
        .await
}

async fn change(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    form: &FederationForm,
    now: domain::Timestamp,
) -> Result<Federation> {
    let before = store::federation::read(tx).await?;
    let checked = federation::check(form, &before, are_certificates).map_err(Error::Several)?;
    let secret = checked.client_secret.as_ref();
    let after = Federation {
        client_secret: match secret {
            Some(secret) => Some(app.secrets.seal(PLACE, secret.reveal().trim().as_bytes())?),
            None => before.client_secret.clone().filter(|_| checked.keeps_secret),
        },
        settings: checked.settings,
    };
    store::federation::put(tx, &after, now).await?;
    let mut entry = activity::entry(actor, now, "federation.change", ("federation", "oidc"));
    entry.before = activity::written(&shown(&before, false));
    entry.after = activity::written(&shown(&after, secret.is_some()));
    store::audit::append(tx, &entry).await?;
    Ok(after)
}

/// What the audit keeps: a secret only as given.
fn shown(federation: &Federation, is_secret_given: bool) -> serde_json::Value {
    let mut value = json!({
        "settings": federation.settings,
        "has_client_secret": federation.client_secret.is_some(),
    });
    if is_secret_given && let Some(fields) = value.as_object_mut() {
        fields.insert("client_secret".to_owned(), json!("changed"));
    }
    value
}

/// The client's secret; none where it has none.
fn open_secret(app: &App, federation: &Federation) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let sealed = federation.client_secret.as_ref();
    let opened = sealed.map(|sealed| app.secrets.open(PLACE, sealed));
    Ok(opened.transpose()?)
}

/// What stands in the way at the provider, as a refusal.
fn refusal(kind: Kind, problem: &SendProblem) -> Refusal {
    let detail = format!("the provider can't be used: {} {:?}", problem.key, problem.values);
    let values = problem.values.iter();
    values.fold(
        Refusal::new(kind, &problem.key, detail),
        |refusal, (name, value)| refusal.with(name, value.clone()),
    )
}
