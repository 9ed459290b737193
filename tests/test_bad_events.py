"""Every private event of the page and every server function, given what it is not for: a result or one sentence.

FUZZ=all sends all calls of each input, FUZZ=3 three of each, with another seed by FUZZ_SEED.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import gradio as gr
import pytest
from bad_calls import BadCall, bad_events, bad_server_calls, chosen
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from playground.page import TABS
from playground.runs import scheduler
from playground.ui.guard import RequestGuard
from playground.ui.hosts import hosts_of

FUZZ, SEED = os.environ.get("FUZZ", "1"), int(os.environ.get("FUZZ_SEED", "1"))
OF_EACH = None if FUZZ == "all" else int(FUZZ)
pytestmark = pytest.mark.weights


@pytest.fixture
def client(whole_site: gr.Blocks, default_model: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The whole site behind its guard. No training is started."""
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    monkeypatch.setattr(scheduler, "start_worker", lambda folder: None)
    monkeypatch.setattr(whole_site, "has_launched", True)  # Gradio checks files only then
    guard = Middleware(RequestGuard, hosts=hosts_of(environ={}))
    app = App.create_app(whole_site, app_kwargs={"middleware": [guard]})
    with TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client  # one event loop for all its calls


def send(client: TestClient, calls: Sequence[BadCall], capfd: pytest.CaptureFixture[str]) -> None:
    """Sends all, and fails with those that got no result and no sentence."""
    wrong = []
    capfd.readouterr()
    for call in calls:
        content, header = json.dumps(call.body), {"content-type": "application/json"}
        answer = client.post(f"/gradio_api/{call.path}", content=content, headers=header)
        printed = "".join(capfd.readouterr())
        silent = '"error":null' in answer.text or "went wrong (" in answer.text
        if answer.status_code >= 500 or silent or "Traceback" in printed:
            wrong.append(f"{call.what}: {answer.status_code} {answer.text[:120]} {printed[-300:]}")
    assert not wrong, f"{len(wrong)} of {len(calls)}:\n" + "\n".join(wrong[:30])


def test_each_event_of_the_page_gets_a_result_or_a_sentence(
    client: TestClient, whole_site: gr.Blocks, capfd: pytest.CaptureFixture[str]
) -> None:
    groups = list(bad_events(whole_site))
    assert len(groups) > 600
    send(client, chosen(groups, SEED, OF_EACH), capfd)


def test_each_server_function_gets_a_result_or_a_sentence(
    client: TestClient, whole_site: gr.Blocks, capfd: pytest.CaptureFixture[str]
) -> None:
    groups = list(bad_server_calls(whole_site))
    assert len(groups) > 50
    send(client, chosen(groups, SEED, OF_EACH and 5 * OF_EACH), capfd)


#: Names in links of one panel or another.
NAMES = (
    "seed count steps model run result weights a b x y zoom left temperature max_new_tokens forced words templates "
    "pairs dimension base moves start z ends frames page rows columns draws condition test limit text history kept"
).split()
VALUES = ("9" * 4400, "", "\x00", "[[1]]", "../../x", "nan", "-1")


def test_each_panel_opens_a_link_of_nonsense_with_a_sentence(
    client: TestClient, whole_site: gr.Blocks, capfd: pytest.CaptureFixture[str]
) -> None:
    events = list(whole_site.fns.values())
    opening = [event for event in events if getattr(event.fn, "__name__", "") == "on_open" and len(event.inputs) == 1]
    restoring = [event for event in events if getattr(event.fn, "__name__", "") == "on_restore"]
    assert len(opening) == len(restoring) == len(TABS)
    calls = []
    for place, (one, panel) in enumerate((one, panel) for one, tab in enumerate(TABS) for panel in tab.PANELS):
        for number, value in enumerate(VALUES if OF_EACH is None else (VALUES[0], VALUES[1 + place % 6])):
            names = [NAMES[(place + number + step) % len(NAMES)] for step in (0, 11, 23)]
            query = urlencode({"tab": TABS[one].NAME, "panel": panel.NAME, **dict.fromkeys(names, value)})
            body = {"session_hash": "fuzz", "fn_index": opening[one]._id, "data": [query]}
            calls.append(BadCall("run/predict", body, query[:80]))
            turns = ["0"] * (len(restoring[one].inputs) - 1)
            calls.append(
                BadCall("run/predict", {**body, "fn_index": restoring[one]._id, "data": [None, *turns]}, query[:80])
            )
    send(client, calls, capfd)
