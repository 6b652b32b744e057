//! One challenge for everybody (UseSinglePassword of NDES): recognised by two pages that show the same, kept sealed, and
//! given to everybody for as long as the authority takes it. It has no slot and no entry in the ledger.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::{
    Sealed, Timestamp,
    broker::{Serving, Shown},
    external_ca::AuthorityId,
    transaction::Owner,
};
use ndes::Lifetime;
use store::{Tx, capacity::Capacity};
use zeroize::Zeroizing;

use crate::{
    actions::Result,
    app::{App, Shared},
    outbound::ChallengePage,
    secrets::Place,
};

/// The one challenge of an authority that has one for everybody.
pub async fn reusable(tx: &mut Tx, app: &App, authority: &AuthorityId) -> Result<Option<Zeroizing<String>>> {
    let known = store::capacity::of(tx, authority).await?;
    match (known.serving.everybody_since(), &known.reusable) {
        (Some(_), Some(sealed)) => Ok(Some(open(app, authority, sealed)?)),
        _ => Ok(None),
    }
}

/// The same, where nothing else is read with it.
pub async fn reusable_now(app: &Shared, authority: &AuthorityId) -> Result<Option<Zeroizing<String>>> {
    let (reader, wanted) = (app.clone(), authority.clone());
    app.store
        .read(move |tx| Box::pin(async move { reusable(tx, &reader, &wanted).await }))
        .await
}

/// Takes over what a page with a challenge shows of how often it serves.
pub async fn page_seen(
    tx: &mut Tx,
    app: &App,
    authority: &AuthorityId,
    page: &ChallengePage,
    now: Timestamp,
) -> Result<()> {
    let known = store::capacity::of(tx, authority).await?;
    let shown = match page.lifetime {
        Lifetime::Unknown => return Ok(()),
        Lifetime::Minutes(_) => Shown::Lifetime,
        Lifetime::Reusable => match &known.reusable {
            Some(kept) if is_same(&open(app, authority, kept)?, &page.challenge) => Shown::Same,
            _ => Shown::Another,
        },
    };
    let serving = known.serving.after_page(shown, now);
    let reusable = match shown {
        Shown::Lifetime => None,
        Shown::Same => known.reusable.clone(),
        Shown::Another => Some(app.secrets.seal(place(authority), page.challenge.as_bytes())?),
    };
    if serving.everybody_since() != known.serving.everybody_since() && shown == Shown::Same {
        let authority = authority.as_str();
        tracing::info!(authority, "the authority gives one challenge to everybody");
    }
    let capacity = Capacity {
        serving,
        reusable,
        ..known.clone()
    };
    if capacity != known {
        store::capacity::put(tx, authority, &capacity).await?;
    }
    Ok(())
}

/// The challenge of a request was refused: it may have been changed.
pub(super) async fn refused(tx: &mut Tx, owner: &Owner) -> Result<()> {
    let taken = match owner {
        Owner::Delivery(id) => store::deliveries::by_id(tx, id)
            .await?
            .and_then(|delivery| Some((delivery.authority_id, delivery.challenge_taken_at?))),
        Owner::Order(id) => store::orders::by_id(tx, id)
            .await?
            .map(|order| (order.authority_id, order.created_at)),
    };
    let Some((authority, taken_at)) = taken else {
        return Ok(());
    };
    let known = store::capacity::of(tx, &authority).await?;
    let serving = known.serving.after_refusal(taken_at);
    if serving == known.serving {
        return Ok(());
    }
    tracing::warn!(
        authority = authority.as_str(),
        "the challenge that serves everybody was refused: it is asked for again"
    );
    Ok(store::capacity::put(tx, &authority, &Capacity { serving, ..known }).await?)
}

/// Another page is asked from now on: what was learned of the former is forgotten.
pub async fn forget_reusable(tx: &mut Tx, authority: &AuthorityId) -> std::result::Result<(), store::Error> {
    let known = store::capacity::of(tx, authority).await?;
    if known.serving == Serving::Once && known.reusable.is_none() {
        return Ok(());
    }
    let capacity = Capacity {
        serving: Serving::Once,
        reusable: None,
        ..known
    };
    store::capacity::put(tx, authority, &capacity).await
}

fn is_same(kept: &str, shown: &str) -> bool {
    verify_slices_are_equal(kept.as_bytes(), shown.as_bytes()).is_ok()
}

fn open(app: &App, authority: &AuthorityId, sealed: &Sealed) -> Result<Zeroizing<String>> {
    let octets = app.secrets.open(place(authority), sealed)?;
    let text = std::str::from_utf8(&octets).map_err(anyhow::Error::new)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn place(authority: &AuthorityId) -> Place<'_> {
    Place {
        table: "authority_capacity",
        column: "reusable",
        row: authority.as_str(),
    }
}
