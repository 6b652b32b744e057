//! Who may enrol, and one-time codes, in the console.

use domain::{group::Of, operator::Role};

use super::browser::{Browser, location};
use crate::groups::{Fleet, by_hand};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_is_saved_shown_and_refused_at_its_field() {
    let fleet = Fleet::new().await;
    let ada = fleet.person("ada", "Sales").await;
    let group = by_hand(&fleet.world.app, "Sales", Of::People, &[ada.as_str()]).await;
    let limit = format!("limit-{}", group.as_str());
    let mut browser = Browser::signed_in(&fleet.world, Role::Administrator).await;
    let page = browser.get("/admin/enrolment").await.text;
    assert!(
        page.contains("Who may enrol devices") && page.contains("Sales"),
        "{page}"
    );
    let wrong = [("devices_per_person", "many"), (limit.as_str(), "5000")];
    let refused = browser.post("/admin/enrolment", &wrong).await.expect(422).text;
    assert_eq!(
        refused
            .matches("A limit is a whole number from 1 to 1000.")
            .count(),
        2,
        "{refused}"
    );
    assert!(
        refused.contains(r#"value="many""#),
        "what was typed stays: {refused}"
    );
    let right = [
        ("devices_per_person", "2"),
        ("groups", group.as_str()),
        (limit.as_str(), "7"),
    ];
    let place = location(&browser.post("/admin/enrolment", &right).await);
    let page = browser.get(&place).await.text;
    assert!(
        page.contains(r#"value="2""#) && page.contains(r#"value="7""#),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_shown_by_one_page_alone() {
    let fleet = Fleet::new().await;
    let ada = fleet.person("ada", "Sales").await;
    let mut browser = Browser::signed_in(&fleet.world, Role::HelpDesk).await;
    let person = format!("/people/{ada}");
    assert!(browser.get(&person).await.text.contains("There is no code."));
    let made = browser
        .post(&format!("{person}/code"), &[])
        .await
        .expect(200)
        .text;
    let (_, rest) = made.split_once(r#"<p class="h2 mono mb-1">"#).expect("the code");
    let (code, _) = rest.split_once('<').unwrap();
    assert_eq!(code.len(), 11);
    let later = browser.get(&person).await.text;
    assert!(
        !later.contains(code) && later.contains("There is a code, made"),
        "{later}"
    );
    let place = location(&browser.post(&format!("{person}/code/withdraw"), &[]).await);
    assert!(
        browser
            .get(&place)
            .await
            .text
            .contains("The code is worth nothing any more.")
    );
    let mut auditor = Browser::signed_in(&fleet.world, Role::Auditor).await;
    auditor.post(&format!("{person}/code"), &[]).await.expect(403);
}
