//! Values in pieces. OMA-DM 1.2.1, Protocol 7.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use ms_mdm::syncml::*;
use proptest::prelude::*;

/// A message of a device with this body.
fn message(body: &str) -> Message {
    let text = format!(
        "<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr><SessionID>1</SessionID><MsgID>2</MsgID><Source><LocURI>d</LocURI>\
         </Source><Meta><MaxMsgSize xmlns='syncml:metinf'>5000</MaxMsgSize><MaxObjSize xmlns='syncml:metinf'>900\
         </MaxObjSize></Meta></SyncHdr><SyncBody>{body}</SyncBody></SyncML>"
    );
    Message::read(text.as_bytes()).unwrap()
}

fn piece(node: &str, size: Option<usize>, data: &str, has_more: bool) -> String {
    let size = size.map_or(String::new(), |size| {
        format!("<Meta><Size xmlns='syncml:metinf'>{size}</Size></Meta>")
    });
    let more = if has_more { "<MoreData/>" } else { "" };
    format!(
        "<Results><CmdID>1</CmdID><CmdRef>7</CmdRef><Item><Source><LocURI>{node}</LocURI></Source>{size}\
         <Data>{data}</Data>{more}</Item></Results>"
    )
}

fn values(assembled: &Assembled) -> Vec<String> {
    let items = assembled.message.results().flat_map(|results| &results.items);
    items
        .map(|item| item.text().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn limits_and_sizes_are_read() {
    let read = message(&piece("./a", Some(12), " x ", true));
    assert_eq!(read.header.max_msg_size, Some(5000));
    assert_eq!(read.header.max_obj_size, Some(900));
    let item = &read.results().next().unwrap().items[0];
    assert_eq!(
        (item.size, item.text(), item.has_more_data),
        (Some(12), Some(" x "), true)
    );
}

#[test]
fn a_message_without_pieces_comes_out_as_it_went_in() {
    let whole = message(&format!(
        "<Alert><CmdID>2</CmdID><Data>1226</Data><Item><Data>x</Data></Item></Alert>{}<Final/>",
        piece("./a", None, "y", false)
    ));
    let assembled = assemble(&whole, None);
    assert_eq!(assembled.message, whole);
    assert_eq!(assembled.verdicts, [None, None]);
    assert_eq!((assembled.partial, assembled.losses.len()), (None, 0));
}

#[test]
fn a_size_may_count_the_text_or_what_its_base64_stands_for() {
    for (size, format, verdict) in [
        (8, "b64", 200),
        (6, "b64", 200),
        (7, "b64", 424),
        (8, "chr", 200),
        (6, "chr", 424),
    ] {
        let meta = format!("<Format xmlns='syncml:metinf'>{format}</Format><Size xmlns='syncml:metinf'>");
        let first = piece("./a", Some(size), "QUJD", true).replace("<Size xmlns='syncml:metinf'>", &meta);
        let partial = assemble(&message(&first), None).partial;
        let last = assemble(&message(&piece("./a", None, "REVG", false)), partial);
        assert_eq!(last.verdicts, [Some(StatusCode(verdict))], "{size} {format}");
        assert_eq!(values(&last).len(), usize::from(verdict == 200));
    }
}

#[test]
fn a_device_that_says_that_it_needs_time_breaks_no_value_off() {
    let partial = assemble(&message(&piece("./a", Some(2), "x", true)), None).partial;
    let alert = "<Alert><CmdID>2</CmdID><Data>1224</Data><Item><Meta><Type xmlns='syncml:metinf'>\
        Reversed-Domain-Name:com.microsoft.mdm.requestpending</Type></Meta><Data>1</Data></Item></Alert>";
    let between = assemble(&message(alert), partial);
    assert!(between.losses.is_empty() && between.partial.is_some());
    let last = assemble(&message(&piece("./a", None, "y", false)), between.partial);
    assert_eq!(values(&last), ["xy"]);
}

#[test]
fn debug_output_holds_no_piece() {
    let assembled = assemble(&message(&piece("./a", None, "topsecret", true)), None);
    assert!(!format!("{assembled:?}").contains("topsecret"));
}

proptest! {
    /// However a value is cut, the whole comes out and each piece but the last gets 213.
    #[test]
    fn any_cut_gives_the_value_back(data in "[a-z0-9]{1,60}", at in 1_usize..9) {
        let pieces: Vec<&str> = data
            .as_bytes()
            .chunks(at)
            .map(|piece| std::str::from_utf8(piece).unwrap())
            .collect();
        let mut partial = None;
        for (position, text) in pieces.iter().enumerate() {
            let is_last = position + 1 == pieces.len();
            let size = (position == 0).then_some(data.len());
            let assembled = assemble(&message(&piece("./a", size, text, !is_last)), partial.take());
            prop_assert!(assembled.losses.is_empty());
            let whole = values(&assembled);
            if is_last {
                prop_assert_eq!(whole, vec![data.clone()]);
                prop_assert!(assembled.partial.is_none());
            } else {
                prop_assert!(whole.is_empty());
                prop_assert_eq!(assembled.verdicts, vec![Some(StatusCode::CHUNK_ACCEPTED)]);
            }
            partial = assembled.partial;
        }
    }

    /// Whatever pieces come in whatever order, nothing comes out that wasn't told for its node, and nothing is kept
    /// beyond the limit.
    #[test]
    fn odd_pieces_never_mix_nodes(pieces in proptest::collection::vec((0_u8..3, any::<bool>(), any::<bool>()), 1..20)) {
        let mut partial: Option<Partial> = None;
        for (node, has_size, has_more) in pieces {
            let body = piece(&format!("./{node}"), has_size.then_some(3), &node.to_string(), has_more);
            let assembled = assemble(&message(&body), partial.take());
            for results in assembled.message.results() {
                for item in &results.items {
                    let own = item.uri().unwrap().trim_start_matches("./");
                    prop_assert!(item.text().unwrap().chars().all(|digit| digit.to_string() == own));
                }
            }
            partial = assembled.partial;
        }
    }
}
