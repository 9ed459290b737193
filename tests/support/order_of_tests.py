"""Which tests go to one worker, and in which order: those that share something costly together, the longest first."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from app_server import ROOT

#: About how many seconds a test takes. One that is not marked takes far less than one.
SECONDS = {"browser": 8.0, "slow": 3.0, "weights": 1.0}


@cache
def group_of(file: Path) -> str:
    """What a file's tests share: the server of the tabs that TABS names, the whole site, or only the file itself."""
    shared = re.search(r'^TABS = ".*"|\bwhole_site\b', file.read_text("utf-8"), re.MULTILINE)
    return shared[0] if shared else str(file)


def seconds(item: pytest.Item) -> float:
    return max((SECONDS[mark.name] for mark in item.iter_markers() if mark.name in SECONDS), default=0.1)


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same tests, those of a group side by side, so that no long group is left for the end."""
    total: Counter[str] = Counter()
    for item in items:
        total[group_of(item.path)] += seconds(item)  # type: ignore[assignment]
    return sorted(items, key=lambda item: (-total[group_of(item.path)], group_of(item.path)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One worker has all tests of a group, and groups are handed out in the order of the collection."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(ROOT / nodeid.split("::")[0])

    config.option.loadscopereorder = False
    return ByGroup(config, log)
