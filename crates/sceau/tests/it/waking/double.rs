//! WNS as Microsoft's pages describe it, on loopback over TLS, behind a proxy that leads every name there. A request that
//! isn't as those pages have it is refused.

use std::{
    collections::{BTreeMap, VecDeque},
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

pub const SID: &str = "ms-app://s-1-15-2-2972962901-2322836549-3722629029";
pub const UUID: &str = "01234567-89ab-cdef-0123-456789abcdef";
pub const SECRET: &str = "s3cret & more";
pub const SLOW: &str = "slow.notify.windows.com";

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Came {
    pub host: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What the next push gets: status and headers.
type Prepared = (u16, &'static str);

#[derive(Default)]
pub struct Book {
    /// Names that were asked for at the proxy.
    pub called: Vec<String>,
    pub tokens: Vec<Came>,
    pub pushes: Vec<Came>,
    /// The token that counts.
    pub valid: Option<String>,
    /// No token counts.
    pub refuses_tokens: bool,
    pub next: VecDeque<Prepared>,
    pub expires_in: i64,
    pub secret: String,
}

pub struct Wns {
    pub book: Arc<Mutex<Book>>,
    pub trust: String,
    pub proxy: u16,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Wns {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Wns {
    pub async fn start() -> Self {
        let (acceptor, trust) = identity();
        let book = Arc::new(Mutex::new(Book {
            expires_in: 86_400,
            secret: SECRET.to_owned(),
            ..Book::default()
        }));
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = server.local_addr().unwrap();
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = proxy.local_addr().unwrap().port();
        let (pages, calls) = (book.clone(), book.clone());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = server.accept().await {
                let (acceptor, book) = (acceptor.clone(), pages.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, book).await;
                    }
                });
            }
        });
        let leading = tokio::spawn(async move {
            while let Ok((mut stream, _)) = proxy.accept().await {
                let book = calls.clone();
                tokio::spawn(async move {
                    let Some(head) = head_of(&mut stream).await else {
                        return;
                    };
                    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    book.lock().unwrap().called.push(target);
                    let mut on = TcpStream::connect(to).await.unwrap();
                    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut on).await;
                });
            }
        });
        Self {
            book,
            trust,
            proxy: port,
            tasks: vec![serving, leading],
        }
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Book) -> T) -> T {
        look(&mut self.book.lock().unwrap())
    }

    /// The next push gets this.
    pub fn answer(&self, status: u16, headers: &'static str) {
        self.with(|book| book.next.push_back((status, headers)));
    }

    pub fn pushes(&self) -> usize {
        self.with(|book| book.pushes.len())
    }

    pub fn tokens(&self) -> usize {
        self.with(|book| book.tokens.len())
    }
}

fn identity() -> (TlsAcceptor, String) {
    let folder = tempfile::tempdir().unwrap();
    let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=wns \
                   -addext subjectAltName=DNS:login.live.com,DNS:login.microsoftonline.com,DNS:*.notify.windows.com \
                   -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem";
    let made = Command::new("openssl")
        .args(request.split_whitespace())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = folder.path().join("certificate.pem");
    let chain = vec![CertificateDer::from_pem_file(&certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let trust = std::fs::read_to_string(certificate).unwrap();
    (TlsAcceptor::from(Arc::new(configuration)), trust)
}

async fn head_of(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, book: Arc<Mutex<Book>>) {
    let Some(head) = head_of(&mut stream).await else {
        return;
    };
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    let came = Came {
        host: headers["host"].clone(),
        path,
        headers,
        body: String::from_utf8(body).unwrap(),
    };
    if came.host == SLOW {
        book.lock().unwrap().pushes.push(came);
        // Longer than anybody waits.
        tokio::time::sleep(Duration::from_secs(60)).await;
        return;
    }
    let (status, headers, body) = match came.host.starts_with("login.") {
        true => token(&came, &mut book.lock().unwrap()),
        false => push(&came, &mut book.lock().unwrap()),
    };
    let answer = format!(
        "HTTP/1.1 {status} Said\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Microsoft, "Push notification service request and response headers", access token request; for Entra, "Quickstart:
/// Push notifications in the Windows App SDK".
fn token(came: &Came, book: &mut Book) -> (u16, String, String) {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(came.body.as_bytes())
        .into_owned()
        .collect();
    book.tokens.push(came.clone());
    let (path, client, scope) = match came.host.as_str() {
        "login.live.com" => ("/accesstoken.srf", SID, "notify.windows.com"),
        _ => (
            "/example.org/oauth2/v2.0/token",
            UUID,
            "https://wns.windows.com/.default",
        ),
    };
    let is_right = came.path == path
        && came.headers["content-type"] == "application/x-www-form-urlencoded"
        && fields["grant_type"] == "client_credentials"
        && fields["client_id"] == client
        && fields["client_secret"] == book.secret
        && fields["scope"] == scope;
    if !is_right {
        let body = r#"{"error":"invalid_client","error_description":"unknown"}"#;
        return (400, String::new(), body.to_owned());
    }
    let token = format!("token+{}/==", book.tokens.len());
    book.valid = Some(token.clone());
    let body = format!(
        r#"{{"access_token":"{token}","token_type":"bearer","expires_in":{}}}"#,
        book.expires_in
    );
    (200, "Content-Type: application/json\r\n".to_owned(), body)
}

fn push(came: &Came, book: &mut Book) -> (u16, String, String) {
    book.pushes.push(came.clone());
    let header = |name: &str| came.headers.get(name).map(String::as_str);
    let nothing = String::new;
    let expected = book.valid.as_ref().map(|token| format!("Bearer {token}"));
    if book.refuses_tokens || header("authorization") != expected.as_deref() {
        return (401, nothing(), nothing());
    }
    let is_raw = header("x-wns-type") == Some("wns/raw")
        && header("content-type") == Some("application/octet-stream")
        && header("x-wns-cache-policy") == Some("cache")
        && header("x-wns-ttl").is_some_and(|seconds| seconds.parse::<u32>().is_ok())
        && !came.body.is_empty();
    if !is_raw {
        return (400, nothing(), nothing());
    }
    match book.next.pop_front() {
        Some((status, headers)) => (status, headers.to_owned(), nothing()),
        None => {
            let told = "X-WNS-Status: received\r\nX-WNS-DeviceConnectionStatus: disconnected\r\nX-WNS-Msg-ID: 7A3F\r\n";
            (200, told.to_owned(), nothing())
        }
    }
}
