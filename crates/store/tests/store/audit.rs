//! The audit and its chain.

use store::audit::{self, AuditEntry, AuditFilter, ChainReport, Emptied};

use crate::{
    samples::NOW,
    world::{World, on_both, work},
};

fn entry(n: i64) -> AuditEntry {
    AuditEntry {
        at: NOW.plus_seconds(n),
        actor: "operator:marie".to_owned(),
        action: "configuration.update".to_owned(),
        target_kind: "configuration".to_owned(),
        target_id: n.to_string(),
        before: None,
        after: Some(r#"{"name":"Wi-Fi"}"#.to_owned()),
        source_ip: Some("192.0.2.1".to_owned()),
    }
}

async fn five_sealed_and_one_more(world: &World) {
    world
        .write(work!(
            [] | tx | {
                for n in 1..=6 {
                    audit::append(tx, &entry(n)).await?;
                }
                Ok(())
            }
        ))
        .await;
    for (limit, expected) in [(2, 2), (3, 3)] {
        let sealed = world
            .write(work!([] | tx | audit::seal_batch(tx, limit).await))
            .await;
        assert_eq!(sealed, expected);
    }
}

/// Empties a row.
async fn emptied(world: &World, target: &'static str) -> Emptied {
    let rows = world.read(work!([] | tx | audit::oldest(tx, 0, 9).await)).await;
    let row = rows
        .into_iter()
        .find(|row| row.entry.target_id == target)
        .expect("it is there");
    let left = AuditEntry {
        after: None,
        source_ip: None,
        ..row.entry.clone()
    };
    world
        .write(work!([row, left] | tx | audit::empty(tx, &row, &left).await))
        .await
}

/// Tells of an emptied row, and seals everything.
async fn tell(world: &World, emptied: &Emptied) {
    let entry = AuditEntry {
        action: audit::ERASURE.to_owned(),
        after: serde_json::to_string(&serde_json::json!({ "emptied": [emptied] })).ok(),
        ..entry(9)
    };
    world
        .write(work!(
            [entry] | tx | {
                audit::append(tx, &entry).await?;
                audit::seal_batch(tx, 9).await
            }
        ))
        .await;
}

async fn report(world: &World) -> ChainReport {
    world.read(work!([] | tx | audit::verify_chain(tx).await)).await
}

on_both! {
    async fn entries_come_back_newest_first(world: &World) {
        five_sealed_and_one_more(world).await;
        let page = world.read(work!([] |tx| audit::list(tx, None, 2).await)).await;
        let entries: Vec<_> = page.iter().map(|row| row.entry.clone()).collect();
        assert_eq!(entries, [entry(6), entry(5)]);
        assert_eq!((page[0].seal_number, page[1].seal_number), (None, Some(5)));
        let after = page[1].number;
        let page = world.read(work!([] |tx| audit::list(tx, Some(after), 9).await)).await;
        assert_eq!(page.len(), 4);
    }

    async fn entries_are_found_by_who_what_which_and_when(world: &World) {
        five_sealed_and_one_more(world).await;
        let of_device = AuditEntry {
            actor: "person:Ada_L%".to_owned(),
            action: "device.enrol".to_owned(),
            target_kind: "device".to_owned(),
            target_id: "0193ABC".to_owned(),
            ..entry(7)
        };
        let kept = of_device.clone();
        world.write(work!([kept] |tx| audit::append(tx, &kept).await)).await;
        let day = entry(4).at;
        for (filter, expected) in [
            (AuditFilter::default(), 7),
            (AuditFilter { who: "ADA_l%".to_owned(), ..AuditFilter::default() }, 1),
            (AuditFilter { who: "adaxl".to_owned(), ..AuditFilter::default() }, 0),
            (AuditFilter { area: "device".to_owned(), ..AuditFilter::default() }, 1),
            (AuditFilter { area: "configuration".to_owned(), ..AuditFilter::default() }, 6),
            (AuditFilter { area: "config".to_owned(), ..AuditFilter::default() }, 0),
            (AuditFilter { target: "193abc".to_owned(), ..AuditFilter::default() }, 1),
            (AuditFilter { since: Some(day), ..AuditFilter::default() }, 4),
            (AuditFilter { until: Some(day), ..AuditFilter::default() }, 3),
        ] {
            let wanted = filter.clone();
            let found = world.read(work!([wanted] |tx| audit::find(tx, &wanted, None, 9).await)).await;
            assert_eq!(found.len(), expected, "{filter:?}");
        }
        let all = AuditFilter::default();
        let page = world.read(work!([all] |tx| audit::find(tx, &all, None, 2).await)).await;
        assert_eq!(page[0].entry, of_device);
        let after = page[1].number;
        let rest = world.read(work!([all] |tx| audit::find(tx, &all, Some(after), 9).await)).await;
        assert_eq!(rest.len(), 5);
    }

    async fn a_chain_left_alone_holds(world: &World) {
        assert_eq!(report(world).await, ChainReport { sealed: 0, unsealed: 0, broken_at: None });
        five_sealed_and_one_more(world).await;
        assert_eq!(report(world).await, ChainReport { sealed: 5, unsealed: 1, broken_at: None });
        assert_eq!(world.write(work!([] |tx| audit::seal_batch(tx, 9).await)).await, 1);
        assert_eq!(world.write(work!([] |tx| audit::seal_batch(tx, 9).await)).await, 0);
        assert_eq!(report(world).await, ChainReport { sealed: 6, unsealed: 0, broken_at: None });
    }

    async fn a_changed_row_shows(world: &World) {
        five_sealed_and_one_more(world).await;
        world.raw("UPDATE audit_entries SET actor = 'operator:eve' WHERE target_id = '3'").await;
        let found = report(world).await;
        assert_eq!(found.sealed, 2);
        assert!(found.broken_at.is_some());
    }

    async fn a_row_taken_away_shows(world: &World) {
        five_sealed_and_one_more(world).await;
        world.raw("DELETE FROM audit_entries WHERE target_id = '2'").await;
        assert_eq!(report(world).await.sealed, 1);
    }

    async fn a_chain_cut_short_shows(world: &World) {
        five_sealed_and_one_more(world).await;
        world.raw("DELETE FROM audit_entries WHERE target_id = '5'").await;
        assert_eq!(report(world).await.broken_at, Some(5));
    }

    async fn an_emptied_row_holds_with_the_entry_that_tells_of_it_alone(world: &World) {
        five_sealed_and_one_more(world).await;
        let emptied = emptied(world, "2").await;
        let found = report(world).await;
        assert_eq!((found.sealed, found.broken_at), (5, Some(emptied.number)), "nobody tells of it");
        tell(world, &emptied).await;
        assert_eq!(report(world).await, ChainReport { sealed: 7, unsealed: 0, broken_at: None });
        world.raw("UPDATE audit_entries SET actor = 'operator:eve' WHERE target_id = '2'").await;
        assert_eq!(report(world).await.broken_at, Some(emptied.number), "what is left is vouched for");
    }

    async fn a_row_that_only_says_that_it_was_emptied_shows(world: &World) {
        five_sealed_and_one_more(world).await;
        tell(world, &emptied(world, "2").await).await;
        let claim = if world.is_sqlite() { "1" } else { "TRUE" };
        world.raw(&format!("UPDATE audit_entries SET is_erased = {claim}, after_values = NULL WHERE target_id = '4'")).await;
        assert!(report(world).await.broken_at.is_some());
    }

    async fn a_row_after_an_emptied_one_is_still_vouched_for(world: &World) {
        five_sealed_and_one_more(world).await;
        tell(world, &emptied(world, "2").await).await;
        world.raw("UPDATE audit_entries SET actor = 'operator:eve' WHERE target_id = '3'").await;
        assert_eq!(report(world).await.sealed, 2);
    }

    async fn only_a_sealed_row_is_emptied(world: &World) {
        five_sealed_and_one_more(world).await;
        let row = world.read(work!([] |tx| audit::list(tx, None, 1).await)).await.remove(0);
        let outcome = world.store.write(work!([row] |tx| audit::empty(tx, &row, &row.entry).await)).await;
        assert!(matches!(outcome, Err(store::Error::NotFound(_))), "{outcome:?}");
    }

    async fn a_salt_that_is_taken_away_shows(world: &World) {
        five_sealed_and_one_more(world).await;
        world.raw("UPDATE audit_entries SET salt = NULL WHERE target_id = '3'").await;
        assert_eq!(report(world).await.sealed, 2, "the salt is part of the seal");
    }
}
