//! The words for what keeps Kerberos from being used.

use std::collections::BTreeSet;

use domain::diagnosis::Cause;

use super::super::{language::Language, words};
use crate::outbound::{AccountProblem, TicketProblem};

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
        let mut advised = BTreeSet::new();
        let said: BTreeSet<String> = problems
            .iter()
            .map(|problem| {
                let why = problem.key();
                let words = words::cause(&Cause::KerberosImpossible { why: why.clone() }, language);
                let what = words.what;
                advised.insert(words.remedy);
                assert!(what.contains("Kerberos"), "{what}");
                let shows_its_key = what.contains(&format!("({why})"));
                assert_eq!(shows_its_key, why == "KDC 60", "{what}");
                what
            })
            .collect();
        assert_eq!((said.len(), advised.len()), (problems.len(), problems.len()));
    }
}

#[test]
fn each_refusal_of_the_account_has_words_a_code_and_a_next_step_of_its_own() {
    for language in Language::ALL {
        let (mut said, mut advised) = (BTreeSet::new(), BTreeSet::new());
        for problem in AccountProblem::ALL {
            assert_eq!(AccountProblem::of_key(problem.key()), Some(problem));
            let why = problem.key().to_owned();
            let words = words::cause(&Cause::AccountRefused { why }, language);
            let code = problem.to_string();
            let code = code.split('(').nth(1).expect("its code");
            assert!(words.what.contains(code), "{}", words.what);
            said.insert(words.what);
            advised.insert(words.remedy);
        }
        assert_eq!((said.len(), advised.len()), (5, 5), "{said:?} {advised:?}");
    }
}
