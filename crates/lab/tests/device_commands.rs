//! What a device says to single commands, and to Atomic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod device_tree;

use device_tree::{
    NODE, carry_out, codes, command, enrolled, first_session, fixture, message, results, server, under,
};
use lab::device::tree::{Effect, Format, SCEP, Tree};

#[test]
fn a_second_add_is_418_and_undoes_the_atomic() {
    let (mut tree, _) = enrolled();
    let before = format!("{tree:?}");
    let again = carry_out(
        &mut tree,
        &message(
            &first_session()
                .replace("<Replace>", "<Get>")
                .replace("</Replace>", "</Get>"),
        ),
    );
    let codes = codes(&again);
    assert!(codes.contains(&("7".into(), "507".into())));
    assert!(codes.contains(&("8".into(), "418".into())));
    assert!(codes.contains(&("23".into(), "216".into())));
    assert!(again.effects.is_empty());
    assert_eq!(format!("{tree:?}"), before);
}

#[test]
fn a_wrong_format_fails_the_whole_atomic() {
    let mut tree = Tree::default();
    let wrong = first_session().replace(
        "<Format xmlns=\"syncml:metinf\">int</Format></Meta><Data>160</Data>",
        "<Format xmlns=\"syncml:metinf\">chr</Format></Meta><Data>160</Data>",
    );
    let answer = carry_out(&mut tree, &message(&wrong));
    let codes = codes(&answer);
    assert!(codes.contains(&("7".into(), "507".into())));
    assert!(codes.contains(&("12".into(), "415".into())));
    assert!(codes.contains(&("8".into(), "216".into())));
    assert!(tree.scep_nodes().is_empty());
    assert_eq!(answer.effects.len(), 2, "the roots before the Atomic stay");
}

#[test]
fn an_exec_without_a_required_node_is_500() {
    for missing in ["EKUMapping", "KeyUsage", "CAThumbprint", "Challenge"] {
        let text = first_session();
        let part = text
            .split("<Add>")
            .find(|part| part.contains(&format!("/{missing}<")))
            .unwrap();
        let without = text.replace(&format!("<Add>{part}"), "");
        let answer = carry_out(&mut Tree::default(), &message(&without));
        assert!(codes(&answer).contains(&("23".into(), "500".into())), "{missing}");
    }
}

#[test]
fn a_key_usage_without_either_bit_is_500() {
    let wrong = first_session().replace("<Data>160</Data>", "<Data>6</Data>");
    let answer = carry_out(&mut Tree::default(), &message(&wrong));
    assert!(codes(&answer).contains(&("23".into(), "500".into())));
}

#[test]
fn a_retry_count_over_30_counts_as_30() {
    let many = first_session().replace(
        "<Data>3</Data></Item></Add>\n      <Add><CmdID>17",
        "<Data>99</Data></Item></Add>\n      <Add><CmdID>17",
    );
    let answer = carry_out(&mut Tree::default(), &message(&many));
    let order = answer.effects.iter().find_map(|effect| match effect {
        Effect::Enrol(order) => Some(order),
        _ => None,
    });
    assert_eq!(order.unwrap().retry_count, 30);
}

#[test]
fn enroll_must_be_the_last_in_its_atomic() {
    let text = first_session();
    let exec = text
        .split("<Exec>")
        .nth(1)
        .unwrap()
        .split("</Exec>")
        .next()
        .unwrap();
    let exec = format!("<Exec>{exec}</Exec>");
    let moved = text
        .replace(&exec, "")
        .replace("<Add><CmdID>22", &format!("{exec}<Add><CmdID>22"));
    let answer = carry_out(&mut Tree::default(), &message(&moved));
    assert!(codes(&answer).contains(&("23".into(), "500".into())));
}

#[test]
fn scep_nodes_are_made_in_an_atomic_only() {
    let alone = server(&command("Add", "2", &under("/Install/KeyLength"), "int", "2048"));
    let answer = carry_out(&mut Tree::default(), &alone);
    assert_eq!(codes(&answer), [("2".to_owned(), "500".to_owned())]);
}

