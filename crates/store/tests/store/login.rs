//! Sessions of browsers, one-time logins, tokens, and failed attempts.

use store::{
    api_tokens::{self, ApiToken},
    console_sessions::{self, ConsoleSession},
    login_attempts, operators,
};

use crate::{
    samples::{self, NOW, id},
    world::{on_both, work},
};

on_both! {
    async fn a_browser_session_lives_until_it_ends(world: &World) {
        let session = ConsoleSession {
            token_sha256: "aa".to_owned(),
            operator_id: id(1),
            csrf: "form".to_owned(),
            created_at: NOW,
            expires_at: NOW.plus_seconds(60),
            last_seen_at: NOW,
        };
        let kept = session.clone();
        world.write(work!([kept] |tx| {
            operators::insert(tx, &samples::operator(1), "hash").await?;
            console_sessions::insert(tx, &kept).await?;
            console_sessions::touch(tx, "aa", NOW.plus_seconds(5)).await
        })).await;
        let found = world.read(work!([] |tx| console_sessions::by_token_sha256(tx, "aa").await)).await;
        assert_eq!(found, Some(ConsoleSession { last_seen_at: NOW.plus_seconds(5), ..session.clone() }));
        let early = world
            .write(work!([] |tx| console_sessions::delete_expired(tx, NOW.plus_seconds(59)).await))
            .await;
        let late = world
            .write(work!([] |tx| console_sessions::delete_expired(tx, NOW.plus_seconds(60)).await))
            .await;
        assert_eq!((early, late), (0, 1));
        world.write(work!([session] |tx| {
            console_sessions::insert(tx, &session).await?;
            console_sessions::delete(tx, "aa").await?;
            console_sessions::delete(tx, "aa").await?;
            console_sessions::insert(tx, &session).await
        })).await;
        let ended = world.write(work!([] |tx| console_sessions::delete_of_operator(tx, &id(1)).await)).await;
        assert_eq!(ended, 1);
    }

    async fn a_one_time_login_works_once_and_in_time(world: &World) {
        world.write(work!([] |tx| {
            operators::insert(tx, &samples::operator(1), "hash").await?;
            console_sessions::insert_one_time_login(tx, "aa", &id(1), NOW.plus_seconds(60)).await?;
            console_sessions::insert_one_time_login(tx, "bb", &id(1), NOW).await
        })).await;
        let taken = world.write(work!([] |tx| console_sessions::take_one_time_login(tx, "aa", NOW).await)).await;
        assert_eq!(taken, Some(id(1)));
        let again = world.write(work!([] |tx| console_sessions::take_one_time_login(tx, "aa", NOW).await)).await;
        assert_eq!(again, None);
        let late = world.write(work!([] |tx| console_sessions::take_one_time_login(tx, "bb", NOW).await)).await;
        assert_eq!(late, None);
    }

    async fn a_token_names_its_operator_until_it_expires(world: &World) {
        let token = |name: &str, expires_at| ApiToken {
            token_sha256: name.to_owned(),
            operator_id: id(1),
            created_at: NOW,
            expires_at,
        };
        let tokens = [token("aa", None), token("bb", Some(NOW.plus_seconds(60)))];
        world.write(work!([tokens] |tx| {
            operators::insert(tx, &samples::operator(1), "hash").await?;
            api_tokens::insert(tx, &tokens[0]).await?;
            api_tokens::insert(tx, &tokens[1]).await
        })).await;
        let late = NOW.plus_seconds(60);
        for (name, now, expected) in [
            ("aa", late, Some(samples::operator(1))),
            ("bb", NOW, Some(samples::operator(1))),
            ("bb", late, None),
            ("cc", NOW, None),
        ] {
            let found = world.read(work!([] |tx| api_tokens::by_sha256(tx, name, now).await)).await;
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(world.write(work!([] |tx| api_tokens::delete_of_operator(tx, &id(1)).await)).await, 2);
    }

    async fn failures_are_counted_until_a_success(world: &World) {
        for second in 0..3 {
            let now = NOW.plus_seconds(second);
            world.write(work!([] |tx| login_attempts::record_failure(tx, "name:marie", now).await)).await;
        }
        let found = world.read(work!([] |tx| login_attempts::failures(tx, "name:marie").await)).await;
        assert_eq!(found, (3, Some(NOW.plus_seconds(2))));
        world.write(work!([] |tx| login_attempts::clear(tx, "name:marie").await)).await;
        let found = world.read(work!([] |tx| login_attempts::failures(tx, "name:marie").await)).await;
        assert_eq!(found, (0, None));
        world.write(work!([] |tx| login_attempts::record_failure(tx, "address", NOW).await)).await;
        let late = NOW.plus_seconds(1);
        assert_eq!(world.write(work!([] |tx| login_attempts::forget_before(tx, late).await)).await, 1);
    }
}
