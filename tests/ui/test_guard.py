"""What a request must pass before Gradio reads it: hosts, origins, sizes, logins, and the headers of each answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from playground.ui import guard
from playground.ui.guard import RequestGuard, depth
from playground.ui.hosts import Hosts, hosts_of

OURS = {"origin": "http://127.0.0.1:7860"}


async def echo(request: Request) -> Response:
    body = await request.body()
    if body == b"broken":
        raise ZeroDivisionError("in /secret/path")
    if request.url.path.startswith("/assets/"):
        return Response("", media_type=request.query_params["type"])
    return JSONResponse({"bytes": len(body), "as": request.headers.get("x-forwarded-host")})


def client_of(hosts: Hosts, **state: object) -> TestClient:
    site = Starlette(
        routes=[Route("/{path:path}", echo, methods=["GET", "POST"])],
        middleware=[Middleware(RequestGuard, hosts=hosts)],
    )
    for name, value in state.items():
        setattr(site, name, value)
    return TestClient(site, base_url="http://127.0.0.1:7860")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_of(hosts_of(["play.example.org"], environ={})) as client:
        yield client


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:7860", "localhost", "app.localhost:80", "[::1]:7860", "192.168.1.20:7860", "play.example.org",
     "PLAY.example.org."],
)  # fmt: skip
def test_the_server_answers_as_itself_by_address_and_by_allowed_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:7860", "play.example.org.evil.example", "xplay.example.org", "",
     "localhost@evil.example", "127.0.0.1.evil.example", "a b", "evil.example/127.0.0.1"],
)  # fmt: skip
def test_a_name_that_somebody_else_points_at_this_machine_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421 and "--allowed-hosts" in answer.json()["detail"]


def test_a_tunnel_a_space_and_any_name_are_allowed_when_they_are_asked_for() -> None:
    assert not hosts_of(environ={}).accept("abc.gradio.live")
    assert hosts_of(share=True, environ={}).accept("abc.gradio.live")
    assert not hosts_of(share=True, environ={}).accept("gradio.live")
    space = hosts_of(environ={"SPACE_HOST": "me-playground.hf.space"})
    assert space.accept("me-playground.hf.space") and space.frames == ("https://huggingface.co",)
    assert hosts_of(["*"], environ={}).accept("anything.example")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        (OURS, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[", "content-type": "text/plain"}, 403),
        ({**OURS, "sec-fetch-site": "cross-site"}, 403),
        ({"host": "evil.example", "origin": "http://evil.example"}, 421),
        # behind a proxy that drops the port, or passes the name on
        ({"host": "play.example.org", "origin": "https://play.example.org:8443"}, 200),
        ({"x-forwarded-host": "play.example.org", "origin": "https://play.example.org"}, 200),
        ({"x-forwarded-host": "evil.example", "origin": "https://evil.example"}, 403),
    ],
)
def test_only_pages_of_ours_and_programs_may_send(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/gradio_api/component_server", content=b"{}", headers=headers).status_code == status


def test_a_foreign_name_in_a_header_is_not_passed_on(client: TestClient) -> None:
    assert client.get("/", headers={"x-forwarded-host": "evil.example"}).json()["as"] is None
    assert client.get("/", headers={"x-forwarded-host": "play.example.org"}).json()["as"] == "play.example.org"


def test_a_body_that_is_too_large_is_refused_by_its_announced_and_by_its_real_length(client: TestClient) -> None:
    most = guard.LARGEST_BODY
    assert client.post("/", content=b" " * most).json()["bytes"] == most
    assert client.post("/", content=b" " * (most + 1)).status_code == 413
    announced = client.post("/", content=b"{}", headers={"content-length": str(most + 1)})
    assert announced.status_code == 413 and "8.4 MB" in announced.json()["detail"]
    assert client.post("/", content=b"{}", headers={"content-length": "-1"}).status_code == 413
    assert client.post("/", content=iter([b" " * (1 << 20)] * 9)).status_code == 413, "of no announced length"
    assert client.post("/gradio_api/upload", content=b" " * (most + 1)).status_code == 200, "files go to disk"


def test_json_that_is_nested_too_deeply_is_refused_before_it_is_parsed(client: TestClient) -> None:
    answer = client.post("/", content=b"[" * 100_000 + b"]" * 100_000)
    assert answer.status_code == 400 and "nested" in answer.json()["detail"]
    assert client.post("/", content=json.dumps({"text": "[" * 500}).encode()).status_code == 200


@pytest.mark.parametrize(
    ("text", "deepest"),
    [
        (b"", 0),
        (b"1", 0),
        (b'[{"a": [1]}, []]', 3),
        (rb'{"a": "\"[[["}', 1),
        (rb'["\\", [2]]', 2),
        (b'["[[[[', 1),
        (b"]]][", 0),
    ],
)
def test_depth_ignores_brackets_in_strings(text: bytes, deepest: int) -> None:
    assert depth(text) == deepest


@pytest.mark.parametrize("text", [rb'"\"' * 1_000_000, b'"' + rb"\"" * 2_000_000, b"[]" * 2_000_000])
def test_depth_takes_time_in_proportion_to_the_text(text: bytes) -> None:
    assert depth(text) <= 1  # a square would take hours


@pytest.mark.parametrize(
    "path", ["gradio_api/proxy=http://evil.example", "gradio_api/vibe-edit", "gradio_api/dev/reload"]
)
def test_what_this_app_does_not_use_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(f"/{path}").status_code == 404


def test_each_answer_has_safe_headers_and_only_chosen_sites_may_frame_it(client: TestClient) -> None:
    for answer in (client.get("/"), client.get("/", headers={"host": "evil.example"})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    school = client_of(hosts_of(frames=["https://school.example"], environ={})).get("/")
    assert school.headers["content-security-policy"].endswith("frame-ancestors 'self' https://school.example")
    anyone = client_of(hosts_of(frames=["*"], environ={})).get("/")
    assert anyone.headers["content-security-policy"].endswith("frame-ancestors *")


def test_only_what_may_be_a_page_carries_a_policy(client: TestClient) -> None:
    for kind, has_policy in (("text/css", False), ("text/javascript", False), ("font/woff2", False),
                             ("text/html", True), ("image/svg+xml", True)):  # fmt: skip
        headers = client.get("/assets/a", params={"type": kind}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert ("content-security-policy" in headers) == ("referrer-policy" in headers) == has_policy, kind


def test_what_nobody_foresaw_becomes_a_sentence(client: TestClient, capfd: pytest.CaptureFixture[str]) -> None:
    broken = client.post("/", content=b"broken")
    assert broken.status_code == 500 and "Something went wrong" in broken.json()["detail"]
    assert "ZeroDivisionError" in capfd.readouterr().err
