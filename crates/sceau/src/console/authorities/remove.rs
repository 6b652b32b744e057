//! Removing an authority.

use axum::extract::{Path, State};

use super::{BASE, known};
use crate::{
    actions::authorities,
    app::Shared,
    console::{
        posted::Posted,
        respond::{Answer, go},
    },
};

/// `POST …/{id}/remove`
pub(in super::super) async fn remove(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    if !fields.is_ticked("sure") {
        return Ok(go(&format!("{BASE}/{id}")));
    }
    authorities::remove_authority(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}?done=removed")))
}
