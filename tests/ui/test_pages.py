"""A page is composed once for all visitors, for each address that it is served under and each panel in front."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from coroutines import run
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from playground.ui.middleware import middleware

VIEWS = {"images": {"": ["ui/notice.js"], "grid": ["panels/images/grid/view.js"]}}


class Site:
    """A site that counts how often a page was composed, and shows its address in it."""

    def __init__(self, shared: bool = True, status: int = 200) -> None:
        self.composed, self.status = 0, status
        routes = [Route("/", self.page), Route("/images", self.page), Route("/{rest:path}", self.page)]
        served = middleware({"text": "", "images": "images"}, {}, VIEWS, shared)
        self.app = Starlette(routes=routes, middleware=served)

    async def page(self, request: Request) -> Response:
        self.composed += 1
        await asyncio.sleep(0)
        text = f'<head><base href="./" /></head>{request.base_url}{request.headers.get("cookie", "")}' + "words " * 400
        return HTMLResponse(text, self.status)

    def get(self, *paths: str, **headers: str) -> list[httpx.Response]:
        """The answers to requests that are made at the same time."""
        by = {name.replace("_", "-"): value for name, value in headers.items()}

        async def ask() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await asyncio.gather(*(client.get(path, headers=by) for path in paths))

        return run(ask())


def test_a_hundred_visitors_at_once_share_one_page() -> None:
    site = Site()
    answers = site.get(*[f"/images?seed={seed}" for seed in range(100)])
    assert site.composed == 1
    assert len({answer.content for answer in answers}) == 1 and "words words" in answers[0].text
    assert len({answer.headers["set-cookie"] for answer in answers}) == 100, "each has a name of their own"


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_kept_page_is_the_page(encoding: str) -> None:
    site = Site()
    first, second = (site.get("/images", accept_encoding=encoding)[0] for _ in range(2))
    assert site.composed == 1 and first.text == second.text and "notice.js" in second.text
    assert first.headers.get("content-encoding") == second.headers.get("content-encoding")


def test_each_panel_address_and_path_has_its_own() -> None:
    site = Site()
    (grid,), (front,) = site.get("/images?panel=grid"), site.get("/images?panel=no-such-panel")
    assert "grid/view.js" in grid.text and "grid/view.js" not in front.text and "notice.js" in front.text
    (elsewhere,) = site.get("/images", host="play.example.org")
    assert "play.example.org" in elsewhere.text and "play.example.org" not in front.text
    site.get("/images", x_forwarded_host="play.example.org")
    site.get("/")
    assert site.composed == 5
    site.get("/images?panel=another-junk", "/images?panel=")
    assert site.composed == 5, "junk makes no page of its own"


def test_a_browser_that_has_the_page_gets_304() -> None:
    site = Site()
    (first,) = site.get("/images")
    (again,) = site.get("/images", if_none_match=first.headers["etag"])
    assert again.status_code == 304 and not again.content and first.headers["cache-control"] == "no-cache"


def test_pages_behind_a_login_errors_and_other_paths_are_not_shared() -> None:
    for site, path in ((Site(shared=False), "/images"), (Site(status=500), "/images"), (Site(), "/other")):
        answers = site.get(path, cookie="one")[0], site.get(path, cookie="two")[0]
        assert site.composed == 2 and "one" in answers[0].text and "two" in answers[1].text


def test_a_visitor_who_leaves_while_the_page_is_composed_holds_nobody_up() -> None:
    site = Site()

    async def leave() -> int:
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            first = asyncio.create_task(client.get("/images"))
            await asyncio.sleep(0)
            first.cancel()
            return (await asyncio.wait_for(client.get("/images"), 5)).status_code

    assert run(leave()) == 200
