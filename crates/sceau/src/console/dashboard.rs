//! The first page: figures, what to do next, how far each configuration has come.

use askama::Template;
use axum::extract::State;
use domain::{Timestamp, device::Device};

use super::{
    page::{Page, Section},
    respond::{self, Answer},
    tally::Tally,
    visitor::Visitor,
    warnings::{self, WarningRow},
};
use crate::{
    actions::{
        assignments, authorities, configurations,
        device_silence::{Silent, list_silent},
        device_twins::list_copies,
        devices,
        identity_renewal::list_late,
        notices::list_channels,
        warnings::list_warnings,
    },
    app::Shared,
};

#[derive(Template)]
#[template(path = "dashboard/show.html")]
pub(super) struct DashboardPage {
    pub(super) page: Page,
    pub(super) devices: i64,
    pub(super) bar: Tally,
    pub(super) is_started: bool,
    pub(super) steps: Vec<(&'static str, String, bool)>,
    pub(super) rows: Vec<Row>,
    pub(super) warnings: Vec<WarningRow>,
    /// Whom warnings don't reach, by name.
    pub(super) unreached: String,
    /// Devices that should have renewed their identity by now, the earliest end first.
    pub(super) late: Vec<LateDevice>,
    /// Devices that leave soon for their silence.
    pub(super) silent: Vec<Silent>,
    /// Devices of which there is a copy.
    pub(super) copies: Vec<Device>,
    /// Directories that need a person, by identifier and name.
    pub(super) directories: Vec<(String, String)>,
}

pub(super) struct LateDevice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) ends_at: Timestamp,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) bar: Tally,
}

/// `GET /`
pub(super) async fn show(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let page = gather(&app, &visitor)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(respond::show(&page))
}

async fn gather(app: &Shared, visitor: &Visitor) -> crate::actions::Result<DashboardPage> {
    let actor = visitor.actor();
    let authorities = authorities::list(app, &actor).await?;
    let mut rows = Vec::new();
    let mut is_distributed = false;
    for listed in configurations::list_configurations(app, &actor).await? {
        let id = listed.configuration.id;
        is_distributed |= assignments::one_assignment(app, &actor, &id).await?.is_enabled;
        let bar = Tally::of(&devices::count_states(app, &actor, &id).await?);
        rows.push(Row {
            id: id.to_string(),
            name: listed.configuration.name,
            bar,
        });
    }
    let distribution = rows.first().map_or_else(
        || "/configurations".to_owned(),
        |row| format!("/configurations/{}/distribution", row.id),
    );
    let page = visitor.page(Section::Dashboard);
    let warned = list_warnings(app, &actor).await?;
    let channels = list_channels(app, &actor).await?;
    let unreached: Vec<&str> = channels
        .iter()
        .filter(|listed| listed.is_in_trouble())
        .map(|listed| listed.channel.name.as_str())
        .collect();
    let late = list_late(app, &actor)
        .await?
        .into_iter()
        .map(|ending| LateDevice {
            id: ending.identity.device_id.to_string(),
            name: ending.device_name,
            ends_at: ending.identity.not_after,
        });
    Ok(DashboardPage {
        late: late.collect(),
        silent: list_silent(app, &actor).await?,
        copies: list_copies(app, &actor).await?,
        directories: super::directories::in_trouble(app, visitor).await?,
        unreached: unreached.join(", "),
        warnings: warned.iter().map(|listed| warnings::row(&page, listed)).collect(),
        page,
        devices: devices::count_devices(app, &actor).await?,
        bar: rows.iter().fold(Tally::default(), |sum, row| sum.with(row.bar)),
        is_started: is_distributed,
        steps: vec![
            (
                "dashboard-step-authority",
                "/admin/infrastructure/certificate-management".to_owned(),
                !authorities.is_empty(),
            ),
            (
                "dashboard-step-configuration",
                "/configurations".to_owned(),
                !rows.is_empty(),
            ),
            ("dashboard-step-distribution", distribution, is_distributed),
        ],
        rows,
    })
}
