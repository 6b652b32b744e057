//! A PostgreSQL server that lives as long as this process. It needs nothing but the standard library, so
//! that other crates' tests can include it by path.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

/// Where the server is: `base` with a database's name put for `{}` is its URL.
pub struct Server {
    base: String,
}

impl Server {
    /// The one server of this process: the one that `SCEAU_TEST_POSTGRES` names by its URL
    /// (`postgres://user@host:5432/postgres?sslmode=disable`; the database's name doesn't count), or a throwaway one.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| match std::env::var("SCEAU_TEST_POSTGRES") {
            Ok(url) => Server { base: base_of(&url) },
            Err(_) => start(),
        })
    }
    /// The URL of a database of this server; `postgres` is there from the start.
    pub fn url(&self, database: &str) -> String {
        self.base.replace("{}", database)
    }
}

/// Puts `{}` for the database's name.
fn base_of(url: &str) -> String {
    let (address, options) = url
        .split_once('?')
        .map_or((url, None), |(address, options)| (address, Some(options)));
    let (scheme, rest) = address.split_once("://").expect("SCEAU_TEST_POSTGRES is a URL");
    let host = rest.split('/').next().unwrap_or_default();
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{scheme}://{host}/{{}}{options}")
}

fn start() -> Server {
    let programs = programs();
    let user = other_user();
    let folder = fresh_folder(user);
    let data = folder.join("data");
    let made = as_user(user, &programs.join("initdb"))
        .args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ])
        .arg("--pgdata")
        .arg(&data)
        .current_dir("/")
        .output()
        .expect("initdb starts");
    assert!(made.status.success(), "initdb failed: {}", said(&made));
    let mut server = as_user(user, &programs.join("postgres"));
    server.args([
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
        "-c",
        "max_connections=200",
    ]);
    server.arg("-k").arg(&folder).arg("-D").arg(&data);
    watch(&server, &folder);
    await_server(&programs, &folder);
    Server {
        base: format!("postgres://postgres@localhost/{{}}?host={}", folder.display()),
    }
}

/// Runs the server under a shell that waits for the end of its standard input: the kernel closes that when
/// this process ends, however it ends. Then the server and its folder go.
fn watch(server: &Command, folder: &Path) {
    let script = r#"folder=$1; shift
        "$@" >"$folder/log" 2>&1 </dev/null &
        cat >/dev/null; kill -QUIT $!; wait; rm -rf "$folder""#;
    let child = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(folder)
        .arg(server.get_program())
        .args(server.get_args())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // An interrupt from the terminal is for this process alone.
        .process_group(0)
        .spawn()
        .expect("sh starts");
    // The pipe must stay open as long as the process.
    std::mem::forget(child);
}

fn await_server(programs: &Path, folder: &Path) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let ready = Command::new(programs.join("pg_isready"))
            .args(["-q", "-U", "postgres", "-h"])
            .arg(folder)
            .status()
            .expect("pg_isready starts");
        if ready.success() {
            return;
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(Instant::now() < deadline, "PostgreSQL didn't start: {log}");
        thread::sleep(Duration::from_millis(30));
    }
}

/// PostgreSQL 15 or later, as Debian puts it.
fn programs() -> PathBuf {
    (15..30)
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
        .find(|folder| folder.join("initdb").exists())
        .expect("PostgreSQL's programs: install Debian's postgresql, or name a server in SCEAU_TEST_POSTGRES")
}

/// initdb refuses root: then it runs as another user.
fn other_user() -> Option<&'static str> {
    let answer = |arguments: &[&str]| Command::new("id").args(arguments).output().expect("id starts");
    if said(&answer(&["-u"])).trim() != "0" {
        return None;
    }
    let user = ["postgres", "nobody"]
        .into_iter()
        .find(|user| answer(&["-u", user]).status.success());
    Some(user.expect("a user other than root"))
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid"]).arg(group_of(user));
    command.args(["--clear-groups", "--"]).arg(program);
    command
}

fn group_of(user: &str) -> String {
    let answer = Command::new("id").args(["-g", user]).output().expect("id starts");
    said(&answer).trim().to_owned()
}

/// A folder of its own; its path is short, since sockets' paths are.
fn fresh_folder(user: Option<&str>) -> PathBuf {
    let answer = as_user(user, Path::new("mktemp"))
        .args(["-d", "/tmp/sceau-pg-XXXXXXXX"])
        .current_dir("/")
        .output()
        .expect("mktemp starts");
    assert!(answer.status.success(), "mktemp failed: {}", said(&answer));
    PathBuf::from(said(&answer).trim())
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
