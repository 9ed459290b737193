"""The real app on the real model, in headless Chromium; a page that fails its test if it breaks or looks outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("no Chromium: see tests/browser/chromium.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(app: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the app: open_page(query="", width=1440, height=900, dark=False)."""
    faults: list[str] = []
    contexts = []

    def opened(query: str = "", width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

        def seen(url: str) -> None:
            if not url.startswith((app, "data:", "blob:")):
                faults.append(f"request to outside: {url}")

        page.on("request", lambda request: seen(request.url))
        theme = "__theme=" + ("dark" if dark else "light")
        page.goto(app + "?" + (query + "&" if query else "") + theme)
        page.wait_for_selector("#tokens .pg-legend-chip", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, faults


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
