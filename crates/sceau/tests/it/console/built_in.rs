//! One of Sceau's own authorities in the console: made by its form, requests decided, certificates revoked.

use std::time::Duration;

use ca::{CertificateAuthority, IssuingKey, pem, serial};
use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityId},
    operator::Role,
};
use sceau::actions::authorities;
use scep::Outcome;

use super::browser::{Browser, location, value_of};
use crate::{
    built_in::{
        House,
        client::{ask, enrolment, issued, post, signer},
        openssl::{self, agrees, write_certificate},
    },
    world::World,
};

const AUTHORITIES: &str = "/admin/infrastructure/certificate-management";
const FORM: [(&str, &str); 7] = [
    ("name", "Contoso Devices"),
    ("key_length", "2048"),
    ("root_years", "20"),
    ("years", "10"),
    ("challenge_seconds", "3600"),
    ("crl_hours", "48"),
    ("needs_approval", "yes"),
];

/// Path of the page that a form led to.
fn page_of(location: &str) -> String {
    location.split('?').next().unwrap().to_owned()
}

async fn authority(world: &World, path: &str) -> Authority {
    let id = AuthorityId::parse(path.rsplit('/').next().unwrap()).unwrap();
    authorities::one(&world.app, &Actor::CommandLine, &id)
        .await
        .unwrap()
}

