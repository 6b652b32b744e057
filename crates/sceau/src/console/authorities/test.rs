//! What a test of an authority found, and the button that asks for one.

use axum::extract::{Path, State};

use super::{BASE, known, show::gather};
use crate::{
    actions::{
        self,
        authorities::{self, AuthorityTest, StepResult},
    },
    app::Shared,
    console::{
        page::Page,
        posted::Posted,
        respond::{self, Answer},
    },
};

/// What a test found, step by step.
pub(in super::super) struct Findings {
    pub(in super::super) steps: Vec<Finding>,
}

pub(in super::super) struct Finding {
    pub(in super::super) class: &'static str,
    pub(in super::super) mark: &'static str,
    pub(in super::super) words: String,
    pub(in super::super) detail: String,
}

/// `POST …/{id}/test`
pub(in super::super) async fn test(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    let shown = async {
        let test = authorities::test_authority(&app, &visitor.actor(), &id).await?;
        let mut page = gather(&app, &visitor, &id, Some(&test)).await?;
        page.page.path = format!("{BASE}/{id}");
        Ok(page)
    };
    let page = shown
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))?;
    Ok(respond::show(&page))
}

/// What a test found, in words.
pub(in super::super) fn findings(page: &Page, test: &AuthorityTest) -> Findings {
    let steps = test
        .steps
        .iter()
        .map(|step| {
            let (class, mark) = match step.result {
                StepResult::Good => ("status-green", "test-good"),
                StepResult::Warning => ("status-orange", "test-warning"),
                StepResult::Failed => ("status-red", "test-failed"),
            };
            Finding {
                class,
                mark,
                words: page.t(step.key),
                detail: if is_telling(step.key) {
                    step.detail.clone()
                } else {
                    String::new()
                },
            }
        })
        .collect();
    Findings { steps }
}

/// Whether a step's detail says more than its sentence: details are in English, and from the other side.
fn is_telling(key: &str) -> bool {
    ["-capabilities-good", "-expired", "-expiring", "-failed"]
        .iter()
        .any(|end| key.ends_with(end))
}
