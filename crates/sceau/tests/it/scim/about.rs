//! What the service says of itself.

use serde_json::{Value, json};

use super::{CORE, ENTERPRISE, Provider, SCEAU};
use crate::world::World;

#[tokio::test]
async fn it_says_what_it_takes() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let config = provider.get("/ServiceProviderConfig").await.expect(200).json;
    for (feature, is_there) in [
        ("patch", true),
        ("filter", true),
        ("etag", true),
        ("bulk", false),
        ("sort", false),
        ("changePassword", false),
    ] {
        assert_eq!(config[feature]["supported"], is_there, "{feature}");
    }
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
    let types = provider.get("/ResourceTypes").await.expect(200).json;
    assert_eq!(types["totalResults"], 2);
    let extensions = json!([
        { "schema": ENTERPRISE, "required": false },
        { "schema": SCEAU, "required": false },
    ]);
    assert_eq!(types["Resources"][0]["schemaExtensions"], extensions);
    assert_eq!(
        provider.get("/ResourceTypes/Group").await.expect(200).json["endpoint"],
        "/Groups"
    );
    provider.get("/ResourceTypes/Device").await.expect(404);
    let schemas = provider.get("/Schemas").await.expect(200).json;
    assert_eq!(schemas["totalResults"], 4);
    for schema in schemas["Resources"].as_array().unwrap() {
        let id = schema["id"].as_str().unwrap();
        assert_eq!(
            &provider.get(&format!("/Schemas/{id}")).await.expect(200).json,
            schema
        );
    }
    let user = provider.get(&format!("/Schemas/{CORE}")).await.expect(200).json;
    let attribute = |name: &str| -> Value {
        let all = user["attributes"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!(attribute("userName")["uniqueness"], "server");
    assert_eq!(attribute("emails")["multiValued"], true);
    assert_eq!(attribute("active")["type"], "boolean");
    assert!(
        !user.to_string().contains("null"),
        "no null values, as Microsoft asks for"
    );
}
