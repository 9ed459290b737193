"""A child process ends with its parent, though that is killed, and otherwise behaves as python -m does."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from playground.core.child_process import child_command, child_environment, lifeline

PARENT = """
import subprocess
from playground.core.child_process import child_command, child_environment, lifeline
with lifeline() as end:
    child = subprocess.Popen(child_command("endless"), stdin=end, stdout=subprocess.PIPE, env=child_environment())
    print(child.stdout.readline().decode().strip(), flush=True)
    child.wait()
"""


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(1000)\n")
    environment = child_environment(PYTHONPATH=os.pathsep.join([child_environment()["PYTHONPATH"], str(tmp_path)]))
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        assert select.select([child], [], [], 0)[0] == [], "it runs"
        parent.send_signal(signal.SIGKILL)
        assert select.select([child], [], [], 30)[0] == [child]
    os.close(child)


def test_a_child_gets_its_arguments_and_returns_its_status(tmp_path: Path) -> None:
    (tmp_path / "echo.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    with lifeline() as end:
        command = child_command("echo", "a b", "--c")
        environment = child_environment(PYTHONPATH=os.pathsep.join([child_environment()["PYTHONPATH"], str(tmp_path)]))
        done = subprocess.run(command, stdin=end, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (3, "['a b', '--c']\n")
