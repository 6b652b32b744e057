//! HRESULTs that devices report: their names, what they mean here, and whose fault they are.

use self::Blame::{Authority, Configuration, Device, Network, Passing};

/// Whose fault a code is: it decides whether another attempt is worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The way between the device and the server, or what ended it from outside.
    Network,
    /// The authority, or a server in front of it.
    Authority,
    /// The device itself.
    Device,
    /// What was ordered.
    Configuration,
    /// Unknown: it may pass.
    Passing,
}

/// A code with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HresultName {
    /// As reported, signed.
    pub code: i32,
    /// Its symbolic name; `HRESULT` when it has none here.
    pub name: &'static str,
    /// Its family: `cause-device-error-FAMILY` and `advice-device-error-FAMILY` are the keys of the locales.
    pub family: &'static str,
    /// Whose fault it is.
    pub blame: Blame,
}

impl HresultName {
    /// The code as Windows writes it, `0x80091007`.
    pub fn hex(&self) -> String {
        format!("0x{:08X}", self.code.cast_unsigned())
    }
    /// Key of the sentence that says what to do.
    pub fn advice(&self) -> String {
        format!("advice-device-error-{}", self.family)
    }
}

/// Finds a code's name and meaning.
pub fn hresult(code: i32) -> HresultName {
    let bits = code.cast_unsigned();
    let known = KNOWN.iter().find(|(known, ..)| *known == bits);
    let (name, family, blame) = match known {
        Some((_, name, family, blame)) => (*name, *family, *blame),
        None => of_range(bits),
    };
    HresultName {
        code,
        name,
        family,
        blame,
    }
}

/// Codes without a line of their own, by facility.
fn of_range(bits: u32) -> (&'static str, &'static str, Blame) {
    match bits {
        // Microsoft, HTTP_E_STATUS_*: 0x8019 and the status.
        0x8019_0190..=0x8019_01F3 => ("HTTP_E_STATUS", "http-client-error", Authority),
        0x8019_01F4..=0x8019_0257 => ("HTTP_E_STATUS", "http-server-error", Authority),
        // WinHTTP's errors 12001 to 12186.
        0x8007_2EE1..=0x8007_2F9A => ("WINHTTP_ERROR", "network", Network),
        0x8018_0001..=0x8018_0019 => ("MENROLL_E", "enrolment", Device),
        0x8028_0000..=0x8029_FFFF => ("TPM_E", "tpm", Device),
        0x8009_4000..=0x8009_4FFF => ("CERTSRV_E", "ca-refused", Configuration),
        0x800B_0000..=0x800B_FFFF => ("CERT_E", "chain", Authority),
        _ => ("HRESULT", "unknown", Passing),
    }
}

