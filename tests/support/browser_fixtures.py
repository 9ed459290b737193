"""Headless Chromium, and pages (the real app, or any Blocks) that fail their test if they break or look outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from app_server import Apps, free_port
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)

if TYPE_CHECKING:
    import gradio as gr

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # requests to outside fail, and watch notes them
]  # fmt: skip


#: Milliseconds until what does not come fails its test: a busy machine is slow, not wrong.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("no Chromium: see tests/support/chromium.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def watch(page: Page, faults: list[str]) -> Callable[[], None]:
    """Notes a page's errors, and its requests that leave this machine, in faults. Returns what ends that."""

    def on_error(error: Error) -> None:
        faults.append(f"script error: {error}")

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    def on_failure(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            faults.append(f"request to outside: {request.url}")

    listeners = (("pageerror", on_error), ("console", on_console), ("requestfailed", on_failure))
    for event, listener in listeners:
        page.on(event, listener)  # type: ignore[call-overload]

    def end() -> None:
        for event, listener in listeners:
            page.remove_listener(event, listener)

    return end


def leave(page: Page) -> None:
    """Makes a page as new for the next test: nothing is stored or emulated, and the pointer is where it is at first."""
    if page.url.startswith("http"):
        page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
    page.mouse.up()
    page.mouse.move(0, 0)


#: Tab -> what is on its page when it can be used. Of the others it is the row of their panels.
_READY = {"text": "#tokens .pg-legend-chip"}


def open_tab(page: Page, address: str, tabs: str, query: str = "") -> None:
    """Opens the page of the tab that a link's query names, of the first of tabs otherwise; waits until it is there."""
    page.goto(f"{address}?{query}" if query else address)
    tab = dict(parse_qsl(query)).get("tab", tabs.partition(",")[0] or "text")
    page.wait_for_selector(_READY.get(tab, "#page-tabs"), state="attached")
    page.wait_for_selector("body:not([inert])", state="attached")
    page.wait_for_selector("html:not(.pg-opening)", state="attached")  # hidden parts take no focus


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor's browser for all tests of a worker: what it has loaded once it need not load and compile again."""
    context = browser.new_context(accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="session")
def first_page() -> list[Page]:
    """The page in which every test opens the app first: a new one costs a process of the browser."""
    return []


@pytest.fixture
def page_of_its_own(first_page: list[Page]) -> Iterator[None]:
    """For a test that adds scripts or listeners to its page: the next test opens another one."""
    yield
    for page in first_page:
        page.close()


@pytest.fixture
def visitor(browser: Browser, context: BrowserContext, first_page: list[Page]) -> Iterator[Callable[..., Page]]:
    """Opens empty pages of a visitor who has not been here before, or (someone_else=True) of another visitor.

    first: whether it may be the page that the tests share. Fails the test if one of them breaks.
    """
    faults: list[str] = []
    others: list[BrowserContext] = []
    ends: list[Callable[[], None]] = []

    def opened(someone_else: bool = False, first: bool = False) -> Page:
        if someone_else:
            others.append(browser.new_context())
            page = others[-1].new_page()
        elif first:
            page = first_page[0] if first_page and not first_page[0].is_closed() else context.new_page()
            first_page[:] = [page]
        else:
            page = context.new_page()
        page.set_default_timeout(PATIENCE)
        ends.append(watch(page, faults))
        return page

    yield opened
    for other in others:
        other.close()
    pages = context.pages
    if pages and pages[0].url.startswith("http"):
        pages[0].evaluate("localStorage.clear()")
    for end in ends:
        end()
    for page in pages:
        if page in first_page:
            leave(page)
        else:
            page.close()
    context.clear_cookies()
    assert not faults, faults


@pytest.fixture
def open_page(apps: Apps, visitor: Callable[..., Page], request: pytest.FixtureRequest) -> Callable[..., Page]:
    """Opens the app: open_page(query="", width=1440, height=900, dark=False, someone_else=False).

    A test's file says in TABS which tabs it needs: the fewer, the sooner the app is there.
    """
    tabs = getattr(request.module, "TABS", "")
    app = apps(tabs)
    opened_pages: list[Page] = []

    def opened(
        query: str = "", width: int = 1440, height: int = 900, dark: bool = False, someone_else: bool = False
    ) -> Page:
        page = visitor(someone_else, first=not opened_pages and not someone_else)
        opened_pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        theme = "__theme=" + ("dark" if dark else "light")
        open_tab(page, app, tabs, query + ("&" if query else "") + theme)
        return page

    return opened


@pytest.fixture(autouse=True)
def no_run_is_left_behind() -> Iterator[None]:
    """What a test trains does not take the cores of the next one."""
    from playground.runs import json_files, scheduler, store

    yield
    for spec in store.list_specs():
        json_files.append_line(store.runs_dir() / spec.run / "commands.jsonl", {"do": "stop"})
    # A page that is served from this process polls its runs: it would take up those of later tests.
    scheduler.stop_polling()


@pytest.fixture
def page(visitor: Callable[[], Page]) -> Page:
    """An empty page, 1440 by 900."""
    page = visitor(first=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[gr.Blocks], str]]:
    """Serves Blocks from this process, with the site's scripts and styles, until the tests end.

    serve(blocks) -> address.
    """
    from starlette.middleware import Middleware

    from playground.ui.line_places import LinePlaces
    from playground.ui.middleware import middleware

    served: list[gr.Blocks] = []

    def start(blocks: gr.Blocks) -> str:
        port = free_port()
        blocks.launch(
            server_name="127.0.0.1",
            server_port=port,
            run_history=False,
            quiet=True,
            prevent_thread_lock=True,
            app_kwargs={"middleware": [Middleware(LinePlaces, queue=blocks._queue), *middleware()]},
        )
        served.append(blocks)
        return f"http://127.0.0.1:{port}/"

    yield start
    # Each takes up to 5 s, in which Gradio waits for the streams of pages that are gone: all at the same time.
    with ThreadPoolExecutor(len(served) or 1) as threads:
        list(threads.map(lambda blocks: blocks.close(verbose=False), served))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem.endswith("_page") or "browser" in item.path.parts:
            item.add_marker("browser")
