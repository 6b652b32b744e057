//! Writes the device's messages, in the shape that captured ones have.

use std::fmt::Write as _;

/// What each message of a session begins with.
#[derive(Debug, Clone)]
pub struct Header {
    pub session_id: String,
    /// The management address.
    pub server: String,
    /// 32 hex digits.
    pub device_id: String,
}

/// A message under construction; command ids count up from 1 in order.
#[derive(Debug)]
pub struct Package {
    header: Header,
    msg_id: u32,
    body: String,
    next_id: u32,
}

/// The answer to one command of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Empty when the command had none.
    pub cmd_ref: String,
    pub cmd: String,
    /// Set where the items of one command fared differently.
    pub target: Option<String>,
    pub code: u16,
}

/// A value that the server asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub source: String,
    pub format: &'static str,
    pub data: String,
}

impl Package {
    /// Begins an answer to the server's message.
    #[must_use]
    pub fn new(header: Header, msg_id: u32) -> Self {
        Self {
            header,
            msg_id,
            body: String::new(),
            next_id: 1,
        }
    }

    /// Package 1: what a device says first. Command ids begin at 2, as captured.
    #[must_use]
    pub fn first(header: Header, information: &[(&str, &str)]) -> String {
        Self::begun(header, information).finish()
    }

    /// Package 1 of a device that leaves: with the alert 1226 about it.
    #[must_use]
    pub fn farewell(header: Header, information: &[(&str, &str)]) -> String {
        let mut package = Self::begun(header, information);
        package.alert(1226, "com.microsoft:mdm.unenrollment.userrequest", "1");
        package.finish()
    }

    fn begun(header: Header, information: &[(&str, &str)]) -> Self {
        let mut package = Self {
            header,
            msg_id: 1,
            body: String::new(),
            next_id: 2,
        };
        let id = package.take_id();
        package.push(&format!("<Alert><CmdID>{id}</CmdID><Data>1201</Data></Alert>"));
        let id = package.take_id();
        package.push(&format!(
            "<Alert><CmdID>{id}</CmdID><Data>1224</Data><Item><Meta>\
             <Type xmlns=\"syncml:metinf\">com.microsoft/MDM/LoginStatus</Type></Meta>\
             <Data>user</Data></Item></Alert>"
        ));
        let id = package.take_id();
        package.push(&format!("<Replace><CmdID>{id}</CmdID>"));
        for (name, value) in information {
            package.push(&format!(
                "<Item><Source><LocURI>./DevInfo/{name}</LocURI></Source><Data>{}</Data></Item>",
                escape(value)
            ));
        }
        package.push("</Replace>");
        package
    }

    /// Says that the server's header was taken.
    pub fn take_header(&mut self, msg_ref: u32) {
        self.status(
            msg_ref,
            &Outcome {
                cmd_ref: "0".to_owned(),
                cmd: "SyncHdr".to_owned(),
                target: None,
                code: 200,
            },
        );
    }

    /// Adds a status.
    pub fn status(&mut self, msg_ref: u32, outcome: &Outcome) {
        let id = self.take_id();
        let target = outcome
            .target
            .as_ref()
            .map(|target| format!("<TargetRef>{}</TargetRef>", escape(target)))
            .unwrap_or_default();
        self.push(&format!(
            "<Status><CmdID>{id}</CmdID><MsgRef>{msg_ref}</MsgRef><CmdRef>{}</CmdRef>\
             <Cmd>{}</Cmd>{target}<Data>{}</Data></Status>",
            escape(&outcome.cmd_ref),
            escape(&outcome.cmd),
            outcome.code
        ));
    }

    /// Adds the values that a Get asked for.
    pub fn results(&mut self, msg_ref: u32, cmd_ref: &str, values: &[Value]) {
        let id = self.take_id();
        self.push(&format!(
            "<Results><CmdID>{id}</CmdID><MsgRef>{msg_ref}</MsgRef><CmdRef>{}</CmdRef>",
            escape(cmd_ref)
        ));
        for value in values {
            self.push(&format!(
                "<Item><Source><LocURI>{}</LocURI></Source><Meta>\
                 <Format xmlns=\"syncml:metinf\">{}</Format></Meta><Data>{}</Data></Item>",
                escape(&value.source),
                value.format,
                escape(&value.data)
            ));
        }
        self.push("</Results>");
    }

    fn alert(&mut self, code: u16, kind: &str, data: &str) {
        let id = self.take_id();
        self.push(&format!(
            "<Alert><CmdID>{id}</CmdID><Data>{code}</Data><Item><Meta>\
             <Type xmlns=\"syncml:metinf\">{}</Type></Meta><Data>{}</Data></Item></Alert>",
            escape(kind),
            escape(data)
        ));
    }

    /// Ends the message.
    #[must_use]
    pub fn finish(self) -> String {
        let Header {
            session_id,
            server,
            device_id,
        } = self.header;
        let meta = if self.msg_id == 1 {
            format!(
                "<Meta><MaxMsgSize xmlns=\"syncml:metinf\">{}</MaxMsgSize></Meta>",
                super::MAX_MESSAGE
            )
        } else {
            String::new()
        };
        format!(
            "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>\
             <SessionID>{session_id}</SessionID><MsgID>{}</MsgID><Target><LocURI>{}</LocURI></Target>\
             <Source><LocURI>{device_id}</LocURI></Source>{meta}</SyncHdr><SyncBody>{}<Final/></SyncBody></SyncML>",
            self.msg_id,
            escape(&server),
            self.body
        )
    }

    fn take_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        id
    }

    fn push(&mut self, text: &str) {
        self.body.push_str(text);
    }
}

/// Text as XML character data or attribute value.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                // A reader folds these unless they are written as references.
                let _ = write!(out, "&#{};", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out
}
