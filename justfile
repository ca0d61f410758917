# Short names for what the README and CI do. `just` lists them.

_default:
    @just --list

# Every test, stories included
test:
    cargo test --workspace --locked

# Play one story, or all of them
play FILE="scenarios/":
    cargo run --release --locked -- play {{FILE}}

# Format, lints, schema, docs: what CI checks after the tests
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    scripts/schema check
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Write schema/*.json anew
schema:
    scripts/schema write

# Long random sequences with the invariants after every step
fuzz RUNS="200" STEPS="200":
    BALLAST_RUNS={{RUNS}} BALLAST_STEPS={{STEPS}} cargo test --release --locked -p ballast-sim --test random_sequences --test random_duca --test random_pools -- --nocapture

# Storage reads and writes with 10 and with 100,000 accounts
bench:
    cargo run --release --locked -- bench

# Gas of each act on a real chain, beside the baseline
gas:
    scripts/build
    cargo run --release --locked -- gas --check

# The contracts for the chain: artifacts/*.wasm and their checksums
build:
    scripts/build

# Deployment, stories, gas and faults on real chains; see scripts/on-chain --help
on-chain:
    scripts/on-chain
