//! What a command says on standard output, in words or as JSON.

use std::{io::Write as _, process::ExitCode};

use serde_json::{Value, json};

use super::{Exit, Failure, note};

/// The outcome of a command.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) exit: Exit,
    /// For standard output.
    pub(super) text: String,
    /// For standard output with `--json`.
    pub(super) json: Value,
    /// For standard error, in both.
    pub(super) notes: Vec<String>,
}

impl Answer {
    pub(super) fn done(text: impl Into<String>, json: Value) -> Self {
        Self {
            exit: Exit::Done,
            text: text.into(),
            json,
            notes: Vec::new(),
        }
    }

    pub(super) fn of_failure(failure: &Failure) -> Self {
        let mut json = json!({
            "status": "error",
            "exit_code": failure.exit as u8,
            "problem": failure.what,
        });
        if let (Some(fields), false) = (json.as_object_mut(), failure.advice.is_empty()) {
            fields.insert("advice".to_owned(), failure.advice.clone().into());
        }
        Self {
            exit: failure.exit,
            text: String::new(),
            json,
            notes: vec![format!("sceau: {failure}")],
        }
    }

    pub(super) fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says it.
    pub(super) fn say(self, is_json: bool) -> ExitCode {
        for line in &self.notes {
            note(line);
        }
        let text = if is_json {
            format!("{:#}\n", self.json)
        } else {
            self.text
        };
        // A reader that goes away (`| head`) is no failure.
        let _ = std::io::stdout().write_all(text.as_bytes());
        ExitCode::from(self.exit as u8)
    }
}
