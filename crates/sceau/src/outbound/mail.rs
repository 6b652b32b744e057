//! Mail: handed to the one server of the settings.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use domain::notification::SendProblem;
use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters},
        extension::ClientId,
    },
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use super::{Outbound, TlsProblem, Trust, Unreachable, address::Origin, connection, way::Way, webhook::told};
use crate::settings::{MailSecurity, MailSettings};

/// Time for each answer of the server.
const ANSWER: Duration = Duration::from_secs(20);
/// Time for all of it.
const LIMIT: Duration = Duration::from_secs(60);

/// A mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Names it for ever: the same mail sent twice bears the same one.
    pub id: String,
    /// This server's host.
    pub host: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// TLS from the first octet.
#[derive(Debug)]
struct Secured(TlsStream<TcpStream>);

impl AsyncTokioStream for Secured {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// RFC 3834 §5: nobody's absence note answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Outbound {
    /// Hands a mail over, by the way of the settings. What the server says last is the answer.
    pub async fn mail(&self, settings: &MailSettings, mail: &Mail) -> Result<(), SendProblem> {
        if !settings.is_on() {
            return Err(SendProblem::new("unsent-mail-off"));
        }
        let place = format!("{}:{}", settings.server, settings.port);
        let message = message(settings, mail)?;
        let sending = hand_over(&self.pool.way, settings, &mail.host, &message, &place);
        match tokio::time::timeout(LIMIT, Box::pin(sending)).await {
            Ok(sent) => sent,
            Err(_) => Err(SendProblem::new("unsent-mail-silent").with("place", place)),
        }
    }
}

async fn hand_over(
    way: &Way,
    settings: &MailSettings,
    host: &str,
    message: &Message,
    place: &str,
) -> Result<(), SendProblem> {
    let credentials = credentials(settings).await?;
    let hello = ClientId::Domain(host.to_owned());
    let stream = connect(way, settings, place).await?;
    let mut server = step(place, AsyncSmtpConnection::connect_with_transport(stream, &hello)).await?;
    if settings.security == MailSecurity::StartTls {
        let parameters = parameters(settings).await?;
        step(place, server.starttls(parameters, &hello)).await?;
    }
    if let Some(credentials) = credentials {
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        step(place, server.auth(&mechanisms, &credentials)).await?;
    }
    step(place, server.send(message.envelope(), &message.formatted())).await?;
    // It was taken: how the connection ends changes nothing.
    let _ = tokio::time::timeout(ANSWER, server.quit()).await;
    Ok(())
}

/// One exchange with the server.
async fn step<T>(place: &str, step: impl Future<Output = Result<T, Error>>) -> Result<T, SendProblem> {
    match tokio::time::timeout(ANSWER, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(problem(&error, place)),
        Err(_) => Err(SendProblem::new("unsent-mail-silent").with("place", place)),
    }
}

/// A connection to the server, through the proxy where there is one, in TLS where that comes first.
async fn connect(
    way: &Way,
    settings: &MailSettings,
    place: &str,
) -> Result<Box<dyn AsyncTokioStream>, SendProblem> {
    let origin = Origin {
        is_tls: settings.security == MailSecurity::Tls,
        host: settings.server.clone(),
        port: settings.port,
    };
    let trust = Trust::beside_public(trusted(settings).await?);
    let connecting = async {
        let stream = way.connect(&origin).await?;
        if !origin.is_tls {
            return Ok::<Box<dyn AsyncTokioStream>, Unreachable>(Box::new(stream));
        }
        let stream = connection::secure(&origin, stream, &trust).await?;
        Ok(Box::new(Secured(stream)))
    };
    let silent = || SendProblem::new("unsent-mail-silent").with("place", place);
    match tokio::time::timeout(way.limit, connecting).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(Unreachable::Tls(failure))) => Err(told(&failure.problem, &failure.host)),
        Ok(Err(Unreachable::TimedOut(_))) | Err(_) => Err(silent()),
        Ok(Err(error)) => Err(SendProblem::new("unsent-mail-unreachable")
            .with("place", place)
            .with("detail", error.to_string())),
    }
}

fn message(settings: &MailSettings, mail: &Mail) -> Result<Message, SendProblem> {
    let mailbox = |text: &str| {
        text.parse::<Mailbox>()
            .map_err(|_| SendProblem::new("unsent-mail-address").with("address", text))
    };
    Message::builder()
        .from(mailbox(&settings.from)?)
        .to(mailbox(&mail.to)?)
        .subject(&mail.subject)
        .message_id(Some(format!("<{}@{}>", mail.id, mail.host)))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|error| local(error.to_string()))
}

/// The account that sends, if one is set.
async fn credentials(settings: &MailSettings) -> Result<Option<Credentials>, SendProblem> {
    let Some(file) = &settings.password_file else {
        return Ok(None);
    };
    let told = tokio::fs::read_to_string(file).await;
    let password = Zeroizing::new(told.map_err(|error| unreadable(file, &error))?);
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Some(Credentials::new(settings.username.clone(), password)))
}

/// What the trust file holds (PEM).
async fn trusted(settings: &MailSettings) -> Result<Option<String>, SendProblem> {
    match &settings.trust_file {
        None => Ok(None),
        Some(file) => {
            let pem = tokio::fs::read_to_string(file).await;
            pem.map(Some).map_err(|error| unreadable(file, &error))
        }
    }
}

/// The public authorities, and those of the trust file.
async fn parameters(settings: &MailSettings) -> Result<TlsParameters, SendProblem> {
    let mut parameters =
        TlsParameters::builder(settings.server.clone()).certificate_store(CertificateStore::WebpkiRoots);
    let pem = trusted(settings).await?.unwrap_or_default();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let der = certificate.map_err(|error| local(error.to_string()))?;
        let trusted = Certificate::from_der(der.to_vec()).map_err(|error| local(error.to_string()))?;
        parameters = parameters.add_root_certificate(trusted);
    }
    parameters
        .build_rustls()
        .map_err(|error| local(error.to_string()))
}

fn unreadable(file: &std::path::Path, error: &std::io::Error) -> SendProblem {
    SendProblem::new("unsent-mail-file")
        .with("file", file.display().to_string())
        .with("detail", error.to_string())
}

fn local(detail: String) -> SendProblem {
    SendProblem::new("unsent-mail-local").with("detail", detail)
}

fn problem(error: &Error, place: &str) -> SendProblem {
    if let Some(problem) = handshake(error) {
        return told(&problem, place);
    }
    let key = if error.status().is_some() {
        "unsent-mail-refused"
    } else if error.is_tls() {
        "unsent-mail-tls"
    } else if error.is_timeout() {
        "unsent-mail-silent"
    } else {
        "unsent-mail-unreachable"
    };
    let mut detail = error.to_string();
    for inner in causes(error) {
        let words = inner.to_string();
        if !detail.contains(&words) {
            detail = format!("{detail}: {words}");
        }
    }
    SendProblem::new(key).with("place", place).with("detail", detail)
}

/// What lies below an error, the outermost first.
fn causes(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(error), |inner| inner.source())
}

/// Why TLS failed, if it is that.
fn handshake(error: &Error) -> Option<TlsProblem> {
    causes(error)
        .filter_map(|inner| inner.downcast_ref::<std::io::Error>())
        .find(|io| {
            let inner = io.get_ref();
            inner
                .and_then(|inner| inner.downcast_ref::<rustls::Error>())
                .is_some()
        })
        .map(TlsProblem::of)
}
