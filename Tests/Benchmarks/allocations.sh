#!/usr/bin/env bash
# Counts what a call allocates in the steady state, for each thread of ours: Tests/Benchmarks/allocations.sh
#
# A probe of the kernel's (uprobes, so root) counts every malloc, calloc, realloc and memalign of the static release
# build. A run of N calls is compared with one of 2 N: what starting and growing costs is in both.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${MMSGTRACE:-.build/release/mmsgtrace}
tracing=$(findmnt -n -o TARGET -t tracefs | head -1)
scratch=$(mktemp -d)
[ -n "$tracing" ] || { tracing=$scratch/tracing && mkdir "$tracing" && mount -t tracefs none "$tracing"; }
instance=$tracing/instances/mmsgtrace-allocations.$$
probes=mmsgtrace_allocations_$$
finish() {
  rmdir "$instance" 2>/dev/null || true
  for name in malloc calloc realloc memalign; do
    echo "-:$probes/$name" >>"$tracing/uprobe_events" 2>/dev/null || true
  done
  [ "$tracing" != "$scratch/tracing" ] || umount "$tracing"
  rm -r "$scratch"
}
trap finish EXIT
[ -x Tests/Benchmarks/build/load ] || make -s -C Tests/Benchmarks

# Symbols are at addresses, probes at places in the file.
shift_of_text() {
  readelf -lW "$program" | awk '$1 == "LOAD" && / R E / && !n++ { print $2, $3 }'
}
read -r offset address < <(shift_of_text)
for pair in malloc:malloc calloc:calloc realloc:realloc memalign:posix_memalign; do
  symbol=$(nm "$program" | awk -v name="${pair#*:}" '$3 == name && !n++ { print $1 }')
  printf 'p:%s/%s %s:0x%x\n' "$probes" "${pair%:*}" "$(realpath "$program")" \
    $((0x$symbol - address + offset)) >>"$tracing/uprobe_events"
done
mkdir "$instance"
echo 65536 >"$instance/buffer_size_kb"
echo 1 >"$instance/events/$probes/enable"

# Prints the allocations of the scribe, which is the main thread, and of the tracer's.
allocations() {
  echo >"$instance/trace"
  "$program" -q -s all -o "$scratch/trace.jsonl" -- Tests/Benchmarks/build/load "$@" >/dev/null &
  local ours=$!
  wait $ours
  if grep -q 'overrun: [1-9]' "$instance"/per_cpu/*/stats; then
    echo "more events than fit: fewer calls, please" >&2
    return 1
  fi
  awk -v scribe="$ours" '
    !/^#/ { thread = substr($0, 1, 24); sub(/ *\[.*/, "", thread); sub(/.*-/, "", thread) }
    !/^#/ { if (thread + 0 == scribe + 0) mine++; else if (/mmsgtrace-/) other++ }
    END { print mine + 0, other + 0 }' "$instance/trace"
}

echo "| messages a call | tracer thread, a call | scribe, a call |"
echo "|---|---|---|"
for row in "1 4000" "16 2000" "1024 200"; do
  read -r messages calls <<<"$row"
  read -r scribe_once tracer_once < <(allocations "$calls" "$messages" 64)
  read -r scribe_twice tracer_twice < <(allocations $((calls * 2)) "$messages" 64)
  awk -v m="$messages" -v n="$calls" -v t=$((tracer_twice - tracer_once)) -v s=$((scribe_twice - scribe_once)) \
    'BEGIN { printf "| %d | %.2f | %.2f |\n", m, t / n, s / n }'
done
