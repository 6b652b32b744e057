//! A connection to a directory.

use std::time::Duration;

use ldap3::{
    LdapConnAsync, LdapConnSettings, Scope, SearchOptions, StdStream,
    asn1::{StructureTag, parse_tag},
    controls::{Control, PagedResults, RawControl},
};
use tokio::{net::TcpStream, task::JoinHandle};
use url::Url;
use zeroize::Zeroizing;

use super::{
    super::{Trust, Unreachable, tls},
    DirectoryProblem, Entry, Place,
    entry::{constructed, primitive},
};

/// Time for a connection with TLS, for a bind, and for each entry of a search.
const LIMIT: Duration = Duration::from_secs(15);
/// Entries of a page (RFC 2696): below the 1000 of Active Directory's MaxPageSize and the 500 of slapd's sizelimit.
const PAGE: i32 = 400;
/// Entries of one search at most.
pub const MOST_ENTRIES: usize = 200_000;
/// Pieces in which the values of one attribute come, at most.
const PIECES: usize = 1000;
const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// Where a directory is, and whom its TLS is trusted by.
#[derive(Clone, Debug)]
pub struct Where {
    /// Addresses, tried in their order.
    pub addresses: Vec<String>,
    /// Whom its TLS is trusted by.
    pub trust: Trust,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// Below which entry.
    pub base: &'a str,
    /// What is found (RFC 4515).
    pub filter: &'a str,
    /// What is given of it.
    pub attributes: &'a [String],
    /// Entries after which it is enough; then the rest isn't asked for.
    pub enough: usize,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether these are all: the server came to its end.
    pub is_whole: bool,
    /// References to other servers (RFC 4511 §4.5.3), which aren't followed.
    pub referrals: u64,
}

/// A connection. Dropped, it is closed.
pub struct Ldap {
    ldap: ldap3::Ldap,
    driver: JoinHandle<()>,
    /// `host:port` of the server.
    pub place: String,
}

impl Drop for Ldap {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl std::fmt::Debug for Ldap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ldap")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Ldap {
    /// Connects to the first address that answers, over TLS.
    pub async fn open(directory: &Where) -> Result<Self, DirectoryProblem> {
        let mut last = DirectoryProblem::Strange;
        for address in &directory.addresses {
            match Self::open_one(address, &directory.trust).await {
                Ok(opened) => return Ok(opened),
                Err(problem) if problem.is_of_the_server() => last = problem,
                Err(problem) => return Err(problem),
            }
        }
        Err(last)
    }

    /// Connects to one address.
    pub async fn open_one(address: &str, trust: &Trust) -> Result<Self, DirectoryProblem> {
        let (place, stream) = Self::reach(address).await?;
        Self::secure(&place, stream, trust).await
    }

