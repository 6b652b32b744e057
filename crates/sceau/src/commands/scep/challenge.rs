//! The challenge: from a file, from standard input, or (seen by everyone on the machine) as an argument.

use std::{io::Read as _, path::PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::Failure;

/// More than any server gives.
const LONGEST: u64 = 4096;

/// A challenge, given in one of three ways, or none.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct Challenge {
    /// Read the challenge from a file; one line end at its end is dropped
    #[arg(long, value_name = "FILE")]
    challenge_file: Option<PathBuf>,
    /// Read the challenge from standard input
    #[arg(long)]
    challenge_stdin: bool,
    /// The challenge itself. Others on this machine can see it: for experiments
    #[arg(long, value_name = "CHALLENGE")]
    challenge: Option<String>,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Challenge")
    }
}

impl Challenge {
    /// The challenge, if there is one.
    pub(super) fn read(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        let text = match (&self.challenge, &self.challenge_file) {
            (Some(challenge), _) => return Ok(Some(Zeroizing::new(challenge.clone()))),
            (None, Some(path)) => {
                let file = std::fs::File::open(path);
                let text = file.and_then(limited);
                text.map_err(|error| Failure::local(format!("{} can't be read: {error}", path.display())))?
            }
            (None, None) if self.challenge_stdin => limited(std::io::stdin())
                .map_err(|error| Failure::local(format!("standard input can't be read: {error}")))?,
            (None, None) => return Ok(None),
        };
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return Err(Failure::usage("the challenge is empty"));
        }
        Ok(Some(Zeroizing::new(line.to_owned())))
    }
}

fn limited(from: impl std::io::Read) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize));
    from.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
