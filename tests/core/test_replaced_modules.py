from __future__ import annotations

import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path

import pytest

from playground.core.replaced_modules import ReplacedModules

_PACKAGE = """
import sys, types
import doors
doors.entered.set()
doors.open.wait()
lazy = types.ModuleType(__name__)
lazy.Scheduler = "the scheduler"
sys.modules[__name__] = lazy
"""


def test_a_thread_that_imports_at_the_same_time_gets_the_whole_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "replaced.py").write_text(_PACKAGE)
    (tmp_path / "doors.py").write_text("import threading\nentered, open = threading.Event(), threading.Event()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [ReplacedModules(["replaced"]), *sys.meta_path])
    doors = import_module("doors")
    first = threading.Thread(target=import_module, args=["replaced"])
    first.start()
    doors.entered.wait()
    early = sys.modules["replaced"]  # what Python gives a second thread, once it has waited for the first
    doors.open.set()
    first.join()
    try:
        assert early is not sys.modules["replaced"] and early.Scheduler == "the scheduler"
        with pytest.raises(AttributeError):
            _ = early.nothing
    finally:
        for name in ("replaced", "doors"):
            sys.modules.pop(name, None)


def test_what_the_server_prepares_covers_diffusers() -> None:
    program = (
        "import sys; from playground.core.hardware import prepare_environment; prepare_environment(); "
        "from importlib.util import find_spec; spec = find_spec('diffusers'); "
        "print(spec.loader.exec_module.__qualname__)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "ReplacedModules" in answer.stdout
