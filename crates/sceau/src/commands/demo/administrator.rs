//! The demonstration's administrator: everything it sets up, it sets up through the API.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use lab::{
    http::{HttpClient, public},
    network::Network,
};
use rustls_pki_types::CertificateDer;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// Tries of a request while the server starts again.
const TRIES: u32 = 60;
/// NDES's own lifetime of a challenge, in minutes.
pub const CHALLENGE_MINUTES: f64 = 60.0;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// Calls the API with a token.
pub struct Administrator {
    client: HttpClient,
    server: url::Url,
    token: Zeroizing<String>,
}

/// The laboratory's NDES, as the administrator enters it.
pub struct Ndes<'a> {
    /// `http://HOST:PORT`
    pub address: &'a str,
    /// `DOMAIN\user`
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
    /// Unused challenges at once.
    pub challenges_max: usize,
    /// Seconds of a laboratory minute.
    pub minute: f64,
    /// How devices reach it: `proxy` or `direct`.
    pub route: &'a str,
}

impl Administrator {
    /// An administrator of the server at this address.
    pub fn new(
        server: url::Url,
        ca: CertificateDer<'static>,
        token: Zeroizing<String>,
    ) -> anyhow::Result<Self> {
        let network = Arc::new(Network::quiet(None));
        let client = HttpClient::new(public(&[ca])?, network, Duration::from_secs(30));
        Ok(Self {
            client,
            server,
            token,
        })
    }

    /// Waits until the server is ready.
    pub async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let url = self.server.join("/readyz")?;
        for _ in 0..TRIES {
            if let Ok(answer) = self.client.send(http::Method::GET, &url, &[], Vec::new()).await
                && answer.status.is_success()
            {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        bail!("the server did not get ready: see its log")
    }

    /// GET, tried again while the server starts again.
    pub async fn read(&mut self, path: &str) -> anyhow::Result<Value> {
        let mut last = None;
        for _ in 0..TRIES {
            match self.call(http::Method::GET, path, None).await {
                Ok(value) => return Ok(value),
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("the API did not answer {path}")))
    }

    /// GET, once.
    pub async fn read_once(&mut self, path: &str) -> anyhow::Result<Value> {
        self.call(http::Method::GET, path, None).await
    }

    /// All pages of a list.
    pub async fn read_all(&mut self, path: &str) -> anyhow::Result<Vec<Value>> {
        let (mut all, mut next) = (Vec::new(), None::<String>);
        loop {
            let page = match &next {
                Some(next) => self.read(&format!("{path}?limit=200&after={next}")).await?,
                None => self.read(&format!("{path}?limit=200")).await?,
            };
            all.extend(
                page.get("items")
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            );
            next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if next.is_none() {
                return Ok(all);
            }
        }
    }

    /// One request, once.
    pub async fn call(
        &mut self,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let url = self.server.join(&format!("/api/v1{path}"))?;
        let bearer = Zeroizing::new(format!("Bearer {}", self.token.as_str()));
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let answer = self
            .client
            .send(method.clone(), &url, &headers, body)
            .await
            .with_context(|| format!("{method} {path}"))?;
        if !answer.status.is_success() {
            bail!(
                "{method} {path}: {} {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
        }
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Adds the people whose devices will enrol.
    pub async fn add_people(&mut self, people: &[(String, Zeroizing<String>)]) -> anyhow::Result<()> {
        for (name, password) in people {
            let person = json!({
                "username": name,
                "password": password.as_str(),
                "attributes": {
                    "email": format!("{name}@lab.test"),
                    "upn": format!("{name}@lab.test"),
                    "display_name": name,
                },
            });
            self.call(http::Method::POST, "/people", Some(&person)).await?;
        }
        Ok(())
    }

    /// Adds the authority, the configuration with every field, and its distribution to all devices. Gives the
    /// configuration's id.
    pub async fn set_up(&mut self, ndes: &Ndes<'_>) -> anyhow::Result<String> {
        // Laboratory minutes as the server's own seconds, whole ones, at least one.
        let seconds =
            |minutes: f64| Duration::from_secs_f64((minutes * ndes.minute).ceil().max(1.0)).as_secs();
        let authority = json!({
            "name": "Laboratory NDES",
            "kind": "microsoft",
            "scep_url": format!("{}/certsrv/mscep/mscep.dll", ndes.address),
            "username": ndes.user,
            "password": ndes.password,
            "challenge_url": format!("{}/certsrv/mscep_admin/", ndes.address),
            "is_plain_http_accepted": true,
            "limits": {
                "max_unused": ndes.challenges_max,
                "lifetime_seconds": seconds(CHALLENGE_MINUTES),
                "safe_life_seconds": seconds(CHALLENGE_MINUTES - 3.0),
                "backoff_seconds": seconds(1.0),
                "breaker_seconds": seconds(1.0),
            },
        });
        let authority = self
            .call(http::Method::POST, "/authorities", Some(&authority))
            .await?;
        let configuration = json!({
            "name": "Device certificates",
            "description": "Made by the demonstration",
            "authority_id": text(&authority, "id")?,
            "subject": "CN=${userEmailAddress}",
            "sans": [
                { "kind": "email", "value": "${userEmailAddress}" },
                { "kind": "upn", "value": "${userUPN}" },
            ],
            "retries": 3,
            "retry_delay_seconds": 300,
            "key_length": 2048,
            "usages": ["digital_signature", "key_encipherment"],
            "ekus": ["1.3.6.1.5.5.7.3.2"],
            "validity": 1,
            "validity_unit": "years",
            "thumbprint": text(&authority, "issuer_sha1")?,
            "hashes": ["SHA-2"],
            "key_storage": "software",
            "store": "device",
            "renew_at_percent": 20,
            "route": ndes.route,
        });
        let configuration = self
            .call(http::Method::POST, "/configurations", Some(&configuration))
            .await?;
        let id = text(&configuration, "id")?;
        let assignment = json!({ "is_enabled": true, "scope": { "to": "all" } });
        self.call(
            http::Method::PUT,
            &format!("/configurations/{id}/assignment"),
            Some(&assignment),
        )
        .await?;
        Ok(id)
    }
}

/// A text field of an answer.
pub fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    value
        .get(field)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("the API's answer has no {field}"))
}
