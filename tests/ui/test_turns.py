"""A call gives its turn back while a model is fetched for it, and takes it again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from app_server import free_port

from playground.core import turn
from playground.core.progress import without_progress
from playground.language.model_menu import fetch_by_name
from playground.ui import turns
from playground.ui.lines import limit_lines
from playground.zoo import fetch
from playground.zoo.cards import ModelCard


class Site:
    """A page with one line, whose call "fetch" needs a model. done: set once the model is here."""

    def __init__(self) -> None:
        self.done, self.running, self.most = threading.Event(), 0, 0
        self.left: list[str] = []

    def fetch(self, way: str) -> str:
        """way: "wait", or "loader" for a call that asks whether it is still wanted."""
        try:
            with turn.given_back(without_progress) as report:
                while not self.done.wait(0.02):
                    report("fetching", 0.0)
        except Exception as error:
            self.left.append(str(error))
            raise gr.Error(str(error), print_exception=False) from None
        return self.work(way)

    def work(self, name: str) -> str:
        """Runs a model, alone."""
        self.running += 1
        self.most = max(self.most, self.running)
        time.sleep(0.05)
        self.running -= 1
        return name

    def stream(self, name: str) -> Iterator[str]:
        """The page's way: progress, then the result."""
        for report in fetch_by_name(name):
            yield report.what
        yield self.work(name)


@pytest.fixture(scope="module")
def site() -> Iterator[SimpleNamespace]:
    own = Site()
    line: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
    with gr.Blocks() as page:
        for function in (own.fetch, own.work, own.stream):
            gr.api(function, api_name=function.__name__, **line)
    page.queue(max_size=None)
    limit_lines(page)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, server_port=free_port())
    with httpx.Client(base_url=f"{address}gradio_api/", timeout=60) as client, ThreadPoolExecutor(16) as pool:

        def queued(name: str, value: str) -> str:
            joined = client.post(f"call/{name}", json={"data": [value]}).json()["event_id"]
            return str(client.get(f"call/{name}/{joined}").text)

        def direct(name: str, value: str) -> str:
            return str(client.post(f"run/{name}", json={"data": [value]}).text)

        def start(call: Callable[[str, str], str], name: str, value: str = "a") -> Future[str]:
            return pool.submit(call, name, value)

        yield SimpleNamespace(own=own, queue=page._queue, client=client, queued=queued, direct=direct, start=start)
        own.done.set()
    page.close()


@pytest.fixture(autouse=True)
def fresh(site: SimpleNamespace) -> None:
    site.own.done.clear()
    site.own.most, site.own.left = 0, []


def until(is_so: Callable[[], bool]) -> None:
    """Waits, for half a minute at most."""
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def waiting(site: SimpleNamespace, count: int = 1) -> None:
    """Waits until so many calls are in the lane."""
    lines = site.queue.event_queue_per_concurrency_id
    until(lambda: turns.LANE in lines and lines[turns.LANE].current_concurrency >= count)


def test_others_go_on_while_a_model_is_fetched_for_a_call(site: SimpleNamespace) -> None:
    first = site.start(site.queued, "fetch")
    waiting(site)
    assert "other" in site.queued("work", "other"), "not behind the fetch"
    site.own.done.set()
    others = [site.start(site.queued, "work") for _ in range(4)]
    assert "complete" in first.result() and all("complete" in one.result() for one in others)
    assert site.own.most == 1, "one model at a time, after a return too"
    assert site.queue.event_queue_per_concurrency_id["model"].current_concurrency == 0
    assert site.queue.event_queue_per_concurrency_id[turns.LANE].current_concurrency == 0


def test_a_fetch_ends_with_its_caller_and_the_line_is_as_before(site: SimpleNamespace) -> None:
    joined = site.client.post("call/fetch", json={"data": ["a"]}).json()["event_id"]
    with site.client.stream("GET", f"call/fetch/{joined}"):
        waiting(site)
    until(lambda: site.own.left == ["Stopped."])
    assert "other" in site.queued("work", "other") and "more" in site.queued("work", "more")
    assert site.queue.event_queue_per_concurrency_id["model"].current_concurrency == 0


def test_only_some_calls_wait_for_models(site: SimpleNamespace) -> None:
    first = [site.start(site.queued, "fetch") for _ in range(turns.MOST_FETCHING)]
    waiting(site, turns.MOST_FETCHING)
    assert f"{turns.MOST_FETCHING} calls are waiting for a model" in site.queued("fetch", "a")
    assert "other" in site.queued("work", "other")
    site.own.done.set()
    assert all("complete" in one.result() for one in first) and site.own.most == 1


def test_a_direct_call_gives_its_turn_back_too(site: SimpleNamespace) -> None:
    first = site.start(site.direct, "fetch")
    assert "other" in site.direct("work", "other"), "before or after the fetch began"
    time.sleep(0.1)
    assert "other" in site.direct("work", "other")
    site.own.done.set()
    assert "data" in first.result() and site.own.most == 1


def test_a_panels_progress_leaves_the_line_to_others(
    site: SimpleNamespace, tiny_card: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ensure(card: ModelCard, report: Any) -> None:
        while not site.own.done.wait(0.02):
            report("fetching", 0.5)

    monkeypatch.setattr("playground.zoo.catalogue.card_of", lambda name: tiny_card)
    monkeypatch.setattr(fetch, "ensure", ensure)
    first = site.start(site.queued, "stream")
    waiting(site)
    assert "other" in site.queued("work", "other")
    site.own.done.set()
    text = first.result()
    assert json.dumps("fetching") in text and "complete" in text and site.own.most == 1