#[test]
fn a_get_in_an_atomic_is_500() {
    let get = command("Get", "3", "./DevInfo/Mod", "", "");
    let answer = carry_out(
        &mut Tree::default(),
        &server(&format!("<Atomic><CmdID>2</CmdID>{get}</Atomic>")),
    );
    assert_eq!(
        codes(&answer),
        [
            ("2".to_owned(), "507".to_owned()),
            ("3".to_owned(), "500".to_owned())
        ]
    );
}

#[test]
fn an_atomic_in_an_atomic_is_500_within_507() {
    let nested = "<Atomic><CmdID>2</CmdID><Atomic><CmdID>3</CmdID></Atomic></Atomic>";
    let answer = carry_out(&mut Tree::default(), &server(nested));
    assert_eq!(
        codes(&answer),
        [
            ("2".to_owned(), "507".to_owned()),
            ("3".to_owned(), "500".to_owned())
        ]
    );
}

#[test]
fn a_command_without_an_id_is_400_with_an_empty_reference() {
    let answer = carry_out(
        &mut Tree::default(),
        &server(&command("Get", "", "./DevInfo/Mod", "", "")),
    );
    assert_eq!(codes(&answer), [(String::new(), "400".to_owned())]);
}

#[test]
fn what_the_table_forbids_is_405() {
    let (mut tree, _) = enrolled();
    let answer = carry_out(
        &mut tree,
        &server(&command("Replace", "2", &under("/Status"), "int", "1")),
    );
    assert_eq!(codes(&answer), [("2".to_owned(), "405".to_owned())]);
}

#[test]
fn cdata_in_a_value_fails() {
    let path = "./Device/Vendor/MSFT/DMClient/Provider/S/EntDMID";
    let answer = carry_out(
        &mut Tree::default(),
        &server(&command("Add", "2", path, "chr", "<![CDATA[x]]>")),
    );
    assert_eq!(codes(&answer), [("2".to_owned(), "500".to_owned())]);
}

#[test]
fn the_users_tree_needs_a_user_that_counts() {
    let answer = carry_out(
        &mut Tree::default(),
        &server(&command("Get", "2", "./User/Vendor/MSFT/DMClient", "", "")),
    );
    assert_eq!(codes(&answer), [("2".to_owned(), "500".to_owned())]);
}

#[test]
fn a_root_under_another_hash_is_refused() {
    let wrong = first_session().replace(
        "D9A88E04AF18A4D399CEE62F2C71469C3AE1E675",
        "031336C933CC7E228B88880D78824FB2909A0A2F",
    );
    let answer = carry_out(&mut Tree::default(), &message(&wrong));
    assert!(codes(&answer).contains(&("5".into(), "500".into())));
}

#[test]
fn deleting_a_node_forgets_its_certificate_once() {
    let (mut tree, _) = enrolled();
    let delete = message(&fixture("made__delete-scep.xml"));
    let answer = carry_out(&mut tree, &delete);
    assert!(matches!(answer.effects.as_slice(), [Effect::Forget { unique_id }] if unique_id == NODE));
    assert_eq!(codes(&answer), [("2".to_owned(), "200".to_owned())]);
    assert!(tree.scep_nodes().is_empty());
    assert_eq!(
        codes(&carry_out(&mut tree, &delete)),
        [("2".to_owned(), "404".to_owned())]
    );
}

#[test]
fn children_are_listed_in_uri_encoded_form() {
    let mut tree = Tree::default();
    tree.set(format!("{SCEP}/a b"), Format::Node, "");
    tree.set(format!("{SCEP}/c/Status"), Format::Int, "1");
    let list = server(&command(
        "Get",
        "2",
        "./Vendor/MSFT/ClientCertificateInstall/SCEP",
        "",
        "",
    ));
    let package = carry_out(&mut tree, &list).package.unwrap();
    assert_eq!(results(&package).first().unwrap().2, "a%20b/c");
}
