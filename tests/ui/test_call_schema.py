"""What a call must be before Gradio reads it, and what a caller is told: by the real routes of a small page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from playground.ui.endpoint import endpoint
from playground.ui.event_errors import answer_in_sentences
from playground.ui.guard import RequestGuard
from playground.ui.hosts import hosts_of
from playground.ui.lines import limit_lines

JSON = {"content-type": "application/json"}


@endpoint("echo")
def api_echo(text: str, times: int = 2) -> str:
    """A text, several times."""
    return text * int(times)


def shout(text: str, volume: float, chosen: str) -> str:
    return "!" * int(volume)


def broken(text: str) -> str:
    raise ZeroDivisionError("in /secret/path")


def look(request: Any) -> Any:
    return {"seen": request}


def page_of() -> gr.Blocks:
    with gr.Blocks() as page:
        box, volume = gr.Textbox(), gr.Slider(0, 9, label="Volume")
        choice, file = gr.Dropdown(["a", "b"], label="Choice"), gr.File()
        view = gr.HTML(server_functions=[look])
        private: dict[str, Any] = {"api_visibility": "private", "queue": False}
        box.submit(shout, [box, volume, choice], box, **private)
        box.change(broken, box, box, **private)
        file.upload(lambda path: "taken", file, box, **private)
        view.click(None, None, None, js="() => {}")
        api_echo.endpoint.add()  # type: ignore[attr-defined]
    page.queue(max_size=None)
    limit_lines(page)
    answer_in_sentences(page)
    page.has_launched = True  # Gradio checks files only then
    return page


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    return page_of()


@pytest.fixture(scope="module")
def client(page: gr.Blocks) -> Iterator[TestClient]:
    app = App.create_app(page, app_kwargs={"middleware": [Middleware(RequestGuard, hosts=hosts_of(environ={}))]})
    yield TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)


def sentence(answer: Any) -> str:
    body = answer.json()
    return str(body.get("detail") or body.get("error"))


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("call/echo", {"data": ["a"]}, 400, "takes 2 values by position, and this call has 1: text, times"),
        ("call/echo", {"data": ["a", 1, 2]}, 400, "this call has 3"),
        ("call/echo", {"data": None}, 400, "data must be a list; it was empty."),
        ("call/echo", {"data": {}}, 400, "data must be a list"),
        ("call/echo", {"data": "ab"}, 400, "data must be a list"),
        ("call/echo", {}, 400, "data must be a list"),
        ("call/echo", [], 400, "A call is a JSON object"),
        ("call/nosuch", {"data": []}, 404, "There is no endpoint 'nosuch'"),
        ("call/v2/nosuch", {}, 404, "There is no endpoint 'nosuch'"),
        ("call/v2/echo", {}, 400, "text is missing"),
        ("call/v2/echo", {"text": "a", "nosuch": 1}, 400, "There is no parameter nosuch here"),
        ("call/v2/echo", {"text": "a\ud800"}, 400, "Character 2 of the text is half of a character (U+D800"),
        ("run/echo", {"data": ["a"]}, 400, "this call has 1"),
        ("run/echo", {"data": ["a", "x"]}, 400, "ValueError"),
        ("run/echo", {"data": [1, 2]}, 400, "text must be text; it was 1."),
        ("run/nosuch", {"data": []}, 404, "There is no endpoint"),
        ("run/x", {"data": ["a", 1, "a"], "fn_index": 99}, 404, "This page has no event 99"),
        ("run/x", {"data": ["a", 1, "a"], "fn_index": 3}, 404, "This page has no event 3"),
        ("run/x", {"data": ["a"], "fn_index": 0}, 400, "takes 3 values, and the call has 1"),
        ("run/x", {"data": ["a", "x", "a"], "fn_index": 0}, 400, "Volume must be a number; it was 'x'."),
        ("run/x", {"data": ["a", True, "a"], "fn_index": 0}, 400, "Volume must be a number; it was True."),
        ("run/x", {"data": ["a", float("nan"), "a"], "fn_index": 0}, 400, "Volume must be a number; it was nan."),
        ("run/x", {"data": ["a", 99, "a"], "fn_index": 0}, 400, "greater than maximum value 9"),
        ("run/x", {"data": ["a", 1, "c"], "fn_index": 0}, 400, "not in the list of choices"),
        ("run/x", {"data": ["a", 1, {"b": []}], "fn_index": 0}, 400, "Choice must be text"),
        ("run/x", {"data": [[], 1, "a"], "fn_index": 0}, 400, "Value 1 must be text; it was []."),
        ("run/x", {"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], "fn_index": 2}, 400, "fit"),
        ("queue/join", {"data": ["a", 1, "a"], "fn_index": 0}, 400, "session_hash is missing"),
        ("queue/join", {"data": [], "session_hash": "", "fn_index": 0}, 400, "session_hash must be text"),
        ("queue/join", {"data": [], "session_hash": "a" * 201, "fn_index": 0}, 400, "session_hash must be text"),
        ("queue/join", {"data": [], "session_hash": "a\x00", "fn_index": 0}, 400, "session_hash must be text"),
        ("queue/join", {"data": [], "session_hash": "a"}, 400, "fn_index is missing"),
        ("queue/join", {"data": [], "session_hash": "a", "fn_index": "0"}, 400, "fn_index must be a number"),
        ("queue/join", {"data": [], "session_hash": "a", "fn_index": -1}, 404, "This page has no event"),
        ("queue/join", {"data": [], "session_hash": "a", "fn_index": 0, "trigger_id": "x"}, 400, "trigger_id must be"),
        ("queue/join", {"data": [], "session_hash": "a", "fn_index": 0, "event_id": {}}, 400, "event_id must be text"),
        ("queue/join", {"data": [], "session_hash": "a", "fn_index": 0, "batched": True}, 400, "Make one call"),
        ("queue/join", {"data": [], "session_hash": "a", "fn_index": 0, "simple_format": 1}, 400, "true or false"),
        ("component_server", {}, 400, "session_hash is missing"),
        ("component_server", {"session_hash": "a", "component_id": -1, "fn_name": "look", "data": 1}, 404, "component"),
        (
            "component_server",
            {"session_hash": "a", "component_id": 4, "fn_name": "__init__", "data": 1},
            404,
            "no func",
        ),
        ("component_server", {"session_hash": "a", "component_id": 4, "fn_name": "look"}, 400, "data is missing"),
        ("cancel", {"session_hash": [], "fn_index": 0, "event_id": "a"}, 400, "session_hash must be text"),
    ],
)
def test_a_call_that_cannot_be_one_gets_a_sentence(
    client: TestClient, capfd: pytest.CaptureFixture[str], path: str, body: Any, status: int, said: str
) -> None:
    if path == "component_server" and body.get("component_id") == 4:
        body = {**body, "component_id": view_of(client)}
    answer = client.post(f"/gradio_api/{path}", content=json.dumps(body), headers=JSON)
    assert (answer.status_code, said in sentence(answer)) == (status, True), sentence(answer)
    assert "Traceback" not in capfd.readouterr().err or "ValueError" in said


def view_of(client: TestClient) -> int:
    app: Any = client.app
    return next(number for number, block in app.get_blocks().blocks.items() if isinstance(block, gr.HTML))


@pytest.mark.parametrize("body", [b"", b"x", b"{", b"\xff", b'{"data": [' + b"9" * 5000 + b"]}", b'"' * 3])
def test_what_is_no_json_gets_a_sentence(client: TestClient, body: bytes) -> None:
    for path in ("call/echo", "call/v2/echo", "run/echo", "queue/join", "component_server", "cancel", "reset"):
        answer = client.post(f"/gradio_api/{path}", content=body, headers=JSON)
        assert (answer.status_code, "JSON" in sentence(answer)) == (400, True), path


def test_a_call_of_another_media_type_is_refused(client: TestClient) -> None:
    for media_type in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        answer = client.post("/gradio_api/component_server", content=b"{}", headers={"content-type": media_type})
        assert answer.status_code == 400 and "application/json" in sentence(answer)


def test_what_nobody_foresaw_is_a_sentence_too_and_its_traceback_is_in_the_log(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.post("/gradio_api/run/x", content=json.dumps({"data": ["a"], "fn_index": 1}), headers=JSON)
    assert answer.status_code == 400 and "ZeroDivisionError" in sentence(answer)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_valid_calls_pass(client: TestClient) -> None:
    right = [
        ("run/echo", {"data": ["ab", 2]}, "abab"),
        ("run/x", {"data": ["a", 3, "a"], "fn_index": 0, "session_hash": "s"}, "!!!"),
        ("run/x", {"data": [None, 3, "a", "more"], "fn_index": 0, "trigger_id": None}, "!!!"),
        ("run/x", {"data": ["a", 3, "a"], "fn_index": 0, "trigger_id": 0}, "!!!"),  # of the page itself, as at its load
    ]
    for path, body, result in right:
        answer = client.post(f"/gradio_api/{path}", content=json.dumps(body), headers=JSON)
        assert answer.status_code == 200 and answer.json()["data"] == [result]
    call = {"session_hash": "s", "component_id": view_of(client), "fn_name": "look", "data": "😀"}
    assert client.post("/gradio_api/component_server", content=json.dumps(call), headers=JSON).json() == {"seen": "😀"}


def test_an_answer_that_nobody_waits_for_is_said_not_to_be_there(client: TestClient) -> None:
    answer = client.get("/gradio_api/call/echo/nosuch")
    assert answer.status_code == 404 and "with this id is waiting" in sentence(answer)
