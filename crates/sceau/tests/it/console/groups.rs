//! Groups in the console.

use domain::{group::Of, operator::Role};

use super::browser::{Browser, location};
use crate::groups::{Fleet, by_hand};

/// The form of a group by rule, with a row that was left empty.
fn books<'a>(act: &'a str, value: &'a str) -> [(&'a str, &'a str); 10] {
    [
        ("of", "devices"),
        ("name", "Books"),
        ("by", "rule"),
        ("fact", "device.model"),
        ("is", "starts_with"),
        ("value", value),
        ("fact", ""),
        ("is", "equals"),
        ("value", ""),
        ("do", act),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_by_a_rule_and_previewed() {
    let fleet = Fleet::new().await;
    fleet.device("PC-1", "Book 3", None).await;
    fleet.device("PC-2", "Pad", None).await;
    let mut browser = Browser::signed_in(&fleet.world, Role::PkiOperator).await;
    assert!(browser.get("/groups").await.text.contains("No group yet."));
    let page = browser.get("/groups/new?of=devices").await.text;
    assert!(page.contains("This is no proof of anything"), "{page}");
    let part = browser
        .post("/groups/new/preview", &books("", "book"))
        .await
        .expect(200)
        .text;
    assert!(part.contains("One device belongs to it.") && part.contains("PC-1") && !part.contains("PC-2"));
    let page = browser
        .post("/groups/new", &books("preview", "book"))
        .await
        .expect(200)
        .text;
    assert!(
        page.contains("One device belongs to it.") && page.contains(r#"value="book""#),
        "{page}"
    );
    let refused = browser
        .post("/groups/new", &books("save", ""))
        .await
        .expect(422)
        .text;
    assert!(
        refused.contains("The condition on device.model needs a value"),
        "{refused}"
    );
    let place = location(&browser.post("/groups/new", &books("save", "book")).await);
    let (group, _) = place.split_once('?').unwrap();
    let page = browser.get(group).await.text;
    assert!(
        page.contains("Model begins with “book”") && page.contains(">PC-1</a>"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_distributed_by_and_stays_while_it_is_named() {
    let fleet = Fleet::new().await;
    fleet.device("PC-1", "Book 3", None).await;
    fleet.device("PC-2", "Pad", None).await;
    let mut browser = Browser::signed_in(&fleet.world, Role::PkiOperator).await;
    browser.get("/groups/new?of=devices").await.expect(200);
    let place = location(&browser.post("/groups/new", &books("save", "book")).await);
    let (group, _) = place.split_once('?').unwrap();

    let distribution = format!("/configurations/{}/distribution", fleet.configuration);
    let id = group.strip_prefix("/groups/").unwrap();
    let page = browser.get(&distribution).await.text;
    assert!(page.contains(&format!(r#"name="groups" value="{id}""#)), "{page}");
    let chosen = [
        ("is_enabled", "yes"),
        ("to", "custom"),
        ("groups", id),
        ("do", "done"),
    ];
    location(&browser.post(&distribution, &chosen).await);
    let page = browser.get(&distribution).await.text;
    assert!(page.contains("One device would get it."), "{page}");
    let page = browser.get(group).await.text;
    assert!(
        page.contains("Take it out of the distributions above first."),
        "{page}"
    );
    let refused = browser
        .post(&format!("{group}/remove"), &[("sure", "yes")])
        .await
        .expect(409)
        .text;
    assert!(
        refused.contains("configuration&#39;s distribution names it: Wi-Fi."),
        "{refused}"
    );

    // What a change would bring is said before it is saved.
    let edit = format!("{group}/edit");
    let part = browser
        .post(&format!("{edit}/preview"), &books("", "pad"))
        .await
        .expect(200)
        .text;
    let words = "Wi-Fi: devices that get it as well: 1; devices that lose it, with their certificate: 1.";
    assert!(part.contains(words), "{part}");

    let nobody = [("is_enabled", "yes"), ("to", "none"), ("do", "done")];
    location(&browser.post(&distribution, &nobody).await);
    browser.get(group).await.expect(200);
    let place = location(&browser.post(&format!("{group}/remove"), &[("sure", "yes")]).await);
    assert!(browser.get(&place).await.text.contains("No group yet."));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_ticked_and_a_row_that_says_half_is_not_dropped() {
    let fleet = Fleet::new().await;
    let app = &fleet.world.app;
    let anna = fleet.person("anna", "Sales").await;
    let bert = fleet.person("bert", "Sales").await;
    let group = by_hand(app, "Team", Of::People, &[anna.as_str()]).await;
    let edit = format!("/groups/{group}/edit");
    let mut browser = Browser::signed_in(&fleet.world, Role::Administrator).await;
    let page = browser.get(&edit).await.text;
    assert!(page.contains(&format!(r#"value="{anna}" checked"#)), "{page}");
    assert!(page.contains(&format!(r#"value="{bert}">"#)), "{page}");
    let ticked = [("name", "Team"), ("by", "hand"), ("members", bert.as_str())];
    location(&browser.post(&edit, &ticked).await);
    let page = browser.get(&format!("/groups/{group}")).await.text;
    assert!(
        page.contains("<li>bert</li>") && !page.contains("<li>anna</li>"),
        "{page}"
    );
    let half = [
        ("name", "Team"),
        ("by", "rule"),
        ("fact", "person.department"),
        ("is", "equals"),
        ("value", "Sales"),
        ("fact", ""),
        ("is", "equals"),
        ("value", "Berne"),
    ];
    let refused = browser.post(&edit, &half).await.expect(422).text;
    assert!(refused.contains("Choose what is asked"), "{refused}");

    let mut reader = Browser::signed_in(&fleet.world, Role::Auditor).await;
    let page = reader.get(&format!("/groups/{group}")).await.text;
    assert!(
        page.contains("<li>bert</li>") && !page.contains("/edit"),
        "{page}"
    );
    let other = [("name", "Team"), ("by", "hand"), ("members", anna.as_str())];
    assert!(reader.post(&edit, &other).await.status.is_client_error());
    let page = reader.get(&format!("/groups/{group}")).await.text;
    assert!(
        page.contains("<li>bert</li>") && !page.contains("<li>anna</li>"),
        "{page}"
    );
}
