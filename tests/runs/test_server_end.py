"""The end of a server that a service manager ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from app_server import start_app

from playground.runs import store


def wait_until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_sigterm_ends_the_workers_too_and_their_run_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_RUNS_DIR", str(tmp_path))  # another server of the tests would take the run up
    server = start_app("train")
    data = ["gan", "ring", {"steps": 1_000_000}, "a token of this test"]
    httpx.post(f"{server.address}gradio_api/call/train", json={"data": data}).raise_for_status()
    wait_until(lambda: bool(store.list_specs()))
    (folder,) = (store.run_dir(spec.run) for spec in store.list_specs())
    wait_until(lambda: store.has_worker(folder) and store.state_of(folder).step > 0)
    printed = server.stop()
    assert "Traceback" not in printed and server.process.returncode == 0
    wait_until(lambda: not store.has_worker(folder))
    assert 0 < store.state_of(folder).step < 1_000_000
