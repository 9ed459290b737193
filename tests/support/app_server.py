"""The app in a process of its own, started as a person starts it, and a port for it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]
_OPEN = "The playground is open on "
#: How long to wait for the last lines of an app that has ended: a process that it started may hold its output open.
PIPE_SECONDS = 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, eq=False)
class AppServer:
    """A running app. address: of its first page, with a slash at the end.  log: all that it prints."""

    address: str
    process: subprocess.Popen[str]
    log: list[str]
    reader: threading.Thread

    def stop(self) -> str:
        """Ends the process. Returns all that it printed."""
        self.process.terminate()
        return self.wait()

    def wait(self) -> str:
        """Waits for the end of a process that was asked to end. Returns all that it printed."""
        self.process.wait()
        self.reader.join(PIPE_SECONDS)
        return "".join(self.log)


def start_app(tabs: str) -> AppServer:
    """Starts the app with some tabs ("" is all) and waits until it says that it is open; fails the test if it ends."""
    port = free_port()
    flags = ["--port", str(port), *(["--tabs", tabs] if tabs else [])]
    process = subprocess.Popen(
        [sys.executable, "-u", "app.py", *flags], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    log: list[str] = []
    for line in process.stdout:
        log.append(line)
        if line.startswith(_OPEN):
            break
    else:
        pytest.fail(f"the app ended: {''.join(log)}")
    reader = threading.Thread(target=_read_to_end, args=[process.stdout, log], daemon=True)
    reader.start()
    return AppServer(f"http://127.0.0.1:{port}/", process, log, reader)


def _read_to_end(output: IO[str], log: list[str]) -> None:
    """Appends all further lines, until the last process that holds the output open has ended."""
    with output:
        log.extend(output)


class AppServers:
    """One running app for each choice of tabs: started when it is first asked for."""

    def __init__(self) -> None:
        self._started: dict[str, AppServer] = {}

    def address(self, tabs: str) -> str:
        """The address of the app with some tabs, "" for all."""
        if tabs not in self._started:
            self._started[tabs] = start_app(tabs)
        return self._started[tabs].address

    def stop(self) -> None:
        """Ends all, at the same time. Fails if one of them printed a traceback."""
        for server in self._started.values():
            server.process.terminate()
        logs = [server.wait() for server in self._started.values()]
        self._started.clear()
        broken = [log for log in logs if "Traceback" in log]
        assert not broken, "\n".join(broken)


Apps = Callable[[str], str]
