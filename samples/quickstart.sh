#!/bin/sh
# From a fresh checkout to a trace: installs what is missing, builds mmsgtrace as one static file,
# and traces a program whose batch falls short.
set -eu

fail() {
  echo "quickstart: $*" >&2
  exit 1
}

cd "$(dirname "$0")/.."
command -v swift >/dev/null || fail "no Swift toolchain found (6.2 or later): see https://www.swift.org/install"

missing=""
command -v cc >/dev/null || missing="$missing gcc"
command -v make >/dev/null || missing="$missing make"
command -v pkg-config >/dev/null || missing="$missing pkg-config"
[ -z "$missing" ] && pkg-config --exists libseccomp || missing="$missing libseccomp-dev"
[ -z "$missing" ] && pkg-config --exists yaml-0.1 || missing="$missing libyaml-dev"
echo '#include <stdio.h>' | cc -E - >/dev/null 2>&1 || missing="$missing libc6-dev"

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || fail "missing (by their Debian names):$missing"
  if [ "$(id -u)" = 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null; then
    as_root="sudo"
  else
    fail "missing:$missing (to install them needs root or sudo)"
  fi
  $as_root apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

swift build -c release --static-swift-stdlib -Xswiftc -static-executable
make -s -C samples build/oversize_in_middle

tracer="$(swift build -c release --static-swift-stdlib -Xswiftc -static-executable --show-bin-path)/mmsgtrace"
echo
echo "\$ mmsgtrace -- samples/build/oversize_in_middle"
exec "$tracer" -- samples/build/oversize_in_middle
