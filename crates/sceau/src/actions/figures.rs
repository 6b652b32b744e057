//! What monitoring is told. All of it is read from the database, so that each node tells the same: nothing is summed up
//! over nodes, and a restart loses nothing. Only what a node itself asked of the database is its own.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    attempt::Asked,
    broker,
    device::enrolment::LATE_DAYS,
    directory::Directory,
    external_ca::{Authority, AuthorityId, AuthorityKind, ChallengeWay},
    notification::NoticeState,
    warning::WarningKind,
};
use store::{Statements, Tx};

use super::{
    Result,
    authorities::{AskedLately, ChainCertificate, asked_lately, chain},
    broker::queue,
    ledger::Totals,
    warnings::{ANSWERS, FAILED},
};
use crate::app::Shared;

/// Seconds over which what was asked is told.
const HOUR: i64 = 3600;
/// Notices that are looked at for those that didn't arrive.
const NOTICES: u32 = 1000;

/// Everything that monitoring is told.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Each authority's.
    pub authorities: Vec<AuthorityFigures>,
    /// The warnings that stand, by kind.
    pub warnings: BTreeMap<WarningKind, i64>,
    /// Notices that wait, and that failed within the last day.
    pub notices: [(&'static str, i64); 2],
    /// Devices that should have renewed their identity by now.
    pub late_identities: i64,
    /// Jobs that are queued or run, by kind.
    pub jobs: Vec<(String, i64)>,
    /// Each directory's readings.
    pub directories: Vec<DirectoryFigures>,
    /// What this node has asked of the database since it started.
    pub statements: Statements,
}

/// What is told of one directory.
#[derive(Clone, Debug)]
pub struct DirectoryFigures {
    /// Its name.
    pub name: String,
    /// Whether the last reading came to its end and was taken over; nothing where it was never read.
    pub is_good: Option<bool>,
    /// When one last did.
    pub complete_at: Option<Timestamp>,
    /// People whom the last reading found.
    pub people: Option<u64>,
}

/// What is told of one authority.
#[derive(Clone, Debug)]
pub struct AuthorityFigures {
    /// Its name.
    pub name: String,
    /// Whether the last look was answered; nothing where it was never looked at.
    pub is_up: Option<bool>,
    /// Whether no sign-in is tried until a person acts.
    pub is_sign_in_stopped: bool,
    /// Its certificates.
    pub certificates: Vec<ChainCertificate>,
    /// The challenges of one that gives them on a page.
    pub challenges: Option<ChallengeFigures>,
    /// How it was asked within the last hour.
    pub asked: Vec<AskedLately>,
}

/// An authority's challenges.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeFigures {
    /// So many are out or being fetched.
    pub held: i64,
    /// So many of those are with devices that fell silent.
    pub silent: i64,
    /// So many may be.
    pub most: i64,
    /// So many deliveries wait for one.
    pub waiting: i64,
    /// The ledger.
    pub totals: Totals,
}

/// Reads them.
pub async fn figures(app: &Shared) -> Result<Figures> {
    let now = app.now();
    let late = now.plus_seconds(24 * HOUR * LATE_DAYS);
    let statements = app.store.statements();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let mut told = Figures {
                    jobs: store::jobs::counts(tx).await?,
                    late_identities: store::identities::count_ending(tx, late).await?,
                    statements,
                    ..Figures::default()
                };
                for directory in store::directories::all(tx).await? {
                    told.directories.extend(of_directory(directory));
                }
                for authority in store::authorities::list(tx).await? {
                    told.authorities.push(of(tx, authority, now).await?);
                }
                for listed in store::warnings::recent(tx, now).await? {
                    if listed.warning.ended_at.is_none() {
                        *told.warnings.entry(listed.warning.matter.kind).or_default() += 1;
                    }
                }
                let newest = store::notices::newest(tx, NOTICES).await?;
                let count = |state| {
                    let since = now.plus_seconds(-24 * HOUR);
                    let those = newest
                        .iter()
                        .filter(|one| one.state == state && one.created_at >= since);
                    i64::try_from(those.count()).unwrap_or(i64::MAX)
                };
                told.notices = [
                    ("waiting", count(NoticeState::Waiting)),
                    ("failed", count(NoticeState::Failed)),
                ];
                Ok(told)
            })
        })
        .await
}

/// Nothing of one that is switched off.
fn of_directory(directory: Directory) -> Option<DirectoryFigures> {
    let state = directory.state;
    let last = state.last.as_ref();
    directory.settings.is_enabled.then(|| DirectoryFigures {
        name: directory.name,
        is_good: last.map(|_| !state.needs_a_person()),
        complete_at: state.complete_at.map(Timestamp::from_milliseconds),
        people: last.map(|last| last.found.people),
    })
}

async fn of(tx: &mut Tx, authority: Authority, now: Timestamp) -> Result<AuthorityFigures> {
    let id = &authority.id;
    let checks = store::checks::list(tx, id).await?;
    let answers = checks.iter().find(|check| check.step == ANSWERS);
    let lately = store::attempts::since(tx, id, now.plus_seconds(-HOUR)).await?;
    let is_paged = authority.kind.challenge_way() == ChallengeWay::Page;
    Ok(AuthorityFigures {
        is_up: answers
            .filter(|_| authority.kind != AuthorityKind::BuiltIn)
            .map(|check| check.result != FAILED),
        is_sign_in_stopped: authority.health.is_sign_in_stopped,
        certificates: chain(&authority),
        challenges: if is_paged {
            Some(challenges(tx, &authority, id, now).await?)
        } else {
            None
        },
        asked: [Asked::Challenge, Asked::Exchange, Asked::Look]
            .into_iter()
            .filter_map(|asked| asked_lately(asked, &lately))
            .collect(),
        name: authority.name,
    })
}

async fn challenges(
    tx: &mut Tx,
    authority: &Authority,
    id: &AuthorityId,
    now: Timestamp,
) -> Result<ChallengeFigures> {
    let holders = store::challenges::holders(tx, id).await?;
    let learned = store::capacity::of(tx, id).await?.learned;
    Ok(ChallengeFigures {
        held: i64::try_from(holders.len()).unwrap_or(i64::MAX),
        silent: queue::silent(&holders, now).map_or(0, |silent| silent.held.into()),
        most: broker::slots(&authority.limits, learned, now).into(),
        waiting: store::challenge_queue::count(tx, id).await?,
        totals: store::challenges::totals(tx, Some(id), now).await?,
    })
}
