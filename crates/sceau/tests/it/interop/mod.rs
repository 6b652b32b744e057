//! Other people's SCEP clients at Sceau's own addresses: each story is a real enrolment, and OpenSSL judges what came
//! of it. `docs/protocols/scep-interop.md` is the table of what is told here.

mod at_order;
mod at_responder;
mod certmonger;
mod front;
mod keys;
mod openssl;
mod scepclient;
mod side;
mod strongswan;
mod through_proxy;

use std::path::Path;

use scep::{Digest, MessageType};

use front::Spoken;
use side::{Order, Side};

/// A challenge that isn't the order's: one character of it is another.
fn wrong(challenge: &str) -> String {
    let first = if challenge.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", challenge.get(1..).unwrap())
}

/// Asserts that the last message was of this kind and in these algorithms.
fn assert_spoken(side: &Side, kind: MessageType, digest: Digest, cipher: &str) {
    let last = side.front.spoken().pop().expect("a message");
    let expected = Spoken {
        kind,
        digest,
        cipher: Some(cipher.to_owned()),
    };
    assert_eq!(last, expected);
}

/// Runs a program in a folder; gives whether it was content, and what it said.
async fn program(folder: &Path, name: &str, arguments: &[&str]) -> (bool, String) {
    let output = tokio::process::Command::new(name)
        .args(arguments)
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(120), output)
        .await
        .unwrap_or_else(|_| panic!("{name} {arguments:?} doesn't end"))
        .unwrap_or_else(|error| panic!("the tests need {name} (`tests/packages.sh`): {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}
