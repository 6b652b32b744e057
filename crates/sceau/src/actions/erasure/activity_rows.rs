//! The audit's rows that tell of somebody whose records are erased.

use store::{Tx, audit::Emptied};

use super::traces::Traces;
use crate::{actions::Result, app::Shared};

/// Rows that are looked at in one transaction.
const PAGE: u32 = 1000;
/// Rows that are sealed at once.
const BATCH: u32 = 500;

/// The numbers of the rows that tell of it. All of the audit is looked through, apart from what is written later: whoever
/// writes a row meanwhile would be a conflict.
pub(super) async fn find(app: &Shared, traces: &Traces) -> Result<Vec<i64>> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let rows = app
            .store
            .read(move |tx| Box::pin(async move { store::audit::oldest(tx, after, PAGE).await }))
            .await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        after = last.number;
        let concerned = rows.iter().filter(|row| traces.left_of(&row.entry).is_some());
        found.extend(concerned.map(|row| row.number));
    }
}

/// Empties these rows; those that aren't sealed yet are sealed before.
pub(super) async fn empty(tx: &mut Tx, traces: &Traces, rows: &[i64]) -> Result<Vec<Emptied>> {
    seal_all(tx).await?;
    let mut emptied = Vec::with_capacity(rows.len());
    for number in rows {
        let Some(row) = store::audit::by_number(tx, *number).await? else {
            continue;
        };
        if let Some(left) = traces.left_of(&row.entry) {
            emptied.push(store::audit::empty(tx, &row, &left).await?);
        }
    }
    Ok(emptied)
}

/// Seals every row.
pub(super) async fn seal_all(tx: &mut Tx) -> Result<()> {
    while store::audit::seal_batch(tx, BATCH).await? > 0 {}
    Ok(())
}
