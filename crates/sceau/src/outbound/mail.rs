//! Mail: handed to the one server of the settings.

use std::time::Duration;

use domain::notification::SendProblem;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use zeroize::Zeroizing;

use super::{TlsProblem, webhook::told};
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

/// Hands a mail over. What the server says last is the answer.
pub async fn send(settings: &MailSettings, mail: &Mail) -> Result<(), SendProblem> {
    if !settings.is_on() {
        return Err(SendProblem::new("unsent-mail-off"));
    }
    let message = message(settings, mail)?;
    let transport = transport(settings, &mail.host).await?;
    let place = format!("{}:{}", settings.server, settings.port);
    match tokio::time::timeout(LIMIT, transport.send(message)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(problem(&error, &place)),
        Err(_) => Err(SendProblem::new("unsent-mail-silent").with("place", place)),
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

async fn transport(
    settings: &MailSettings,
    host: &str,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, SendProblem> {
    let tls = match settings.security {
        MailSecurity::StartTls => Tls::Required(parameters(settings).await?),
        MailSecurity::Tls => Tls::Wrapper(parameters(settings).await?),
        MailSecurity::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.server)
        .port(settings.port)
        .tls(tls)
        .timeout(Some(ANSWER))
        .hello_name(ClientId::Domain(host.to_owned()));
    if let Some(file) = &settings.password_file {
        let told = tokio::fs::read_to_string(file).await;
        let password = Zeroizing::new(told.map_err(|error| unreadable(file, &error))?);
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        builder = builder.credentials(Credentials::new(settings.username.clone(), password));
    }
    Ok(builder.build())
}

/// The public authorities, and those of the trust file.
async fn parameters(settings: &MailSettings) -> Result<TlsParameters, SendProblem> {
    let mut parameters =
        TlsParameters::builder(settings.server.clone()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(file) = &settings.trust_file {
        let pem = tokio::fs::read(file).await;
        let pem = pem.map_err(|error| unreadable(file, &error))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let der = certificate.map_err(|error| local(error.to_string()))?;
            let trusted = Certificate::from_der(der.to_vec()).map_err(|error| local(error.to_string()))?;
            parameters = parameters.add_root_certificate(trusted);
        }
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
