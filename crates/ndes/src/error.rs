/// Why an address or a page was refused. Holds no secret and nothing of the page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("the page has {actual} bytes, more than the {limit} that are accepted")]
    PageTooLarge { actual: usize, limit: usize },
    #[error("the address is not a URL: {0}")]
    NotAUrl(#[from] url::ParseError),
    #[error("the address is not http or https")]
    NotHttp,
    #[error("the address holds a user name or a password; they belong into their own fields")]
    CredentialsInUrl,
    #[error("the address has a query or a fragment, which Windows and NDES add their own to")]
    QueryInUrl,
}
