"""Logins: what is served before one, the comparison of passwords, and the brake on guessing."""

from __future__ import annotations

from collections.abc import Iterator

import coroutines
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from playground.ui import logins
from playground.ui.asgi import Message
from playground.ui.guard import RequestGuard
from playground.ui.hosts import hosts_of
from playground.ui.logins import LoginBrake, check_password


async def answer(request: Request) -> Response:
    if request.url.path == "/login":
        right = await request.body() == b"password=right"
        return JSONResponse({"success": right}, 200 if right else 400)
    return JSONResponse({"bytes": len(await request.body())})


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(logins, "_PAUSE", 0.0)
    guarded = [Middleware(RequestGuard, hosts=hosts_of(environ={}))]
    site = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])], middleware=guarded)
    site.auth, site.cookie_id, site.tokens = (lambda user, password: False), "abc", {"a-token": "teacher"}  # type: ignore[attr-defined]
    with TestClient(site, base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/images", "/login_check", "/theme.css", "/assets/index.js", "/gradio_api/startup-events"]
)
def test_what_the_login_page_needs_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/info",
        "/gradio_api/queue/data",
        "/gradio_api/file=/etc/passwd",
        "/s/1",
        "/monitoring/summary",
        "/monitoring",
        "/config",
        "/openapi.json",
        "/docs",
    ],
)
def test_all_else_waits_for_a_login(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    for cookie in ("access-token-abc=wrong", "access-token-abc=", "access-token-other=a-token"):
        assert client.get(path, headers={"cookie": cookie}).status_code == 401
    for name in ("access-token-abc", "access-token-unsecure-abc"):
        assert client.get(path, headers={"cookie": f"{name}=a-token"}).status_code == 200


def test_a_body_is_not_read_before_the_login(client: TestClient) -> None:
    statuses = []

    async def receive() -> Message:
        raise AssertionError("it was read")

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    headers = [(b"host", b"127.0.0.1"), (b"content-length", b"8000000")]
    scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", "headers": headers, "app": client.app}
    coroutines.run(RequestGuard(Starlette(), hosts_of(environ={}))(scope, receive, send))
    assert statuses == [401, None]
    assert client.post("/login", content=b" " * 5000).status_code == 413


def test_an_address_waits_longer_after_each_wrong_password_and_a_right_one_ends_it() -> None:
    clock = [100.0]
    brake = LoginBrake(lambda: clock[0])
    waits = []
    for _ in range(20):
        brake.note_wrong("10.0.0.1")
        waits.append(brake.wait("10.0.0.1"))
    assert waits[:9] == [0, 0, 0, 0, 1, 2, 4, 8, 16] and waits[-1] == 300
    assert brake.wait("10.0.0.2") == 0, "others do not wait"
    clock[0] += 300
    assert brake.wait("10.0.0.1") == 0


def test_guesses_are_braked_and_logged_without_the_password(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    statuses = [client.post("/login", content=b"password=guess").status_code for _ in range(7)]
    assert statuses == [400] * 5 + [429] * 2
    refused = client.post("/login", content=b"password=right")
    assert refused.status_code == 429 and "try again in 1 second." in refused.json()["detail"]
    printed = capfd.readouterr().err
    assert "5 in a row" in printed and "guess" not in printed


def test_a_right_password_ends_the_count(client: TestClient) -> None:
    for password in (b"wrong", b"wrong", b"wrong", b"wrong", b"right") * 3:
        assert client.post("/login", content=b"password=" + password).status_code == (
            200 if password == b"right" else 400
        )


@pytest.mark.parametrize(
    ("user", "password", "right"),
    [
        ("teacher", "a:b", True),
        ("teacher", "a", False),
        ("Teacher", "a:b", False),
        ("", "", False),
        ("teacher", "ä:b", False),
    ],
)
def test_name_and_password_are_compared_whole(user: str, password: str, right: bool) -> None:
    assert check_password("teacher:a:b")(user, password) is right
