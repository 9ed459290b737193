"""Middleware around Gradio's app: old links, our scripts and styles, caching, compression, and a visitor's cookie.

Gradio compresses neither its pages nor JSON, and does not let browsers cache its files: together most of the bytes of
opening a page. Event streams pass through unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware

from playground.ui import bundles, gradio_patches, script_modules
from playground.ui.asgi import App, Message, Receive, Send, answer, encoding_for, page_path
from playground.ui.compression import compressed
from playground.ui.pages import Pages, page_scripts
from playground.ui.short_links import ShortLinkPages
from playground.ui.visitor_cookie import new_cookie

_IMMUTABLE = b"public, max-age=31536000, immutable"
#: Bytes of a request to stop an event.
_LARGEST_STOP = 4096


def middleware(
    pages: Mapping[str, str] | None = None,
    constants: Mapping[str, Mapping[str, object]] | None = None,
    views: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    shared: bool = True,
) -> list[Middleware]:
    """The value of `app_kwargs["middleware"]` for launch.

    pages: tab -> path of its page, "" for the root; None for a page without tabs.
    constants: tab -> what its page's scripts know of the site, as JSON (see ui/links.js).
    views: tab -> {panel: modules that its page imports first if that panel is in front}, "" for the first panel.
    shared: all visitors get the same pages; False where some have logged in.
    """
    paths, known, ahead = dict(pages or {}), constants or {}, views or {}
    tags = {
        path: (page_scripts(known.get(tab, {}), ahead.get(tab, {})), bundles.style_tag(tab))
        for tab, path in paths.items()
    }
    return [
        Middleware(ShortLinkPages),
        Middleware(TabLinks, pages=paths),
        Middleware(CachedFiles, tabs=list(paths)),
        Middleware(Pages, tags=tags, shared=shared),
        Middleware(StopRequests),
    ]


class TabLinks:
    """Redirects `/?tab=images&...` to `/images?tab=images&...`, and gives each new visitor a cookie.

    Old links, from before each tab had its own page, name their tab in the query.
    """

    def __init__(self, app: App, pages: Mapping[str, str]) -> None:
        """pages: tab -> path of its page below the root, "" for the root itself."""
        self.app, self.pages = app, pages

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = page_path(scope)
        if path is None or path not in {*self.pages, *self.pages.values(), ""}:
            await self.app(scope, receive, send)
            return
        query = bytes(scope["query_string"])
        named = dict(parse_qsl(query.decode("latin-1"))).get("tab", path)
        right = self.pages.get(named, self.pages.get(path, path))
        if right != path:
            # Relative, so that it works behind any proxy: every page is directly below the root.
            location = f"./{right}".encode() + (b"?" + query if query else b"")
            await answer(send, 307, [(b"location", location)], b"")
            return
        cookie = new_cookie(Headers(scope=scope).get("cookie", ""), secure=scope.get("scheme") == "https")

        async def send_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and cookie:
                message["headers"] = [*message["headers"], (b"set-cookie", cookie)]
            await send(message)

        await self.app(scope, receive, send_cookie)


class CachedFiles:
    """Serves our bundles, and Gradio's scripts and styles with our patches, compressed and cacheable."""

    def __init__(self, app: App, tabs: Sequence[str]) -> None:
        """app: answers all other requests.  tabs: those with a page; the styles of all tabs are also served."""
        self.app = app
        self.ours = page_files(tabs)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = page_path(scope) or ""
        file = (self.ours[path], True) if path in self.ours else _gradio_file(path)
        if file is None:
            await self.app(scope, receive, send)
            return
        request, (content, immutable) = Headers(scope=scope), file
        tag = b'"' + hashlib.sha256(content).hexdigest()[:16].encode() + b'"'
        headers = [(b"etag", tag), (b"cache-control", _IMMUTABLE if immutable else b"no-cache")]
        headers.append((b"vary", b"accept-encoding"))
        if request.get("if-none-match", "").encode() == tag:
            await answer(send, 304, headers, b"")
            return
        headers.append((b"content-type", bundles.MEDIA_TYPES[Path(path).suffix].encode()))
        encoding = encoding_for(request)
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
            content = compressed(content, encoding)
        await answer(send, 200, headers, content)


class StopRequests:
    """Lets Stop work before the page knows its event's id: Gradio's routes demand one, but stop by session as well."""

    def __init__(self, app: App) -> None:
        """app: answers everything else."""
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        is_stop = (
            scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(("/cancel", "/reset"))
        )
        if not is_stop:
            await self.app(scope, receive, send)
            return
        body, more = b"", True
        while more and len(body) < _LARGEST_STOP:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        body = body.replace(b'"event_id":null', b'"event_id":""')
        headers = MutableHeaders(raw=list(scope["headers"]))
        headers["content-length"] = str(len(body))

        messages: list[Message] = [{"type": "http.request", "body": body}]

        async def receive_body() -> Message:
            return messages.pop() if messages else await receive()

        await self.app({**scope, "headers": headers.raw}, receive_body, send)


def cacheable_files(tabs: Sequence[str]) -> Iterator[bytes]:
    """The content of each file that a page of these tabs may ask for: ours, then Gradio's."""
    yield from page_files(tabs).values()
    for path in _gradio_files():
        if (file := _gradio_file(path)) is not None:
            yield file[0]


def page_files(tabs: Sequence[str]) -> dict[str, bytes]:
    """URL path -> content: the styles of these tabs' pages, and of a page without tabs; and all scripts."""
    styles = [bundles.styles(tab) for tab in (None, *tabs)]
    return {f"{bundles.FOLDER}/{one.name}": one.content for one in styles} | dict(script_modules.served_files())


@cache
def _gradio_files() -> dict[str, Path]:
    """URL path -> file of Gradio's scripts and styles."""
    import gradio

    frontend = Path(gradio.__file__).parent / "templates" / "frontend"
    files = {f"assets/{path.name}": path for path in (frontend / "assets").iterdir()}
    files |= {f"static/js/{path.name}": path for path in (frontend / "static" / "js").glob("*.js")}
    return {where: path for where, path in files.items() if path.suffix in bundles.MEDIA_TYPES}


@cache
def _gradio_file(where: str) -> tuple[bytes, bool] | None:
    path = _gradio_files().get(where)
    if path is None:
        return None
    patched = gradio_patches.patched(path.name) if where.startswith("assets/") else None
    # A patched script has the name of the original, which a browser may have cached from elsewhere: not immutable.
    return (patched, False) if patched is not None else (path.read_bytes(), where.startswith("assets/"))
