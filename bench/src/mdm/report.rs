//! The figures side by side.

use super::Mdm;

impl Mdm {
    #[allow(clippy::print_stdout, reason = "this is the program's answer")]
    pub fn print(&self) {
        println!(
            "\nManagement sessions that have nothing to do: one message, one certificate held, mutual TLS"
        );
        println!(
            "  | database | TLS | sessions | sessions/s | ms of CPU each | of the database | one RSA operation | reads | writes | commits | median ms | worst ms | failures |"
        );
        for run in &self.runs {
            println!(
                "  | {} | {:?} | {} | {:.0} | {:.3} | {:.3} | {:.3} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {} |",
                run.database,
                run.tls,
                run.sessions,
                run.per_second,
                run.processor_milliseconds,
                run.database_milliseconds,
                run.operation_milliseconds,
                run.reads,
                run.writes,
                run.commits,
                run.median_milliseconds,
                run.worst_milliseconds,
                run.failures
            );
        }
        println!("\nDevices that check in, each at a moment of its own, with a full handshake");
        println!(
            "  | database | devices | minutes | median ms | 99 % ms | worst ms | s of CPU | MiB before | at most | after | something due | failures |"
        );
        for run in &self.check_ins {
            let [before, most, after] = run.memory;
            println!(
                "  | {} | {} | {} | {:.2} | {:.2} | {:.1} | {:.1} | {before:.1} | {most:.1} | {after:.1} | {} | {} |",
                run.database,
                run.devices,
                run.minutes,
                run.median_milliseconds,
                run.most_milliseconds,
                run.worst_milliseconds,
                run.processor_seconds,
                run.busy,
                run.failures
            );
        }
    }
}
