//! The page of one of Sceau's own authorities, and its next certificate.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    Error,
    external_ca::{Authority, AuthorityId},
    issuance::IssuanceId,
};

use super::{
    BASE,
    issuances::{self, Row},
    known,
};
use crate::{
    actions::{
        self,
        authorities::{self, ChainCertificate},
        built_in::{self, BuiltInView},
    },
    app::Shared,
    console::{
        ROWS,
        page::{Page, Section},
        posted::Posted,
        respond::{self, Answer, go},
        visitor::Visitor,
    },
};

/// Requests that wait, at most, on one page.
const PENDING: u32 = 100;

#[derive(Template)]
#[template(path = "authorities/built_in.html")]
pub(in super::super) struct BuiltInPage {
    pub(in super::super) page: Page,
    pub(in super::super) authority: Authority,
    pub(in super::super) view: BuiltInView,
    pub(in super::super) base: String,
    pub(in super::super) key_place: String,
    pub(in super::super) rules: Vec<String>,
    pub(in super::super) crl_url: String,
    pub(in super::super) crl_number: String,
    pub(in super::super) next_key: &'static str,
    pub(in super::super) capabilities: String,
    pub(in super::super) used_by: i64,
    pub(in super::super) chain: Vec<ChainCertificate>,
    pub(in super::super) pending: Vec<Row>,
    pub(in super::super) rows: Vec<Row>,
    pub(in super::super) reasons: Vec<(&'static str, String)>,
    pub(in super::super) next: Option<String>,
}

/// The page of an authority of this kind, from one certificate of its ledger on.
pub(super) async fn show(
    app: &Shared,
    visitor: &Visitor,
    authority: Authority,
    view: BuiltInView,
    after: Option<IssuanceId>,
) -> actions::Result<Response> {
    let (actor, id) = (visitor.actor(), authority.id.clone());
    let pending = built_in::pending_issuances(app, &actor, &id, PENDING).await?;
    let listed = built_in::issuances(app, &actor, &id, after, ROWS).await?;
    let usage = authorities::usage(app, &actor, &id).await?;
    let is_full = listed.len() >= ROWS as usize;
    let next = listed
        .last()
        .filter(|_| is_full)
        .map(|last| format!("{BASE}/{id}?after={}", last.id));
    let now = app.now();
    let mut page = shown(
        visitor.page(Section::Authorities),
        authority,
        view,
        usage.configurations,
    );
    page.pending = issuances::rows(built_in::with_devices(app, &actor, pending).await?, now);
    page.rows = issuances::rows(built_in::with_devices(app, &actor, listed).await?, now);
    page.next = next;
    Ok(respond::show(&page))
}

/// The page without its ledger.
pub(in super::super) fn shown(
    page: Page,
    authority: Authority,
    view: BuiltInView,
    used_by: i64,
) -> BuiltInPage {
    let place = authority.scep_url.trim_end_matches("/scep");
    BuiltInPage {
        base: format!("{BASE}/{}", authority.id),
        key_place: match &view.token {
            None => page.t("authority-key-sealed"),
            Some(label) => page.with("authority-key-token", "label", label),
        },
        rules: rules(&page, &authority, &view),
        crl_url: format!("{place}/crl"),
        crl_number: view.list.map_or_else(String::new, |(number, _)| {
            page.with("authority-crl-number", "number", &number.to_string())
        }),
        next_key: match (view.has_next, view.has_root) {
            (true, _) => "authority-next-announced",
            (false, true) => "authority-next-none",
            (false, false) => "authority-next-impossible",
        },
        capabilities: authority.capabilities.lines().collect::<Vec<_>>().join(", "),
        used_by,
        chain: authorities::chain(&authority),
        pending: Vec::new(),
        rows: Vec::new(),
        reasons: issuances::reasons(&page),
        next: None,
        view,
        authority,
        page,
    }
}

fn rules(page: &Page, authority: &Authority, view: &BuiltInView) -> Vec<String> {
    let approval = if view.rules.needs_approval {
        "authority-rule-approval"
    } else {
        "authority-rule-no-approval"
    };
    let legacy = if view.rules.is_legacy {
        "authority-rule-legacy"
    } else {
        "authority-rule-no-legacy"
    };
    let seconds = i64::from(authority.limits.lifetime_seconds);
    vec![
        page.t(approval),
        page.t(legacy),
        page.count("authority-rule-challenge", &seconds),
        page.count("authority-rule-crl", &i64::from(view.rules.crl_hours)),
    ]
}

/// `POST …/{id}/announce`: the next issuing certificate is made and announced.
pub(in super::super) async fn announce(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let announced = async {
        let years = fields
            .text("years")
            .parse()
            .map_err(|_| Error::invalid("years", "years are a whole number").keyed("error-ca-years"))?;
        built_in::announce_next(&app, &visitor.actor(), &id, years).await
    };
    finish(&visitor, &id, "announced", announced.await)
}

/// `POST …/{id}/activate`: the announced certificate is taken into use.
pub(in super::super) async fn activate(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    let activated = built_in::activate_next(&app, &visitor.actor(), &id).await;
    finish(&visitor, &id, "activated", activated)
}

fn finish(visitor: &Visitor, id: &AuthorityId, done: &str, outcome: actions::Result<Authority>) -> Answer {
    match outcome {
        Ok(_) => Ok(go(&format!("{BASE}/{id}?done={done}"))),
        Err(error) => Err(visitor.problem(&error)),
    }
}
