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
struct Island(Child);

impl Island {
    /// Starts it and waits until it answers GetCACaps at `url`.
    async fn start(bench: &Bench, server: &[&str], url: &str) -> Self {
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
        let process = self.process();
        let enter = ["--target", &process, "--user", "--net", "--preserve-credentials"];
        let program = [env!("CARGO_BIN_EXE_sceau"), "scep"];
        bench
            .run("nsenter", &[&enter[..], &program, arguments].concat(), "")
            .await
    }
}

fn network(process: &str) -> PathBuf {
    std::fs::read_link(Path::new("/proc").join(process).join("ns/net")).unwrap()
}

#[tokio::test]
async fn scepserver_issues_renews_and_refuses() {
    const URL: &str = "http://127.0.0.1:8080/scep";
    let bench = Bench::new();
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
    let island = Island::start(&bench, &server, URL).await;

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
async fn step_ca() -> String {
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

/// A root and an intermediate, and a configuration with one SCEP provisioner.
async fn configure(bench: &Bench) {
    let extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature,keyEncipherment\n";
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
            "encryptionAlgorithmIdentifier": 2,
        }]},
    });
    std::fs::write(file("ca.json"), settings.to_string()).unwrap();
}

#[tokio::test]
async fn step_ca_issues_in_each_algorithm_and_refuses_a_wrong_challenge() {
    const URL: &str = "http://127.0.0.1:9080/scep/devices";
    let bench = Bench::new();
    let program = step_ca().await;
    configure(&bench).await;
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
