//! The public routes on a socket of the test's own, without TLS (certmonger doesn't hand the certificate that it was
//! given for TLS to its enrolment helper, and nothing of this machine's trust is changed for a test). It keeps what
//! clients sent, so that a test can tell which algorithms they chose.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use scep::{Digest, MessageType, Operation, Query};
use tokio::task::JoinHandle;

use crate::world::World;

/// Content encryption algorithms as they stand in a message: an OBJECT IDENTIFIER with its tag and length.
const CIPHERS: [(&str, &[u8]); 5] = [
    ("DES", &[6, 5, 0x2b, 14, 3, 2, 7]),
    ("DES3", &[6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 3, 7]),
    ("AES-128", &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2]),
    ("AES-192", &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22]),
    ("AES-256", &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42]),
];

pub(super) struct Front {
    pub(super) address: String,
    state: Arc<Kept>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Kept {
    messages: Mutex<Vec<Vec<u8>>>,
    capabilities: Mutex<Option<String>>,
}

/// What a client chose for a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) kind: MessageType,
    pub(super) digest: Digest,
    /// Of the envelope.
    pub(super) cipher: Option<String>,
}

impl Front {
    pub(super) async fn before(world: &World) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", socket.local_addr().unwrap());
        let state = Arc::new(Kept::default());
        let router = world.public().layer(from_fn_with_state(state.clone(), keep));
        let task = tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
        Self { address, state, task }
    }

    /// Answers GetCACaps with these keywords from now on, as a server that can do less would.
    pub(super) fn offer(&self, capabilities: &[&str]) {
        *self.state.capabilities.lock().unwrap() = Some(capabilities.join("\n") + "\n");
    }

    /// Every message so far that can be read.
    pub(super) fn spoken(&self) -> Vec<Spoken> {
        let messages = self.state.messages.lock().unwrap();
        messages.iter().filter_map(|message| read(message)).collect()
    }

    /// Waits until so many messages came; gives whether they did within half a minute.
    pub(super) async fn await_messages(&self, number: usize) -> bool {
        for _ in 0..300 {
            if self.spoken().len() >= number {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    pub(super) fn end(self) {
        self.task.abort();
    }
}

fn read(message: &[u8]) -> Option<Spoken> {
    let summary = scep::peek_request(message).ok()?;
    let is_in = |octets: &[u8]| message.windows(octets.len()).any(|window| window == octets);
    let cipher = CIPHERS.into_iter().find(|(_, octets)| is_in(octets));
    Some(Spoken {
        kind: summary.message_type,
        digest: summary.digest,
        cipher: cipher.map(|(name, _)| name.to_owned()),
    })
}

async fn keep(State(kept): State<Arc<Kept>>, request: Request, next: Next) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let Ok(query) = query else {
        return next.run(request).await;
    };
    let capabilities = kept.capabilities.lock().unwrap().clone();
    match (query.operation, capabilities) {
        (Operation::GetCaCaps, Some(capabilities)) => capabilities.into_response(),
        (Operation::PkiOperation, _) => {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, scep::MAX_MESSAGE).await.unwrap();
            let message = query.message.unwrap_or_else(|| body.to_vec());
            kept.messages.lock().unwrap().push(message);
            next.run(Request::from_parts(head, Body::from(body))).await
        }
        _ => next.run(request).await,
    }
}
