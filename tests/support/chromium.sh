#!/bin/sh
# Sees that a Chromium is there for the browser tests: Debian's, installed here if we may, or the one in CHROMIUM.
set -eu
if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then exit 0; fi
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests."
  apt-get -o DPkg::Lock::Timeout=300 update -qq
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq chromium-headless-shell fonts-dejavu-core >/dev/null
  exit 0
fi
echo "The browser tests need Chromium: install it (apt-get install chromium), or set CHROMIUM to its path." >&2
exit 1
