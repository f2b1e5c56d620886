#!/usr/bin/env bash
# What a call that falls short costs with us, and with strace: Tests/Benchmarks/short.sh [--runs N]; as root
#
# Builds what it needs. In a network of its own, with an interface of 2 Mbit/s. No figure passes or fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${MMSGTRACE:-}" ] ||
  swift build -c release --static-swift-stdlib -Xswiftc -static-executable >&2
make -s -C Tests/Benchmarks
exec unshare --net sh -c '
  ip link set lo up
  ip link add v0 type veth peer name v1
  ip link set v0 up && ip link set v1 up
  ip address add 10.9.0.1/24 dev v0
  ip neighbour add 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0
  tc qdisc add dev v0 root tbf rate 2mbit burst 1600 limit 3000000
  exec python3 Tests/Benchmarks/short.py "$@"' sh "$@"
