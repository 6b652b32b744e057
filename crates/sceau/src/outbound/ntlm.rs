//! NTLM as a client: the three messages of one sign-in, by `sspi`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sspi::{
    AuthIdentity, AuthIdentityBuffers, BufferType, ClientRequestFlags, CredentialUse, DataRepresentation,
    Ntlm, SecurityBuffer, Sspi as _, SspiImpl as _, Username,
};
use zeroize::Zeroizing;

use super::ChallengeSource;

/// One sign-in on one connection.
pub(super) struct SignIn {
    ntlm: Ntlm,
    credentials: Option<AuthIdentityBuffers>,
}

impl SignIn {
    /// Begins a sign-in. `binding` ties it to the TLS connection: since Extended Protection, NDES may insist on it.
    pub(super) fn begin(source: &ChallengeSource, binding: Option<&[u8]>) -> Result<Self, String> {
        let username = Username::parse(&source.username).map_err(|error| error.to_string())?;
        let identity = AuthIdentity {
            username,
            password: source.password.as_str().to_owned().into(),
        };
        quietly(|| {
            let mut ntlm = Ntlm::new();
            if let Some(binding) = binding {
                ntlm.set_channel_bindings(binding);
            }
            let credentials = ntlm
                .acquire_credentials_handle()
                .with_credential_use(CredentialUse::Outbound)
                .with_auth_data(&identity)
                .execute(&mut ntlm)
                .map_err(|error| error.to_string())?
                .credentials_handle;
            Ok(Self { ntlm, credentials })
        })
    }

    /// The next message: the first without `answer`, the last with the server's challenge.
    pub(super) fn step(&mut self, answer: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, String> {
        quietly(|| {
            let mut input =
                answer.map(|octets| vec![SecurityBuffer::new(octets.to_vec(), BufferType::Token)]);
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
                .and_then(|mut steps| steps.resolve_to_result())
                .map_err(|error| error.to_string())?;
            let message = output.pop().map(|buffer| buffer.buffer).unwrap_or_default();
            Ok(Zeroizing::new(message))
        })
    }
}

/// Runs the library without its logging, which shows messages at its most talkative, and turns a panic over a
/// server's odd octets into an error.
pub(super) fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // None at all, and not one that says nothing: making one has every place that logs looked at again.
    tracing::dispatcher::with_default(&tracing::Dispatch::none(), || {
        catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err("the server's message can't be read".to_owned()))
    })
}
