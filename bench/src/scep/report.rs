//! The figures side by side.

use super::{Scep, responder::Measured};

impl Scep {
    #[allow(clippy::print_stdout, reason = "this is the program's answer")]
    pub fn print(&self) {
        println!("Responder: RSA-2048 throughout, AES-256, SHA-256, TLS, SQLite on disk at synchronous=FULL");
        println!(
            "  | server on | clients | certificates/s | ms of CPU each | limit meanwhile | share of the limit | median ms | worst ms | failures |"
        );
        for run in &self.responder.runs {
            print(run);
        }
        let long = &self.responder.long;
        println!(
            "\n{} certificates in a row, 8 clients, {} failures",
            long.certificates, long.failures
        );
        println!(
            "  ms of CPU each, tenth by tenth: {}",
            figures(&long.processor_milliseconds, 3)
        );
        println!(
            "  the limit meanwhile:            {}",
            figures(&long.limit_milliseconds, 3)
        );
        println!("  resident MiB after each tenth:  {}", figures(&long.memory, 1));
        println!("\nProxy in front of another server's authority");
        let proxy = &self.proxy;
        for run in [&proxy.direct, &proxy.alone, &proxy.many] {
            println!(
                "  {:<24} {:>2} clients: {:>7.1}/s, {:.3} ms of CPU each, median {:.2} ms, worst {:.1} ms, {} failures",
                run.name,
                run.clients,
                run.per_second,
                run.processor_milliseconds,
                run.median_milliseconds,
                run.worst_milliseconds,
                run.failures
            );
        }
        let added = proxy.alone.median_milliseconds - proxy.direct.median_milliseconds;
        println!("  added latency at the median, one client: {added:.2} ms");
    }
}

#[allow(clippy::print_stdout, reason = "this is the program's answer")]
fn print(run: &Measured) {
    println!(
        "  | {} | {} | {:.0} | {:.3} | {:.3} | {:.0} % | {:.2} | {:.1} | {} |",
        run.name,
        run.clients,
        run.per_second,
        run.processor_milliseconds,
        run.limit_milliseconds,
        run.limit_milliseconds / run.processor_milliseconds * 100.0,
        run.median_milliseconds,
        run.worst_milliseconds,
        run.failures
    );
}

fn figures(all: &[f64], digits: usize) -> String {
    let texts: Vec<String> = all.iter().map(|one| format!("{one:.digits$}")).collect();
    texts.join(" ")
}
