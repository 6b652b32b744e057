//! What every command that touches the database needs: the application, wired.

use anyhow::Context as _;
use store::{DatabaseSettings, Store};

use crate::{
    actions::device_authority,
    app::{self, App, Shared},
    outbound::Outbound,
    secrets::Secrets,
    settings::Settings,
};

/// Opens the database without touching its structure.
pub async fn database(settings: &Settings) -> anyhow::Result<Store> {
    if settings.database.url.is_empty() {
        std::fs::create_dir_all(&settings.data_dir)
            .with_context(|| format!("making the data folder {}", settings.data_dir.display()))?;
    }
    let options = DatabaseSettings {
        url: settings.database_url(),
        max_connections: settings.database.max_connections,
    };
    Store::open(&options).await.context("opening the database")
}

/// Wires the application on a database that is brought up to date first.
pub async fn application(settings: Settings) -> anyhow::Result<Shared> {
    let store = database(&settings).await?;
    store
        .migrate()
        .await
        .context("bringing the database to this version")?;
    let file = settings.secrets_file();
    let sealed = store.read(|tx| Box::pin(store::keys::all(tx))).await?;
    // A fresh key would open nothing of what is there, and hide that the old one is missing.
    anyhow::ensure!(
        file.exists() || sealed.is_empty(),
        "{} is missing, and the database holds secrets that only it opens: bring it back from its backup",
        file.display()
    );
    let secrets = Secrets::load_or_create(&file)?;
    let outbound = Outbound::from_settings(&settings.outbound)?;
    let clock = app::machine_clock();
    let authority = device_authority::open_or_create(&store, &secrets, clock()).await?;
    Ok(App::new(store, secrets, settings, outbound, authority, clock))
}
