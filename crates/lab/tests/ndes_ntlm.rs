//! NTLM at the look-alike, leg by leg: a client that nobody here wrote, and messages that mean no good.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ndes_world::World;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialUse, DataRepresentation, Ntlm, SecurityBuffer,
    Sspi as _, SspiImpl as _, Username,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Where the message integrity code stands in the last message (MS-NLMP 2.2.1.3).
const INTEGRITY: usize = 72;

/// The client of the sspi crate, in the middle of signing in.
struct Client {
    ntlm: Ntlm,
    credentials: Option<sspi::AuthIdentityBuffers>,
}

impl Client {
    fn new(password: &str, binding: Option<&[u8]>) -> Self {
        let identity = AuthIdentity {
            username: Username::parse("LAB\\ndes").unwrap(),
            password: password.to_owned().into(),
        };
        let mut ntlm = Ntlm::new();
        if let Some(binding) = binding {
            ntlm.set_channel_bindings(binding);
        }
        let acquired = ntlm
            .acquire_credentials_handle()
            .with_credential_use(CredentialUse::Outbound)
            .with_auth_data(&identity)
            .execute(&mut ntlm)
            .unwrap();
        Self {
            ntlm,
            credentials: acquired.credentials_handle,
        }
    }

    fn step(&mut self, answer: Option<&[u8]>) -> Vec<u8> {
        let mut input = answer.map(|octets| vec![SecurityBuffer::new(octets.to_vec(), BufferType::Token)]);
        let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut builder = self
            .ntlm
            .initialize_security_context()
            .with_credentials_handle(&mut self.credentials)
            .with_context_requirements(ClientRequestFlags::ALLOCATE_MEMORY)
            .with_target_data_representation(DataRepresentation::Native)
            .with_output(&mut output);
        if let Some(input) = &mut input {
            builder = builder.with_input(input);
        }
        self.ntlm
            .initialize_security_context_impl(&mut builder)
            .unwrap()
            .resolve_to_result()
            .unwrap();
        output.remove(0).buffer
    }

    /// The first two legs on this connection; the message of the third.
    async fn proof(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Vec<u8> {
        let (status, head) = exchange(stream, "NTLM", Some(&self.step(None))).await;
        assert_eq!(status, 401, "{head}");
        self.step(Some(&challenge(&head)))
    }
}

/// The server's challenge in the head of its answer.
fn challenge(head: &str) -> Vec<u8> {
    let (_, token) = head.split_once("www-authenticate: NTLM ").expect(head);
    STANDARD.decode(token.lines().next().unwrap()).unwrap()
}

/// One request on a connection that stays open: the status and the head of the answer.
async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    scheme: &str,
    token: Option<&[u8]>,
) -> (u16, String) {
    let header = token.map_or(String::new(), |token| {
        format!("Authorization: {scheme} {}\r\n", STANDARD.encode(token))
    });
    let request = format!("GET /certsrv/mscep_admin/ HTTP/1.1\r\nHost: ndes\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let (head, length) = loop {
        assert_ne!(
            stream.read_buf(&mut read).await.unwrap(),
            0,
            "the connection ended"
        );
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(read[..end].to_vec()).unwrap();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap();
            let length = end + 4 + length.parse::<usize>().unwrap();
            break (head, length);
        }
    };
    while read.len() < length {
        assert_ne!(
            stream.read_buf(&mut read).await.unwrap(),
            0,
            "the connection ended"
        );
    }
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head)
}

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.running.address).await.unwrap()
}

#[tokio::test]
async fn a_client_that_nobody_here_wrote_signs_in_under_either_scheme() {
    let world = World::new().await;
    for scheme in ["NTLM", "Negotiate", "ntlm"] {
        let mut stream = connect(&world).await;
        let mut client = Client::new("Correct-Horse-7", None);
        let (_, head) = exchange(&mut stream, scheme, Some(&client.step(None))).await;
        let spelling = if scheme == "Negotiate" {
            "Negotiate"
        } else {
            "NTLM"
        };
        let (_, token) = head
            .split_once(&format!("www-authenticate: {spelling} "))
            .expect(&head);
        let last = client.step(Some(&STANDARD.decode(token.lines().next().unwrap()).unwrap()));
        assert_eq!(exchange(&mut stream, scheme, Some(&last)).await.0, 200);
    }
}

