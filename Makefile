# Each line is a command that a person could type.
.PHONY: demo test bench build dist assets packages fmt lint

CARGO ?= cargo
ASSETS = crates/sceau/assets/vendor/tabler.min.css

# The main job on this machine: a laboratory CA, simulated Windows devices, the console.
demo: build
	target/release/sceau demo $(DEMO)

# target/release/sceau with its assets.
build: assets
	$(CARGO) build --release --locked -p sceau

# target/dist/sceau, for real: a tenth cheaper to run, and minutes longer to build.
dist: assets
	$(CARGO) build --profile dist --locked -p sceau

assets: $(ASSETS)

$(ASSETS): package-lock.json crates/sceau/assets/collect.mjs
	npm ci --no-audit --no-fund --loglevel=error
	npm run --silent assets
	touch $(ASSETS)

# Everything that CI checks. Installs the Debian packages that the tests talk to.
test: packages assets lint
	# Most of them wait more than they work.
	RUST_TEST_THREADS=8 $(CARGO) test --workspace --features sceau/pkcs11 --locked
	tests/browser.sh

# What SCEP and management sessions cost on this machine, beside what its RSA and its disk can do at all. Wants the
# machine for itself, 40 minutes or so; `make bench BENCH=scep` measures SCEP alone. PostgreSQL (15 or so) is a throwaway.
bench: dist
	$(CARGO) build --profile dist --locked -p bench
	pg_virtualenv -o fsync=on -- sh -c 'target/dist/bench --postgres "postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" $(BENCH)'

lint: assets
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --features sceau/pkcs11 --locked -- -D warnings
	$(CARGO) clippy -p ca -p sceau --locked -- -D warnings

packages:
	tests/packages.sh

fmt:
	$(CARGO) fmt --all
