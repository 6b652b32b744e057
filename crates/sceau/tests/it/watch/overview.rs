//! What an authority's page tells, over the API.

use domain::operator::Role;
use sceau::actions::authorities::watch;
use serde_json::json;

use super::add;
use crate::{laboratory::Laboratory, world::World};

#[tokio::test]
async fn an_authority_tells_its_capacity_and_how_it_was_asked() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let authority = add(&world.app, &laboratory).await;
    let path = format!("/authorities/{}/overview", authority.id);
    let configuration = json!({ "name": "Wi-Fi", "authority_id": authority.id.as_str(), "subject": "CN=${userEmailAddress}" });
    world
        .post(&token, "/configurations", &configuration)
        .await
        .expect(201);
    watch(&world.app, &authority.id).await.unwrap();
    laboratory.stop().await;
    watch(&world.app, &authority.id).await.unwrap();
    let told = world.get(&token, &path).await.expect(200).json;
    assert_eq!(told["capacity"]["held"], 0);
    assert_eq!(told["capacity"]["most"], 5);
    assert_eq!(told["capacity"]["waiting"], 0);
    assert_eq!(told["capacity"]["hours"].as_array().unwrap().len(), 24);
    assert_eq!(told["asked"][0]["asked"], "look");
    assert_eq!(
        (
            told["asked"][0]["good"].as_i64(),
            told["asked"][0]["failed"].as_i64()
        ),
        (Some(1), Some(1))
    );
    assert_eq!(
        told["failures"],
        json!([{ "key": "cause-authority-unreachable", "count": 1 }])
    );
    assert_eq!(told["configurations"][0]["name"], "Wi-Fi");
    assert_eq!(told["latest"], json!([]));
    world
        .get(&token, "/authorities/00000000000000000000000000000000/overview")
        .await
        .expect(404);
}
