//! The captured messages of a Windows 10 client.

use axum::{
    body::Body,
    http::{Request, header},
};

/// Whose device it was, and the password.
pub const PERSON: (&str, &str) = ("demo@mdmwindows.com", "demo");
/// Source of its sessions.
pub const DEVICE_ID: &str = "1E08C6E95D8BB843B1278FF45BC60CC6";

/// What it said of its hardware.
pub const HARDWARE_ID: &str = "3B3ED6D0EA88CBFCF37D36F90F22FE61172348C0162FC3840D6703149870CE76";

/// A captured file by its name.
pub fn captured(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/mdm/fixtures")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A captured request: method, address and headers of its head, and its body where it has one. The length is the
/// body's own: the capture was printed with other blanks.
pub fn request(name: &str) -> Request<Body> {
    let head = String::from_utf8(captured(&format!("{name}.head.http"))).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Request::builder()
        .method(first.next().unwrap())
        .uri(first.next().unwrap());
    let mut has_body = false;
    for (key, value) in lines.filter_map(|line| line.split_once(": ")) {
        match key.eq_ignore_ascii_case("content-length") {
            true => has_body = true,
            false => request = request.header(key, value),
        }
    }
    if !has_body {
        return request.body(Body::empty()).unwrap();
    }
    let body = captured(&format!("{name}.xml"));
    request = request.header(header::CONTENT_LENGTH, body.len());
    request.body(Body::from(body)).unwrap()
}

/// The captured enrolment request with other values: pairs of what stands in it and what shall stand there.
pub fn enrolment_request_with(replacements: &[(&str, &str)]) -> String {
    let mut text = String::from_utf8(captured("07_client_rst-wstep.xml")).unwrap();
    for (from, to) in replacements {
        assert!(text.contains(from), "the captured request holds no {from}");
        text = text.replace(from, to);
    }
    text
}
