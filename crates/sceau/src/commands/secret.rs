//! Passwords on the command line: from standard input, or (seen by everyone on the machine) as an argument.

use std::io::Read as _;

use anyhow::Context as _;
use clap::Args;
use zeroize::Zeroizing;

/// A password, given in one of two ways.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Arguments {
    /// Read the password from standard input; one line end at its end is dropped.
    #[arg(long)]
    password_stdin: bool,
    /// The password itself. Others on this machine can see it: for experiments.
    #[arg(long, value_name = "PASSWORD")]
    password: Option<String>,
}

impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl Arguments {
    /// Gives the password.
    pub fn read(self) -> anyhow::Result<Zeroizing<String>> {
        if let Some(password) = self.password {
            return Ok(Zeroizing::new(password));
        }
        let mut text = Zeroizing::new(String::new());
        std::io::stdin()
            .take(4096)
            .read_to_string(&mut text)
            .context("reading the password from standard input")?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        anyhow::ensure!(!line.is_empty(), "no password came on standard input");
        Ok(Zeroizing::new(line.to_owned()))
    }
}
