//! Stops a build that would have no stylesheet or script for the console, and says what to do.
#![allow(clippy::print_stdout)]

use std::path::Path;

fn main() {
    let folder = Path::new("assets/vendor");
    println!("cargo::rerun-if-changed=assets");
    for name in [
        "tabler.min.css",
        "tabler.min.css.gz",
        "htmx.min.js",
        "htmx.min.js.gz",
    ] {
        if !folder.join(name).is_file() {
            println!(
                "cargo::error=The console's libraries are missing (crates/sceau/{}): run `npm ci && npm run assets` \
                 at the root of the repository, or `make build`, which does both.",
                folder.join(name).display()
            );
        }
    }
}
