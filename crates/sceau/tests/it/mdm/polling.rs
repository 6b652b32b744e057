//! How often a device is told to call: often while there is work, seldom afterwards.

use std::collections::BTreeMap;

use domain::built_in::Rules;
use lab::device::{
    syncml::{Command, Verb},
    tree::Effect,
};
use scep::Outcome;

use crate::{
    pki::client,
    site::{PUBLIC, Site, computer::Computer, own_authority::distributed, script::Script},
};

/// Nodes of `DMClient/Provider/{id}/Poll` (Microsoft, DMClient CSP) and what they are set to, in one session.
async fn schedule(site: &Site, computer: &mut Computer) -> (BTreeMap<String, String>, Vec<Effect>) {
    let mut script = Script::begin(site, computer, "user").await;
    let (mut set, mut effects) = (BTreeMap::new(), Vec::new());
    while !script.is_over() {
        for command in script.commands() {
            set.extend(poll_value(&command));
        }
        effects.extend(script.carry_out().await);
    }
    (set, effects)
}

fn poll_value(command: &Command) -> Option<(String, String)> {
    let item = command.items.first().filter(|_| command.verb == Verb::Replace)?;
    let (_, name) = item.target.as_deref()?.rsplit_once("/Poll/")?;
    Some((name.to_owned(), item.data.clone().unwrap_or_default()))
}

fn expected(values: [&str; 6]) -> BTreeMap<String, String> {
    let names = [
        "IntervalForFirstSetOfRetries",
        "NumberOfFirstRetries",
        "IntervalForSecondSetOfRetries",
        "NumberOfSecondRetries",
        "IntervalForRemainingScheduledRetries",
        "NumberOfRemainingScheduledRetries",
    ];
    names
        .into_iter()
        .zip(values)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn a_device_with_work_calls_each_minute_and_is_relaxed_when_all_is_proved() {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |_| {}).await;
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let (set, effects) = schedule(&site, &mut computer).await;
    assert_eq!(set, expected(["1", "0", "0", "0", "0", "0"]));
    let order = effects.into_iter().find_map(|effect| match effect {
        Effect::Enrol(order) => Some(*order),
        _ => None,
    });
    let order = order.expect("an enrolment was ordered");
    let (again, _) = schedule(&site, &mut computer).await;
    assert!(again.is_empty(), "what stands isn't set again: {again:?}");
    // The certificate is got and shown.
    let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap();
    let signer = client::signer(&site);
    let mut enrolment = client::enrolment(&site, path, &order.challenge, signer).await;
    let message = enrolment.write_request().unwrap();
    let reply = client::post(&site, path, message).await.expect(200);
    let Outcome::Issued(certificates) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued");
    };
    computer.install(&order.unique_id, &certificates[0]);
    let (relaxed, _) = schedule(&site, &mut computer).await;
    assert_eq!(relaxed, expected(["15", "5", "60", "10", "1440", "0"]));
    let (again, _) = schedule(&site, &mut computer).await;
    assert!(again.is_empty(), "{again:?}");
}
