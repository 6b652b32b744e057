//! Why a request is refused: for the client's program, for the client's person in English (RFC 8894 §3.2.1.4), and by a
//! stable word for logs and timelines.

use ca::Deviation;
use scep::FailInfo;

/// Why a request was refused, and what the words about it need.
#[derive(Clone, Debug)]
pub struct Refused {
    /// For the client's program.
    pub fail_info: FailInfo,
    /// A stable word; the words of the console are in the locales, as `refusal-` and this.
    pub reason: &'static str,
    /// The values of those words, by name.
    pub values: Vec<(&'static str, String)>,
    /// For the client's person: English, nothing internal.
    pub text: String,
}

/// A refusal that isn't about what the request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The PKCS#10 can't be read.
    Unreadable,
    /// A CertRep came as a request.
    MessageType,
    /// The message's key isn't the one to be certified.
    OtherKey,
    /// No challenge.
    ChallengeMissing,
    /// Nobody gave this challenge.
    ChallengeWrong,
    /// It was spent.
    ChallengeUsed,
    /// It is too old.
    ChallengeExpired,
    /// It was given for another address.
    ChallengeOfAnother,
    /// A person refused.
    NotApproved,
    /// What was issued is revoked.
    Revoked,
    /// The transaction was begun with another key.
    TransactionOfAnotherKey,
    /// The transaction was begun at another address.
    TransactionOfAnotherAddress,
    /// There is no such transaction.
    TransactionUnknown,
    /// What signs the renewal doesn't count.
    RenewalOfAnother,
    /// A delivery's certificate is renewed by Sceau.
    RenewalOfDelivery,
    /// Of another issuer.
    CertificateOfAnother,
    /// No such serial number.
    SerialUnknown,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Unreadable,
        Self::MessageType,
        Self::OtherKey,
        Self::ChallengeMissing,
        Self::ChallengeWrong,
        Self::ChallengeUsed,
        Self::ChallengeExpired,
        Self::ChallengeOfAnother,
        Self::NotApproved,
        Self::Revoked,
        Self::TransactionOfAnotherKey,
        Self::TransactionOfAnotherAddress,
        Self::TransactionUnknown,
        Self::RenewalOfAnother,
        Self::RenewalOfDelivery,
        Self::CertificateOfAnother,
        Self::SerialUnknown,
    ];

    /// Its stable word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::MessageType => "message-type",
            Self::OtherKey => "other-key",
            Self::ChallengeMissing => "challenge-missing",
            Self::ChallengeWrong => "challenge-wrong",
            Self::ChallengeUsed => "challenge-used",
            Self::ChallengeExpired => "challenge-expired",
            Self::ChallengeOfAnother => "challenge-of-another",
            Self::NotApproved => "not-approved",
            Self::Revoked => "revoked",
            Self::TransactionOfAnotherKey => "transaction-of-another-key",
            Self::TransactionOfAnotherAddress => "transaction-of-another-address",
            Self::TransactionUnknown => "transaction-unknown",
            Self::RenewalOfAnother => "renewal-of-another",
            Self::RenewalOfDelivery => "renewal-of-delivery",
            Self::CertificateOfAnother => "certificate-of-another",
            Self::SerialUnknown => "serial-unknown",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Unreadable => "the certification request can't be read",
            Self::MessageType => "a CertRep is no request",
            Self::OtherKey => "the message isn't signed by the key that it asks a certificate for",
            Self::ChallengeMissing => "the request has no challenge",
            Self::ChallengeWrong => "the challenge is not one of this authority",
            Self::ChallengeUsed => "the challenge was used before",
            Self::ChallengeExpired => "the challenge has expired",
            Self::ChallengeOfAnother => "the challenge belongs to another address",
            Self::NotApproved => "the request was not approved",
            Self::Revoked => "the certificate of this transaction was revoked",
            Self::TransactionOfAnotherKey => "the transactionID belongs to a request with another key",
            Self::TransactionOfAnotherAddress => "the transaction belongs to another address",
            Self::TransactionUnknown => "no transaction of this name was begun with this key",
            Self::RenewalOfAnother => "the signer's certificate is not one of this authority that counts now",
            Self::RenewalOfDelivery => "this certificate is renewed by its configuration, not by its holder",
            Self::CertificateOfAnother => "the certificate is not one of this authority",
            Self::SerialUnknown => "there is no certificate of this serial number",
        }
    }

    fn fail_info(self) -> FailInfo {
        match self {
            // RFC 8894 §3.2.1.4: no certificate matches what was named.
            Self::TransactionUnknown | Self::CertificateOfAnother | Self::SerialUnknown => {
                FailInfo::BadCertId
            }
            _ => FailInfo::BadRequest,
        }
    }
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Self {
            fail_info: reason.fail_info(),
            reason: reason.key(),
            values: Vec::new(),
            text: reason.text().to_owned(),
        }
    }
}

impl From<Deviation> for Refused {
    fn from(deviation: Deviation) -> Self {
        Self {
            fail_info: FailInfo::BadRequest,
            reason: deviation.key(),
            values: deviation.values(),
            text: deviation.to_string(),
        }
    }
}
