//! What Sceau's own ledger tells of a request that was never answered: of a built-in authority nothing stays unknown.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    event::What,
    external_ca::AuthorityKind,
    issuance::{Issuance, IssuanceState},
    transaction::{Transaction, TransactionState},
};
use store::Tx;

use crate::{
    actions::{
        Result,
        built_in::{Reason, Refused},
    },
    secrets::hex,
};

/// How a transaction stands, and the step that tells it.
pub(super) struct Standing {
    pub(super) state: TransactionState,
    pub(super) what: What,
}

/// How a transaction stands by what is known here. Of another authority's nothing is; of one whose certificate is
/// being signed the outcome is known soon.
pub(super) async fn standing(tx: &mut Tx, record: &Transaction) -> Result<Standing> {
    let authority = store::authorities::by_id(tx, &record.authority_id).await?;
    if authority.is_none_or(|authority| authority.kind != AuthorityKind::BuiltIn) {
        return Ok(Standing {
            state: TransactionState::OutcomeUnknown,
            what: What::OutcomeUnknown {
                transaction_id: record.transaction_id.clone(),
                trouble: "nothing".to_owned(),
                detail: None,
            },
        });
    }
    let issuance = issuance_of(tx, record).await?;
    let (name, state) = match &issuance {
        // Deciding and keeping the decision is one transaction: what isn't there was never decided.
        None => (
            "nothing",
            TransactionState::NotDelivered {
                detail: "the server went down before anything was decided".to_owned(),
            },
        ),
        Some(issuance) => stored(issuance),
    };
    Ok(Standing {
        state,
        what: What::FoundInLedger {
            transaction_id: record.transaction_id.clone(),
            state: name.to_owned(),
            serial: issuance.map(|issuance| issuance.serial),
        },
    })
}

fn stored(issuance: &Issuance) -> (&'static str, TransactionState) {
    let refused = |reason: Reason| {
        let refused = Refused::from(reason);
        TransactionState::Refused {
            fail_info: Some(i64::from(refused.fail_info as u8)),
            hresult: None,
            text: Some(refused.text),
        }
    };
    match issuance.state {
        IssuanceState::Pending => ("pending", TransactionState::Pending),
        IssuanceState::Refused => ("refused", refused(Reason::NotApproved)),
        IssuanceState::Issued if issuance.revoked.is_some() => ("revoked", refused(Reason::Revoked)),
        IssuanceState::Issued => ("issued", TransactionState::Succeeded),
        IssuanceState::Intended => ("intended", TransactionState::OutcomeUnknown),
    }
}

/// The ledger's entry of a transaction. An owner's challenge is spent once, so a first one is found by the owner; of
/// its renewals, which may share their transactionID, by the certificate that is being renewed.
async fn issuance_of(tx: &mut Tx, record: &Transaction) -> Result<Option<Issuance>> {
    let all = store::issuances::of_owner(tx, &record.owner).await?;
    let is_of = |one: &Issuance| {
        one.authority_id == record.authority_id && one.transaction_id == record.transaction_id
    };
    for issuance in all.into_iter().filter(is_of) {
        let renewed = match &issuance.renews {
            Some(serial) => store::issuances::by_serial(tx, &record.authority_id, serial).await?,
            None => None,
        };
        let renews_sha256 = renewed
            .and_then(|renewed| renewed.certificate)
            .map(|certificate| hex(digest(&SHA256, &certificate).as_ref()));
        if renews_sha256 == record.renews_sha256 {
            return Ok(Some(issuance));
        }
    }
    Ok(None)
}
