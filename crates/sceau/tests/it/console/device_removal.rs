//! Sending a device away in the console: a page says what happens, and it can be taken back.

use domain::operator::Role;

use super::browser::{Browser, location};
use crate::{
    site::{Site, computer::Computer},
    world::World,
};

#[tokio::test]
async fn what_happens_is_said_then_done_and_taken_back() {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let id = site.device(&computer.device_id).await.id;
    let (one, place) = (format!("/devices/{id}"), format!("/devices/{id}/remove"));

    let mut helper = Browser::signed_in(&world, Role::HelpDesk).await;
    assert!(!helper.get(&one).await.text.contains(&place));
    let page = helper.get(&place).await.expect(200);
    assert!(
        !page.text.contains("btn-danger"),
        "the button is for administrators"
    );
    helper.post(&place, &[("delete", "yes")]).await.expect(403);
    assert!(site.device(&computer.device_id).await.is_staying());

    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    assert!(browser.get(&one).await.text.contains(&place));
    for (language, words) in [
        ("fr", "Rien ne se passe avant que l&#39;appareil n&#39;appelle."),
        ("en", "Nothing happens until the device calls."),
    ] {
        browser.language = language;
        let page = browser.get(&place).await.expect(200).text;
        assert!(page.contains(words), "{page}");
        assert!(page.contains("btn-danger") && page.contains("name=\"delete\" value=\"yes\" checked"));
    }
    let done = browser.post(&place, &[("delete", "yes")]).await;
    assert_eq!(location(&done), format!("{one}?done=removal-asked"));
    let removal = site.device(&computer.device_id).await.removal.unwrap();
    assert!(!removal.keeps_certificates && removal.by == "administrator");
    let list = browser.get("/devices").await.text;
    assert!(list.contains("leaving, asked by administrator on "), "{list}");
    let page = browser.get(&one).await.text;
    assert!(
        page.contains("It waits for the device&#39;s next session."),
        "{page}"
    );
    let stay = format!("{one}/stay");
    helper.get(&one).await;
    helper.post(&stay, &[]).await.expect(403);
    let done = browser.post(&stay, &[]).await;
    assert_eq!(location(&done), format!("{one}?done=removal-cancelled"));
    assert!(site.device(&computer.device_id).await.is_staying());

    browser.get(&place).await;
    location(&browser.post(&place, &[]).await);
    assert!(
        site.device(&computer.device_id)
            .await
            .removal
            .unwrap()
            .keeps_certificates
    );
    let identity = Some(computer.identity.as_slice());
    site.management(identity, computer.greeting("1"))
        .await
        .expect(200);
    let page = browser.get(&one).await.text;
    assert!(
        page.contains("It was told to go") && !page.contains(&stay),
        "{page}"
    );
    browser.post(&stay, &[]).await.expect(409);
    site.management(identity, computer.farewell("2"))
        .await
        .expect(200);
    for (language, words) in [
        ("fr", ", retiré par administrator"),
        ("en", ", sent away by administrator"),
    ] {
        browser.language = language;
        for path in [&one, "/devices"] {
            let page = browser.get(path).await.text;
            assert!(page.contains(words), "{page}");
        }
    }
}
