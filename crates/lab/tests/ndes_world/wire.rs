//! A wire between a client and the look-alike that keeps what went over it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test uses its own part"
)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub struct Wire {
    pub address: SocketAddr,
    connections: Arc<Mutex<Vec<Recorded>>>,
}

/// The octets of one connection, in both directions.
#[derive(Default)]
struct Recorded {
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// One HTTP request's first line and what answered it.
pub struct Exchanged {
    pub request_line: String,
    pub answer: Vec<u8>,
}

impl Wire {
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(Recorded::default());
                    kept.len() - 1
                };
                tokio::spawn(carry(client, target, Arc::clone(&kept), number));
            }
        });
        Self { address, connections }
    }

    /// What went over it so far, for clients that send requests without a body.
    pub fn exchanges(&self) -> Vec<Exchanged> {
        let connections = self.connections.lock().unwrap();
        connections
            .iter()
            .flat_map(|recorded| split(&recorded.sent, &recorded.received))
            .collect()
    }
}

async fn carry(client: TcpStream, target: SocketAddr, kept: Arc<Mutex<Vec<Recorded>>>, number: usize) {
    let server = TcpStream::connect(target).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = Arc::clone(&kept);
    let up = async move {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            kept.lock()
                .unwrap()
                .get_mut(number)
                .unwrap()
                .sent
                .extend_from_slice(&buffer[..read]);
            if to_server.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown().await;
    };
    let down = async move {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            answers
                .lock()
                .unwrap()
                .get_mut(number)
                .unwrap()
                .received
                .extend_from_slice(&buffer[..read]);
            if to_client.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
        let _ = to_client.shutdown().await;
    };
    tokio::join!(up, down);
}

fn split(sent: &[u8], mut received: &[u8]) -> Vec<Exchanged> {
    let sent = String::from_utf8_lossy(sent).into_owned();
    let requests = sent.split("\r\n\r\n").filter(|request| !request.is_empty());
    requests
        .map(|request| {
            let end = received
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
                .expect("a head");
            let head = String::from_utf8_lossy(&received[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .expect("a length");
            let length: usize = length.parse().unwrap();
            let answer = received[end + 4..end + 4 + length].to_vec();
            received = &received[end + 4 + length..];
            Exchanged {
                request_line: request.lines().next().unwrap_or_default().to_owned(),
                answer,
            }
        })
        .collect()
}
