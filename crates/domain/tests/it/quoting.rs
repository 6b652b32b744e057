use domain::subject::{Subject, directory_name, x500};
use proptest::prelude::*;

use crate::samples::{device, facts, jane};

/// Values of every sort, with many of the characters that matter.
fn value() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        proptest::char::any(),
        proptest::sample::select(vec![
            '"', ',', '+', '=', ';', ' ', '\\', '#', '<', '>', '\'', '$', '{', '}'
        ]),
        proptest::char::range('a', 'z'),
    ];
    proptest::collection::vec(character, 1..60)
        .prop_map(|characters| {
            characters
                .into_iter()
                .filter(|c| !c.is_control())
                .collect::<String>()
        })
        .prop_filter("a blank value is missing", |value: &String| {
            !value.trim().is_empty()
        })
}

proptest! {
    #[test]
    fn what_is_quoted_reads_back_the_same(value in value()) {
        let name = x500::parse(&format!("CN={}", x500::quoted(&value))).unwrap();
        prop_assert_eq!(&name.0, &vec![vec![("CN".to_owned(), value)]]);
    }

    #[test]
    fn what_is_filled_reads_back_the_same(first in value(), last in value()) {
        let (mut jane, device) = (jane(), device());
        jane.attributes.first_name = Some(first.clone());
        jane.attributes.last_name = Some(last.clone());
        let subject = Subject::parse("Description=a${userFirstName} ${userLastName}b+2.5.4.65=${userLastName}").unwrap();
        let filled = subject.fill(&facts(Some(&jane), &device)).unwrap();
        let read = x500::parse(&filled).unwrap();
        let whole = format!("a{first} {last}b");
        let wanted = vec![("Description".to_owned(), whole), ("2.5.4.65".to_owned(), last)];
        prop_assert_eq!(&read.0, &vec![wanted]);
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,80}") {
        let _ = Subject::parse(&text);
        let _ = directory_name::read(&text);
        if let Ok(name) = x500::parse(&text) {
            prop_assert!(x500::same(&x500::parse(&name.to_string()).unwrap(), &name));
        }
    }
}