/// Names from Windows' own headers. The same 0x80072xxx means different things to WinINet and WinHTTP: the
/// SCEP client uses WinHTTP.
#[rustfmt::skip]
const KNOWN: &[(u32, &str, &str, Blame)] = &[
    (0x8019_0190, "HTTP_E_STATUS_BAD_REQUEST", "http-bad-request", Authority),
    (0x8019_0191, "HTTP_E_STATUS_DENIED", "http-sign-in", Authority),
    (0x8019_0193, "HTTP_E_STATUS_FORBIDDEN", "http-forbidden", Authority),
    (0x8019_0194, "HTTP_E_STATUS_NOT_FOUND", "http-not-found", Authority),
    (0x8019_0195, "HTTP_E_STATUS_BAD_METHOD", "http-method", Authority),
    (0x8019_0197, "HTTP_E_STATUS_PROXY_AUTH_REQ", "http-proxy", Network),
    (0x8019_0198, "HTTP_E_STATUS_REQUEST_TIMEOUT", "http-proxy", Network),
    (0x8019_01F4, "HTTP_E_STATUS_SERVER_ERROR", "http-server-error", Authority),
    (0x8019_01F6, "HTTP_E_STATUS_BAD_GATEWAY", "http-gateway", Authority),
    (0x8019_01F7, "HTTP_E_STATUS_SERVICE_UNAVAIL", "http-gateway", Authority),
    (0x8019_01F8, "HTTP_E_STATUS_GATEWAY_TIMEOUT", "http-gateway", Authority),
    (0x8007_2EE2, "ERROR_WINHTTP_TIMEOUT", "timeout", Network),
    (0x8007_2EE7, "ERROR_WINHTTP_NAME_NOT_RESOLVED", "name-not-resolved", Network),
    (0x8007_2EFD, "ERROR_WINHTTP_CANNOT_CONNECT", "cannot-connect", Network),
    (0x8007_2EFE, "ERROR_WINHTTP_CONNECTION_ERROR", "cannot-connect", Network),
    (0x8007_2F78, "ERROR_WINHTTP_INVALID_SERVER_RESPONSE", "bad-http-answer", Network),
    (0x8007_2F8F, "ERROR_WINHTTP_SECURE_FAILURE", "tls", Network),
    (0x8007_2F0D, "ERROR_WINHTTP_SECURE_INVALID_CA", "tls-certificate", Network),
    (0x8007_2F06, "ERROR_WINHTTP_SECURE_CERT_CN_INVALID", "tls-certificate", Network),
    (0x8007_2F05, "ERROR_WINHTTP_SECURE_CERT_DATE_INVALID", "tls-certificate", Network),
    (0x8009_1007, "CRYPT_E_HASH_VALUE", "thumbprint", Configuration),
    (0x8009_1006, "CRYPT_E_AUTH_ATTR_MISSING", "answer-attributes", Authority),
    (0x8009_100B, "CRYPT_E_RECIPIENT_NOT_FOUND", "answer-recipient", Authority),
    (0x8009_100E, "CRYPT_E_SIGNER_NOT_FOUND", "answer-signer", Authority),
    (0x8009_200E, "CRYPT_E_NO_SIGNER", "answer-signer", Authority),
    (0x8009_200D, "CRYPT_E_BAD_MSG", "answer-not-scep", Authority),
    (0x8009_2004, "CRYPT_E_NOT_FOUND", "certificate-gone", Passing),
    (0x8009_2012, "CRYPT_E_NO_REVOCATION_CHECK", "revocation", Authority),
    (0x8009_2013, "CRYPT_E_REVOCATION_OFFLINE", "revocation", Authority),
    (0x800B_010E, "CERT_E_REVOCATION_FAILURE", "revocation", Authority),
    (0x8009_2023, "CRYPT_E_INVALID_X500_STRING", "subject", Configuration),
    (0x8009_4001, "CERTSRV_E_BAD_REQUESTSUBJECT", "subject", Configuration),
    (0x800B_0101, "CERT_E_EXPIRED", "expired", Authority),
    (0x800B_0109, "CERT_E_UNTRUSTEDROOT", "untrusted-root", Authority),
    (0x800B_010A, "CERT_E_CHAINING", "chain", Authority),
    (0x800B_010C, "CERT_E_REVOKED", "chain", Authority),
    (0x800B_010F, "CERT_E_CN_NO_MATCH", "chain", Authority),
    (0x800B_0110, "CERT_E_WRONG_USAGE", "chain", Authority),
    (0x800B_0112, "CERT_E_UNTRUSTEDCA", "chain", Authority),
    (0x8009_0003, "NTE_BAD_KEY", "key", Passing),
    (0x8009_0004, "NTE_BAD_LEN", "key", Passing),
    (0x8009_0005, "NTE_BAD_DATA", "key", Passing),
    (0x8009_0006, "NTE_BAD_SIGNATURE", "key", Passing),
    (0x8009_000B, "NTE_BAD_KEY_STATE", "ndes-key-store", Authority),
    (0x8009_0014, "NTE_BAD_PROV_TYPE", "key-provider", Configuration),
    (0x8009_0011, "NTE_NOT_FOUND", "key-missing", Device),
    (0x8009_0016, "NTE_BAD_KEYSET", "key-missing", Device),
    (0x8009_0022, "NTE_SILENT_CONTEXT", "key-needs-person", Configuration),
    (0x8009_0027, "NTE_INVALID_PARAMETER", "tpm-refuses-key", Configuration),
    (0x8009_0029, "NTE_NOT_SUPPORTED", "tpm-refuses-key", Configuration),
    (0x8009_002D, "NTE_INTERNAL_ERROR", "tpm", Device),
    (0x8009_4002, "CERTSRV_E_NO_REQUEST", "ca-no-request", Passing),
    (0x8009_4011, "CERTSRV_E_ENROLL_DENIED", "ca-denied", Configuration),
    (0x8009_4012, "CERTSRV_E_TEMPLATE_DENIED", "ca-denied", Configuration),
    (0x8009_4014, "CERTSRV_E_ADMIN_DENIED_REQUEST", "ca-manager-denied", Configuration),
    (0x8009_4800, "CERTSRV_E_UNSUPPORTED_CERT_TYPE", "ca-template", Configuration),
    (0x8009_4801, "CERTSRV_E_NO_CERT_TYPE", "ca-template-data", Configuration),
    (0x8009_4803, "CERTSRV_E_SUBJECT_ALT_NAME_REQUIRED", "ca-template-data", Configuration),
    (0x8009_480F, "CERTSRV_E_SUBJECT_DNS_REQUIRED", "ca-template-data", Configuration),
    (0x8009_4811, "CERTSRV_E_KEY_LENGTH", "ca-key-length", Configuration),
    (0x8007_06BA, "RPC_S_SERVER_UNAVAILABLE", "ca-unreachable", Authority),
    (0x8007_0005, "E_ACCESSDENIED", "argument", Configuration),
    (0x8007_0057, "E_INVALIDARG", "argument", Configuration),
    (0x8007_000D, "ERROR_INVALID_DATA", "argument", Configuration),
    // Switched off in the middle: like a network that breaks, it passes, however often.
    (0x8000_4004, "E_ABORT", "interrupted", Network),
    (0x02AB_0003, "DM_S_ACCEPTED_FOR_PROCESSING", "accepted", Passing),
    // As an event of Intune's connector on the NDES server names it: WinHTTP's number without a facility.
    (0x0000_2F8F, "ERROR_WINHTTP_SECURE_FAILURE", "connector-tls", Authority),
    (0x8010_002C, "SCARD_E_NO_SUCH_CERTIFICATE", "smart-card", Configuration),
];
