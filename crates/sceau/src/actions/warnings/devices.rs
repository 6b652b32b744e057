//! Warnings about devices, and about no authority: identities that weren't renewed in time, and silence. One of each kind
//! stands at most; a day on which other devices joined raises it anew, so that people are told of them too, and not of
//! each device apart.

use domain::{
    Timestamp,
    device::enrolment::LATE_DAYS,
    warning::{Matter, Warning, WarningKind},
};
use store::Tx;

use super::raise_about;
use crate::{
    actions::{Result, device_silence::day},
    app::Shared,
};

const DAY_SECONDS: i64 = 86_400;

/// How many devices there are to warn of, and when the newest of them joined.
#[derive(Clone, Copy)]
struct Found {
    kind: WarningKind,
    count: i64,
    newest: Timestamp,
    /// What the sentence needs.
    days: u16,
}

/// Raises and ends the warnings about devices as they stand now.
pub async fn watch_devices(app: &Shared) -> Result<()> {
    let (now, rule) = (app.now(), app.settings.devices.silence());
    let (found, open) = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let late_by = LATE_DAYS * DAY_SECONDS;
                let (count, newest) = store::identities::late(tx, now.plus_seconds(late_by)).await?;
                let late = Found {
                    kind: WarningKind::IdentitiesLate,
                    count,
                    newest: newest.plus_seconds(-late_by),
                    days: u16::try_from(LATE_DAYS).unwrap_or(u16::MAX),
                };
                let silent = match rule {
                    Some(_) => store::devices::count_told_of_silence(tx).await?,
                    None => (0, now),
                };
                let silent = Found {
                    kind: WarningKind::DevicesSilent,
                    count: silent.0,
                    newest: silent.1,
                    days: rule
                        .map(|rule| u16::try_from(rule.tell_days()).unwrap_or(u16::MAX))
                        .unwrap_or_default(),
                };
                let open = store::warnings::open_of_devices(tx).await?;
                Ok::<_, store::Error>(([late, silent], open))
            })
        })
        .await?;
    for found in found {
        let open: Vec<Warning> = open
            .iter()
            .filter(|open| open.matter.kind == found.kind)
            .cloned()
            .collect();
        app.store
            .write(move |tx| {
                let open = open.clone();
                Box::pin(async move { bring_in_line(tx, found, &open, now).await })
            })
            .await?;
    }
    Ok(())
}

async fn bring_in_line(tx: &mut Tx, found: Found, open: &[Warning], now: Timestamp) -> Result<()> {
    let today = Matter::of_devices(found.kind, &day(now), found.count, found.days);
    let stands = open.last().filter(|_| found.count > 0);
    // Who joined since it was raised is told of on the next day.
    let is_enough = |open: &Warning| found.newest <= open.raised_at || open.matter.about == today.about;
    match stands.filter(|open| is_enough(open)) {
        Some(stands) => {
            let about = stands.matter.about.clone();
            let matter = Matter { about, ..today };
            if matter != stands.matter {
                let said = Warning {
                    matter,
                    ..stands.clone()
                };
                store::warnings::set_values(tx, &said).await?;
            }
        }
        None => {
            for open in open {
                store::warnings::end(tx, open, now).await?;
            }
            if found.count > 0 {
                raise_about(tx, None, today, now).await?;
            }
        }
    }
    Ok(())
}
