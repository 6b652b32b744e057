//! The laboratory's NDES for a test: on loopback, at a free port, in a folder of its own.

use lab::ndes::{NdesOptions, Running, start};
use sceau::outbound::{ChallengeSource, SignInPolicy, Trust};
use tempfile::TempDir;
use zeroize::Zeroizing;

pub struct Laboratory {
    running: Running,
    folder: TempDir,
    is_tls: bool,
}

impl Laboratory {
    pub const USER: &'static str = r"LAB\ndes";
    pub const PASSWORD: &'static str = "canary: pâssword";

    pub async fn start(is_tls: bool, challenges_max: usize) -> Self {
        Self::start_with(|options| (options.tls, options.challenges_max) = (is_tls, challenges_max)).await
    }

    /// One that gives everyone this challenge.
    pub async fn start_with_one_challenge(challenge: &str) -> Self {
        Self::start_with(|options| options.single_challenge = Some(Zeroizing::new(challenge.to_owned())))
            .await
    }

    /// One whose requests wait for a person.
    pub async fn start_with_approval() -> Self {
        Self::start_with(|options| options.wants_approval = true).await
    }

    /// One with other options than plain HTTP and five challenges.
    pub async fn start_with(change: impl FnOnce(&mut NdesOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = NdesOptions {
            user: Self::USER.to_owned(),
            password: Zeroizing::new(Self::PASSWORD.to_owned()),
            seed: Some(1),
            ..NdesOptions::on("127.0.0.1:0".parse().unwrap(), folder.path().to_owned())
        };
        change(&mut options);
        let is_tls = options.tls;
        let running = start(options).await.unwrap();
        Self {
            running,
            folder,
            is_tls,
        }
    }

    /// Other faults from now on.
    pub fn switch(&self, faults: &str) {
        self.running.switch(faults.parse().unwrap()).unwrap();
    }

    /// Whether a request waits for a person.
    pub fn has_waiting(&self) -> bool {
        !self.running.waiting().is_empty()
    }

    /// Approves the one request that waits.
    pub fn approve(&self) {
        let waiting = self.running.waiting();
        assert!(
            waiting.len() == 1 && self.running.approve(&waiting[0]),
            "{waiting:?}"
        );
    }

    /// Denies the one request that waits.
    pub fn deny(&self) {
        let waiting = self.running.waiting();
        assert!(
            waiting.len() == 1 && self.running.deny(&waiting[0]),
            "{waiting:?}"
        );
    }

    pub async fn stop(self) {
        self.running.shutdown().await;
    }

    /// Where it keeps `ca.pem` and what it issued.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The lines of its list of issued certificates.
    pub fn issued(&self) -> Vec<String> {
        let list = std::fs::read_to_string(self.folder.path().join("issued.tsv")).unwrap();
        list.lines().map(str::to_owned).collect()
    }

    pub fn port(&self) -> u16 {
        self.running.address.port()
    }

    fn base(&self) -> String {
        if self.is_tls {
            format!("https://localhost:{}", self.port())
        } else {
            format!("http://127.0.0.1:{}", self.port())
        }
    }

    pub fn scep_url(&self) -> String {
        format!("{}/certsrv/mscep/mscep.dll", self.base())
    }

    pub fn challenge_url(&self) -> String {
        format!("{}/certsrv/mscep_admin/", self.base())
    }

    pub fn trust_pem(&self) -> Option<String> {
        self.is_tls
            .then(|| std::fs::read_to_string(self.folder.path().join("tls-ca.pem")).unwrap())
    }

    pub fn source(&self) -> ChallengeSource {
        ChallengeSource {
            challenge_url: self.challenge_url(),
            username: Self::USER.to_owned(),
            password: Zeroizing::new(Self::PASSWORD.to_owned()),
            trust: Trust::alone(self.trust_pem()),
            sign_in: SignInPolicy::default(),
        }
    }
}
