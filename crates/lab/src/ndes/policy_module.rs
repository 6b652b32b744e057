//! A policy module in NDES, as Intune's connector installs one: what it answers by the names of its operations, and to
//! who asks for the page.

use http::{Request, StatusCode};
use hyper::body::Incoming;

use crate::faults::ModuleAnswer;

use super::challenge::Offer;
use super::routes::{self, Answer, Service, failed, plain};

/// What is asked of a module, by the names of "How to write an NDES policy module".
#[derive(Clone, Copy)]
pub(super) enum Operation {
    GenerateChallenge,
    CaCertThumbprint,
}

/// The operation in the address, if it names one. An NDES without a module passes it over.
pub(super) fn operation(request: &Request<Incoming>) -> Option<Operation> {
    let name = request
        .uri()
        .query()?
        .split('&')
        .find_map(|part| part.strip_prefix("operation="))?;
    match name {
        "NDESGenerateChallenge" => Some(Operation::GenerateChallenge),
        "NDESGetCACertThumbprint" => Some(Operation::CaCertThumbprint),
        _ => None,
    }
}

/// The answer by an operation's name.
pub(super) fn reply(service: &Service, operation: Operation) -> Answer {
    match operation {
        Operation::GenerateChallenge => value(service),
        Operation::CaCertThumbprint => {
            let md5 = routes::thumbprint(service);
            plain(StatusCode::OK, &md5.map(|octet| format!("{octet:02X}")).concat())
        }
    }
}

/// The answer to who asks for the page and names no operation.
pub(super) fn in_place_of_the_page(service: &Service, answer: ModuleAnswer) -> Answer {
    match answer {
        ModuleAnswer::Forbidden => plain(StatusCode::FORBIDDEN, "Forbidden."),
        ModuleAnswer::Words => plain(StatusCode::OK, "The policy module denies the request."),
        ModuleAnswer::Value => value(service),
    }
}

/// A bare challenge. In which words a real module refuses isn't known.
fn value(service: &Service) -> Answer {
    match routes::offer(service) {
        Ok(Offer::OneTime(challenge) | Offer::Reusable(challenge)) => plain(StatusCode::OK, &challenge),
        Ok(_) => plain(StatusCode::OK, "The policy module gives no challenge."),
        Err(error) => failed(&error),
    }
}
