//! Kerberos as a client: a ticket for the web server, inside SPNEGO, by `sspi`. What goes over the network goes over ours.

use std::time::{Duration, Instant};

use domain::external_ca::kdc_address;
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialUse, Credentials, CredentialsBuffers,
    DataRepresentation, Error, ErrorKind, KdcResolution, KerberosConfig, Negotiate, NegotiateConfig,
    NetworkRequest, SecurityBuffer, SecurityStatus, Sspi as _, SspiImpl as _, Username, UsernameParts,
    generator::GeneratorState,
};
use thiserror::Error as ThisError;
use zeroize::Zeroizing;

use super::{ChallengeSource, address::Origin, authenticator, kdc, ntlm::quietly};

/// Time for all that is waited for from the key distribution centre: NTLM wants some of what a sign-in has.
const LIMIT: Duration = Duration::from_secs(3);
/// How this client calls itself.
const NAME: &str = "SCEAU";

/// Why there is no ticket, or why it wasn't taken. Its words are in the locales, by [`TicketProblem::key`]; `Display` is
/// for logs and the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum TicketProblem {
    /// Nobody answers there.
    #[error("the key distribution centre can't be reached")]
    Unreachable,
    /// The user name names none.
    #[error("the user name has no domain")]
    NoDomain,
    /// The account, or the server, is another realm's, whose centre isn't known.
    #[error("the account or the server belongs to a realm whose key distribution centre isn't known")]
    OtherRealm,
    /// No account holds the server's name.
    #[error("no account holds the server's service principal name, HTTP and its host")]
    NoService,
    /// Clocks differ by more than what is borne.
    #[error("the clocks of the server and of the key distribution centre differ by too much")]
    Clock,
    /// The account has no key of AES.
    #[error("the account or the server has no key of AES")]
    NoCipher,
    /// The server didn't take the ticket.
    #[error(
        "the server refuses the ticket: its account may have another key than its service principal name"
    )]
    Refused,
    /// The centre refuses with another code.
    #[error("the key distribution centre refuses with code {0}")]
    Code(u32),
    /// The library makes nothing of the answers.
    #[error("the answer of the key distribution centre isn't understood")]
    NotUnderstood,
}

impl TicketProblem {
    /// What the words of `cause-kerberos-impossible` are chosen by.
    pub fn key(self) -> String {
        match self {
            Self::Unreachable => "unreachable".to_owned(),
            Self::NoDomain => "no-domain".to_owned(),
            Self::OtherRealm => "other-realm".to_owned(),
            Self::NoService => "no-service".to_owned(),
            Self::Clock => "clock".to_owned(),
            Self::NoCipher => "no-cipher".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Code(code) => format!("KDC {code}"),
            Self::NotUnderstood => "not-understood".to_owned(),
        }
    }

    /// What a server's answer to a ticket says.
    pub(super) fn of_server(token: Option<&[u8]>) -> Self {
        match token.and_then(kdc::error_code_in) {
            Some(32 | 33 | 37) => Self::Clock,
            _ => Self::Refused,
        }
    }
}

/// Why the centre refuses the account itself. Its words are in the locales, by [`AccountProblem::key`]; `Display` is for
/// logs and the command line. RFC 4120 §7.5.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum AccountProblem {
    /// `KDC_ERR_NAME_EXP`, 1.
    #[error("the account has expired (KDC_ERR_NAME_EXP)")]
    Expired,
    /// `KDC_ERR_C_PRINCIPAL_UNKNOWN`, 6.
    #[error("the account isn't known (KDC_ERR_C_PRINCIPAL_UNKNOWN)")]
    Unknown,
    /// `KDC_ERR_CLIENT_REVOKED`, 18.
    #[error("the account is locked or disabled (KDC_ERR_CLIENT_REVOKED)")]
    Locked,
    /// `KDC_ERR_KEY_EXPIRED`, 23.
    #[error("its password has expired (KDC_ERR_KEY_EXPIRED)")]
    PasswordExpired,
    /// `KDC_ERR_PREAUTH_FAILED`, 24.
    #[error("its password is wrong (KDC_ERR_PREAUTH_FAILED)")]
    PasswordWrong,
}

impl AccountProblem {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Expired,
        Self::Unknown,
        Self::Locked,
        Self::PasswordExpired,
        Self::PasswordWrong,
    ];

    /// What the words of `cause-account-refused` are chosen by.
    pub fn key(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::Locked => "locked",
            Self::PasswordExpired => "password-expired",
            Self::PasswordWrong => "password-wrong",
        }
    }

    /// The one with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.key() == key)
    }

    fn of_code(code: u32) -> Option<Self> {
        Some(match code {
            1 => Self::Expired,
            6 => Self::Unknown,
            18 => Self::Locked,
            23 => Self::PasswordExpired,
            24 => Self::PasswordWrong,
            _ => return None,
        })
    }
}

