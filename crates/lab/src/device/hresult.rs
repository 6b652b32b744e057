//! The codes that a device reports in `ErrorCode`.

use std::fmt;

/// A Windows error code; on the wire a signed decimal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hresult(pub u32);

impl Hresult {
    /// The process that enrolled was ended before it came to an end.
    pub const ABORTED: Self = Self(0x8000_4004);
    /// E_FAIL: something, and no word of what.
    pub const UNSPECIFIED: Self = Self(0x8000_4005);
    /// ERROR_TIMEOUT; the laboratory's choice for a request that stays pending.
    pub const WAITED_IN_VAIN: Self = Self(0x8007_05B4);
    pub const INVALID_ARGUMENT: Self = Self(0x8007_0057);
    pub const NAME_NOT_RESOLVED: Self = Self(0x8007_2EE7);
    pub const CANNOT_CONNECT: Self = Self(0x8007_2EFD);
    pub const CONNECTION_ERROR: Self = Self(0x8007_2EFE);
    pub const TIMEOUT: Self = Self(0x8007_2EE2);
    /// Among others, when the server asks for a client certificate.
    pub const INVALID_SERVER_RESPONSE: Self = Self(0x8007_2F78);
    pub const SECURE_FAILURE: Self = Self(0x8007_2F8F);
    pub const KEY_NOT_SUPPORTED: Self = Self(0x8009_0029);
    pub const AUTHENTICATED_ATTRIBUTE_MISSING: Self = Self(0x8009_1006);
    pub const HASH_VALUE: Self = Self(0x8009_1007);
    pub const RECIPIENT_NOT_FOUND: Self = Self(0x8009_100B);
    pub const SIGNER_NOT_FOUND: Self = Self(0x8009_100E);
    pub const BAD_KEY: Self = Self(0x8009_0003);
    pub const BAD_DATA: Self = Self(0x8009_0005);
    pub const BAD_SIGNATURE: Self = Self(0x8009_0006);
    pub const BAD_MESSAGE: Self = Self(0x8009_200D);
    pub const NOT_FOUND: Self = Self(0x8009_2004);
    pub const INVALID_X500_STRING: Self = Self(0x8009_2023);
    /// CERTSRV_E_ENROLL_DENIED: for a FAILURE that brings no HRESULT of its own. Windows' log says
    /// `EnrollDenied` for badRequest.
    pub const ENROLL_DENIED: Self = Self(0x8009_4011);
    /// CERT_E_EXPIRED: no longer valid, or not yet.
    pub const EXPIRED: Self = Self(0x800B_0101);
    pub const UNTRUSTED_ROOT: Self = Self(0x800B_0109);

    /// An HTTP status other than 200.
    #[must_use]
    pub fn of_http_status(status: u16) -> Self {
        Self(0x8019_0000 | u32::from(status))
    }

    /// As it stands in `ErrorCode`.
    #[must_use]
    pub fn signed(self) -> i32 {
        self.0.cast_signed()
    }
}

impl fmt::Display for Hresult {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "0x{:08X}", self.0)
    }
}
