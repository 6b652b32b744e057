//! A certificate that was issued: where it goes, and what is said of it.

use domain::{certificate::subject_of, subject::x500};
use scep::CaCertificates;
use serde_json::json;
use x509_parser::{
    certification_request::X509CertificationRequest,
    prelude::{FromDer as _, X509Certificate},
};

use super::{Failure, answer::Answer, certificate::Shown, exchange::Task, files, now, pin};

/// Writes the certificate (the first) and its chain, and says so.
pub(super) fn deliver(certificates: &[Vec<u8>], task: &Task) -> Result<Answer, Failure> {
    let (own, others) = certificates
        .split_first()
        .ok_or_else(|| Failure::reply(&scep::Error::Missing("certificate")))?;
    let shown = Shown::of(own, now());
    let ca = task.saved.ca()?;
    let chain = chain(own, others, &ca);
    let chain_pem: Vec<String> = chain.iter().map(|der| ca::pem::certificate(der)).collect();
    let notes = remarks(own, &task.saved.csr(), &chain, &ca);

    let mut words = format!(
        "issued (transaction {})\n{}",
        task.saved.transaction_id,
        shown.lines()
    );
    if let Some(path) = &task.saved.out {
        files::write(path, &shown.pem)?;
        words.push_str(&format!("certificate: {}\n", path.display()));
    }
    if let Some(path) = &task.saved.chain {
        files::write(path, &chain_pem.concat())?;
        words.push_str(&format!("chain: {}\n", path.display()));
    }
    words.push_str(&format!("key: {}\n", task.saved.key.display()));
    let json = json!({
        "status": "issued",
        "transaction_id": task.saved.transaction_id,
        "message_type": task.first.to_string(),
        "certificate": shown,
        "chain": chain_pem,
        "key": task.saved.key,
        "out": task.saved.out,
        "notes": notes,
    });
    // Without a file the certificate itself is what standard output is for.
    let mut answer = match task.saved.out {
        Some(_) => Answer::done(words, json),
        None => Answer::done(shown.pem.clone(), json).with_note(words.trim_end().to_owned()),
    };
    for remark in notes {
        answer = answer.with_note(format!("! {remark}"));
    }
    Ok(answer)
}

/// The certificates above it: those that came along, and those of GetCACert, each once, in their order.
fn chain(own: &[u8], others: &[Vec<u8>], ca: &CaCertificates) -> Vec<Vec<u8>> {
    let known = ca.chain().into_iter().map(|one| one.der().to_vec());
    let candidates: Vec<Vec<u8>> = others.iter().cloned().chain(known).collect();
    let mut chain: Vec<Vec<u8>> = Vec::new();
    let mut last = own.to_vec();
    while let Some(next) = candidates
        .iter()
        .find(|one| **one != last && !chain.contains(one) && pin::issued(one, &last))
    {
        chain.push(next.clone());
        last.clone_from(next);
    }
    chain
}

/// What a person should look at.
fn remarks(own: &[u8], csr: &[u8], chain: &[Vec<u8>], ca: &CaCertificates) -> Vec<String> {
    let mut remarks = Vec::new();
    let is_from_here = chain
        .iter()
        .any(|above| ca.all().iter().any(|one| one.der() == above.as_slice()));
    if !is_from_here {
        remarks.push("it was issued by none of the certificates of GetCACert".to_owned());
    }
    let (Ok((_, certificate)), Ok((_, request))) = (
        X509Certificate::from_der(own),
        X509CertificationRequest::from_der(csr),
    ) else {
        return remarks;
    };
    let asked = subject_of(&request.certification_request_info.subject);
    let got = subject_of(certificate.subject());
    if !x500::same(&asked, &got) {
        remarks.push(format!(
            "the CA changed the subject: {asked} was asked for, {got} was issued"
        ));
    }
    remarks
}
