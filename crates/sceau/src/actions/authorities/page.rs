//! What an authority's page tells beside what is stored of it: how it was asked lately, and who uses it.

use std::collections::BTreeMap;

use domain::{
    actor::Actor,
    attempt::{Asked, Attempt},
    external_ca::AuthorityId,
    operator::Permission,
    scep_configuration::ConfigurationId,
};

use crate::{
    actions::{Result, attempts},
    app::Shared,
};

/// Seconds that count as lately.
const LATELY_SECONDS: i64 = 86_400;

/// How an authority was asked within a day, and who uses it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// One for each thing that was asked for.
    pub asked: Vec<AskedLately>,
    /// Keys of the causes of what failed, with how often, the most frequent first.
    pub failures: Vec<(String, i64)>,
    /// The configurations that name it.
    pub configurations: Vec<(ConfigurationId, String)>,
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
    let (id, since) = (id.clone(), app.now().plus_seconds(-LATELY_SECONDS));
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let lately = store::attempts::since(tx, &id, since).await?;
                let configurations = store::configurations::list(tx).await?;
                Ok(Overview {
                    asked: [Asked::Challenge, Asked::Exchange, Asked::Look]
                        .into_iter()
                        .filter_map(|asked| summed(asked, &lately))
                        .collect(),
                    failures: failures(&lately),
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

/// How one thing was asked for; nothing where it wasn't.
pub(in crate::actions) fn summed(asked: Asked, lately: &[Attempt]) -> Option<AskedLately> {
    let of_it: Vec<&Attempt> = lately.iter().filter(|one| one.asked == asked).collect();
    let mut took: Vec<i64> = of_it
        .iter()
        .filter(|one| one.outcome == attempts::GOOD)
        .map(|one| one.milliseconds)
        .collect();
    took.sort_unstable();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
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
    use domain::{Id, Timestamp};

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
        let expected = [("cause-cache-full", 2), ("cause-no-permission", 1)];
        assert_eq!(
            failures(&lately),
            expected.map(|(key, count)| (key.to_owned(), count))
        );
    }
}
