//! A wire between the server and NDES that remembers what the server sent.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Base64 of the head of NTLM's third message, which carries the proof. MS-NLMP 2.2.1.3.
const PROOF: &[u8] = b"TlRMTVNTUAADAAAA";

pub struct Relay {
    pub address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
}

impl Relay {
    /// Listens, and carries everything to `target` and back.
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let sent = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&sent);
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::Relaxed);
                let record = Arc::clone(&record);
                thread::spawn(move || carry(client, target, &record));
            }
        });
        Self {
            address,
            sent,
            connections,
        }
    }

    /// How often somebody connected, whether or not anything listens behind.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// How many complete sign-ins were tried.
    pub fn sign_ins(&self) -> usize {
        let sent = self.sent.lock().expect("the record");
        sent.windows(PROOF.len())
            .filter(|window| *window == PROOF)
            .count()
    }
}

fn carry(client: TcpStream, target: SocketAddr, record: &Mutex<Vec<u8>>) {
    // Nobody listens there: the client's connection ends too.
    let Ok(server) = TcpStream::connect(target) else {
        return;
    };
    let (mut from_server, mut to_client) = (
        server.try_clone().expect("a stream"),
        client.try_clone().expect("a stream"),
    );
    let back = thread::spawn(move || {
        let _ = std::io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let (mut client, mut server) = (client, server);
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        record
            .lock()
            .expect("the record")
            .extend_from_slice(&buffer[..count]);
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
    let _ = back.join();
}
