//! The two addresses of an NDES, brought into the form in which they work.

use crate::Error;
use crate::page::Operation;
use std::fmt;
use url::Url;

const PKI_CLIENT: &str = "/pkiclient.exe";

/// Where SCEP is spoken: `…/certsrv/mscep/mscep.dll`, without `/pkiclient.exe`, which Windows adds by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScepUrl(Url);

impl ScepUrl {
    /// Takes what a person pasted: blanks at the ends, `/pkiclient.exe` and a last slash go.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut url = parse(text)?;
        let path = url.path().trim_end_matches('/');
        let cut = path.len().saturating_sub(PKI_CLIENT.len());
        let path = match path.split_at_checked(cut) {
            Some((before, last)) if last.eq_ignore_ascii_case(PKI_CLIENT) => before,
            _ => path,
        };
        let path = path.trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether it goes over TLS. Plain HTTP will do for SCEP, whose messages are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for ScepUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Where challenges are given out: `…/certsrv/mscep_admin/`, with its last slash, without which NDES answers 301
/// after the sign-in. With a policy module it ends in `?operation=NDESGenerateChallenge&…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChallengeUrl(Url);

impl ChallengeUrl {
    /// Takes what a person pasted: blanks at the ends go, a last slash comes.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut url = parse_any(text)?;
        if operation(&url).is_none() && url.query().is_some() {
            return Err(Error::QueryInUrl);
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// What it asks of a policy module; none where the page is asked for.
    pub fn operation(&self) -> Option<Operation> {
        operation(&self.0)
    }

    /// The same place without its last slash and without what is asked of a policy module: there NDES answers 301
    /// after the sign-in, and gives no challenge.
    pub fn without_page(&self) -> String {
        let mut url = self.0.clone();
        url.set_query(None);
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        url.into()
    }

    /// Whether it goes over TLS. The page shows the challenge in clear: it should.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for ChallengeUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

fn parse(text: &str) -> Result<Url, Error> {
    let url = parse_any(text)?;
    if url.query().is_some() {
        return Err(Error::QueryInUrl);
    }
    Ok(url)
}

fn parse_any(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text.trim())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(Error::NotHttp);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::CredentialsInUrl);
    }
    if url.fragment().is_some() {
        return Err(Error::QueryInUrl);
    }
    Ok(url)
}

fn operation(url: &Url) -> Option<Operation> {
    let (_, name) = url.query_pairs().find(|(name, _)| name == "operation")?;
    Operation::named(&name)
}
