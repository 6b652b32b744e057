//! Measures what a server does for one enrolment, and how much of it is something else than its two operations with
//! the private key: `cargo run --release -p scep --example measure`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::{rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use scep::{
    CaCertificates, Capabilities, Cipher, CsrBuilder, Enrolment, Identity, KeyUsage, Policy, RsaKey,
    SignerCertificate, open_request, peek_request, write_success,
};

const LATER: i64 = 4_000_000_000;

/// The fastest of many short rounds, in microseconds per call: other programs disturb few of them.
fn measure(what: &str, mut call: impl FnMut()) -> f64 {
    let mut round = || {
        let start = Instant::now();
        (0..5).for_each(|_| call());
        start.elapsed().as_secs_f64() / 5.0 * 1e6
    };
    let best = (0..500).map(|_| round()).fold(f64::MAX, f64::min);
    println!("{best:>8.1} µs  {what}");
    best
}

fn identity() -> Identity {
    let key = RsaKey::generate(2048).unwrap();
    SignerCertificate::windows(0, LATER).issue(key).unwrap()
}

fn main() {
    let (ca, device) = (identity(), identity());
    let csr = CsrBuilder::new([0x30, 0])
        .challenge("9F86D081884C7D65")
        .key_usage(KeyUsage::BOTH)
        .build(&device.key)
        .unwrap();
    let all = CaCertificates::from_certificates([ca.certificate.clone()]).unwrap();
    let client = Enrolment::new(all, &Capabilities::default(), csr, device.clone()).unwrap();
    let request = client.with_cipher(Cipher::Aes256).write_request().unwrap();
    let policy = Policy::default();
    let issued = [device.certificate, ca.certificate.clone()];
    let opened = open_request(&request, &ca, &policy).unwrap();

    measure("peek_request", || drop(peek_request(&request).unwrap()));
    let open = measure("open_request, challenge", || {
        let opened = open_request(&request, &ca, &policy).unwrap();
        assert!(opened.challenge().is_some() && opened.is_for_signers_key());
    });
    let write = measure("write_success", || {
        drop(write_success(&opened, &ca, &issued, &[]).unwrap());
    });
    let key = KeyPair::from_pkcs8(&ca.key.to_pkcs8().unwrap()).unwrap();
    let mut out = vec![0; 256];
    let private = measure("one RSA-2048 private operation", || {
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"", &mut out)
            .unwrap();
    });
    println!("{:>8.1} µs  besides two of them", open + write - 2.0 * private);
}