/// Why a sign-in with a ticket can't begin.
pub(super) enum NoTicket {
    /// The centre refuses the account itself.
    Account(AccountProblem),
    /// Kerberos can't be used.
    Problem(TicketProblem),
}

impl NoTicket {
    /// RFC 4120 §7.5.9.
    fn of_code(code: u32) -> Self {
        if let Some(problem) = AccountProblem::of_code(code) {
            return Self::Account(problem);
        }
        Self::Problem(match code {
            2 | 7 | 19 => TicketProblem::NoService,
            14 => TicketProblem::NoCipher,
            32 | 33 | 37 => TicketProblem::Clock,
            68 => TicketProblem::OtherRealm,
            code => TicketProblem::Code(code),
        })
    }
}

/// One sign-in with a ticket.
pub(super) struct Kerberos {
    negotiate: Negotiate,
    credentials: Option<CredentialsBuffers>,
    /// The server's service principal name.
    target: String,
}

impl Kerberos {
    /// Gets a ticket for the web server at `host`, and the token that shows it. `binding` ties it to the TLS connection.
    pub(super) async fn begin(
        source: &ChallengeSource,
        host: &str,
        binding: Option<&[u8]>,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), NoTicket> {
        let centre = centre(source)?;
        let mut kerberos = Self::new(source, &centre, host).map_err(|problem| {
            tracing::warn!(problem, "Kerberos can't begin");
            NoTicket::Problem(TicketProblem::NotUnderstood)
        })?;
        let mut input = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
        input.extend(
            binding
                .map(|binding| SecurityBuffer::new(channel_bindings(binding), BufferType::ChannelBindings)),
        );
        let token = kerberos.ticket(input).await?;
        let token = match binding {
            Some(_) => kerberos.bound(&token)?,
            None => token,
        };
        Ok((kerberos, token))
    }

    fn new(source: &ChallengeSource, centre: &Origin, host: &str) -> Result<Self, String> {
        let identity = AuthIdentity {
            username: Username::parse(&source.username).map_err(|error| error.to_string())?,
            password: source.password.as_str().to_owned().into(),
        };
        // An IPv6 address stands in brackets.
        let address = if centre.host.contains(':') {
            format!("tcp://[{}]:{}", centre.host, centre.port)
        } else {
            format!("tcp://{centre}")
        };
        let address = url::Url::parse(&address).map_err(|error| error.to_string())?;
        quietly(|| {
            let config = KerberosConfig {
                kdc_resolution: KdcResolution::KdcUrl(Some(address)),
                client_computer_name: NAME.to_owned(),
            };
            // NTLM comes next by our own decision, and outside SPNEGO.
            let config = NegotiateConfig::new(Box::new(config), Some("kerberos".to_owned()), NAME.to_owned());
            let mut negotiate = Negotiate::new_client(config).map_err(|error| error.to_string())?;
            let credentials = negotiate
                .acquire_credentials_handle()
                .with_credential_use(CredentialUse::Outbound)
                .with_auth_data(&Credentials::AuthIdentity(identity))
                .execute(&mut negotiate)
                .map_err(|error| error.to_string())?
                .credentials_handle;
            Ok(Self {
                negotiate,
                credentials,
                target: format!("HTTP/{host}"),
            })
        })
    }

    async fn ticket(&mut self, mut input: Vec<SecurityBuffer>) -> Result<Zeroizing<Vec<u8>>, NoTicket> {
        let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let not_understood = |problem: &str| {
            tracing::warn!(problem, "Kerberos can't be used");
            NoTicket::Problem(TicketProblem::NotUnderstood)
        };
        {
            let mut builder = self
                .negotiate
                .initialize_security_context()
                .with_credentials_handle(&mut self.credentials)
                .with_context_requirements(
                    ClientRequestFlags::ALLOCATE_MEMORY | ClientRequestFlags::MUTUAL_AUTH,
                )
                .with_target_data_representation(DataRepresentation::Native)
                .with_target_name(&self.target)
                .with_input(&mut input)
                .with_output(&mut output);
            let mut steps = self
                .negotiate
                .initialize_security_context_impl(&mut builder)
                .map_err(|error| not_understood(&error.to_string()))?;
            let mut refusal = None;
            let mut left = LIMIT;
            let mut state = quietly(|| Ok(steps.start()));
            loop {
                match state.map_err(|problem| not_understood(&problem))? {
                    GeneratorState::Suspended(request) => {
                        let asked = Instant::now();
                        let answer = answer(&request, left).await?;
                        left = left.saturating_sub(asked.elapsed());
                        refusal = answer.get(4..).and_then(kdc::error_code);
                        state = quietly(|| Ok(steps.resume(Ok(answer))));
                    }
                    GeneratorState::Completed(Ok(_)) => break,
                    GeneratorState::Completed(Err(error)) => return Err(failed(refusal, &error)),
                }
            }
        }
        let token = output.pop().map(|buffer| buffer.buffer).unwrap_or_default();
        Ok(Zeroizing::new(token))
    }

