//! SCEP configurations: added, changed, tried out and removed.

mod record;
mod subjects;

use domain::{
    Error as Refusal, Id, Kind,
    actor::Actor,
    external_ca::{Authority, AuthorityId},
    operator::Permission,
    scep_configuration::{Checked, Configuration, ConfigurationForm, ConfigurationId, Warning, check},
    thumbprint::{self, Sha1},
};
pub use store::configurations::ListedConfiguration;
pub use subjects::{PreviewRow, preview_subjects};

use super::{Error, Result, authorities};
use crate::{app::Shared, secrets::random};

/// A configuration that was stored, with what a person should know.
#[derive(Clone, Debug)]
pub struct Saved {
    /// As stored.
    pub configuration: Configuration,
    /// What is allowed and seldom wise.
    pub warnings: Vec<Warning>,
}

/// All configurations by name.
pub async fn list_configurations(app: &Shared, actor: &Actor) -> Result<Vec<ListedConfiguration>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::configurations::list(tx).await?) }))
        .await
}

/// One configuration.
pub async fn one_configuration(app: &Shared, actor: &Actor, id: &ConfigurationId) -> Result<Configuration> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let found = store::configurations::by_id(tx, &id).await?;
                Ok(found.ok_or_else(unknown)?)
            })
        })
        .await
}

/// Adds a configuration. Nothing is distributed by that.
pub async fn add_configuration(app: &Shared, actor: &Actor, form: &ConfigurationForm) -> Result<Saved> {
    actor.require(Permission::Configure)?;
    let (authority, checked) = checked(app, actor, form).await?;
    let now = app.now();
    let configuration = Configuration {
        id: Id::new(now, random()),
        name: checked.name,
        description: checked.description,
        authority_id: authority.id,
        settings: checked.settings,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    record::added(app, actor, &configuration).await?;
    Ok(Saved {
        configuration,
        warnings: checked.warnings,
    })
}

/// Changes a configuration. Where that changes what certificates hold, they are issued again.
pub async fn change_configuration(
    app: &Shared,
    actor: &Actor,
    id: &ConfigurationId,
    form: &ConfigurationForm,
) -> Result<Saved> {
    actor.require(Permission::Configure)?;
    let (authority, checked) = checked(app, actor, form).await?;
    let configuration = record::changed(app, actor, id, &authority.id, &checked).await?;
    Ok(Saved {
        configuration,
        warnings: checked.warnings,
    })
}

/// Removes a configuration that no device was given.
pub async fn remove_configuration(app: &Shared, actor: &Actor, id: &ConfigurationId) -> Result<()> {
    actor.require(Permission::Configure)?;
    record::removed(app, actor, id).await
}

/// What a person should know about a configuration as it stands.
pub async fn warnings(app: &Shared, actor: &Actor, configuration: &Configuration) -> Result<Vec<Warning>> {
    let authority = authorities::one(app, actor, &configuration.authority_id).await?;
    let checked = check(&ConfigurationForm::of(configuration), &authority);
    Ok(checked.map(|checked| checked.warnings).unwrap_or_default())
}

/// The thumbprint of an uploaded certificate, which must be one of the authority's.
pub async fn thumbprint_from_certificate(
    app: &Shared,
    actor: &Actor,
    authority_id: &str,
    file: &[u8],
) -> Result<Sha1> {
    actor.require(Permission::Configure)?;
    let authority = chosen(app, actor, authority_id).await?;
    Ok(thumbprint::from_certificate(file, &authority.certificates)?)
}

async fn checked(app: &Shared, actor: &Actor, form: &ConfigurationForm) -> Result<(Authority, Checked)> {
    let authority = chosen(app, actor, &form.authority_id).await?;
    let checked = check(form, &authority).map_err(Error::Several)?;
    Ok((authority, checked))
}

/// The authority that a form names.
async fn chosen(app: &Shared, actor: &Actor, id: &str) -> Result<Authority> {
    let missing = || Refusal::invalid("authority_id", "choose an existing authority");
    let id = AuthorityId::parse(id).map_err(|_| missing())?;
    match authorities::one(app, actor, &id).await {
        Err(Error::Refused(refusal)) if refusal.kind == Kind::NotFound => Err(missing().into()),
        other => other,
    }
}

fn unknown() -> Refusal {
    Refusal::new(
        Kind::NotFound,
        "error-not-found",
        "there is no such configuration",
    )
}
