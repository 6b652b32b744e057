//! `sceau ca remove` through the binary: it tells before it does.

use std::process::{Command, Output};

use domain::operator::Role;
use serde_json::json;

use crate::{api, laboratory::Laboratory, world::World};

fn remove(world: &World, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sceau"))
        .args(["ca", "remove"])
        .args(arguments)
        .current_dir(world.folder.path())
        .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_printed_before_it_is_done() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = api::add(&world, &token, &laboratory).await.text_of("id");
    let configuration = json!({ "name": "Wi-Fi", "authority_id": id, "subject": "CN=${userEmailAddress}" });
    let used = world
        .post(&token, "/configurations", &configuration)
        .await
        .expect(201)
        .text_of("id");

    let kept = remove(&world, &["Laboratory", "--yes"]);
    let text = String::from_utf8(kept.stdout).unwrap();
    assert_eq!(kept.status.code(), Some(1), "{text}");
    assert!(text.contains("One configuration names this authority."), "{text}");
    assert!(text.contains("Wi-Fi: no device, 0 waiting, 0 verified"), "{text}");
    world.get(&token, &format!("/authorities/{id}")).await.expect(200);
    world
        .call(
            &token,
            axum::http::Method::DELETE,
            &format!("/configurations/{used}"),
            None,
        )
        .await
        .expect(204);

    let asked = remove(&world, &["laboratory", "--language", "fr"]);
    let text = String::from_utf8(asked.stdout).unwrap();
    assert_eq!(asked.status.code(), Some(1), "{text}");
    assert!(
        text.starts_with("- Le mot de passe enregistré est effacé.\n"),
        "{text}"
    );
    assert!(text.contains("Ajoutez --yes"), "{text}");
    world.get(&token, &format!("/authorities/{id}")).await.expect(200);

    let done = remove(&world, &["Laboratory", "--yes"]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{text}");
    assert!(text.contains("The stored password is erased."), "{text}");
    world.get(&token, &format!("/authorities/{id}")).await.expect(404);
}
