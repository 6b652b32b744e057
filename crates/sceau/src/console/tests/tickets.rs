//! The words for what keeps Kerberos from being used.

use std::collections::BTreeSet;

use domain::diagnosis::Cause;

use super::super::{language::Language, words};
use crate::outbound::TicketProblem;

#[test]
fn each_problem_with_a_ticket_has_words_of_its_own() {
    let problems = [
        TicketProblem::Unreachable,
        TicketProblem::NoDomain,
        TicketProblem::OtherRealm,
        TicketProblem::NoService,
        TicketProblem::Clock,
        TicketProblem::NoCipher,
        TicketProblem::Refused,
        TicketProblem::Code(60),
        TicketProblem::NotUnderstood,
    ];
    for language in Language::ALL {
        let said: BTreeSet<String> = problems
            .iter()
            .map(|problem| {
                let why = problem.key();
                let what = words::cause(&Cause::KerberosImpossible { why: why.clone() }, language).what;
                assert!(what.contains("Kerberos"), "{what}");
                let shows_its_key = what.contains(&format!("({why})"));
                assert_eq!(shows_its_key, why == "KDC 60", "{what}");
                what
            })
            .collect();
        assert_eq!(said.len(), problems.len());
    }
}
