//! `sceau device …`: devices that enrolled, and sending them away.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::{
    actor::Actor,
    device::{Device, DeviceId, LeftHow},
};

use super::start;
use crate::{
    actions::{
        device_removal, device_revocation, device_user,
        devices::{self, DeviceFilter},
        people, waking,
    },
    app::Shared,
    console::{language::Language, synced_in_words, user_change_in_words},
    settings::Settings,
};

/// Devices that enrolled.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List devices: id, name, and whether one stays, leaves or left.
    List {
        /// Text in the name, model, serial number or person.
        #[arg(default_value = "")]
        search: String,
    },
    /// Send a device away at its next session. Its certificates, and the trust that it was given, are deleted first.
    Remove {
        /// The device's id, as `list` shows it.
        #[arg(value_parser = id)]
        id: DeviceId,
        /// Delete nothing. Windows itself may remove what the management set up.
        #[arg(long)]
        keep_certificates: bool,
    },
    /// Revoke a lost or stolen device's identity now, with what built-in authorities issued to it. Can't be taken back.
    Revoke {
        /// The device's id.
        #[arg(value_parser = id)]
        id: DeviceId,
    },
    /// Call a device now: by a push where that is set up, otherwise it says when the device comes by itself.
    Sync {
        /// The device's id, as `list` shows it.
        #[arg(value_parser = id)]
        id: DeviceId,
    },
    /// Say whose a device is, or make it somebody else's or nobody's. Without --yes it only says what would follow.
    User {
        /// The device's id.
        #[arg(value_parser = id)]
        id: DeviceId,
        /// The user name of the person whose it is to be.
        username: Option<String>,
        /// It is to be nobody's.
        #[arg(long, conflicts_with = "username")]
        remove: bool,
        /// Do it.
        #[arg(long)]
        yes: bool,
    },
    /// Take that back, while the device was not told.
    Stay {
        /// The device's id.
        #[arg(value_parser = id)]
        id: DeviceId,
    },
}

/// Runs it.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let app = start::application(settings).await?;
    let actor = Actor::CommandLine;
    match arguments.command {
        Command::List { search } => {
            let mut after = None;
            loop {
                let filter = DeviceFilter {
                    search: search.clone(),
                    state: None,
                    ..DeviceFilter::default()
                };
                let page = devices::list_devices(&app, &actor, filter, after, 200).await?;
                for listed in &page {
                    let device = &listed.device;
                    println!("{}\t{}\t{}", device.id, device.name, standing(device));
                }
                match page.last() {
                    Some(last) if page.len() == 200 => after = Some(last.device.id.clone()),
                    _ => break,
                }
            }
        }
        Command::Remove {
            id,
            keep_certificates,
        } => {
            device_removal::remove_device(&app, &actor, &id, keep_certificates).await?;
            println!("{id} is told to leave at its next session");
        }
        Command::Revoke { id } => {
            let holdings = device_revocation::revoke_device(&app, &actor, &id).await?;
            println!("{id} is revoked, with {} own certificates", holdings.own.len());
            for one in &holdings.elsewhere {
                let serial = one.certificate.serial.as_deref().unwrap_or("unknown");
                let sha1 = one.certificate.sha1;
                println!(
                    "to be revoked at {:?}: serial number {serial}, SHA-1 {sha1}",
                    one.authority
                );
            }
        }
        Command::Sync { id } => {
            let synced = Box::pin(waking::sync_device(&app, &actor, &id)).await?;
            for words in synced_in_words(&synced, Language::English) {
                println!("{words}");
            }
        }
        Command::User {
            id,
            username,
            remove,
            yes,
        } => user(&app, &id, username, remove, yes).await?,
        Command::Stay { id } => {
            device_removal::cancel_removal(&app, &actor, &id).await?;
            println!("{id} stays");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells whose a device is and what would follow from a change, or makes it.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
async fn user(
    app: &Shared,
    id: &DeviceId,
    username: Option<String>,
    is_removed: bool,
    is_meant: bool,
) -> anyhow::Result<()> {
    let actor = Actor::CommandLine;
    let person = match &username {
        Some(username) => {
            let person = people::person_named(app, &actor, username).await?;
            Some(person.with_context(|| format!("there is no person {username:?}"))?)
        }
        None if is_removed => None,
        None => {
            let story = devices::one_device(app, &actor, id).await?;
            println!(
                "{}",
                story
                    .person
                    .map_or_else(|| "none".to_owned(), |person| person.username)
            );
            return Ok(());
        }
    };
    let person = person.map(|person| person.id);
    if !is_meant {
        let outlook = device_user::user_outlook(app, &actor, id, person.as_ref()).await?;
        for words in user_change_in_words(&outlook, Language::English) {
            println!("{words}");
        }
        println!("Nothing was changed. Add --yes to do it.");
        return Ok(());
    }
    match device_user::set_user(app, &actor, id, person.as_ref()).await? {
        Some(person) => println!("{id} is the device of {}", person.username),
        None => println!("{id} has no user"),
    }
    Ok(())
}

fn standing(device: &Device) -> &'static str {
    match device {
        device if device.left_how == Some(LeftHow::Revoked) => "revoked",
        device if device.unenrolled_at.is_some() => "left",
        device if device.removal.is_some() => "leaves",
        _ => "stays",
    }
}

fn id(text: &str) -> Result<DeviceId, String> {
    DeviceId::parse(text).map_err(|error| error.to_string())
}
