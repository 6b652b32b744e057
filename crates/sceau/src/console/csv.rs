//! Lists as CSV (RFC 4180), sent while they are read: however long one is, no more than a page of it is in memory.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use hyper::body::Frame;
use tokio::sync::mpsc;

/// Pages that may be ahead of a slow reader.
const AHEAD: usize = 2;

/// Takes pages of lines, each as [`line`] writes them. A list that can't be read to its end is broken off, so that nobody
/// takes a part for the whole.
pub(super) struct Pages(mpsc::Sender<io::Result<Bytes>>);

impl Pages {
    /// Sends a page. False: nobody reads any more.
    pub(super) async fn send(&self, page: String) -> bool {
        self.0.send(Ok(Bytes::from(page))).await.is_ok()
    }
    /// Breaks off.
    pub(super) async fn fail(&self) {
        let error = io::Error::other("the list could not be read to its end");
        // Nobody may be reading any more.
        let _ = self.0.send(Err(error)).await;
    }
}

/// The answer, and where its pages go. `name` is the file's, plain ASCII.
pub(super) fn download(name: &str) -> (Response, Pages) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let mut response = Body::new(Streamed(receiver)).into_response();
    let head = response.headers_mut();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        head.insert(header::CONTENT_DISPOSITION, disposition);
    }
    (response, Pages(sender))
}

/// What spreadsheets take for UTF-8.
pub(super) const MARK: &str = "\u{feff}";

/// A line. What a spreadsheet would take for a formula is written as text (OWASP, CSV injection): others choose names.
pub(super) fn line(fields: &[&str]) -> String {
    let written: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    format!("{}\r\n", written.join(","))
}

fn quoted(field: &str) -> String {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

struct Streamed(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0
            .poll_recv(context)
            .map(|page| page.map(|page| page.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stays_one_field_and_no_formula() {
        assert_eq!(line(&["a", "b c"]), "a,b c\r\n");
        assert_eq!(
            line(&["a,b", "\"x\"", "1\n2", ";"]),
            "\"a,b\",\"\"\"x\"\"\",\"1\n2\",\";\"\r\n"
        );
        assert_eq!(
            line(&["=1+1", "@SUM(A1)", "-2", "+3", "\tx"]),
            "'=1+1,'@SUM(A1),'-2,'+3,'\tx\r\n"
        );
        assert_eq!(
            line(&["=HYPERLINK(\"x\",\"y\")"]),
            "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"
        );
    }
}
