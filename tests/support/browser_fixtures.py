"""Headless Chromium, and pages (the real app, or any Blocks) that fail their test if they break or look outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from app_server import free_port
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

if TYPE_CHECKING:
    import gradio as gr

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


expect.set_options(timeout=45_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("no Chromium: see tests/support/chromium.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def watched(context: BrowserContext, faults: list[str]) -> Page:
    """A new page whose errors, and requests that leave this machine, are noted in faults."""
    page = context.new_page()
    page.set_default_timeout(45_000)
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

    def seen(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            faults.append(f"request to outside: {url}")

    page.on("request", lambda request: seen(request.url))
    return page


@pytest.fixture
def open_page(
    apps: Callable[[str], str], browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens the app: open_page(query="", width=1440, height=900, dark=False).

    A test's module may say in TABS which tabs it needs: the fewer, the sooner the page is there. Text is among them.
    """
    app = apps(getattr(request.module, "TABS", ""))
    faults: list[str] = []
    contexts = []

    def opened(query: str = "", width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = watched(context, faults)
        theme = "__theme=" + ("dark" if dark else "light")
        page.goto(app + "?" + (query + "&" if query else "") + theme)
        page.wait_for_selector("#tokens .pg-legend-chip", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture(autouse=True)
def no_run_is_left_behind() -> Iterator[None]:
    """What a test trains does not take the cores of the next one."""
    from playground.runs import store

    yield
    for spec in store.specs():
        store.append_line(store.runs_dir() / spec.run / "commands.jsonl", {"do": "stop"})


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, 1440 by 900."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield watched(context, faults)
    context.close()
    assert not faults, faults


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[gr.Blocks], str]]:
    """Serves Blocks from this process, in the page's style and frame, until the tests end: serve(blocks) -> address."""
    from starlette.middleware import Middleware

    from playground.ui.gradio_patches import MendedFrame
    from playground.ui.view import script, style

    head = style("style") + script("page") + script("picture")
    served: list[gr.Blocks] = []

    def start(blocks: gr.Blocks) -> str:
        port = free_port()
        blocks.launch(
            server_name="127.0.0.1",
            server_port=port,
            run_history=False,
            quiet=True,
            prevent_thread_lock=True,
            app_kwargs={"middleware": [Middleware(MendedFrame)]},
            head=head,
        )
        served.append(blocks)
        return f"http://127.0.0.1:{port}/"

    yield start
    for blocks in served:
        blocks.close(verbose=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem.endswith("_page") or "browser" in item.path.parts:
            item.add_marker("browser")