    fn bound(&self, token: &[u8]) -> Result<Zeroizing<Vec<u8>>, NoTicket> {
        let bound = quietly(|| {
            let keys = self
                .negotiate
                .query_context_session_key()
                .map_err(|error| error.to_string())?;
            authenticator::without_options(token, keys.session_key.as_ref())
                .ok_or_else(|| "the token can't be bound to the connection".to_owned())
        });
        bound.map(Zeroizing::new).map_err(|problem| {
            tracing::warn!(problem, "Kerberos can't be used");
            NoTicket::Problem(TicketProblem::NotUnderstood)
        })
    }

    /// Whether the server has shown that it knows the ticket's key, which nobody in between does.
    pub(super) fn is_confirmed_by(&mut self, token: &[u8]) -> bool {
        let done = quietly(|| {
            let mut input = vec![SecurityBuffer::new(token.to_vec(), BufferType::Token)];
            let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
            let mut builder = self
                .negotiate
                .initialize_security_context()
                .with_credentials_handle(&mut self.credentials)
                .with_context_requirements(
                    ClientRequestFlags::ALLOCATE_MEMORY | ClientRequestFlags::MUTUAL_AUTH,
                )
                .with_target_data_representation(DataRepresentation::Native)
                .with_target_name(&self.target)
                .with_input(&mut input)
                .with_output(&mut output);
            self.negotiate
                .initialize_security_context_impl(&mut builder)
                .and_then(|mut steps| steps.resolve_to_result())
                .map(|result| result.status)
                .map_err(|error| error.to_string())
        });
        done == Ok(SecurityStatus::Ok)
    }
}

/// The centre that is named, or the realm's own name, which is that of a domain's controllers.
fn centre(source: &ChallengeSource) -> Result<Origin, NoTicket> {
    let named = match source.sign_in.kdc.as_deref() {
        Some(named) => Some(kdc_address(named).ok_or(NoTicket::Problem(TicketProblem::Unreachable))?),
        None => None,
    };
    let username = Username::parse(&source.username).ok();
    let realm = username.as_ref().and_then(|username| match username.parts() {
        UsernameParts::UserPrincipalName(parts) => Some(parts.suffix()),
        UsernameParts::DownLevelLogonName(parts) => parts.netbios_domain(),
    });
    let realm = realm
        .filter(|realm| !realm.is_empty() && *realm != ".")
        .ok_or(NoTicket::Problem(TicketProblem::NoDomain))?;
    let (host, port) = named.unwrap_or_else(|| (realm.to_owned(), None));
    Ok(Origin {
        is_tls: false,
        host,
        port: port.unwrap_or(kdc::PORT),
    })
}

/// A message to where the library wants it: the centre that it was given, or another realm's after a referral, which
/// stands in the machine's `krb5.conf`.
async fn answer(request: &NetworkRequest, limit: Duration) -> Result<Vec<u8>, NoTicket> {
    let host = request.url.host_str().filter(|_| request.url.scheme() == "tcp");
    let host = host.ok_or(NoTicket::Problem(TicketProblem::OtherRealm))?;
    let centre = Origin {
        is_tls: false,
        host: host.trim_matches(['[', ']']).to_owned(),
        port: request.url.port().unwrap_or(kdc::PORT),
    };
    let answer = tokio::time::timeout(limit, kdc::ask(&centre, &request.data)).await;
    answer.ok().flatten().ok_or_else(|| {
        tracing::warn!(%centre, "the key distribution centre can't be reached");
        NoTicket::Problem(TicketProblem::Unreachable)
    })
}

/// What the last answer says, or else the library.
fn failed(refusal: Option<u32>, error: &Error) -> NoTicket {
    tracing::warn!(%error, refusal, "no Kerberos ticket");
    match refusal {
        Some(code) => NoTicket::of_code(code),
        None if error.error_type == ErrorKind::NoAuthenticatingAuthority => {
            NoTicket::Problem(TicketProblem::OtherRealm)
        }
        None => NoTicket::Problem(TicketProblem::NotUnderstood),
    }
}

/// `SEC_CHANNEL_BINDINGS` with nothing but the application's data: eight fields of 32 bits, and the data.
fn channel_bindings(binding: &[u8]) -> Vec<u8> {
    const HEAD: u32 = 32;
    let length = u32::try_from(binding.len()).unwrap_or_default();
    let mut octets = vec![0; 24];
    octets.extend(length.to_le_bytes());
    octets.extend(HEAD.to_le_bytes());
    octets.extend_from_slice(binding);
    octets
}
