//! What an authority's page tells beside what is stored of it: how it was asked lately, and who uses it.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    actor::Actor,
    attempt::{Asked, Attempt},
    broker,
    external_ca::{Authority, AuthorityId, ChallengeWay},
    operator::Permission,
    scep_configuration::ConfigurationId,
};
use store::{Tx, certificates::ListedCertificate};

use crate::{
    actions::{Result, attempts},
    app::Shared,
};

/// Seconds that count as lately.
const LATELY_SECONDS: i64 = 86_400;

const HOUR_SECONDS: i64 = 3600;
/// Certificates that are shown.
const LATEST: u32 = 5;

/// How an authority was asked within a day, and who uses it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// One for each thing that was asked for.
    pub asked: Vec<AskedLately>,
    /// Keys of the causes of what failed, with how often, the most frequent first.
    pub failures: Vec<(String, i64)>,
    /// What its challenges do; nothing where no page gives them.
    pub capacity: Option<Capacity>,
    /// Those of the newest certificates that were proved on devices.
    pub latest: Vec<ListedCertificate>,
    /// The configurations that name it.
    pub configurations: Vec<(ConfigurationId, String)>,
}

/// What an authority's challenges do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// So many are out or being fetched.
    pub held: i64,
    /// So many may be.
    pub most: i64,
    /// So many deliveries wait for one.
    pub waiting: i64,
    /// The last day by hours, the oldest first.
    pub hours: Vec<Hour>,
}

/// What was asked for within an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// From when on.
    pub at: Timestamp,
    /// So many challenges were given.
    pub given: i64,
    /// So many were asked for in vain.
    pub failed: i64,
}

/// How often one thing was asked for, and how long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedLately {
    /// What.
    pub asked: Asked,
    /// How often it went well.
    pub good: i64,
    /// How often it didn't.
    pub failed: i64,
    /// Half of what went well took no longer than this.
    pub median_milliseconds: i64,
    /// The longest of what went well.
    pub longest_milliseconds: i64,
}

/// Reads it.
pub async fn overview(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Overview> {
    actor.require(Permission::Read)?;
    let (id, now) = (id.clone(), app.now());
    let since = now.plus_seconds(-LATELY_SECONDS);
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let lately = store::attempts::since(tx, &id, since).await?;
                let configurations = store::configurations::list(tx).await?;
                let authority = store::authorities::by_id(tx, &id).await?;
                let capacity = match authority {
                    Some(authority) if authority.kind.challenge_way() == ChallengeWay::Page => {
                        Some(capacity(tx, &authority, &lately, now).await?)
                    }
                    _ => None,
                };
                Ok(Overview {
                    asked: [Asked::Challenge, Asked::Exchange, Asked::Look]
                        .into_iter()
                        .filter_map(|asked| summed(asked, &lately))
                        .collect(),
                    failures: failures(&lately),
                    capacity,
                    latest: store::certificates::newest_of_authority(tx, &id, LATEST).await?,
                    configurations: configurations
                        .into_iter()
                        .map(|listed| listed.configuration)
                        .filter(|configuration| configuration.authority_id == id)
                        .map(|configuration| (configuration.id, configuration.name))
                        .collect(),
                })
            })
        })
        .await
}

async fn capacity(
    tx: &mut Tx,
    authority: &Authority,
    lately: &[Attempt],
    now: Timestamp,
) -> Result<Capacity> {
    let held = store::challenges::slots(tx, &authority.id).await?.len();
    let learned = store::capacity::of(tx, &authority.id).await?.learned;
    Ok(Capacity {
        held: count(held),
        most: broker::slots(&authority.limits, learned, now).into(),
        waiting: store::challenge_queue::count(tx, &authority.id).await?,
        hours: hours(lately, now),
    })
}

/// The last day by hours of the clock.
fn hours(lately: &[Attempt], now: Timestamp) -> Vec<Hour> {
    let current = now.seconds().div_euclid(HOUR_SECONDS);
    let challenges = lately.iter().filter(|one| one.asked == Asked::Challenge);
    let mut asked: BTreeMap<i64, (i64, i64)> = (current - 23..=current).map(|hour| (hour, (0, 0))).collect();
    for one in challenges {
        if let Some((given, failed)) = asked.get_mut(&one.at.seconds().div_euclid(HOUR_SECONDS)) {
            let counted = if one.outcome == attempts::GOOD {
                given
            } else {
                failed
            };
            *counted += 1;
        }
    }
    asked
        .into_iter()
        .map(|(hour, (given, failed))| Hour {
            at: Timestamp::from_seconds(hour * HOUR_SECONDS),
            given,
            failed,
        })
        .collect()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How one thing was asked for; nothing where it wasn't.
pub(in crate::actions) fn summed(asked: Asked, lately: &[Attempt]) -> Option<AskedLately> {
    let of_it: Vec<&Attempt> = lately.iter().filter(|one| one.asked == asked).collect();
    let mut took: Vec<i64> = of_it
        .iter()
        .filter(|one| one.outcome == attempts::GOOD)
        .map(|one| one.milliseconds)
        .collect();
    took.sort_unstable();
    (!of_it.is_empty()).then(|| AskedLately {
        asked,
        good: count(took.len()),
        failed: count(of_it.len() - took.len()),
        median_milliseconds: took
            .get(took.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or_default(),
        longest_milliseconds: took.last().copied().unwrap_or_default(),
    })
}

fn failures(lately: &[Attempt]) -> Vec<(String, i64)> {
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    for one in lately.iter().filter(|one| one.outcome != attempts::GOOD) {
        *counted.entry(&one.outcome).or_default() += 1;
    }
    let mut counted: Vec<(String, i64)> = counted
        .into_iter()
        .map(|(key, count)| (key.to_owned(), count))
        .collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}

#[cfg(test)]
mod tests {
    use domain::Id;

    use super::*;

    #[test]
    fn what_went_well_is_timed_and_what_failed_is_counted_by_its_cause() {
        let attempt = |outcome: &str, milliseconds| Attempt {
            authority_id: Id::new(Timestamp::default(), [7; 10]),
            at: Timestamp::default(),
            asked: Asked::Challenge,
            outcome: outcome.to_owned(),
            milliseconds,
            delivery_id: None,
        };
        let lately = [
            attempt("good", 30),
            attempt("cause-no-permission", 900),
            attempt("good", 10),
            attempt("cause-cache-full", 1),
            attempt("good", 80),
            attempt("cause-cache-full", 1),
        ];
        assert_eq!(
            summed(Asked::Challenge, &lately),
            Some(AskedLately {
                asked: Asked::Challenge,
                good: 3,
                failed: 3,
                median_milliseconds: 30,
                longest_milliseconds: 80,
            })
        );
        assert_eq!(summed(Asked::Look, &lately), None);
        let day = hours(&lately, Timestamp::from_seconds(1800));
        assert_eq!(day.len(), 24);
        let last = day.last().unwrap();
        assert_eq!((last.at, last.given, last.failed), (Timestamp::default(), 3, 3));
        assert!(day.iter().take(23).all(|hour| hour.given + hour.failed == 0));
        let expected = [("cause-cache-full", 2), ("cause-no-permission", 1)];
        assert_eq!(
            failures(&lately),
            expected.map(|(key, count)| (key.to_owned(), count))
        );
    }
}
