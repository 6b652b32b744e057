//! certmonger enrols at the look-alike, and OpenSSL opens what went over the wire.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "ndes_world/certmonger.rs"]
mod certmonger_program;
mod ndes_world;
#[path = "ndes_world/wire.rs"]
mod wire;

use ndes_world::{World, openssl, program};
use wire::Wire;

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_and_openssl_opens_every_layer() {
    let world = World::new().await;
    let folder = world.files.path();
    let wire = Wire::to(world.running.address).await;
    let url = format!("http://{}/certsrv/mscep/mscep.dll", wire.address);
    let challenge = world.challenge().await;
    let said = certmonger_program::enrol(folder, &url, "printer-7", &challenge).await;
    assert!(said.contains("status: MONITORING"), "{said}");

    let ca = world.data.path().join("ca.pem");
    let ca = ca.to_str().unwrap();
    openssl(
        folder,
        &["verify", "-CAfile", ca, "-purpose", "sslclient", "cert.pem"],
    )
    .await;
    let text = openssl(
        folder,
        &[
            "x509",
            "-in",
            "cert.pem",
            "-noout",
            "-text",
            "-serial",
            "-fingerprint",
        ],
    )
    .await;
    for part in [
        "Subject: CN = printer-7",
        "DNS:printer-7.example",
        "Digital Signature, Key Encipherment",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }

    // The ledger, the file beside it and what certmonger holds are one certificate.
    let [line] = world.ledger().try_into().expect("one line in the ledger");
    let [sha1, serial, transaction, _] = line.as_slice() else {
        unreachable!("four columns in {line:?}")
    };
    assert!(
        text.replace(':', "").contains(&sha1.to_uppercase()) && text.contains(&format!("serial={serial}"))
    );
    let kept = world.data.path().join(format!("issued/{sha1}.pem"));
    let print = |file: &str| ["x509", "-in", file, "-outform", "PEM"].map(str::to_owned);
    let (kept, held) = (print(kept.to_str().unwrap()), print("cert.pem"));
    let kept = openssl(folder, &kept.each_ref().map(String::as_str)).await;
    assert_eq!(kept, openssl(folder, &held.each_ref().map(String::as_str)).await);

    open_the_messages(&world, &wire, &challenge, transaction).await;
}

/// Takes the request and the CertRep off the wire and through `openssl cms`.
async fn open_the_messages(world: &World, wire: &Wire, challenge: &str, transaction: &str) {
    let exchanges = wire.exchanges();
    let exchanged = exchanges
        .iter()
        .find(|exchanged| exchanged.request_line.contains("operation=PKIOperation"))
        .expect("a PKIOperation");
    let address = exchanged.request_line.split(' ').nth(1).unwrap();
    let query = scep::Query::parse(address.split_once('?').unwrap().1).unwrap();
    std::fs::write(world.file("request.der"), query.message.expect("a message")).unwrap();
    std::fs::write(world.file("reply.der"), &exchanged.answer).unwrap();

    open_the_request(world, challenge).await;
    open_the_reply(world, transaction).await;
}

/// The path of a file in the data folder.
fn path(world: &World, name: &str) -> String {
    world.data.path().join(name).to_str().unwrap().to_owned()
}

async fn open_the_request(world: &World, challenge: &str) {
    let folder = world.files.path();
    // The request: signed by the client's own certificate, encrypted to the RA.
    let (ra_certificate, ra_key) = (path(world, "ra-encryption.pem"), path(world, "ra-encryption.key"));
    let verify = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "request.der",
        "-noverify",
    ];
    openssl(
        folder,
        &[
            &verify[..],
            &["-out", "request-envelope.der", "-signer", "signer.pem"],
        ]
        .concat(),
    )
    .await;
    let decrypt = [
        "cms",
        "-decrypt",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "request-envelope.der",
        "-out",
        "csr.der",
    ];
    openssl(
        folder,
        &[&decrypt[..], &["-recip", &ra_certificate, "-inkey", &ra_key]].concat(),
    )
    .await;
    let csr = openssl(
        folder,
        &[
            "req", "-inform", "DER", "-in", "csr.der", "-noout", "-verify", "-text",
        ],
    )
    .await;
    assert!(csr.contains("CN = printer-7") && csr.contains(challenge), "{csr}");
}

async fn open_the_reply(world: &World, transaction: &str) {
    let folder = world.files.path();
    // The CertRep: signed by the RA below the CA, encrypted to the client.
    let ca = path(world, "ca.pem");
    let verify = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "reply.der",
        "-CAfile",
        &ca,
    ];
    openssl(
        folder,
        &[&verify[..], &["-purpose", "any", "-out", "reply-envelope.der"]].concat(),
    )
    .await;
    let decrypt = [
        "cms",
        "-decrypt",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "reply-envelope.der",
        "-out",
        "reply.p7b",
    ];
    openssl(
        folder,
        &[&decrypt[..], &["-recip", "signer.pem", "-inkey", "key.pem"]].concat(),
    )
    .await;
    let inside = openssl(
        folder,
        &["pkcs7", "-inform", "DER", "-in", "reply.p7b", "-print_certs"],
    )
    .await;
    assert!(
        inside.find("subject=CN = printer-7") < inside.find("subject=CN = Laboratory Issuing CA"),
        "{inside}"
    );
    let attributes = openssl(folder, &["asn1parse", "-inform", "DER", "-in", "reply.der"]).await;
    assert!(attributes.contains(transaction), "{attributes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_use_of_a_challenge_is_refused() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    for (name, expected) in [("first", "MONITORING"), ("second", "CA_REJECTED")] {
        let folder = world.file(name);
        std::fs::create_dir(&folder).unwrap();
        let said = certmonger_program::enrol(&folder, &world.scep_url(), name, &challenge).await;
        assert!(said.contains(&format!("status: {expected}")), "{said}");
        let (has_certificate, _) = program(&folder, "test", &["-e", "cert.pem"]).await;
        assert_eq!(has_certificate, name == "first");
    }
    assert_eq!(world.ledger().len(), 1);
}