    /// A bare connection: whether somebody listens there.
    pub async fn reach(address: &str) -> Result<(Place, TcpStream), DirectoryProblem> {
        let place = Place::parse(address)
            .ok_or_else(|| Unreachable::Address(format!("{address} is no address of a directory")))?;
        let shown = place.to_string();
        let connect = async {
            let mut addresses = tokio::net::lookup_host((place.host.as_str(), place.port))
                .await
                .map_err(|_| Unreachable::Name(place.host.clone()))?
                .peekable();
            if addresses.peek().is_none() {
                return Err(Unreachable::Name(place.host.clone()));
            }
            let mut last = Unreachable::Refused(shown.clone());
            for address in addresses {
                match TcpStream::connect(address).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
                    Err(error) => {
                        last = Unreachable::Network {
                            host: shown.clone(),
                            detail: error.to_string(),
                        };
                    }
                }
            }
            Err(last)
        };
        let connected = tokio::time::timeout(LIMIT, connect).await;
        let stream = connected.map_err(|_| Unreachable::TimedOut(shown.clone()))??;
        Ok((place, stream))
    }

    /// TLS on a connection: at once, or by StartTLS. What was read before it is thrown away.
    pub async fn secure(place: &Place, stream: TcpStream, trust: &Trust) -> Result<Self, DirectoryProblem> {
        let shown = place.to_string();
        let broken = |error: std::io::Error| DirectoryProblem::Broken(error.to_string());
        let _ = stream.set_nodelay(true);
        let scheme = if place.is_ldaps { "ldaps" } else { "ldap" };
        let url = Url::parse(&format!("{scheme}://{shown}"))
            .map_err(|_| Unreachable::Address(format!("{shown} is no usable address")))?;
        let settings = LdapConnSettings::new()
            .set_conn_timeout(LIMIT)
            // Our own, with the provider that everything else has: the library never makes one, and installs none.
            .set_config(tls::configuration(trust)?)
            .set_starttls(!place.is_ldaps)
            .set_std_stream(StdStream::Tcp(stream.into_std().map_err(broken)?));
        let opened = LdapConnAsync::from_url_with_settings(settings, &url).await;
        let (connection, ldap) = opened.map_err(|error| match error {
            ldap3::LdapError::LdapResult { result } if !place.is_ldaps => DirectoryProblem::NoStartTls {
                place: shown.clone(),
                detail: result.to_string(),
            },
            other => DirectoryProblem::of_error(&other, &shown),
        })?;
        let driver = tokio::spawn(async move {
            // What it says of its end is said to whoever asked last.
            let _ = connection.drive().await;
        });
        Ok(Self {
            ldap,
            driver,
            place: shown,
        })
    }

    /// A simple bind (RFC 4513 §5.1.3). An empty password would let anybody in as nobody, and is never sent.
    pub async fn bind(&mut self, name: &str, password: &Zeroizing<String>) -> Result<(), DirectoryProblem> {
        if name.trim().is_empty() || password.is_empty() {
            return Err(DirectoryProblem::Empty);
        }
        let bound = self
            .ldap
            .with_timeout(LIMIT)
            .simple_bind(name, password.as_str())
            .await;
        let result = bound.map_err(|error| DirectoryProblem::of_error(&error, &self.place))?;
        match result.rc {
            0 => Ok(()),
            // A name that isn't one, or an entry without a password, is refused in other words by some.
            32 | 34 | 48 => Err(DirectoryProblem::Refused {
                state: super::AccountState::WrongPassword,
                detail: result.text,
            }),
            _ => Err(DirectoryProblem::of_result(&result, "")),
        }
    }

    /// Searches the whole subtree, page by page (RFC 2696), to its end or until there is enough.
    pub async fn search(&mut self, search: &Search<'_>) -> Result<Found, DirectoryProblem> {
        let mut found = Found::default();
        let mut cookie = Vec::new();
        loop {
            let size = i32::try_from(search.enough).unwrap_or(PAGE).min(PAGE);
            let next = self.page(search, size, cookie, &mut found).await?;
            if found.entries.len() > MOST_ENTRIES {
                return Err(DirectoryProblem::TooMany(MOST_ENTRIES));
            }
            match next {
                None => found.is_whole = true,
                Some(next) if found.entries.len() < search.enough => {
                    cookie = next;
                    continue;
                }
                Some(_) => {}
            }
            return Ok(found);
        }
    }

    async fn page(
        &mut self,
        search: &Search<'_>,
        size: i32,
        cookie: Vec<u8>,
        found: &mut Found,
    ) -> Result<Option<Vec<u8>>, DirectoryProblem> {
        let place = self.place.clone();
        let failed = |error: ldap3::LdapError| DirectoryProblem::of_error(&error, &place);
        let control = RawControl::from(PagedResults { size, cookie });
        let attributes = search.attributes.to_vec();
        let mut stream = self
            .ldap
            .with_timeout(LIMIT)
            .with_search_options(SearchOptions::new())
            .with_controls(control)
            .streaming_search(search.base, Scope::Subtree, search.filter, attributes)
            .await
            .map_err(failed)?;
        while let Some(entry) = stream.next().await.map_err(failed)? {
            if entry.is_ref() {
                found.referrals += 1;
            } else if !entry.is_intermediate() {
                found
                    .entries
                    .push(Entry::read(entry.0).ok_or(DirectoryProblem::Strange)?);
            }
        }
        let result = stream.finish().await;
        if result.rc != 0 {
            return Err(DirectoryProblem::of_result(&result, search.base));
        }
        next_page(&result.ctrls)
    }

    /// One entry by its name; none where there is none.
    pub async fn entry(
        &mut self,
        dn: &str,
        attributes: &[String],
    ) -> Result<Option<Entry>, DirectoryProblem> {
        let place = self.place.clone();
        let failed = |error: ldap3::LdapError| DirectoryProblem::of_error(&error, &place);
        let mut stream = self
            .ldap
            .with_timeout(LIMIT)
            .streaming_search(dn, Scope::Base, "(objectClass=*)", attributes.to_vec())
            .await
            .map_err(failed)?;
        let mut found = None;
        while let Some(entry) = stream.next().await.map_err(failed)? {
            if !entry.is_ref() && !entry.is_intermediate() {
                found = Some(Entry::read(entry.0).ok_or(DirectoryProblem::Strange)?);
            }
        }
        let result = stream.finish().await;
        match result.rc {
            0 => Ok(found),
            32 => Ok(None),
            _ => Err(DirectoryProblem::of_result(&result, dn)),
        }
    }

    /// Fetches the rest of an attribute of which the directory gave a piece (`member;range=0-1499`).
    pub async fn complete(&mut self, entry: &mut Entry, attribute: &str) -> Result<(), DirectoryProblem> {
        let Some((mut values, mut next)) = entry.range(attribute) else {
            return Ok(());
        };
        for _ in 0..PIECES {
            let Some(from) = next else {
                entry.set(attribute, values);
                return Ok(());
            };
            let asked = [format!("{attribute};range={from}-*")];
            let piece = self.entry(&entry.dn, &asked).await?;
            let (more, after) = piece
                .and_then(|piece| piece.range(attribute))
                .ok_or(DirectoryProblem::Strange)?;
            values.extend(more);
            next = after;
        }
        Err(DirectoryProblem::Strange)
    }
}

/// The cookie for the next page; none where this was the last, or where the server doesn't know pages and gave all.
fn next_page(controls: &[Control]) -> Result<Option<Vec<u8>>, DirectoryProblem> {
    let paged = controls.iter().find(|Control(_, raw)| raw.ctype == PAGED_RESULTS);
    let Some(Control(_, raw)) = paged else {
        return Ok(None);
    };
    let cookie = raw.val.as_deref().and_then(cookie);
    let cookie = cookie.ok_or(DirectoryProblem::Strange)?;
    Ok(Some(cookie).filter(|cookie| !cookie.is_empty()))
}

/// `realSearchControlValue` of RFC 2696: a size and a cookie.
fn cookie(octets: &[u8]) -> Option<Vec<u8>> {
    let (_, value): (_, StructureTag) = parse_tag(octets).ok()?;
    primitive(constructed(value)?.into_iter().nth(1)?)
}
