"""The running app, shared by all tests that open the same tabs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from app_server import Apps, AppServers
from order_of_tests import group_of

if TYPE_CHECKING:
    import gradio as gr

SERVERS = pytest.StashKey[AppServers]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Ends the app's servers after the last test that may use them."""
    yield
    if nextitem is None or group_of(nextitem.path) != group_of(item.path):
        item.config.stash.setdefault(SERVERS, AppServers()).stop()


@pytest.fixture(scope="session")
def apps(default_model: Path, pytestconfig: pytest.Config) -> Apps:
    """The address of the app with some tabs, "" for all: apps("text,images").

    A test file that uses it names these tabs in TABS: the app is started once for all files with the same ones.
    """
    return pytestconfig.stash.setdefault(SERVERS, AppServers()).address


@pytest.fixture(scope="session")
def whole_site() -> gr.Blocks:
    """The page with all its tabs, in this process; no test may change it."""
    from playground.page import build_page

    return build_page()


@pytest.fixture(scope="session")
def app(apps: Apps) -> str:
    """The address of the app with all its tabs."""
    return apps("")