#[tokio::test]
async fn a_wrong_password_or_a_changed_message_is_refused() {
    let world = World::new().await;
    let mut stream = connect(&world).await;
    let wrong = Client::new("wrong", None).proof(&mut stream).await;
    assert_eq!(exchange(&mut stream, "NTLM", Some(&wrong)).await.0, 401);

    // One bit of the integrity code, and one of the flags that it covers.
    for place in [INTEGRITY, 60] {
        let mut changed = Client::new("Correct-Horse-7", None).proof(&mut stream).await;
        changed[place] ^= 0x10;
        assert_eq!(
            exchange(&mut stream, "NTLM", Some(&changed)).await.0,
            401,
            "{place}"
        );
    }
    let right = Client::new("Correct-Horse-7", None).proof(&mut stream).await;
    assert_eq!(exchange(&mut stream, "NTLM", Some(&right)).await.0, 200);
}

#[tokio::test]
async fn what_one_connection_proved_counts_there_and_on_no_other() {
    let world = World::new().await;
    let (mut one, mut other) = (connect(&world).await, connect(&world).await);
    let mut client = Client::new("Correct-Horse-7", None);
    let last = client.proof(&mut one).await;
    // The other connection was asked for something else, or for nothing yet.
    assert_eq!(exchange(&mut other, "NTLM", Some(&last)).await.0, 401);
    Client::new("Correct-Horse-7", None).proof(&mut other).await;
    assert_eq!(exchange(&mut other, "NTLM", Some(&last)).await.0, 401);

    assert_eq!(exchange(&mut one, "NTLM", Some(&last)).await.0, 200);
    assert_eq!(exchange(&mut one, "NTLM", None).await.0, 200);
    assert_eq!(exchange(&mut other, "NTLM", None).await.0, 401);
    // A proof is good for one challenge: sent again it proves nothing, and signs out.
    assert_eq!(exchange(&mut one, "NTLM", Some(&last)).await.0, 401);
    assert_eq!(exchange(&mut one, "NTLM", None).await.0, 401);
}

/// What comes of a sign-in over HTTPS that is bound to another channel, to this one, to none.
async fn bound(faults: &str) -> [u16; 3] {
    let world = World::with(|options| {
        options.tls = true;
        options.faults = faults.parse().unwrap();
    })
    .await;
    let authority = CertificateDer::from_pem_file(world.data.path().join("tls-ca.pem")).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut stream = connector.connect(name, connect(&world).await).await.unwrap();
    let certificate = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let binding = |certificate: &[u8]| {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate);
        [b"tls-server-end-point:", hash.as_ref()].concat()
    };
    let (ours, relayed) = (binding(&certificate), binding(b"another server's certificate"));
    let mut came = [0; 3];
    for (binding, status) in [Some(&relayed), Some(&ours), None].into_iter().zip(&mut came) {
        let mut client = Client::new("Correct-Horse-7", binding.map(Vec::as_slice));
        let last = client.proof(&mut stream).await;
        *status = exchange(&mut stream, "NTLM", Some(&last)).await.0;
    }
    came
}

#[tokio::test]
async fn over_https_the_bindings_of_another_channel_are_refused() {
    assert_eq!(bound("").await, [401, 200, 200]);
}

#[tokio::test]
async fn where_a_binding_is_required_none_is_refused_too() {
    assert_eq!(bound("require-binding").await, [401, 200, 401]);
}

fn negotiate() -> Vec<u8> {
    let mut message = b"NTLMSSP\0\x01\0\0\0".to_vec();
    message.extend(0xa208_8207_u32.to_le_bytes());
    message.extend([0; 16]);
    message
}

#[tokio::test]
async fn hostile_ntlm_messages_are_refused_and_the_service_lives_on() {
    let world = World::new().await;
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    let mut hostile: Vec<Vec<u8>> = vec![
        b"NTLMSSP\0".to_vec(),
        b"NTLMSSP\0\x02\0\0\0".to_vec(),
        vec![0; 64],
        vec![],
    ];
    for (length, offset) in [(0xffff_u16, 64_u32), (16, u32::MAX), (16, 0x7fff_fff0), (1, 88)] {
        let mut message = b"NTLMSSP\0\x03\0\0\0".to_vec();
        for _ in 0..6 {
            message.extend(length.to_le_bytes());
            message.extend(length.to_le_bytes());
            message.extend(offset.to_le_bytes());
        }
        message.extend(u32::MAX.to_le_bytes());
        message.extend([0; 24]);
        for end in 12..message.len() {
            hostile.push(message[..end].to_vec());
        }
        hostile.push(message);
    }
    for token in hostile {
        let (status, head) = exchange(&mut stream, "NTLM", Some(&negotiate())).await;
        assert!(status == 401 && head.contains("NTLM TlRMTVNTUAACAAAA"), "{head}");
        let (status, head) = exchange(&mut stream, "NTLM", Some(&token)).await;
        assert!(
            status == 401 && head.contains("www-authenticate: NTLM\r\n"),
            "{head}"
        );
    }
    world.challenge().await;
}
