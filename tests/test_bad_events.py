"""Every private event of the page and every server function, given what it is not for: a result or one sentence.

FUZZ=all sends all calls of each input, FUZZ=3 three of each, with another seed by FUZZ_SEED.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence

import gradio as gr
import pytest
from bad_calls import BadCall, bad_events, bad_server_calls, chosen
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

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
    yield TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)


def send(client: TestClient, calls: Sequence[BadCall], capfd: pytest.CaptureFixture[str]) -> None:
    """Sends all, and fails with those that got no result and no sentence."""
    wrong = []
    capfd.readouterr()
    for call in calls:
        content, header = json.dumps(call.body), {"content-type": "application/json"}
        answer = client.post(f"/gradio_api/{call.path}", content=content, headers=header)
        printed = "".join(capfd.readouterr())
        silent = '"error":null' in answer.text or "should not (" in answer.text
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
