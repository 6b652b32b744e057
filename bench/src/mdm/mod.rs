//! Management sessions that have nothing to do: devices that hold their certificate and ask whether there is more.

mod check_ins;
mod connection;
mod device;
mod fleet;
mod idle;
mod report;

use serde::Serialize;

use crate::{Arguments, server::House};

/// What sessions came to.
#[derive(Clone, Debug, Serialize)]
pub struct Mdm {
    runs: Vec<idle::Measured>,
    check_ins: Vec<check_ins::CheckIns>,
}

pub async fn measure(arguments: &Arguments) -> anyhow::Result<Mdm> {
    let mut all = Mdm {
        runs: Vec::new(),
        check_ins: Vec::new(),
    };
    let databases = [
        ("SQLite", Some(None)),
        ("PostgreSQL", arguments.postgres.as_deref().map(Some)),
    ];
    for (name, url) in databases {
        let Some(url) = url else {
            eprintln!("{name} is left out: no --postgres");
            continue;
        };
        let house = House::new(arguments, &format!("mdm-{}", name.to_lowercase()), url)?;
        let mut fleet = fleet::Fleet::enrol(&house, arguments.devices.max(idle::DEVICES)).await?;
        let server = house.start(None)?;
        fleet.settle(&house, &server).await?;
        all.runs
            .extend(idle::measure(&house, &server, &mut fleet, name, arguments.sessions).await?);
        let devices = fleet.devices.split_off(fleet.devices.len() - arguments.devices);
        all.check_ins
            .push(check_ins::measure(&house, &server, devices, name, arguments.minutes).await?);
        server.stop()?;
    }
    Ok(all)
}
