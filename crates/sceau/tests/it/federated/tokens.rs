//! What a sign-in brought a device is good for one enrolment within minutes.

use super::{Scene, request};
use crate::{
    mdm::{admission::of_device, password::fault},
    site::computer::identity_in,
};

/// The request of another device with the token as its password, as a program may show it.
fn of_another(n: u8, token: &str) -> String {
    of_device(n).replace(">demo<", &format!(">{token}<"))
}

#[tokio::test]
async fn it_enrols_one_device() {
    let mut scene = Scene::new().await;
    scene.site.person("ada@example.com", None).await;
    let token = scene.token("ada@example.com").await;
    let (one, other) = (of_another(1, &token), of_another(2, &token));
    let (one, other) = tokio::join!(
        scene.site.enrolment("Enrollment", one),
        scene.site.enrolment("Enrollment", other)
    );
    let mut replies = [one, other];
    replies.sort_by_key(|reply| reply.status);
    assert_eq!(replies.each_ref().map(|reply| reply.status), [200, 500]);
    identity_in(&replies[0].body);
    let words = replies[1].text();
    assert!(
        words.contains("s:Authentication") && words.contains("used already"),
        "{words}"
    );
    assert_eq!(scene.site.devices().await.len(), 1);
}

#[tokio::test]
async fn it_ends_after_five_minutes_and_an_invented_one_is_worth_nothing() {
    let mut scene = Scene::new().await;
    scene.site.person("ada@example.com", None).await;
    let token = scene.token("ada@example.com").await;
    let invented = format!("sceau-signin-{}", "0".repeat(32));
    for (pass, shown) in [(0, &invented), (301, &token)] {
        scene.site.pass(pass);
        let reply = scene
            .site
            .enrolment("Enrollment", request(shown))
            .await
            .expect(500);
        assert_eq!(fault(&reply).0, "s:Authentication");
    }
    assert!(scene.site.devices().await.is_empty());
}