/// The form's target for a certificate of the ledger.
fn target(html: &str, deed: &str) -> String {
    let end = format!("/{deed}\"");
    let before = html.split(&end).next().unwrap();
    assert!(before.len() < html.len(), "no form to {deed}: {html}");
    let path = before.rsplit("action=\"").next().unwrap();
    format!("{path}/{deed}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_made_by_its_form_issues_what_a_person_approves_and_revokes() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let microsoft = browser.get(&format!("{AUTHORITIES}/new")).await.text;
    assert!(microsoft.contains("?type=built_in") && microsoft.contains("name=\"scep_url\""));
    let form = browser
        .get(&format!("{AUTHORITIES}/new?type=built_in"))
        .await
        .text;
    assert!(!form.contains("name=\"scep_url\"") && !form.contains("name=\"password\""));
    let answer = browser.post(&format!("{AUTHORITIES}/new/built-in"), &FORM).await;
    let path = page_of(&location(&answer));
    let house = House {
        authority: authority(&world, &path).await,
        world,
    };

    let order = house.order("CN=ada").await;
    let mut client = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    assert_eq!(ask(&house, &mut client).await, Outcome::Pending);

    let mut browser = Browser::signed_in(&house.world, Role::Administrator).await;
    let page = browser.get(&path).await.text;
    for words in [
        "Waiting for approval",
        "CN=ada",
        "Pending",
        "No. 1, counts until",
        "The subject is enforced",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for words in [
        "Test connection",
        "can&#39;t be promised",
        "Permission to get challenges",
    ] {
        assert!(!page.contains(words), "{words}");
    }
    let decided = browser.post(&target(&page, "approve"), &[]).await;
    assert_eq!(page_of(&location(&decided)), path);
    let (_, body) = post(&house, house.path(), client.write_poll().unwrap()).await;
    issued(client.read_reply(&body).unwrap());

    let page = browser.get(&path).await.text;
    assert!(page.contains("Issued") && !page.contains("Waiting for approval"));
    let revoke = target(&page, "revoke");
    let revoked = browser.post(&revoke, &[("reason", "key_compromise")]).await;
    assert_eq!(location(&revoked), format!("{path}?done=revoked"));
    let page = browser.get(&path).await.text;
    assert!(page.contains("Revoked") && page.contains("The key is known to someone else"));
    assert!(page.contains("No. 2, counts until"));
    let again = browser.post(&revoke, &[("reason", "superseded")]).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let activity = browser.get("/admin/activity").await.text;
    assert!(activity.contains("Certificate request approved") && activity.contains("Certificate revoked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn name_and_rules_change_and_the_next_certificate_is_announced_and_taken_into_use() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    browser.get(&format!("{AUTHORITIES}/new?type=built_in")).await;
    let mut wrong = FORM;
    wrong[3] = ("years", "21");
    let answer = browser.post(&format!("{AUTHORITIES}/new/built-in"), &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("no longer than the root"), "{}", answer.text);
    assert_eq!(value_of(&answer.text, "name").as_deref(), Some("Contoso Devices"));
    let answer = browser.post(&format!("{AUTHORITIES}/new/built-in"), &FORM).await;
    let path = page_of(&location(&answer));

    let form = browser.get(&format!("{path}/edit")).await.text;
    assert_eq!(value_of(&form, "crl_hours").as_deref(), Some("48"));
    assert!(!form.contains("name=\"key_length\""));
    let changed = [
        ("name", "Contoso"),
        ("challenge_seconds", "600"),
        ("crl_hours", "24"),
    ];
    location(&browser.post(&format!("{path}/edit"), &changed).await);
    let page = browser.get(&path).await.text;
    assert!(page.contains("A challenge counts for 600 seconds."), "{page}");
    assert!(
        page.contains("A right challenge gets its certificate at once."),
        "{page}"
    );

    let before = authority(&world, &path).await.issuer_sha1;
    location(
        &browser
            .post(&format!("{path}/announce"), &[("years", "12")])
            .await,
    );
    let page = browser.get(&path).await.text;
    assert!(page.contains("Announced") && page.contains("Activate"));
    assert_eq!(authority(&world, &path).await.issuer_sha1, before);
    location(&browser.post(&format!("{path}/activate"), &[]).await);
    assert_ne!(authority(&world, &path).await.issuer_sha1, before);
    let none = browser.post(&format!("{path}/activate"), &[]).await;
    assert_eq!(none.status, 409, "{}", none.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_authority_is_imported_from_a_file_or_a_text_and_its_secrets_are_not_shown() {
    let world = World::new().await;
    let key = IssuingKey::generate(2048).unwrap();
    let secret = pem::private_key(&key.to_pkcs8().unwrap()).to_string();
    let year = Duration::from_secs(365 * 86_400);
    let now = world.app.now().seconds();
    let root =
        CertificateAuthority::create_root("Fabrikam", key, now, year, serial::random().unwrap()).unwrap();
    let text = format!("{secret}{}", pem::certificate(root.certificate()));
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let form = browser
        .get(&format!("{AUTHORITIES}/new?type=built_in_import"))
        .await
        .text;
    assert!(form.contains("name=\"passphrase\"") && !form.contains("name=\"key_length\""));
    let to = format!("{AUTHORITIES}/new/import");
    let fields = |name| [("name", name), ("challenge_seconds", "3600"), ("crl_hours", "48")];

    let nothing = browser.post(&to, &fields("Fabrikam")).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.text.contains("Choose a file first."), "{}", nothing.text);
    let mut damaged = fields("Fabrikam").to_vec();
    damaged.push(("passphrase", "open sesame"));
    let damaged = browser.upload(&to, &damaged, b"neither PEM nor PKCS#12").await;
    assert_eq!(damaged.status, 422);
    assert!(
        damaged.text.contains("This can&#39;t become an authority"),
        "{}",
        damaged.text
    );
    assert!(!damaged.text.contains("open sesame"));

    let path = page_of(&location(
        &browser.upload(&to, &fields("Fabrikam"), text.as_bytes()).await,
    ));
    let page = browser.get(&path).await.text;
    assert!(
        page.contains("Fabrikam") && page.contains("The root isn&#39;t here"),
        "{page}"
    );
    let mut pasted = fields("Fabrikam two").to_vec();
    pasted.push(("pem", &text));
    location(&browser.post(&to, &pasted).await);
    for path in [path.as_str(), "/admin/activity"] {
        assert!(!browser.get(path).await.text.contains("PRIVATE KEY"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pkcs12_file_of_openssl_is_brought_in_with_its_passphrase_alone() {
    let world = World::new().await;
    let folder = world.folder.path().to_owned();
    openssl::authority(&folder);
    let file = std::fs::read(folder.join("ca.p12")).unwrap();
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let to = format!("{AUTHORITIES}/new/import");
    let fields = |passphrase| {
        [
            ("name", "Old CA"),
            ("challenge_seconds", "3600"),
            ("crl_hours", "48"),
            ("passphrase", passphrase),
        ]
    };
    browser
        .get(&format!("{AUTHORITIES}/new?type=built_in_import"))
        .await;
    for (language, passphrase, words) in [
        ("en", "open sesame", "The passphrase doesn&#39;t open the file"),
        (
            "fr",
            "open sesame",
            "La phrase secrète n&#39;ouvre pas le fichier",
        ),
        ("en", "", "The passphrase doesn&#39;t open the file"),
    ] {
        browser.language = language;
        let wrong = browser.upload(&to, &fields(passphrase), &file).await.expect(422);
        assert!(wrong.text.contains(words), "{words}: {}", wrong.text);
        assert_eq!(value_of(&wrong.text, "name").as_deref(), Some("Old CA"));
        assert!(!wrong.text.contains("open sesame"), "a secret is not shown again");
    }
    let list = browser.get(AUTHORITIES).await.text;
    assert!(!list.contains("Old CA"), "{list}");

    let made = browser.upload(&to, &fields("secret"), &file).await;
    let path = page_of(&location(&made));
    let page = browser.get(&path).await.expect(200).text;
    assert!(
        page.contains("Old CA") && page.contains("In the database, encrypted"),
        "{page}"
    );
    let house = House {
        authority: authority(&world, &path).await,
        world,
    };
    let order = house.order("CN=ada").await;
    let mut client = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    write_certificate(&folder, "ada.pem", &issued(ask(&house, &mut client).await));
    let verify = ["verify", "-x509_strict", "-CAfile", "cert.pem", "ada.pem"];
    agrees(&folder, &verify);
}
