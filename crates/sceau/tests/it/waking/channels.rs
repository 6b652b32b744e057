//! What a device is given and asked so that it can be woken.

use domain::{event::What, push::PushForm};
use lab::device::tree::Format;

use super::{CHANNEL, DAY, PFN, PUSH, Scene};

#[tokio::test]
async fn nothing_is_asked_and_nobody_is_called_while_it_is_off() {
    let mut scene = Scene::blank().await;
    for _ in 0..3 {
        let (get, replace, add) = scene.first_message().await;
        assert!(get.is_empty() && replace.is_empty() && add.is_empty());
        scene.site.pass(DAY);
    }
    scene.want().await;
    scene.push().await;
    assert!(scene.wns.with(|book| book.called.is_empty()));
}

#[tokio::test]
async fn a_pfn_is_given_once_and_the_channel_is_kept_sealed() {
    let mut scene = Scene::blank().await;
    scene.switch_on().await;
    scene
        .computer
        .tree
        .set(format!("{PUSH}/ChannelURI"), Format::Chr, CHANNEL);
    let (get, replace, _) = scene.first_message().await;
    assert_eq!(get.len(), 2, "one Get of two nodes: {get:?}");
    assert_eq!(replace.len(), 1, "{replace:?}");
    assert_eq!(scene.waking().await.pfn_refused.unwrap().status, 404);
    let (_, _, add) = scene.first_message().await;
    assert_eq!(add.len(), 1, "the node wasn't there");
    assert_eq!(scene.computer.tree.value(&format!("{PUSH}/PFN")), Some(PFN));
    let waking = scene.waking().await;
    assert!(waking.is_possible());
    let id = scene.id.clone();
    let sealed = scene
        .site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::push::channel(tx, &id).await }));
    let sealed = String::from_utf8_lossy(&sealed.await.unwrap().unwrap().0).into_owned();
    assert!(!sealed.contains("capability"));
    let everything = serde_json::to_string(&waking).unwrap() + &format!("{:?}", scene.told().await);
    assert!(!everything.contains("capability") && !everything.contains("notify"));
    // Only the difference: nothing more, and a session that has nothing to do costs what it did.
    let (get, replace, add) = scene.first_message().await;
    assert!(get.is_empty() && replace.is_empty() && add.is_empty());
    let before = scene.site.app.store.statements();
    scene.first_message().await;
    let after = scene.site.app.store.statements();
    let cost = (after.reads - before.reads, after.writes - before.writes);
    assert_eq!(cost, (2, 1));
    let other = PushForm {
        pfn: "Example.Other_8wekyb3d8bbwe".to_owned(),
        client_secret: None,
        ..scene.form()
    };
    scene.change(other).await;
    let (_, replace, _) = scene.first_message().await;
    assert_eq!(replace.len(), 1, "another PFN is told");
}

#[tokio::test]
async fn a_renewed_channel_takes_the_place_of_the_old_one() {
    let mut scene = Scene::ready().await;
    let renewed = "https://db5.notify.windows.com/?token=renewed";
    let mut asked = 0;
    for day in 1..=20 {
        scene.site.pass(DAY);
        // Windows renews it after 15 days and begins a session.
        if day == 15 {
            scene
                .computer
                .tree
                .set(format!("{PUSH}/ChannelURI"), Format::Chr, renewed);
        }
        asked += usize::from(!scene.first_message().await.0.is_empty());
    }
    assert!((2..=5).contains(&asked), "{asked} in twenty days");
    scene.want().await;
    scene.push().await;
    let host = scene.wns.with(|book| book.pushes[0].host.clone());
    assert_eq!(host, "db5.notify.windows.com");
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_is_never_called() {
    for (address, why) in [
        ("http://db3.notify.windows.com/", "form"),
        ("https://db3.notify.windows.com@127.0.0.1/", "form"),
        ("https://127.0.0.1/?.notify.windows.com", "host"),
        ("https://evilnotify.windows.com/", "host"),
        ("https://db3.notify.windows.com.example.org/", "host"),
        ("https://db3.notify.windows.com:8443/", "port"),
        ("file:///etc/passwd", "form"),
    ] {
        let mut scene = Scene::blank().await;
        scene.switch_on().await;
        scene.name_channel(address).await;
        let waking = scene.waking().await;
        assert!(!waking.is_possible(), "{address}");
        assert_eq!(waking.channel_refused.as_deref(), Some(why), "{address}");
        let told = scene.told().await;
        let refused = |what: &&What| matches!(what, What::ChannelRefused { reason } if reason == why);
        assert_eq!(told.iter().filter(refused).count(), 1, "said once: {address}");
        scene.want().await;
        scene.push().await;
        assert!(scene.wns.with(|book| book.called.is_empty()), "{address}");
        // It mends itself.
        scene.name_channel(CHANNEL).await;
        assert!(scene.waking().await.is_possible());
    }
}
