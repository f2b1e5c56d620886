#!/usr/bin/env bash
# What many threads cost us, and strace: Tests/Benchmarks/crowds.sh [--runs N]
#
# Builds what it needs and installs strace where it can. No figure passes or fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v strace >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q strace >&2
fi
[ -n "${MMSGTRACE:-}" ] ||
  swift build -c release --static-swift-stdlib -Xswiftc -static-executable >&2
make -s -C Tests/Benchmarks
exec python3 Tests/Benchmarks/crowds.py "$@"
