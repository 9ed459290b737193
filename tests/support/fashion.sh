#!/bin/sh
# Sees that Fashion-MNIST is there for the tests: Debian's package, installed here if we may, or PLAYGROUND_FASHION_DIR.
set -eu
if [ -n "${PLAYGROUND_FASHION_DIR:-}" ] || [ -d /usr/share/datasets/fashion-mnist ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Fashion-MNIST for the tests."
  apt-get -o DPkg::Lock::Timeout=300 update -qq
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq dataset-fashion-mnist >/dev/null && exit 0
fi
echo "Tests of Fashion-MNIST are skipped: apt-get install dataset-fashion-mnist, or set PLAYGROUND_FASHION_DIR." >&2
