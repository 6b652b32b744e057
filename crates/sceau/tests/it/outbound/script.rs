//! A server that answers each request as a script says, and counts connections and requests.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// One request as it came: on which connection, head and body.
#[derive(Clone, Debug)]
pub struct Seen {
    pub connection: usize,
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
    pub fn authorization(&self) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix("authorization: "))
    }
    /// 1 or 3 for an NTLM message, whatever the scheme's name.
    pub fn ntlm_type(&self) -> Option<u8> {
        let token = STANDARD.decode(self.authorization()?.split(' ').nth(1)?).ok()?;
        token.starts_with(b"NTLMSSP\0").then(|| token[8])
    }
}

/// What the server does with a request.
pub enum Reply {
    /// Sends these octets and keeps the connection.
    Keep(Vec<u8>),
    /// Sends these octets and closes it.
    Close(Vec<u8>),
    /// Never answers.
    Silence,
}

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, kept) = (Arc::new(script), seen.clone());
        let task = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                connection += 1;
                tokio::spawn(converse(stream, connection, script.clone(), kept.clone()));
            }
        });
        Self { address, seen, task }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn converse(
    mut stream: TcpStream,
    connection: usize,
    script: Arc<impl Fn(&Seen) -> Reply + Send + Sync + 'static>,
    kept: Arc<Mutex<Vec<Seen>>>,
) {
    while let Some((head, body)) = request(&mut stream).await {
        let seen = Seen {
            connection,
            head,
            body,
        };
        kept.lock().unwrap().push(seen.clone());
        match script(&seen) {
            Reply::Keep(octets) => stream.write_all(&octets).await.unwrap(),
            Reply::Close(octets) => {
                let _ = stream.write_all(&octets).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Silence => std::future::pending().await,
        }
    }
}

async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut octets = Vec::new();
    let end = loop {
        if let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut octets).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(octets[..end].to_vec()).unwrap();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    while octets.len() < end + length {
        if stream.read_buf(&mut octets).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, octets[end..end + length].to_vec()))
}

/// An answer with these header lines and this body.
pub fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut octets = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        octets.push_str(header);
        octets.push_str("\r\n");
    }
    octets.push_str("\r\n");
    [octets.as_bytes(), body].concat()
}

/// NTLM's second message, in base64: MS-NLMP 2.2.1.2 with a target's name and nothing else.
pub fn second_message() -> String {
    let info = [&[2_u8, 0, 6, 0][..], &utf16("LAB"), &[0, 0, 0, 0]].concat();
    let mut message = b"NTLMSSP\0".to_vec();
    message.extend(2_u32.to_le_bytes());
    message.extend([6, 0, 6, 0]);
    message.extend(56_u32.to_le_bytes());
    message.extend(0xA289_8205_u32.to_le_bytes());
    message.extend([1, 2, 3, 4, 5, 6, 7, 8]);
    message.extend([0; 8]);
    let length = u16::try_from(info.len()).unwrap();
    message.extend(length.to_le_bytes());
    message.extend(length.to_le_bytes());
    message.extend(62_u32.to_le_bytes());
    message.extend([10, 0, 0x5D, 0x4A, 0, 0, 0, 15]);
    message.extend(utf16("LAB"));
    message.extend(info);
    STANDARD.encode(message)
}

/// A page of challenges as NDES shapes it, in UTF-16LE.
pub fn page(challenge: &str) -> Vec<u8> {
    utf16(&format!(
        "<HTML><Head><Title><LocID ID=locPageTitle>Inscription</Title></Head><BODY>\
         Empreinte : <B> A656FA66 AB12B433 A2DA5CF7 CC153D9A </B> <P> Mot de passe : <B> {challenge} </B></BODY></HTML>\0"
    ))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
