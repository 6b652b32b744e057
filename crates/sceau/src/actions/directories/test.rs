//! *Test connection*: step by step, each told in words. Nothing is changed.

use std::time::Instant;

use domain::{
    actor::Actor,
    directory::{self, DirectoryForm, DirectoryId, Settings},
    operator::Permission,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{entries, whereabouts};
use crate::{
    actions::{
        Error, Result,
        authorities::{Step, StepResult, TestStep},
    },
    app::Shared,
    outbound::ldap::{DirectoryProblem, Found, Ldap, Search, is_filter},
};

/// User names that are shown of those who are found.
const SAMPLE: usize = 5;

/// What a test found.
#[derive(Clone, Debug, Serialize)]
pub struct DirectoryTest {
    /// The steps in their order.
    pub steps: Vec<TestStep>,
}

impl DirectoryTest {
    /// Whether nothing failed.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.result != StepResult::Failed)
    }
}

/// Tests a stored directory. A person asked, so an account that was refused is tried again, once; let in, it counts
/// as such again.
pub async fn test_directory(app: &Shared, actor: &Actor, id: &DirectoryId) -> Result<DirectoryTest> {
    actor.require(Permission::Configure)?;
    let directory = super::by_id(app, id).await?;
    let password = super::open_password(app, &directory)?;
    let (test, is_let_in) = examine(&directory.settings, &password).await;
    match is_let_in {
        Some(true) if directory.state.is_sign_in_stopped => {
            super::change_state(app, actor, id, "directory.test", |state| {
                state.is_sign_in_stopped = false;
                Ok(())
            })
            .await?;
        }
        Some(false) => super::reading::stop(app, id).await?,
        Some(true) | None => {}
    }
    Ok(test)
}

/// The same for what was typed and is not stored; without a password the stored one, where it may serve.
pub async fn test_directory_form(
    app: &Shared,
    actor: &Actor,
    id: Option<&DirectoryId>,
    form: &DirectoryForm,
) -> Result<DirectoryTest> {
    actor.require(Permission::Configure)?;
    let existing = match id {
        Some(id) => Some(super::by_id(app, id).await?),
        None => None,
    };
    let checked = directory::check(form, existing.as_ref(), is_filter).map_err(Error::Several)?;
    let password = match (&checked.bind_password, &existing) {
        (Some(typed), _) => Zeroizing::new(typed.reveal().to_owned()),
        (None, Some(existing)) => super::open_password(app, existing)?,
        (None, None) => Zeroizing::default(),
    };
    Ok(examine(&checked.settings, &password).await.0)
}

/// The steps, and whether the account was let in where it was tried.
async fn examine(settings: &Settings, password: &Zeroizing<String>) -> (DirectoryTest, Option<bool>) {
    let mut steps = Vec::new();
    let mut open = None;
    for address in &settings.addresses {
        let connected = connect(settings, address, &mut steps).await;
        open = open.or(connected);
    }
    let Some(mut ldap) = open else {
        skip(
            &mut steps,
            &[
                Step::DirectoryBind,
                Step::DirectoryBase,
                Step::DirectoryUsers,
                Step::DirectoryGroups,
            ],
        );
        return (DirectoryTest { steps }, None);
    };
    let begun = Instant::now();
    if let Err(problem) = ldap.bind(&settings.bind_dn, password).await {
        let is_refused = problem.is_refusal();
        let key = if is_refused {
            "directory-test-bind-refused"
        } else {
            problem.key()
        };
        let step = failed(Step::DirectoryBind, &problem, key).with("account", &settings.bind_dn);
        let step = step.with("account-state", problem.key());
        steps.push(step.took(milliseconds(begun)));
        skip(
            &mut steps,
            &[Step::DirectoryBase, Step::DirectoryUsers, Step::DirectoryGroups],
        );
        return (DirectoryTest { steps }, is_refused.then_some(false));
    }
    let step = TestStep::new(Step::DirectoryBind, StepResult::Good, "directory-test-bind");
    steps.push(
        step.with("account", &settings.bind_dn)
            .with("place", &ldap.place)
            .took(milliseconds(begun)),
    );
    if base(&mut ldap, settings, &mut steps).await {
        steps.push(people(&mut ldap, settings).await);
        steps.push(groups(&mut ldap, settings).await);
    } else {
        skip(&mut steps, &[Step::DirectoryUsers, Step::DirectoryGroups]);
    }
    (DirectoryTest { steps }, Some(true))
}

