//! Windows' SCEP client on the wire.

use std::time::Duration;

use ::scep::{CONTENT_TYPE_MESSAGE, CaCertificates, Capabilities, Capability, Error, Operation, Query};
use http::Method;
use url::Url;

use super::Failed;
use crate::device::hresult::Hresult;
use crate::device::machine::Machine;
use crate::http::{HttpClient, scep};

const USER_AGENT: &str = "Mozilla/4.0 (compatible; Win32; NDES client 10.0.19045.1/19045.1)";

/// A SCEP server as the device sees it.
pub(super) struct ScepServer {
    client: HttpClient,
    url: Url,
}

impl ScepServer {
    /// Windows adds `/pkiclient.exe` to what it was sent.
    pub(super) fn at(machine: &Machine, server_url: &str) -> Result<Self, Failed> {
        let invalid = || {
            Failed(
                Hresult::INVALID_ARGUMENT,
                format!("{server_url} isn't an address"),
            )
        };
        let url = Url::parse(&format!("{server_url}/pkiclient.exe")).map_err(|_| invalid())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid());
        }
        let (tls, asked) = scep(&machine.trusted_for_tls())
            .map_err(|error| Failed(Hresult::SECURE_FAILURE, error.to_string()))?;
        let network = machine.laboratory.network.clone();
        let client =
            HttpClient::new(tls, network, Duration::from_secs(60)).refusing_certificate_requests(asked);
        Ok(Self { client, url })
    }

    pub(super) async fn capabilities(&mut self) -> Result<Capabilities, Failed> {
        let query = Query::write(Operation::GetCaCaps, Some("default"));
        Ok(Capabilities::parse(
            &self.ask(Method::GET, &query, Vec::new()).await?,
        ))
    }

    pub(super) async fn certificates(&mut self) -> Result<CaCertificates, Failed> {
        let query = Query::write(Operation::GetCaCert, Some("default"));
        CaCertificates::parse(&self.ask(Method::GET, &query, Vec::new()).await?).map_err(scep_error)
    }

    /// PKIOperation by POST where the server has it, else by GET.
    pub(super) async fn operate(
        &mut self,
        capabilities: &Capabilities,
        message: Vec<u8>,
    ) -> Result<Vec<u8>, Failed> {
        if capabilities.has(Capability::PostPkiOperation) {
            let query = Query::write(Operation::PkiOperation, None);
            self.ask(Method::POST, &query, message).await
        } else {
            let query = Query::write_message(&message);
            self.ask(Method::GET, &query, Vec::new()).await
        }
    }

    async fn ask(&mut self, method: Method, query: &str, body: Vec<u8>) -> Result<Vec<u8>, Failed> {
        let mut url = self.url.clone();
        url.set_query(Some(query));
        let mut headers = vec![
            ("User-Agent", USER_AGENT),
            ("Accept", "*/*"),
            ("Cache-Control", "no-cache"),
        ];
        if method == Method::POST {
            headers.push(("Content-Type", CONTENT_TYPE_MESSAGE));
        }
        let answer = self
            .client
            .send(method, &url, &headers, body)
            .await
            .map_err(|error| Failed(error.hresult(), error.to_string()))?;
        if answer.status != 200 {
            let code = Hresult::of_http_status(answer.status.as_u16());
            return Err(Failed(code, format!("the server answered {}", answer.status)));
        }
        Ok(answer.body.to_vec())
    }
}

/// What Windows says to a message that it can't take.
#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
pub(super) fn scep_error(error: Error) -> Failed {
    let code = match &error {
        Error::Missing(_) => Hresult::AUTHENTICATED_ATTRIBUTE_MISSING,
        Error::UnknownSigner => Hresult::SIGNER_NOT_FOUND,
        Error::UnknownRecipient => Hresult::RECIPIENT_NOT_FOUND,
        Error::Signature => Hresult::BAD_SIGNATURE,
        Error::Undecipherable => Hresult::BAD_DATA,
        Error::OtherKey => Hresult::BAD_KEY,
        Error::Algorithm(_) | Error::Key(_) => Hresult::KEY_NOT_SUPPORTED,
        _ => Hresult::BAD_MESSAGE,
    };
    Failed(code, error.to_string())
}
