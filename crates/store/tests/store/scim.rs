//! SCIM sources, their tokens, and what ties people and groups to them.

use domain::{
    Timestamp,
    group::Of,
    scim::{GroupTie, PersonTie, Source, Token},
};
use serde_json::json;
use store::{enrolment_codes, groups, people, scim};

use crate::{
    samples::{self, id},
    world::{on_both, work},
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn source(n: i64) -> Source {
    Source {
        id: id(n),
        name: format!("Source {n}"),
        adopts: n == 1,
        created_at: at(1),
        updated_at: at(2),
    }
}

fn token(n: i64, source: i64) -> Token {
    Token {
        id: id(n),
        source_id: id(source),
        created_at: at(3),
        last_used_at: None,
        revoked_at: None,
    }
}

fn tie(n: i64, source: i64) -> PersonTie {
    PersonTie {
        person_id: id(n),
        source_id: id(source),
        external_id: (n != 3).then(|| "same".to_owned()),
        resource: json!({ "userName": format!("p{n}"), "emails": [{ "value": "é@x" }] })
            .as_object()
            .expect("an object")
            .clone(),
        fields: vec!["email".to_owned(), "custom.badge".to_owned()],
        is_active: n != 2,
        gone_at: None,
        version: 1,
        created_at: at(4),
        updated_at: at(5),
    }
}

fn group_tie(n: i64, source: i64) -> GroupTie {
    GroupTie {
        group_id: id(n),
        source_id: id(source),
        external_id: None,
        gone_at: None,
        version: 1,
        created_at: at(4),
        updated_at: at(5),
    }
}

on_both! {
    async fn sources_and_their_tokens_come_back(world: &World) {
        world.write(work!([] |tx| {
            scim::insert(tx, &source(2)).await?;
            scim::insert(tx, &source(1)).await?;
            scim::add_token(tx, &token(11, 1), "hash-11").await?;
            scim::add_token(tx, &token(12, 1), "hash-12").await?;
            scim::add_token(tx, &token(13, 2), "hash-13").await
        })).await;
        assert_eq!(world.read(work!([] |tx| scim::all(tx).await)).await, [source(1), source(2)]);
        assert_eq!(world.read(work!([] |tx| scim::tokens(tx, &id(1), 9).await)).await, [token(12, 1), token(11, 1)]);
        assert_eq!(world.read(work!([] |tx| scim::good_tokens(tx, &id(1)).await)).await, 2);
        let found = world.read(work!([] |tx| scim::token_by_sha256(tx, "hash-13").await)).await;
        assert_eq!(found, Some(token(13, 2)));
        assert_eq!(world.read(work!([] |tx| scim::last_used(tx).await)).await, []);
        let first = world.write(work!([] |tx| {
            scim::note_use(tx, &id(11), at(7)).await?;
            scim::note_use(tx, &id(12), at(9)).await?;
            scim::revoke(tx, &id(11), at(8)).await
        })).await;
        let again = world.write(work!([] |tx| scim::revoke(tx, &id(11), at(10)).await)).await;
        assert_eq!((first, again), (true, false));
        assert_eq!(world.read(work!([] |tx| scim::last_used(tx).await)).await, [(id(1), at(9))]);
        assert_eq!(world.read(work!([] |tx| scim::token_by_sha256(tx, "hash-11").await)).await, None);
        let known = world.read(work!([] |tx| scim::token(tx, &id(11)).await)).await;
        let revoked = Token { last_used_at: Some(at(7)), revoked_at: Some(at(8)), ..token(11, 1) };
        assert_eq!(known, Some(revoked));
        let renamed = Source { name: "Another".to_owned(), adopts: false, updated_at: at(3), ..source(1) };
        let written = renamed.clone();
        world.write(work!([written] |tx| scim::update(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| scim::by_id(tx, &id(1)).await)).await, Some(renamed));
        let twin = Source { id: id(3), ..source(2) };
        let twice: Result<(), store::Error> = world.store.write(work!([twin] |tx| scim::insert(tx, &twin).await)).await;
        assert!(twice.is_err(), "two of one name");
        world.write(work!([] |tx| scim::delete(tx, &id(1)).await)).await;
        assert_eq!(world.read(work!([] |tx| scim::token_by_sha256(tx, "hash-12").await)).await, None, "with its tokens");
    }

    async fn people_are_tied_found_paged_and_stay_when_the_source_goes(world: &World) {
        world.write(work!([] |tx| {
            scim::insert(tx, &source(1)).await?;
            scim::insert(tx, &source(2)).await?;
            for n in 1..=4 {
                people::insert(tx, &samples::person(n)).await?;
                scim::people::insert(tx, &tie(n, if n == 4 { 2 } else { 1 })).await?;
            }
            Ok(())
        })).await;
        assert_eq!(world.read(work!([] |tx| scim::people::of(tx, &id(3)).await)).await, Some(tie(3, 1)));
        let page = world.read(work!([] |tx| scim::people::page(tx, &id(1), 2, 1).await)).await;
        assert_eq!(page, [tie(2, 1), tie(3, 1)]);
        let same = world.read(work!([] |tx| scim::people::by_external_id(tx, &id(1), "same", 9).await)).await;
        assert_eq!(same, [tie(1, 1), tie(2, 1)], "several may be called the same");
        let gone = PersonTie { gone_at: Some(at(9)), version: 2, external_id: None, ..tie(1, 1) };
        let written = gone.clone();
        world.write(work!([written] |tx| scim::people::update(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| scim::people::of(tx, &id(1)).await)).await, Some(gone));
        assert_eq!(world.read(work!([] |tx| scim::people::count(tx, &id(1)).await)).await, 2);
        assert_eq!(world.read(work!([] |tx| scim::people::count_inactive(tx, &id(1)).await)).await, 1);
        let name = samples::person(1).username;
        assert_eq!(world.read(work!([] |tx| scim::people::gone(tx, &id(1), 9).await)).await, (1, vec![name]));
        let twice: Result<(), store::Error> =
            world.store.write(work!([] |tx| scim::people::insert(tx, &tie(4, 1)).await)).await;
        assert!(twice.is_err(), "one person has one source");
        world.write(work!([] |tx| scim::delete(tx, &id(1)).await)).await;
        assert_eq!(world.read(work!([] |tx| scim::people::of(tx, &id(2)).await)).await, None);
        assert!(world.read(work!([] |tx| people::by_id(tx, &id(2)).await)).await.is_some());
        assert!(world.read(work!([] |tx| scim::people::of(tx, &id(4)).await)).await.is_some());
    }

    async fn who_may_not_enrol_is_left_nothing_to_enrol_with(world: &World) {
        let code = |n: i64| enrolment_codes::EnrolmentCode {
            person_id: id(n),
            hash: "h".to_owned(),
            created_at: at(1),
            expires_at: at(1000),
            spent_on: None,
        };
        world.write(work!([] |tx| {
            scim::insert(tx, &source(1)).await?;
            for n in 1..=3 {
                people::insert(tx, &samples::person(n)).await?;
                // The first is active, the second isn't, the third is gone.
                let gone_at = (n == 3).then(|| at(9));
                scim::people::insert(tx, &PersonTie { gone_at, ..tie(n, 1) }).await?;
                people::set_enrolment_password(tx, &id(n), Some("hash"), at(2)).await?;
                enrolment_codes::put(tx, &code(n)).await?;
            }
            scim::people::disarm(tx, &id(1), at(20)).await
        })).await;
        for n in 1..=3_i64 {
            let name = samples::person(n).username;
            let known = world.read(work!([name] |tx| people::enrolment_password(tx, &name).await)).await;
            let code = world.read(work!([] |tx| enrolment_codes::of_person(tx, &id(n), at(30)).await)).await;
            assert_eq!((known.expect("a person").1.is_some(), code.is_some()), (n == 1, n == 1), "{n}");
        }
    }

    async fn groups_are_tied_and_found_by_who_is_in_them(world: &World) {
        world.write(work!([] |tx| {
            scim::insert(tx, &source(1)).await?;
            people::insert(tx, &samples::person(1)).await?;
            for n in [5, 6] {
                groups::insert(tx, &samples::group(n, Of::People)).await?;
                scim::groups::insert(tx, &group_tie(n, 1)).await?;
            }
            groups::add_member(tx, &id(6), &groups::Member::Person(id(1))).await
        })).await;
        let with = world.read(work!([] |tx| scim::groups::with_person(tx, &id(1), &id(1)).await)).await;
        assert_eq!(with, [group_tie(6, 1)]);
        let gone = GroupTie { gone_at: Some(at(9)), external_id: Some("x".to_owned()), version: 2, ..group_tie(5, 1) };
        let written = gone.clone();
        world.write(work!([written] |tx| scim::groups::update(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| scim::groups::of(tx, &id(5)).await)).await, Some(gone));
        assert_eq!(world.read(work!([] |tx| scim::groups::of_source(tx, &id(1)).await)).await, [group_tie(6, 1)]);
        world.write(work!([] |tx| scim::delete(tx, &id(1)).await)).await;
        assert_eq!(world.read(work!([] |tx| scim::groups::of(tx, &id(6)).await)).await, None);
        assert!(world.read(work!([] |tx| groups::by_id(tx, &id(6)).await)).await.is_some());
    }
}
