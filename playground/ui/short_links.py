"""Short links: the server keeps the query of a long link, and leads from /s/ID to it.

ID is the beginning of the query's sha256, so a query has one ID, whoever asks. Long links need no server, and stay.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.core.recipe import LONGEST_LINK
from playground.ui.asgi import App, Message, Receive, Send, answer, path_of, read_body, refuse

#: At most so many links, of LONGEST_LINK characters: 80 MB.
MOST_LINKS = 10_000
#: Characters of an ID; more if two queries begin alike.
_SHORTEST, _LONGEST = 8, 26
#: What URLSearchParams writes. A line break would end the header that a redirection is.
_QUERY = re.compile(r"[A-Za-z0-9%&=+._*~,:;@/()!'-]+")
_SENT_TO = "s"
_JSON, _HTML = (b"content-type", b"application/json"), (b"content-type", b"text/html; charset=utf-8")
_NOT_KEPT = (b"cache-control", b"no-store")


class ShortLinks:
    """Queries by their IDs, in one SQLite file."""

    def __init__(self, path: Path, most: int = MOST_LINKS) -> None:
        """path: of the file, which is made when the first link is stored.  most: links that it keeps."""
        self.path, self.most = path, most

    def add(self, query: str) -> str:
        """Stores a query -> its ID. Raises PlaygroundError for what is no link of this site, or if there is no room."""
        if len(query) > LONGEST_LINK or not _QUERY.fullmatch(query) or "tab=" not in query:
            raise PlaygroundError(say("shared.short_link.no_link", most=LONGEST_LINK))
        name = base64.b32encode(hashlib.sha256(query.encode()).digest()).decode().lower().rstrip("=")
        with self._open() as links:
            links.execute("CREATE TABLE IF NOT EXISTS links (id TEXT PRIMARY KEY, query TEXT NOT NULL)")
            links.execute("BEGIN IMMEDIATE")  # one process at a time counts and stores
            for length in range(_SHORTEST, _LONGEST + 1):
                row = links.execute("SELECT query FROM links WHERE id = ?", [name[:length]]).fetchone()
                if row is None:
                    if links.execute("SELECT count(*) FROM links").fetchone()[0] >= self.most:
                        raise PlaygroundError(say("shared.short_link.full", most=self.most))
                    links.execute("INSERT INTO links VALUES (?, ?)", [name[:length], query])
                if row is None or row[0] == query:
                    links.execute("COMMIT")
                    return name[:length]
        raise PlaygroundError(say("shared.short_link.full", most=self.most))

    def find(self, name: str) -> str | None:
        """The query of an ID, or None."""
        if not self.path.is_file() or not re.fullmatch(rf"[a-z2-7]{{{_SHORTEST},{_LONGEST}}}", name):
            return None
        with self._open() as links:
            row = links.execute("SELECT query FROM links WHERE id = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=5, isolation_level=None)) as links:
            yield links  # a transaction that is not committed is undone


class ShortLinkPages:
    """Answers POST s, whose body is a query, with {"id"}; and GET s/ID with the way to the page of its query."""

    def __init__(self, app: App, links: ShortLinks | None = None) -> None:
        """app: answers everything else.  links: None for those of this machine, in the models' folder."""
        self.app, self.links = app, links

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = path_of(scope) if scope["type"] == "http" else ""
        links = self.links or ShortLinks(models_dir() / "short-links.sqlite3")
        if path == _SENT_TO and scope["method"] == "POST":
            await _store(links, receive, send)
        elif path.startswith(f"{_SENT_TO}/") and scope["method"] in ("GET", "HEAD"):
            await _lead(links, path.removeprefix(f"{_SENT_TO}/"), send)
        else:
            await self.app(scope, receive, send)


async def _store(links: ShortLinks, receive: Receive, send: Send) -> None:
    body = await read_body(receive, LONGEST_LINK)
    try:
        name = await run_in_threadpool(links.add, "" if body is None else body.decode("ascii", "replace"))
    except PlaygroundError as error:
        await refuse(send, 400, str(error))
    except (OSError, sqlite3.Error):
        await refuse(send, 500, say("shared.short_link.no_file"))
    else:
        await answer(send, 200, [_JSON, _NOT_KEPT], json.dumps({"id": name}).encode())


async def _lead(links: ShortLinks, name: str, send: Send) -> None:
    try:
        query = await run_in_threadpool(links.find, name)
    except sqlite3.Error:
        query = None
    if query is None:
        sentence = html.escape(say("shared.short_link.unknown", name=name[:_LONGEST]))
        page = f'<!doctype html><meta charset="utf-8"><title>{html.escape(say("shared.page.title"))}</title>'
        page += f'<p>{sentence} <a href="../">{html.escape(say("shared.page.whole"))}</a></p>'
        await answer(send, 404, [_HTML, _NOT_KEPT], page.encode())
    else:
        # Relative, so that it works behind any proxy.
        await answer(send, 302, [(b"location", f"../?{query}".encode()), _NOT_KEPT], b"")
