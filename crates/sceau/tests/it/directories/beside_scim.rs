//! A directory and a SCIM source beside each other: neither takes over who is the other's.

use sceau::actions::directories::person_origin;
use serde_json::json;

use super::{
    add, form, named, read_well,
    slapd::{Slapd, person},
};
use crate::{scim::Provider, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn neither_takes_over_who_is_the_others() {
    let slapd = Slapd::start(&[person("anna", ""), person("bob", "")].concat()).await;
    let world = World::new().await;
    let provider = Provider::adopting(&world.app, "Entra").await;
    let id = provider.user("anna").await;
    let mut wanted = form(&slapd);
    wanted.adopts = true;
    let directory = add(&world.app, &wanted).await;
    let reading = read_well(&world.app, &directory).await;
    let left_out = [("directory-left-out-of-another".to_owned(), "anna".to_owned())];
    assert_eq!(reading.left_out, left_out);
    let refused = provider
        .post("/Users", &json!({ "userName": "bob" }))
        .await
        .expect(409);
    assert!(refused.text.contains("a directory"), "{}", refused.text);
    let rename = json!([{ "op": "Replace", "path": "userName", "value": "bob" }]);
    provider.patch(&format!("/Users/{id}"), &rename).await.expect(409);
    for (username, kind) in [("anna", "scim"), ("bob", "directory")] {
        let person = named(&world.app, username).await.unwrap();
        let origin = person_origin(&world.app, &domain::actor::Actor::CommandLine, &person.id).await;
        assert_eq!(origin.unwrap().unwrap().giver.kind(), kind, "{username}");
    }
}
