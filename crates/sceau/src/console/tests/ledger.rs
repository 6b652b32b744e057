//! One of Sceau's own authorities with a ledger that holds each state.

use domain::{
    built_in::Rules,
    external_ca::{Authority, AuthorityKind},
    issuance::{Issuance, IssuanceState, RevocationReason, Revoked, WantedCertificate},
    scep_configuration::{San, SanKind},
    transaction::Owner,
};

use super::{
    super::{
        authorities::{
            built_in::{BuiltInPage, shown},
            issuances,
        },
        page::Page,
    },
    samples::{authority, id, now},
};
use crate::actions::built_in::{BuiltInView, ForDevice};

fn issuance(state: IssuanceState, owner: Owner, revoked: Option<RevocationReason>) -> Issuance {
    Issuance {
        id: id(9),
        authority_id: id(1),
        serial: "0f1e2d3c4b5a69788796a5b4c3d2e1f0".to_owned(),
        transaction_id: "1".to_owned(),
        renews: None,
        key_sha256: "0".repeat(64),
        signer_sha256: "0".repeat(64),
        owner,
        wanted: WantedCertificate {
            subject: "CN=<anne>".to_owned(),
            sans: vec![San {
                kind: SanKind::Upn,
                value: "anne@example.com".to_owned(),
            }],
            key_usage_bits: 0xa0,
            ekus: Vec::new(),
            key_length: Some(2048),
            validity_seconds: 86_400,
        },
        public_key: Vec::new(),
        not_before: now(),
        not_after: now().plus_seconds(86_400),
        state,
        certificate: None,
        requested_at: now(),
        issued_at: None,
        revoked: revoked.map(|reason| Revoked { at: now(), reason }),
    }
}

fn ledger() -> Vec<ForDevice> {
    let (delivery, order) = (Owner::Delivery(id(5)), Owner::Order(id(6)));
    let mut all = vec![
        issuance(IssuanceState::Pending, order.clone(), None),
        issuance(IssuanceState::Intended, delivery.clone(), None),
        issuance(IssuanceState::Refused, delivery, None),
        issuance(IssuanceState::Issued, order.clone(), None),
    ];
    all.extend(
        RevocationReason::ALL.map(|reason| issuance(IssuanceState::Issued, order.clone(), Some(reason))),
    );
    let mut expired = issuance(IssuanceState::Issued, order, None);
    expired.not_after = now().plus_seconds(-1);
    all.push(expired);
    all.into_iter()
        .enumerate()
        .map(|(at, issuance)| ForDevice {
            device: (at == 1).then(|| (id(4), "PC-0001".to_owned())),
            issuance,
        })
        .collect()
}

pub(super) fn built_in_page(page: &Page, is_calm: bool) -> BuiltInPage {
    let authority = Authority {
        kind: AuthorityKind::BuiltIn,
        scep_url: "https://sceau.example.com/ca/contoso/scep".to_owned(),
        ..authority()
    };
    let view = BuiltInView {
        path: "contoso".to_owned(),
        token: (!is_calm).then(|| "HSM".to_owned()),
        rules: Rules {
            needs_approval: !is_calm,
            is_legacy: !is_calm,
            crl_hours: 168,
        },
        list: is_calm.then(|| (7, now())),
        valid: 3,
        has_next: is_calm,
        has_root: !is_calm,
    };
    let mut shown = shown(page.clone(), authority, view, 2);
    if !is_calm {
        shown.pending = issuances::rows(ledger().into_iter().take(1).collect(), now());
        shown.rows = issuances::rows(ledger(), now());
        shown.next = Some("/x".to_owned());
    }
    shown
}
