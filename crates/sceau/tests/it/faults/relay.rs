//! A wire between the server and NDES that remembers what the server sent, and can keep requests for certificates back.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// Base64 of the head of NTLM's third message, which carries the proof. MS-NLMP 2.2.1.3.
const PROOF: &[u8] = b"TlRMTVNTUAADAAAA";
/// A request for a certificate, in its first line.
const REQUEST: &[u8] = b"operation=PKIOperation";
/// Nothing is kept back for longer.
const KEPT_AT_MOST: Duration = Duration::from_mins(1);

pub struct Relay {
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

/// What all connections share.
#[derive(Default)]
struct Seen {
    sent: Mutex<Vec<u8>>,
    connections: AtomicUsize,
    /// Whether requests for certificates are kept back.
    is_shut: Mutex<bool>,
    opened: Condvar,
}

impl Relay {
    /// Listens, and carries everything to `target` and back.
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                let shared = Arc::clone(&shared);
                thread::spawn(move || carry(client, target, &shared));
            }
        });
        Self { address, seen }
    }

    /// How often somebody connected, whether or not anything listens behind.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// How many complete sign-ins were tried.
    pub fn sign_ins(&self) -> usize {
        let sent = self.seen.sent.lock().expect("the record");
        sent.windows(PROOF.len())
            .filter(|window| *window == PROOF)
            .count()
    }

    /// Keeps requests for certificates back from now on, or lets them go.
    pub fn keep_requests(&self, kept: bool) {
        *self.seen.is_shut.lock().expect("the gate") = kept;
        self.seen.opened.notify_all();
    }
}

/// The way to NDES and back, for one connection of the server.
struct Link {
    server: TcpStream,
    /// Its end is not the end of the server's connection.
    is_left: Arc<AtomicBool>,
}

impl Link {
    fn open(client: &TcpStream, target: SocketAddr) -> Option<Self> {
        let server = TcpStream::connect(target).ok()?;
        let (mut from_server, mut to_client) = (server.try_clone().ok()?, client.try_clone().ok()?);
        let is_left = Arc::new(AtomicBool::new(false));
        let left = Arc::clone(&is_left);
        thread::spawn(move || {
            let _ = std::io::copy(&mut from_server, &mut to_client);
            if !left.load(Ordering::SeqCst) {
                let _ = to_client.shutdown(Shutdown::Both);
            }
        });
        Some(Self { server, is_left })
    }

    fn close(self, and_the_other: bool) {
        self.is_left.store(!and_the_other, Ordering::SeqCst);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

fn carry(mut client: TcpStream, target: SocketAddr, seen: &Seen) {
    // Nobody listens there: the client's connection ends too.
    let Some(mut link) = Link::open(&client, target) else {
        return;
    };
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        let chunk = buffer.get(..count).expect("what was read");
        seen.sent.lock().expect("the record").extend_from_slice(chunk);
        let is_shut = seen.is_shut.lock().expect("the gate");
        if *is_shut && chunk.windows(REQUEST.len()).any(|window| window == REQUEST) {
            // The NDES that listens now may not be the one that listens then.
            link.close(false);
            drop(
                seen.opened
                    .wait_timeout_while(is_shut, KEPT_AT_MOST, |is_shut| *is_shut)
                    .expect("the gate"),
            );
            let Some(other) = Link::open(&client, target) else {
                return;
            };
            link = other;
        } else {
            drop(is_shut);
        }
        if link.server.write_all(chunk).is_err() {
            break;
        }
    }
    link.close(true);
}
