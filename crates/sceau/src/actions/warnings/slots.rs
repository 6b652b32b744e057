//! Silent devices that hold every challenge of an authority: nobody else gets one before they come back or their
//! challenges end.

use domain::{
    Timestamp,
    external_ca::{Authority, ChallengeWay},
    warning::{Matter, Warning, WarningKind},
};
use store::Tx;

use super::{end, raise};
use crate::{
    actions::{Result, broker::queue},
    app::Shared,
};

/// What is to change for an authority.
#[derive(Clone)]
enum Change {
    Raise(Matter),
    End(Warning),
}

/// Raises and ends the warning of each authority as its slots are held now. They are read apart from what is written,
/// where every message of the devices that hold them would be a conflict.
pub async fn watch_slots(app: &Shared) -> Result<()> {
    let now = app.now();
    let changes = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let mut changes = Vec::new();
                for authority in store::authorities::list(tx).await? {
                    if let Some(change) = change_of(tx, &authority, now).await? {
                        changes.push((authority, change));
                    }
                }
                Ok::<_, store::Error>(changes)
            })
        })
        .await?;
    for (authority, change) in changes {
        app.store
            .write(move |tx| {
                let (authority, change) = (authority.clone(), change.clone());
                Box::pin(async move {
                    // A person may have removed it meanwhile.
                    if store::authorities::by_id(tx, &authority.id).await?.is_none() {
                        return Ok(());
                    }
                    match change {
                        Change::Raise(matter) => raise(tx, &authority, matter, now).await,
                        Change::End(open) => end(tx, &authority, &open, now).await,
                    }
                })
            })
            .await?;
    }
    Ok(())
}

async fn change_of(
    tx: &mut Tx,
    authority: &Authority,
    now: Timestamp,
) -> std::result::Result<Option<Change>, store::Error> {
    let open = store::warnings::open_of(tx, &authority.id).await?;
    let open = open
        .into_iter()
        .find(|open| open.matter.kind == WarningKind::SlotsSilent);
    let matter = match authority.kind.challenge_way() {
        ChallengeWay::Page => matter(tx, authority, now).await?,
        ChallengeWay::Static | ChallengeWay::Own => None,
    };
    Ok(match (matter, open) {
        (Some(matter), None) => Some(Change::Raise(matter)),
        (None, Some(open)) => Some(Change::End(open)),
        (Some(_), Some(_)) | (None, None) => None,
    })
}

async fn matter(
    tx: &mut Tx,
    authority: &Authority,
    now: Timestamp,
) -> std::result::Result<Option<Matter>, store::Error> {
    let holders = store::challenges::holders(tx, &authority.id).await?;
    let known = store::capacity::of(tx, &authority.id).await?;
    let silent = queue::all_silent(&authority.limits, &known, &holders, now);
    Ok(silent.map(|(silent, slots)| Matter::of_silent_slots(silent.held, slots)))
}
