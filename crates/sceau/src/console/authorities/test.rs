//! What a test of an authority found, and the button that asks for one.

use axum::extract::{Path, State};

use super::{BASE, known, show::gather};
use crate::{
    actions::{
        self,
        authorities::{self, AuthorityTest, StepResult, TestStep},
    },
    app::Shared,
    console::{
        examined, moment,
        page::Page,
        posted::Posted,
        respond::{self, Answer},
    },
};

/// What a test found, step by step.
pub(in super::super) struct Findings {
    pub(in super::super) steps: Vec<Finding>,
    /// The certificate that a full test was given.
    pub(in super::super) pem: Option<String>,
}

pub(in super::super) struct Finding {
    pub(in super::super) class: &'static str,
    pub(in super::super) mark: &'static str,
    pub(in super::super) name: String,
    pub(in super::super) words: String,
    pub(in super::super) took: String,
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
    Findings {
        pem: test.issued.as_deref().map(ca::pem::certificate),
        ..findings_of(page, &test.steps)
    }
}

/// Steps in words.
pub(in super::super) fn findings_of(page: &Page, steps: &[TestStep]) -> Findings {
    let steps = steps
        .iter()
        .map(|step| Finding {
            class: match step.result {
                StepResult::Good => "status-green",
                StepResult::Warning => "status-orange",
                StepResult::Failed => "status-red",
                StepResult::Note | StepResult::Skipped => "",
            },
            mark: step.result.key(),
            name: page.t(step.step.key()),
            words: examined::sentence(step, page.language),
            took: step.milliseconds.map_or_else(String::new, |milliseconds| {
                moment::duration(milliseconds, page.language)
            }),
        })
        .collect();
    Findings { steps, pem: None }
}
