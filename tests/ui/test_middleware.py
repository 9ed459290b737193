"""How the site is served: old links find their page, files are compressed and kept, streams pass through untouched."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import brotli
import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from playground.ui import bundles, gradio_patches, script_modules
from playground.ui.middleware import middleware
from playground.ui.visitor_cookie import COOKIE

PAGES = {"text": "", "images": "images", "latent": "latent"}
DOCUMENT = (
    '<html><head><base href="./" /><script type="module"></script></head><body>' + "words " * 400 + "</body></html>"
)


def document(request: Request) -> HTMLResponse:
    return HTMLResponse(DOCUMENT)


def data(request: Request) -> JSONResponse:
    return JSONResponse({"words": "words " * 400})


def stream(request: Request) -> StreamingResponse:
    def events() -> Iterator[str]:
        yield from (f"data: {'x' * 900}\n\n" for _ in range(3))

    return StreamingResponse(events(), media_type="text/event-stream")


def ended_stream(request: Request) -> StreamingResponse:
    def events() -> Iterator[str]:
        yield "data: 1\n\n"
        raise HTTPException(404 if "other" not in request.query_params else 500)

    return StreamingResponse(events(), media_type="text/event-stream")


def source(request: Request) -> PlainTextResponse:
    return PlainTextResponse("Gradio's own answer", 404)


async def echo(request: Request) -> JSONResponse:
    return JSONResponse(await request.json())


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", document), Route("/images", document), Route("/latent", document), Route("/data", data)]
    routes += [Route(path, echo, methods=["POST"]) for path in ("/gradio_api/cancel", "/gradio_api/run/cancelled")]
    routes += [Route("/stream", stream), Route("/ended", ended_stream), Route("/{rest:path}", source)]
    constants = {tab: {"tab": tab} for tab in PAGES}
    views = {"images": {"": ["ui/notice.js"], "grid": ["panels/images/grid/view.js"]}}
    app = Starlette(routes=routes, middleware=middleware(PAGES, constants, views))
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize(
    ("link", "goes"),
    [
        ("/?tab=images&panel=grid&rows=seed%3A1", "./images?tab=images&panel=grid&rows=seed%3A1"),
        ("/images?tab=latent", "./latent?tab=latent"),
        ("/latent?tab=text&prompt=The+sea", "./?tab=text&prompt=The+sea"),
        ("/text", "./"),
        ("/text?prompt=a", "./?prompt=a"),
    ],
)
def test_a_link_that_names_a_tab_is_redirected_to_its_page(client: TestClient, link: str, goes: str) -> None:
    answer = client.get(link)
    assert answer.status_code == 307 and answer.headers["location"] == goes


@pytest.mark.parametrize("link", ["/", "/?prompt=The+sea", "/images?panel=grid", "/?tab=kitchen", "/images?tab=images"])
def test_a_link_of_this_page_or_without_a_tab_is_not_redirected(client: TestClient, link: str) -> None:
    assert client.get(link).status_code == 200


def test_a_new_visitor_gets_a_name_once(client: TestClient) -> None:
    cookie = client.get("/").headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "set-cookie" not in client.get("/", headers={"cookie": cookie.partition(";")[0]}).headers
    assert "set-cookie" not in client.get("/data").headers


def test_each_page_has_its_own_scripts_before_gradio_s_and_its_styles_last(client: TestClient) -> None:
    for path, tab in (("/", "text"), ("/images", "images")):
        text = client.get(path).text
        assert f'id="pg-constants">{{"tab": "{tab}"}}</script>' in text
        ours, theirs = text.index(script_modules.script_tags()), text.rindex('type="module"')
        assert ours < theirs < text.index(bundles.style_tag(tab))


def test_the_modules_of_the_panel_in_front_are_fetched_ahead(client: TestClient) -> None:
    first, grid = client.get("/images").text, client.get("/images?panel=grid").text
    assert "ui/notice.js" in first and "images/grid/view.js" not in first
    assert "images/grid/view.js" in grid and "ui/notice.js" not in grid
    assert client.get("/images?panel=no-such-panel").text == first


def test_constants_cannot_end_their_script() -> None:
    app = Starlette(routes=[Route("/", document)], middleware=middleware({"text": ""}, {"text": {"a": "</script><b>"}}))
    assert "</script><b>" not in TestClient(app).get("/").text


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_pages_and_json_are_compressed_as_the_browser_takes_them(client: TestClient, accepted: str) -> None:
    for path in ("/images", "/data"):
        with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
            body = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == (None if accepted == "identity" else accepted)
        plain = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[accepted](body)
        assert b"words words" in plain and (accepted == "identity" or len(body) < len(plain) / 3)


@pytest.mark.parametrize("accepted", ["br", "gzip"])
def test_event_streams_pass_through_unchanged(client: TestClient, accepted: str) -> None:
    with client.stream("GET", "/stream", headers={"accept-encoding": accepted}) as answer:
        assert "content-encoding" not in answer.headers
        assert b"".join(answer.iter_raw()).count(b"data: ") == 3


def test_the_stream_of_an_ended_session_ends_and_other_errors_are_raised(client: TestClient) -> None:
    assert client.get("/ended").text == "data: 1\n\n"
    with pytest.raises(RuntimeError):
        client.get("/ended?other=1")


@pytest.mark.parametrize("path", [f"{script_modules.folder()}/ui/page.js", f"web/{bundles.styles('images').name}"])
def test_scripts_and_styles_are_cached_forever(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}")
    known = {f"web/{bundles.styles('images').name}": bundles.styles("images").content} | script_modules.served_files()
    assert answer.content == known[path] and "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == bundles.MEDIA_TYPES["." + path.rpartition(".")[2]]
    again = client.get(f"/{path}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/web/page.py",
        "/web/../page.py",
        "/web/images.000000000000.css",
        "/web/ui/page.js",
        "/web/000000000000/ui/page.js",
        f"/{script_modules.folder()}/ui/page.py",
        f"/{script_modules.folder()}/ui/../ui/view.py",
        "/panels/bias/tab.py",
    ],
)
def test_nothing_else_of_the_package_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_patched_scripts_are_revalidated_and_others_are_cached_forever(client: TestClient) -> None:
    folder = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
    patched = next(path.name for path in folder.glob("Blocks-*.js") if gradio_patches.patched(path.name))
    answer = client.get(f"/assets/{patched}")
    assert answer.content == gradio_patches.patched(patched) and answer.headers["cache-control"] == "no-cache"
    plain = next(path for path in sorted(folder.glob("*.js")) if not gradio_patches.patched(path.name))
    answer = client.get(f"/assets/{plain.name}")
    assert answer.content == plain.read_bytes() and "immutable" in answer.headers["cache-control"]


def test_gradio_is_the_version_that_is_patched() -> None:
    assert gradio_patches.unpatched() == []


def test_a_stop_that_comes_before_the_events_id_is_known_reaches_the_server(client: TestClient) -> None:
    asked = {"event_id": None, "session_hash": "a", "fn_index": 1}
    body = json.dumps(asked, separators=(",", ":"))
    assert client.post("/gradio_api/cancel", content=body).json() == {**asked, "event_id": ""}
    assert client.post("/gradio_api/run/cancelled", content=body).json() == asked
    assert client.post("/gradio_api/cancel", json={**asked, "event_id": "e"}).json() == {**asked, "event_id": "e"}
