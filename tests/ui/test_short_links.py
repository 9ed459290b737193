"""Short links: one per query, bounded, and nothing but a query of this site."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from playground.core.errors import PlaygroundError
from playground.core.recipe import LONGEST_LINK
from playground.ui.short_links import ShortLinkPages, ShortLinks

QUERY = "tab=text&prompt=The+sea%0Aand+caf%C3%A9&temperature=0.8"


@pytest.fixture
def links(tmp_path: Path) -> ShortLinks:
    return ShortLinks(tmp_path / "folder" / "links.sqlite3", most=5)


@pytest.fixture
def client(links: ShortLinks) -> Iterator[TestClient]:
    def rest(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.method} {request.url.path}?{request.url.query}")

    app = Starlette(routes=[Route("/{rest:path}", rest, methods=["GET", "POST"])])
    app.add_middleware(ShortLinkPages, links=links)  # type: ignore[arg-type]
    with TestClient(app, follow_redirects=False) as client:
        yield client


def test_a_query_has_one_name_that_begins_its_sha256(links: ShortLinks) -> None:
    name = links.add(QUERY)
    assert links.find(name) == QUERY and links.add(QUERY) == name and len(name) == 8
    bits = "".join(f"{'abcdefghijklmnopqrstuvwxyz234567'.index(letter):05b}" for letter in name)
    assert bits == f"{int(hashlib.sha256(QUERY.encode()).hexdigest()[:10], 16):040b}"
    assert ShortLinks(links.path).find(name) == QUERY, "after a restart"


def test_two_queries_that_begin_alike_get_longer_names(links: ShortLinks) -> None:
    name = links.add(QUERY)
    with links._open() as file:
        file.execute("UPDATE links SET query = 'tab=other'")
    other = links.add(QUERY)
    assert other.startswith(name) and len(other) == 9
    assert (links.find(name), links.find(other)) == ("tab=other", QUERY)


@pytest.mark.parametrize(
    "wrong", ["", "prompt=a", "tab=text&a=b\r\nSet-Cookie: x=1", "tab=<b>", "tab=é", "tab=text&a=" + "a" * LONGEST_LINK]
)
def test_what_is_no_link_of_this_site_is_refused(links: ShortLinks, wrong: str) -> None:
    with pytest.raises(PlaygroundError, match="Not a link of this site"):
        links.add(wrong)


def test_no_more_links_are_kept_than_there_is_room_for(links: ShortLinks) -> None:
    def add(number: int) -> bool:
        try:
            return bool(links.add(f"tab=text&seed={number}"))
        except PlaygroundError as error:
            assert "has no room for more than" in str(error)
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(add, range(16))) == 5
    kept = [number for number in range(16) if add(number)]
    assert len(kept) == 5, "those that are kept are still answered"


def test_the_server_stores_a_query_and_leads_to_its_page(client: TestClient) -> None:
    name = client.post("/s", content=QUERY).json()["id"]
    answer = client.get(f"/s/{name}")
    assert answer.status_code == 302 and answer.headers["location"] == f"../?{QUERY}"
    assert client.get("/images?tab=images").text == "GET /images?tab=images" and client.get("/s").text == "GET /s?"


def test_an_unknown_or_wrong_link_is_one_sentence(client: TestClient) -> None:
    for name in ("aaaaaaaa", "<script>", "..%2F..%2Fetc", "a" * 400):
        answer = client.get(f"/s/{name}")
        assert answer.status_code == 404 and "ask whoever sent it for the long link" in answer.text
        assert "<script>" not in answer.text and 'href="../"' in answer.text
    refused = client.post("/s", content="x" * 100_000)
    assert refused.status_code == 400 and "use the long link" in refused.json()["detail"]


def test_a_file_that_cannot_be_written_is_one_sentence(client: TestClient, links: ShortLinks) -> None:
    links.path.parent.mkdir()
    links.path.write_bytes(b"no database, but some text that is long enough to be one" * 20)
    answer = client.post("/s", content=QUERY)
    assert answer.status_code == 500 and "cannot store the link" in answer.json()["detail"]
    assert client.get("/s/aaaaaaaa").status_code == 404
