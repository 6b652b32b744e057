#!/bin/sh
# The console in a real browser: from an empty database to a verified certificate, in French and in English.
set -eu
cd "$(dirname "$0")/.."
SCEAU_BIN="${SCEAU_BIN:-$PWD/target/debug/sceau}" node crates/sceau/tests/browser/run.mjs
