//! `sceau apply` through the binary, on the database of a server that goes on beside it.

mod groups;

use std::{
    path::Path,
    process::{Command, Output},
};

use axum::http::Method;
use domain::operator::Role;
use serde_json::{Value, json};

use crate::{laboratory::Laboratory, world::World};

/// A run of the program.
struct Run {
    code: Option<i32>,
    said: String,
    complained: String,
}

fn apply(world: &World, path: &Path, arguments: &[&str], password: &str) -> Run {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_sceau"))
        .arg("apply")
        .arg(path)
        .args(arguments)
        .current_dir(world.folder.path())
        .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
        .env("NDES_PASSWORD", password)
        .output()
        .unwrap();
    let run = Run {
        code: status.code(),
        said: String::from_utf8(stdout).unwrap(),
        complained: String::from_utf8(stderr).unwrap(),
    };
    for text in [&run.said, &run.complained] {
        assert!(!text.contains("canary"), "a secret is printed: {text}");
    }
    run
}

fn write(world: &World, name: &str, text: &str) -> std::path::PathBuf {
    let file = world.folder.path().join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    file
}

fn ndes(laboratory: &Laboratory, more: &str) -> String {
    format!(
        r#"
[[authority]]
name = "NDES"
kind = "microsoft"
scep_url = "{}/pkiclient.exe"
username = '{}'
password = {{ env = "NDES_PASSWORD" }}
challenge_url = "{}"
is_plain_http_accepted = true
{more}
"#,
        laboratory.scep_url(),
        Laboratory::USER,
        laboratory.challenge_url()
    )
}

const WIFI: &str = r#"
[[configuration]]
name = "Wi-Fi"
authority = "NDES"
subject = "CN=${userEmailAddress}"
sans = [{ kind = "upn", value = "${userUPN}" }]
distribution = { is_enabled = true, scope = { to = "all" } }
"#;

/// How many times the audit has an action.
async fn audited(world: &World, token: &str, action: &str) -> usize {
    let activity = world.get(token, "/activity").await.expect(200);
    activity.text.matches(&format!("\"{action}\"")).count()
}

