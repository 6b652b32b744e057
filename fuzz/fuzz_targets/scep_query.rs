//! The query of a SCEP address: a message that was read is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scep::Query;

fuzz_target!(|query: &str| {
    if let Ok(Query {
        message: Some(message),
        ..
    }) = Query::parse(query)
    {
        let again = Query::parse(&Query::write_message(&message)).unwrap();
        assert_eq!(again.message.unwrap_or_default(), message);
    }
});