async fn connect(settings: &Settings, address: &str, steps: &mut Vec<TestStep>) -> Option<Ldap> {
    let begun = Instant::now();
    let (place, stream) = match Ldap::reach(address).await {
        Ok(reached) => reached,
        Err(problem) => {
            steps.push(failed(Step::DirectoryConnection, &problem, problem.key()).took(milliseconds(begun)));
            skip(steps, &[Step::DirectoryTls]);
            return None;
        }
    };
    let step = TestStep::new(
        Step::DirectoryConnection,
        StepResult::Good,
        "directory-test-connection",
    );
    steps.push(step.with("place", place.to_string()).took(milliseconds(begun)));
    let begun = Instant::now();
    match Ldap::secure(&place, stream, &whereabouts(settings).trust).await {
        Ok(ldap) => {
            let key = if place.is_ldaps {
                "directory-test-ldaps"
            } else {
                "directory-test-starttls"
            };
            let step = TestStep::new(Step::DirectoryTls, StepResult::Good, key);
            steps.push(step.with("place", place.to_string()).took(milliseconds(begun)));
            Some(ldap)
        }
        Err(problem) => {
            steps.push(failed(Step::DirectoryTls, &problem, problem.key()).took(milliseconds(begun)));
            None
        }
    }
}

async fn base(ldap: &mut Ldap, settings: &Settings, steps: &mut Vec<TestStep>) -> bool {
    let begun = Instant::now();
    let found = ldap.entry(&settings.base_dn, &["1.1".to_owned()]).await;
    let problem = match found {
        Ok(Some(_)) => None,
        Ok(None) => Some(DirectoryProblem::NoBase(settings.base_dn.clone())),
        Err(problem) => Some(problem),
    };
    let step = match &problem {
        None => TestStep::new(Step::DirectoryBase, StepResult::Good, "directory-test-base")
            .with("base", &settings.base_dn),
        Some(problem) => failed(Step::DirectoryBase, problem, problem.key()),
    };
    steps.push(step.took(milliseconds(begun)));
    problem.is_none()
}

async fn people(ldap: &mut Ldap, settings: &Settings) -> TestStep {
    let begun = Instant::now();
    let wanted = entries::wanted(settings);
    let found = whole(ldap, settings, &settings.user_filter, &wanted).await;
    let found = match found {
        Ok(found) => found,
        Err(problem) => {
            return failed(Step::DirectoryUsers, &problem, problem.key()).took(milliseconds(begun));
        }
    };
    let mut left_out = Vec::new();
    let people: Vec<_> = found
        .entries
        .iter()
        .filter_map(|entry| entries::person(entry, settings, &mut left_out))
        .collect();
    let sample: Vec<&str> = people
        .iter()
        .take(SAMPLE)
        .map(|person| person.username.as_str())
        .collect();
    let unfit = found.entries.len() - people.len();
    let (result, key) = match (people.len(), unfit, found.referrals) {
        (0, 0, _) => (StepResult::Warning, "directory-test-nobody"),
        (_, 1.., _) => (StepResult::Warning, "directory-test-people-unfit"),
        (_, 0, 1..) => (StepResult::Note, "directory-test-people-referrals"),
        (_, 0, 0) => (StepResult::Good, "directory-test-people"),
    };
    TestStep::new(Step::DirectoryUsers, result, key)
        .with("count", people.len().to_string())
        .with("unfit", unfit.to_string())
        .with("referrals", found.referrals.to_string())
        .with("sample", sample.join(", "))
        .took(milliseconds(begun))
}

async fn groups(ldap: &mut Ldap, settings: &Settings) -> TestStep {
    if settings.group_filter.is_empty() {
        return TestStep::new(
            Step::DirectoryGroups,
            StepResult::Note,
            "directory-test-groups-none",
        );
    }
    let begun = Instant::now();
    let name = settings.attribute("group_name").unwrap_or("cn").to_owned();
    let found = whole(
        ldap,
        settings,
        &settings.group_filter,
        std::slice::from_ref(&name),
    )
    .await;
    let step = match found {
        Err(problem) => failed(Step::DirectoryGroups, &problem, problem.key()),
        Ok(found) => {
            let sample: Vec<String> = found
                .entries
                .iter()
                .filter_map(|entry| entry.text(&name))
                .take(SAMPLE)
                .collect();
            let (result, key) = if found.entries.is_empty() {
                (StepResult::Warning, "directory-test-no-group")
            } else {
                (StepResult::Good, "directory-test-groups")
            };
            TestStep::new(Step::DirectoryGroups, result, key)
                .with("count", found.entries.len().to_string())
                .with("sample", sample.join(", "))
        }
    };
    step.took(milliseconds(begun))
}

async fn whole(
    ldap: &mut Ldap,
    settings: &Settings,
    filter: &str,
    attributes: &[String],
) -> std::result::Result<Found, DirectoryProblem> {
    let search = Search {
        base: &settings.base_dn,
        filter,
        attributes,
        enough: usize::MAX,
    };
    ldap.search(&search).await
}

fn failed(step: Step, problem: &DirectoryProblem, key: &'static str) -> TestStep {
    let mut step = TestStep::new(step, StepResult::Failed, key);
    for (name, value) in problem.values() {
        step = step.with(name, value);
    }
    step
}

fn skip(steps: &mut Vec<TestStep>, which: &[Step]) {
    let skipped = |step: &Step| TestStep::new(*step, StepResult::Skipped, "test-skipped-after-failure");
    steps.extend(which.iter().map(skipped));
}

fn milliseconds(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}
