//! `enroll` at SCEP servers that nobody here wrote. One of them listens on every address, so each runs in a network
//! of its own that has nothing but a loopback, and `sceau` joins it there.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use super::{Bench, Ran};

/// Time for a server to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server in its own network.
pub struct Island(Child);

impl Island {
    /// Starts it and waits until it answers GetCACaps at `url`.
    pub async fn start(bench: &Bench, server: &[&str], url: &str) -> Self {
        let script = "ip link set lo up && exec \"$@\"";
        let child = Command::new("unshare")
            .args(["--map-root-user", "--net", "sh", "-c", script, "sh"])
            .args(server)
            .current_dir(bench.path())
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(bench.path().join("server.log")).unwrap())
            .stderr(std::fs::File::create(bench.path().join("server.err")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("the tests need unshare: {error}"));
        let island = Self(child);
        let deadline = Instant::now() + PATIENCE;
        // Before it left, its network is ours, where something else might answer.
        while island.network() == network("self") || island.scep(bench, &["caps", url]).await.code != 0 {
            assert!(Instant::now() < deadline, "{}", bench.read("server.err"));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        island
    }

    fn process(&self) -> String {
        self.0.id().unwrap().to_string()
    }

    fn network(&self) -> PathBuf {
        network(&self.process())
    }

    /// `sceau scep …` in the server's network.
    async fn scep(&self, bench: &Bench, arguments: &[&str]) -> Ran {
        self.sceau(bench, &[&["scep"], arguments].concat()).await
    }

    /// `sceau …` in the server's network.
    pub async fn sceau(&self, bench: &Bench, arguments: &[&str]) -> Ran {
        let process = self.process();
        let program = [env!("CARGO_BIN_EXE_sceau")];
        bench
            .run(
                "nsenter",
                &[&entrance(&process)[..], &program, arguments].concat(),
                "",
            )
            .await
    }

    /// The same, going on beside the test until it is dropped.
    pub fn beside(&self, bench: &Bench, arguments: &[&str]) -> Child {
        let log = std::fs::File::create(bench.path().join(format!("{}.log", arguments[0]))).unwrap();
        Command::new("nsenter")
            .args(entrance(&self.process()))
            .arg(env!("CARGO_BIN_EXE_sceau"))
            .args(arguments)
            .current_dir(bench.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Whether somebody listens at this port in the server's network.
    pub fn listens(&self, port: u16) -> bool {
        const LISTEN: &str = " 0A ";
        let table = Path::new("/proc").join(self.process()).join("net/tcp");
        let wanted = format!(":{port:04X} ");
        let text = std::fs::read_to_string(table).unwrap();
        text.lines()
            .any(|line| line.contains(&wanted) && line.contains(LISTEN))
    }
}

/// How `nsenter` gets into the network of a process.
fn entrance(process: &str) -> [&str; 5] {
    ["--target", process, "--user", "--net", "--preserve-credentials"]
}

fn network(process: &str) -> PathBuf {
    std::fs::read_link(Path::new("/proc").join(process).join("ns/net")).unwrap()
}

/// scepserver with a new CA and the challenge `secret`.
pub async fn scepserver(bench: &Bench, url: &str) -> Island {
    let depot = [
        "ca",
        "-init",
        "-depot",
        "depot",
        "-keySize",
        "2048",
        "-organization",
        "Lab",
    ];
    bench.run("scepserver", &depot, "").await.expect(0);
    let server = [
        "scepserver",
        "-depot",
        "depot",
        "-challenge",
        "secret",
        "-allowrenew",
        "0",
    ];
    Island::start(bench, &server, url).await
}

#[tokio::test]
async fn scepserver_issues_renews_and_refuses() {
    const URL: &str = "http://127.0.0.1:8080/scep";
    let bench = Bench::new();
    let island = scepserver(&bench, URL).await;

    // It answers everyone in single DES, which is taken only where that was asked for.
    let enroll = [
        "enroll",
        URL,
        "--subject",
        "CN=one,O=Lab",
        "--new-key",
        "k",
        "--out",
        "c.pem",
        "--challenge",
    ];
    let told = island
        .scep(&bench, &[&enroll[..], &["secret"]].concat())
        .await
        .expect(6);
    assert!(told.err.contains("--cipher des"), "{}", told.err);
    std::fs::remove_file(bench.path().join("k")).unwrap();
    let old = ["--cipher", "des", "--json"];
    let json = island
        .scep(&bench, &[&enroll[..], &["wrong"], &old].concat())
        .await
        .expect(3)
        .json();
    assert_eq!(json["fail_info"]["name"], "badRequest");
    island
        .scep(&bench, &[&enroll[..], &["secret"], &old].concat())
        .await
        .expect(0);
    bench.assert_verified("depot/ca.pem", None, "c.pem").await;
    bench.assert_pair("c.pem", "k").await;

    let renew = [
        "renew",
        URL,
        "--certificate",
        "c.pem",
        "--key",
        "k",
        "--new-key",
        "k2",
        "--out",
        "c2.pem",
        "--challenge",
        "secret",
        "--cipher",
        "des",
        "--json",
    ];
    let json = island.scep(&bench, &renew).await.expect(0).json();
    assert_eq!(json["message_type"], "RenewalReq (17)");
    bench.assert_verified("depot/ca.pem", None, "c2.pem").await;
    bench.assert_pair("c2.pem", "k2").await;
}

/// Builds step-ca once, from what Debian packages.
pub async fn step_ca() -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join("step-ca").display().to_string();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/step-ca/main.go");
    let built = Command::new("go")
        .args(["build", "-o", &program])
        .arg(source)
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", folder.join("go"))
        .output()
        .await
        .unwrap_or_else(|error| panic!("the tests need go: {error}"));
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    program
}

/// What lets a CA sign answers and open requests itself.
pub const BOTH_USAGES: &str = ",digitalSignature,keyEncipherment";

/// A root and an intermediate with these usages beside a CA's own, and a configuration with one SCEP provisioner. Without
/// usages it is as step-ca makes it by itself, and shows no root either.
pub async fn configure(bench: &Bench, usages: &str) {
    let extensions =
        format!("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign{usages}\n");
    std::fs::write(bench.path().join("extensions"), extensions).unwrap();
    let script = "set -e
        openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.crt -subj '/CN=Step Root' -days 30
        openssl req -new -newkey rsa:2048 -nodes -keyout plain.key -out ca.csr -subj '/CN=Step Issuing CA'
        openssl x509 -req -in ca.csr -CA root.crt -CAkey root.key -CAcreateserial -days 30 -extfile extensions -out ca.crt
        openssl rsa -in plain.key -traditional -out ca.key";
    bench.run("sh", &["-c", script], "").await.expect(0);
    let file = |name: &str| bench.path().join(name);
    let settings = serde_json::json!({
        "root": file("root.crt"), "crt": file("ca.crt"), "key": file("ca.key"),
        "address": "127.0.0.1:9443", "insecureAddress": "127.0.0.1:9080", "dnsNames": ["localhost"],
        "logger": {"format": "text"},
        "authority": {"provisioners": [{
            "type": "SCEP", "name": "devices", "challenge": "secret", "minimumPublicKeyLength": 2048,
            "encryptionAlgorithmIdentifier": 2, "includeRoot": !usages.is_empty(),
        }]},
    });
    std::fs::write(file("ca.json"), settings.to_string()).unwrap();
}

#[tokio::test]
async fn step_ca_issues_in_each_algorithm_and_refuses_a_wrong_challenge() {
    const URL: &str = "http://127.0.0.1:9080/scep/devices";
    let bench = Bench::new();
    let program = step_ca().await;
    configure(&bench, BOTH_USAGES).await;
    let island = Island::start(&bench, &[&program, "ca.json"], URL).await;
    let ways: [&[&str]; 4] = [
        &["--cipher", "aes256", "--digest", "sha256"],
        &["--cipher", "aes128", "--digest", "sha512"],
        &["--cipher", "des3"],
        &["--bits", "4096"],
    ];
    for way in ways {
        let enroll = [
            "enroll",
            URL,
            "--subject",
            "CN=device.contoso.test",
            "--challenge",
            "secret",
            "--new-key",
            "k",
            "--out",
            "c.pem",
            "--chain",
            "chain.pem",
        ];
        island.scep(&bench, &[&enroll[..], way].concat()).await.expect(0);
        bench
            .assert_verified("root.crt", Some("chain.pem"), "c.pem")
            .await;
        bench.assert_pair("c.pem", "k").await;
        std::fs::remove_file(bench.path().join("k")).unwrap();
    }
    // RFC 8894 §4.1 has base64 in a GET; this server reads base64url alone, and no message is without `+` and `/`.
    let get = [
        "enroll",
        URL,
        "--subject",
        "CN=x",
        "--challenge",
        "secret",
        "--new-key",
        "k",
        "--method",
        "get",
    ];
    let told = island.scep(&bench, &get).await.expect(5);
    assert!(
        told.err
            .contains("HTTP status 500: “invalid scep get request: illegal base64 data"),
        "{}",
        told.err
    );
    std::fs::remove_file(bench.path().join("k")).unwrap();
    let wrong = [
        "enroll",
        URL,
        "--subject",
        "CN=x",
        "--challenge",
        "wrong",
        "--new-key",
        "k",
    ];
    let told = island.scep(&bench, &wrong).await;
    assert_eq!(told.code, 3, "{}", told.err);
}
