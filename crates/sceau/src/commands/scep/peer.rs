//! The server that is asked: its address, how it is reached, and the three questions.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use scep::{CaCertificates, Capabilities, Operation};

use super::{Exit, Failure, trace::Trace};
use crate::outbound::{Bounds, Outbound, OutboundError, ScepAnswer, Trust, Upstream};

/// Flags of every command.
#[derive(Debug, Args)]
pub(super) struct Server {
    /// The SCEP address, such as http://ndes.example/certsrv/mscep/mscep.dll
    pub(super) url: String,
    /// The CA's name, at a server that serves several CAs
    #[arg(long, value_name = "NAME")]
    pub(super) ca_ident: Option<String>,
    /// Certificates (PEM) trusted for https, beside the public ones
    #[arg(long, value_name = "FILE")]
    pub(super) tls_ca: Option<PathBuf>,
    /// Seconds for one exchange with the server
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: u64,
    /// How messages are sent: as the server advertises, or always so
    #[arg(long, value_enum, default_value_t = Method::Advertised)]
    pub(super) method: Method,
    /// Show each message sent and received, decoded, on standard error
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Answer in JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// How PKIOperation is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Method {
    /// POST where the server says POSTPKIOperation or SCEPStandard, else GET.
    Advertised,
    /// POST.
    Post,
    /// GET.
    Get,
}

/// The server, ready to be asked.
#[derive(Debug)]
pub(super) struct Peer {
    outbound: Outbound,
    upstream: Upstream,
    ca_ident: Option<String>,
    method: Method,
    pub(super) trace: Trace,
}

impl Peer {
    pub(super) fn new(server: &Server) -> Result<Self, Failure> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .map_err(|error| Failure::local(format!("{} can't be read: {error}", path.display())))
        };
        Ok(Self {
            outbound: Outbound::with_bounds(Bounds {
                exchange: Duration::from_secs(server.timeout),
                ..Bounds::default()
            }),
            upstream: Upstream {
                scep_url: server.url.clone(),
                trust: Trust::beside_public(server.tls_ca.as_ref().map(read).transpose()?),
                capabilities: String::new(),
            },
            ca_ident: server.ca_ident.clone(),
            method: server.method,
            trace: Trace::new(server.verbose),
        })
    }

    /// Whether messages go by POST, and why.
    pub(super) fn is_posting(&self, capabilities: &Capabilities) -> bool {
        match self.method {
            Method::Advertised => capabilities.has(scep::Capability::PostPkiOperation),
            Method::Post => true,
            Method::Get => false,
        }
    }

    /// GetCACaps as it came.
    pub(super) async fn ask_capabilities(&self) -> Result<ScepAnswer, Failure> {
        self.ask(Operation::GetCaCaps).await
    }

    /// GetCACaps; servers that don't know it can do the least. From now on messages go as it says.
    pub(super) async fn capabilities(&mut self) -> Result<Capabilities, Failure> {
        let answer = self.ask_capabilities().await?;
        let capabilities = match answer.status {
            200 => Capabilities::parse(&answer.body),
            _ => Capabilities::default(),
        };
        self.trace.capabilities(&capabilities);
        let keyword = scep::Capability::PostPkiOperation.keyword();
        let advertised = if self.is_posting(&capabilities) {
            keyword
        } else {
            ""
        };
        advertised.clone_into(&mut self.upstream.capabilities);
        Ok(capabilities)
    }

    /// GetCACert.
    pub(super) async fn certificates(&self) -> Result<CaCertificates, Failure> {
        let answer = self.ask(Operation::GetCaCert).await?;
        if answer.status != 200 {
            return Err(http_failure("GetCACert", &answer));
        }
        let certificates = CaCertificates::parse(&answer.body).map_err(|error| {
            Failure::new(
                Exit::Untrusted,
                format!(
                    "the answer to GetCACert can't be read: {error} ({})",
                    kind(&answer)
                ),
                "Check the address: it must be the SCEP address itself, and no page in front of it.",
            )
        })?;
        self.trace.certificates(&certificates);
        Ok(certificates)
    }

    /// PKIOperation: one message, and what came back.
    pub(super) async fn operate(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let is_post = !self.upstream.capabilities.is_empty();
        self.trace.sent(message, is_post);
        let started = Instant::now();
        let answer = self.outbound.scep_post(&self.upstream, message.to_vec()).await;
        let answer = self.came("PKIOperation", started, answer)?;
        // Some servers give a CertRep with an HTTP error: what it says counts.
        if answer.status != 200 && scep::peek_reply(&answer.body).is_err() {
            return Err(http_failure("PKIOperation", &answer));
        }
        self.trace.received(&answer.body);
        Ok(answer.body)
    }

    async fn ask(&self, operation: Operation) -> Result<ScepAnswer, Failure> {
        let started = Instant::now();
        self.trace.line(&format!(
            "> GET {}?operation={}",
            self.upstream.scep_url,
            operation.name()
        ));
        let ca_name = self.ca_ident.as_deref();
        let answer = self
            .outbound
            .scep_get_of(&self.upstream, operation, ca_name)
            .await;
        self.came(operation.name(), started, answer)
    }

    fn came(
        &self,
        what: &str,
        started: Instant,
        answer: Result<ScepAnswer, OutboundError>,
    ) -> Result<ScepAnswer, Failure> {
        let took = started.elapsed().as_millis();
        match answer {
            Ok(answer) => {
                let octets = answer.body.len();
                self.trace.line(&format!(
                    "< {what}: HTTP {}, {}, {octets} octets, {took} ms",
                    answer.status,
                    kind(&answer)
                ));
                Ok(answer)
            }
            Err(error) => {
                self.trace.line(&format!("< {what}: no answer after {took} ms"));
                Err(Failure::outside(&error))
            }
        }
    }
}

/// The content type in words.
pub(super) fn kind(answer: &ScepAnswer) -> &str {
    answer.content_type.as_deref().unwrap_or("no content type")
}

/// An HTTP status other than 200, with what it mostly means at a SCEP address.
pub(super) fn http_failure(what: &str, answer: &ScepAnswer) -> Failure {
    let advice = match answer.status {
        301 | 302 | 307 | 308 => "Redirects aren't followed: give the address that it leads to.",
        400 => {
            "The server can't read the message, or something in front of it won't have it: see `--method`."
        }
        401 => "Allow anonymous access to the SCEP address; at NDES only mscep_admin asks for an account.",
        403 => "In IIS set client certificates to Ignore, and see what stands in front of the server.",
        404 => "There is no SCEP server at this address. NDES's ends in /certsrv/mscep/mscep.dll.",
        405 | 411 | 413 | 414 => "Something in front of the server won't have the message: see `--method`.",
        500 => "The server failed: see its own log (NDES: the application log, and its RA certificates).",
        502..=504 => "The server behind that address doesn't run, or doesn't reach its CA.",
        _ => "See the server's own log.",
    };
    let words = words(&answer.body);
    let said = if words.is_empty() {
        String::new()
    } else {
        format!(": “{words}”")
    };
    Failure::new(
        Exit::Unreachable,
        format!("{what} was answered with HTTP status {}{said}", answer.status),
        advice,
    )
}

/// The first words of a body that is text, without control characters; nothing of HTML.
fn words(body: &[u8]) -> String {
    let start = body.get(..200).unwrap_or(body);
    let Ok(text) = std::str::from_utf8(start) else {
        return String::new();
    };
    let line = text.lines().next().unwrap_or_default().trim();
    if line.starts_with('<') {
        return String::new();
    }
    line.chars().filter(|character| !character.is_control()).collect()
}
