"""Printing: the machine, and tables in Markdown."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path

from playground.core import hardware


def machine() -> str:
    """The machine in one line: processor, cores, memory, system."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line.split(":", 1) for line in cpuinfo.read_text().splitlines()]
        names = [line[1].strip() for line in lines if line[0].strip() == "model name"]
        name = names[0] if names else name
    return f"{name}; {hardware.detect().sentence()} {platform.system()}, Python {platform.python_version()}."


def chromium() -> str | None:
    """The browser's path: CHROMIUM, or an installed one; None if there is neither."""
    names = (os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def show(title: str, protocol: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints one table with its protocol."""
    print(f"\n## {title}\n\n{protocol}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median, with the smallest and largest: 101 (97–104)."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"
