//! What WNS says to a push, and what follows from it.

use domain::event::What;
use sceau::jobs;

use super::{CHANNEL, PUSH, Scene, double::SLOW, enrolled, name_channel, waking_of};
use crate::watch::receiver::until;

#[tokio::test]
async fn work_is_pushed_for_once_and_the_device_that_comes_is_told() {
    let mut scene = Scene::ready().await;
    for _ in 0..3 {
        scene.want().await;
    }
    scene.push().await;
    scene.push().await;
    assert_eq!((scene.wns.pushes(), scene.wns.tokens()), (1, 1));
    let last = scene.waking().await.last.unwrap();
    assert!(last.is_accepted && last.came_at.is_none());
    assert_eq!(last.status.as_deref(), Some("received"));
    assert_eq!(last.connection.as_deref(), Some("disconnected"));
    assert_eq!(last.message_id.as_deref(), Some("7A3F"));
    // It is on its way: more work is no reason for another.
    scene.site.pass(120);
    scene.want().await;
    scene.push().await;
    assert_eq!(scene.wns.pushes(), 1);
    scene.computer.talk(&scene.site).await;
    let told = scene.told().await;
    let after = told.iter().find_map(|what| match what {
        What::CameAfterPush { seconds } => Some(*seconds),
        _ => None,
    });
    assert!((120..140).contains(&after.unwrap()), "{after:?}");
    // One that came by itself isn't woken.
    scene.site.pass(3600);
    scene.want().await;
    scene.computer.talk(&scene.site).await;
    scene.push().await;
    assert_eq!(scene.wns.pushes(), 1);
    scene.want().await;
    scene.push().await;
    assert_eq!((scene.wns.pushes(), scene.wns.tokens()), (2, 1), "the same token");
}

#[tokio::test]
async fn a_channel_that_is_gone_is_forgotten_and_the_pfn_is_given_again() {
    for status in [404, 410] {
        let mut scene = Scene::ready().await;
        scene.wns.answer(status, "");
        scene.want().await;
        scene.push().await;
        let waking = scene.waking().await;
        assert!(!waking.is_possible() && waking.pfn.is_none());
        let told = scene.told().await;
        let gone = What::ChannelGone {
            status: i64::from(status),
        };
        assert!(told.contains(&gone), "{told:?}");
        scene.push().await;
        assert_eq!(scene.wns.pushes(), 1);
        let (get, replace, _) = scene.first_message().await;
        assert_eq!((get.len(), replace.len()), (2, 1));
        assert!(scene.waking().await.is_possible());
    }
}

#[tokio::test]
async fn when_wns_asks_for_a_pause_nobody_is_pushed_to() {
    for (status, headers, seconds) in [
        (406, "", 60),
        (429, "Retry-After: 200\r\n", 200),
        (503, "Retry-After: 200\r\n", 200),
    ] {
        let scene = Scene::ready().await;
        let (mut other, second) = enrolled(&scene.site, 2).await;
        name_channel(&scene.site, &mut other, CHANNEL).await;
        scene.wns.answer(status, headers);
        scene.want().await;
        scene.push().await;
        let state = scene.account().await.state;
        let key = state.problem.unwrap().key;
        assert!(
            ["push-throttled", "push-unavailable"].contains(&key.as_str()),
            "{key}"
        );
        scene.want_of(&second).await;
        sceau::actions::waking::push(&scene.site.app, &second)
            .await
            .unwrap();
        assert_eq!(scene.wns.pushes(), 1, "all wait, {status}");
        let now = scene.site.app.now();
        let blocked = state.blocked_until.unwrap();
        assert!(
            (blocked.seconds() - now.seconds() - seconds).abs() < 5,
            "{status}"
        );
        scene.push().await;
        assert_eq!(scene.wns.pushes(), 1, "{status}");
        scene.site.pass(seconds + 70);
        scene.push().await;
        assert_eq!(scene.wns.pushes(), 2, "{status}");
        let state = scene.account().await.state;
        assert_eq!((state.problem, state.blocked_until), (None, None));
        assert!(state.accepted_at.is_some());
    }
}

#[tokio::test]
async fn what_is_tried_in_vain_ends_and_is_told() {
    for (status, headers, key) in [
        (503, "", "push-unavailable"),
        (413, "", "push-too-large"),
        (403, "", "push-forbidden"),
        (200, "X-WNS-Status: dropped\r\n", "push-dropped"),
    ] {
        let scene = Scene::ready().await;
        scene.want().await;
        for _ in 0..8 {
            scene.wns.answer(status, headers);
            scene.push().await;
            scene.site.pass(2000);
        }
        let expected = if status == 503 { 6 } else { 1 };
        assert_eq!(scene.wns.pushes(), expected, "{status}");
        let told = scene.told().await;
        let failed = |what: &&What| matches!(what, What::PushFailed { problem } if problem.key == key);
        assert_eq!(told.iter().filter(failed).count(), 1, "{status}: {told:?}");
        assert_eq!(scene.account().await.state.problem.unwrap().key, key);
    }
}

#[tokio::test]
async fn one_that_is_slow_holds_up_no_other() {
    let mut scene = Scene::ready().await;
    let slow = format!("https://{SLOW}/");
    scene.name_channel(&slow).await;
    scene.site.pass(8 * super::DAY);
    scene.name_channel(&slow).await;
    assert_eq!(
        scene.computer.tree.value(&format!("{PUSH}/ChannelURI")),
        Some(slow.as_str())
    );
    let (mut other, second) = enrolled(&scene.site, 2).await;
    name_channel(&scene.site, &mut other, CHANNEL).await;
    scene.want().await;
    let running = jobs::start(&scene.site.app).await.unwrap();
    scene.site.pass(10);
    until("the slow one is called", || async {
        scene
            .wns
            .with(|book| book.pushes.iter().any(|came| came.host == SLOW).then_some(()))
    })
    .await;
    let begun = std::time::Instant::now();
    scene.want_of(&second).await;
    scene.site.pass(10);
    until("the other one is woken", || async {
        let last = waking_of(&scene.site, &second).await.last;
        last.filter(|last| last.is_accepted)
    })
    .await;
    assert!(begun.elapsed().as_secs() < 9, "before the slow one was given up");
    running.stop().await;
}
