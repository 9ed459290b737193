"""A Python module as a process that ends with the one that started it, however that one ends.

A process that is killed runs no code any more, so the child watches: its standard input is a pipe that only its parent
could write to, and that ends with the parent.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playground.core.paths import REPOSITORY


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line of python -m module arguments, as a child. Start it with `lifeline` and `child_environment`."""
    return [sys.executable, "-m", "playground.core.child_process", module, *arguments]


def child_environment(**more: str) -> Mapping[str, str]:
    """This process's environment, in which a child finds this package. more: its own variables."""
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, **more}


@contextmanager
def lifeline() -> Iterator[int]:
    """The standard input of a child, which ends with the context or with this process."""
    child_end, own_end = os.pipe()  # neither is inherited by other processes
    try:
        yield child_end
    finally:
        os.close(own_end)
        os.close(child_end)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def main(module: str, *arguments: str) -> None:
    """Runs a module as python -m does, until it or the parent ends."""
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