async fn items(world: &World, token: &str, path: &str) -> Vec<Value> {
    world.get(token, path).await.expect(200).json["items"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_wants_is_shown_done_once_and_then_stays() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let file = write(&world, "sceau.d/all.toml", &(ndes(&laboratory, "") + WIFI));

    let dry = apply(&world, &file, &["--dry-run"], Laboratory::PASSWORD);
    assert_eq!(dry.code, Some(0), "{}", dry.complained);
    assert!(dry.said.starts_with("+ authority NDES\n"), "{}", dry.said);
    assert!(dry.said.contains("    password: ***\n"), "{}", dry.said);
    assert!(dry.said.contains("\n+ configuration Wi-Fi\n"), "{}", dry.said);
    assert!(
        dry.said.contains("    subject: CN=${userEmailAddress}\n"),
        "{}",
        dry.said
    );
    assert!(
        dry.said
            .ends_with("2 to add, 0 to change, 0 as they are. Nothing was done.\n")
    );
    assert!(items(&world, &token, "/authorities").await.is_empty());

    let done = apply(&world, &file, &[], Laboratory::PASSWORD);
    assert_eq!(done.code, Some(0), "{}", done.complained);
    assert!(
        done.said
            .ends_with("2 added, 0 changed, 0 as they were. Nothing was removed.\n")
    );
    for action in ["authority.add", "configuration.add", "assignment.put"] {
        assert_eq!(audited(&world, &token, action).await, 1, "{action}");
    }
    let authority = items(&world, &token, "/authorities").await.remove(0);
    assert_eq!(authority["scep_url"], laboratory.scep_url());
    let configuration = items(&world, &token, "/configurations").await.remove(0);
    assert_eq!(configuration["authority_id"], authority["id"]);
    assert_eq!(configuration["thumbprint"], authority["issuer_sha1"]);

    // Once more: nothing differs, so no authority is asked and nothing is written.
    laboratory.stop().await;
    let again = apply(&world, &file, &["--language", "fr"], Laboratory::PASSWORD);
    assert_eq!(again.code, Some(0), "{}", again.complained);
    assert!(
        again.said.starts_with("= autorité NDES\n= configuration Wi-Fi\n"),
        "{}",
        again.said
    );
    for action in [
        "authority.add",
        "authority.change",
        "configuration.change",
        "assignment.put",
    ] {
        let expected = usize::from(!action.ends_with("change"));
        assert_eq!(audited(&world, &token, action).await, expected, "{action}");
    }
}

const OWN: &str = r#"
[[authority]]
name = "Sceau CA"
kind = "built_in"
key_length = 2048
challenge_seconds = 600
rules = { crl_hours = 24 }

[[configuration]]
name = "VPN"
authority = "Sceau CA"
subject = "CN=${deviceName}"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_built_in_authority_is_made_once_and_keeps_its_keys() {
    let world = World::new().await;
    let token = world.token(Role::PkiOperator).await;
    let file = write(&world, "own.toml", OWN);
    let dry = apply(&world, &file, &["--dry-run"], "");
    assert_eq!(dry.code, Some(0), "{}", dry.complained);
    assert!(
        dry.said
            .contains("+ authority Sceau CA\n    challenge_seconds: 3600 -> 600"),
        "{}",
        dry.said
    );
    assert!(
        items(&world, &token, "/authorities").await.is_empty(),
        "nothing was done"
    );
    let made = apply(&world, &file, &[], "");
    assert_eq!(made.code, Some(0), "{}", made.complained);
    let first = items(&world, &token, "/authorities").await.remove(0);
    assert_eq!(first["kind"], "built_in");
    assert_eq!(first["built_in"]["rules"]["crl_hours"], 24);
    let again = apply(&world, &file, &[], "");
    assert!(again.said.contains("= authority Sceau CA"), "{}", again.said);
    // What the file says of keys counted when they were made.
    let changed = OWN
        .replace("2048", "4096")
        .replace("crl_hours = 24", "crl_hours = 48");
    let file = write(&world, "own.toml", &changed);
    let run = apply(&world, &file, &[], "");
    assert_eq!(run.code, Some(0), "{}", run.complained);
    assert!(
        run.said
            .contains("~ authority Sceau CA\n    rules.crl_hours: 24 -> 48\n"),
        "{}",
        run.said
    );
    let second = items(&world, &token, "/authorities").await.remove(0);
    assert_eq!(second["built_in"]["rules"]["crl_hours"], 48);
    assert_eq!(
        first["certificates"], second["certificates"],
        "the keys are the same"
    );
    assert_eq!(items(&world, &token, "/configurations").await.len(), 1);
    // Not turned into another kind.
    let file = write(
        &world,
        "own.toml",
        "[[authority]]\nname = \"Sceau CA\"\nkind = \"ejbca\"\n",
    );
    let refused = apply(&world, &file, &[], "");
    assert!(
        refused.complained.starts_with("authority[0].kind: "),
        "{}",
        refused.complained
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_built_in_authority_is_said_at_its_place() {
    let world = World::new().await;
    for (lines, complaints) in [
        (
            "scep_url = \"https://ca.test\"",
            "authority[0].scep_url: unknown field `scep_url`\n",
        ),
        (
            "key_length = 1024\nchallenge_seconds = 1",
            "authority[0].key_length: the key has 2048, 3072 or 4096 bits\n\
             authority[0].challenge_seconds: a challenge counts for 60 to 604800 seconds\n",
        ),
        (
            "password = { env = \"NDES_PASSWORD\" }",
            "authority[0].password: an authority of this type doesn't have this field\n",
        ),
    ] {
        let text = format!("[[authority]]\nname = \"Own\"\nkind = \"built_in\"\n{lines}\n");
        let file = write(&world, "own.toml", &text);
        let run = apply(&world, &file, &[], "right");
        assert_eq!((run.code, run.complained.as_str()), (Some(1), complaints));
        assert!(run.said.is_empty(), "{}", run.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_place_and_nothing_is_done() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let right = ndes(&laboratory, "");
    let places = |text: &str| -> Vec<String> {
        let file = write(&world, "wrong.toml", text);
        let run = apply(&world, &file, &[], Laboratory::PASSWORD);
        assert_eq!(run.code, Some(1), "{}", run.said);
        assert!(run.said.is_empty(), "{}", run.said);
        run.complained.lines().map(str::to_owned).collect()
    };
    let second = |line: &str| format!("{right}\n[[authority]]\nname = \"Second\"\n{line}\n");

    let said = places(&second(
        "kind = \"ejbca\"\nscep_url = \"nowhere\"\nusername = \"ndes\"",
    ));
    assert_eq!(
        said,
        [
            "authority[1].username: an authority of this type doesn't have this field",
            "authority[1].scep_url: “nowhere” is no URL",
        ]
    );
    let said = places(&second(
        "scep_ur = \"x\"\nwatch_minutes = \"often\"\nlimits = { max_unusd = 1 }",
    ));
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0], "authority[1].limits: unknown field `max_unusd`");
    assert_eq!(said[1], "authority[1].scep_ur: unknown field `scep_ur`");
    assert!(
        said[2].starts_with("authority[1].watch_minutes: invalid type: string"),
        "{said:?}"
    );
    let inline = places(&second("static_challenge = \"canary\""));
    assert!(inline[0].starts_with("authority[1].static_challenge: a secret doesn't stand in the file"));
    let absent = places(&second("static_challenge = { env = \"NO_SUCH_VARIABLE\" }"));
    assert_eq!(
        absent,
        ["authority[1].static_challenge: the environment has no variable NO_SUCH_VARIABLE"]
    );
    let twice = places(&format!("{right}{right}"));
    assert_eq!(twice, ["authority[1].name: the files name “NDES” twice"]);
    let broken = places("[[authority]]\nname = \"NDES\"\npassword = \"canary\n");
    assert!(broken[0].contains("wrong.toml: line 3: "), "{broken:?}");
    let homeless = places("[[configuration]]\nname = \"Wi-Fi\"\nauthority = \"Nobody\"\n");
    assert_eq!(
        homeless,
        ["configuration[0].authority: no authority “Nobody” stands, and the files add none of that name"]
    );
    assert!(items(&world, &token, "/authorities").await.is_empty());

    // What only the authority can say is said at its place as well, by the words of the API.
    let file = write(&world, "right.toml", &(right + WIFI));
    let refused = apply(&world, &file, &[], "another");
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.complained.starts_with("authority[0].password: "),
        "{}",
        refused.complained
    );
    let mut typed = crate::api::form(&laboratory);
    typed["password"] = json!("another");
    let by_api = world.post(&token, "/authorities", &typed).await.expect(422);
    let words = by_api.json["errors"][0]["detail"].as_str().unwrap();
    assert!(
        refused.complained.contains(words),
        "{} / {words}",
        refused.complained
    );
    assert!(items(&world, &token, "/configurations").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_does_not_name_stays_and_no_device_is_left_out() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let file = write(
        &world,
        "all.toml",
        &(ndes(&laboratory, "watch_minutes = 60\nlimits = { max_unused = 9 }") + WIFI),
    );
    let done = apply(&world, &file, &[], Laboratory::PASSWORD);
    assert_eq!(done.code, Some(0), "{}", done.complained);
    let one = "[[authority]]\nname = \"NDES\"\nlimits = { backoff_seconds = 90 }\n";
    let changed = apply(&world, &write(&world, "one.toml", one), &[], "");
    assert_eq!(changed.code, Some(0), "{}", changed.complained);
    assert!(
        changed
            .said
            .starts_with("~ authority NDES\n    limits.backoff_seconds: 60 -> 90\n0 added"),
        "{}",
        changed.said
    );
    let authority = items(&world, &token, "/authorities").await.remove(0);
    assert_eq!(authority["watch_minutes"], 60);
    assert_eq!(authority["limits"]["max_unused"], 9);
    assert_eq!(authority["limits"]["backoff_seconds"], 90);
    let configuration = items(&world, &token, "/configurations").await.remove(0);
    assert_eq!(
        configuration["sans"][0]["kind"], "upn",
        "it is in no file any more, and stays"
    );
    let activity = world.get(&token, "/activity").await.expect(200);
    assert_eq!(activity.text.matches("\"authority.change\"").count(), 1);

    // Nobody is reached yet, so the distribution may be anything; then a device is there.
    let none = WIFI.replace(
        "is_enabled = true, scope = { to = \"all\" }",
        "is_enabled = false, scope = { to = \"none\" }",
    );
    let narrower = write(&world, "none.toml", &none);
    assert_eq!(apply(&world, &narrower, &["--dry-run"], "").code, Some(0));
    device(&world).await;
    let refused = apply(&world, &narrower, &[], "");
    assert_eq!(refused.code, Some(1), "{}", refused.said);
    assert!(
        refused
            .complained
            .starts_with("configuration[0].distribution: devices would lose their certificates"),
        "{}",
        refused.complained
    );
    let id = configuration["id"].as_str().unwrap();
    let kept = world
        .get(&token, &format!("/configurations/{id}/assignment"))
        .await;
    assert_eq!(kept.expect(200).json["is_enabled"], true);
}

/// A device in the database: whoever reaches all devices reaches it.
async fn device(world: &World) {
    let site = crate::site::Site::around(world.app.clone());
    site.person("anne@lab.test", Some("secret")).await;
    let mut computer = crate::site::computer::Computer::new(1);
    computer.enrol(&site, ("anne@lab.test", "secret")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_and_the_api_come_to_the_same() {
    let (world, other) = (World::new().await, World::new().await);
    let laboratory = Laboratory::start_with_one_challenge("canary 0123").await;
    write(&world, "sceau.d/challenge", "canary 0123\n");
    write(
        &world,
        "sceau.d/1-authority.toml",
        &format!(
            "[[authority]]\nname = \"Elsewhere\"\nkind = \"generic_scep\"\nscep_url = \"{}\"\n\
             static_challenge = {{ file = \"challenge\" }}\nca_name = \"issuing\"\nwatch_minutes = 45\n",
            laboratory.scep_url()
        ),
    );
    write(
        &world,
        "sceau.d/2-configuration.toml",
        "[[configuration]]\nname = \"VPN\"\nauthority = \"Elsewhere\"\nsubject = \"CN=${userEmailAddress}\"\n\
         key_length = 1000\n",
    );
    let folder = world.folder.path().join("sceau.d");
    // The authority isn't there yet, so the configuration is refused by it only after it was added.
    let stopped = apply(&world, &folder, &[], "");
    assert_eq!(stopped.code, Some(1));
    assert!(
        stopped
            .complained
            .starts_with("2-configuration.toml: configuration[0].key_length: "),
        "{}",
        stopped.complained
    );
    assert!(
        stopped.said.starts_with("+ authority Elsewhere\n"),
        "{}",
        stopped.said
    );
    let second = folder.join("2-configuration.toml");
    let text = std::fs::read_to_string(&second).unwrap();
    std::fs::write(&second, text.replace("1000", "4096")).unwrap();
    let done = apply(&world, &folder, &[], "");
    assert_eq!(done.code, Some(0), "{}", done.complained);
    assert!(
        done.said
            .ends_with("1 added, 0 changed, 1 as they were. Nothing was removed.\n"),
        "{}",
        done.said
    );

    let (token, others) = (
        world.token(Role::PkiOperator).await,
        other.token(Role::PkiOperator).await,
    );
    let typed = json!({
        "name": "Elsewhere", "kind": "generic_scep", "scep_url": laboratory.scep_url(),
        "static_challenge": "canary 0123", "ca_name": "issuing", "watch_minutes": 45,
    });
    other.post(&others, "/authorities", &typed).await.expect(201);
    let by_file = items(&world, &token, "/authorities").await.remove(0);
    let by_api = items(&other, &others, "/authorities").await.remove(0);
    let mut same: Vec<_> = by_api.as_object().unwrap().keys().collect();
    same.retain(|field| !["id", "checked_at", "created_at", "updated_at"].contains(&field.as_str()));
    for field in same {
        assert_eq!(by_file[field], by_api[field], "{field}");
    }
    let id = by_file["id"].as_str().unwrap();
    let order = json!({ "authority": id, "subject": "CN=printer" });
    let placed = world
        .call(&token, Method::POST, "/orders", Some(&order))
        .await
        .expect(201);
    assert_eq!(
        placed.json["challenge"], "canary 0123",
        "the line end of the file is no part of it"
    );
}
