//! Processes of a test: found by their `pid` file, killed only when they are surely the test's own.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Three loopback ports in a row that nobody listens at, below those that the kernel gives to clients.
pub fn free_ports() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..500 {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let first = 20_000 + (std::process::id() * 97 + number * 3) % 12_000;
        let first = u16::try_from(first).expect("a port");
        if (first..first + 3).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return SocketAddr::from(([127, 0, 0, 1], first));
        }
    }
    panic!("no three free ports in a row");
}

/// Sends a signal to the process of `FOLDER/pid`, if it was started on this folder. Whether it was sent.
pub fn signal(folder: &Path, name: &str) -> bool {
    let Ok(number) = fs::read_to_string(folder.join("pid")) else {
        return false;
    };
    let number = number.trim();
    let Ok(command) = fs::read(format!("/proc/{number}/cmdline")) else {
        return false;
    };
    String::from_utf8_lossy(&command).contains(&*folder.to_string_lossy()) && send(number, name)
}

/// Sends a signal to a process by its number.
pub fn send(number: &str, name: &str) -> bool {
    Command::new("kill")
        .arg(format!("-{name}"))
        .arg(number)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Steele's SplitMix64: the same instants for the same seed.
pub struct Dice(pub u64);

impl Dice {
    /// Evenly between 0 and 1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }
}
