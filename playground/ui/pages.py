"""The pages as browsers get them: our scripts and styles in the head, compressed, and composed once for all visitors.

Gradio composes a page anew for each visitor, 30 ms of one core; all but its address is the same for everybody.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

from playground.ui import bundles, script_modules
from playground.ui.asgi import App, Message, Receive, Send, answer, encoding_for, page_path
from playground.ui.compression import compressed

#: In Gradio's index.html: our scripts follow the first, to run before Gradio's own; our styles precede the second.
_BASE, _END_OF_HEAD = b'<base href="./" />', b"</head>"
_COMPRESSIBLE = ("text/html", "application/json")
#: Smaller answers are not worth compressing. Bytes.
_SMALLEST = 800
#: Headers that Gradio reads the page's own address from.
_ADDRESS = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
#: Pages that are kept: some panels of some tabs, under few addresses. About 60 kB each, compressed.
_MOST_PAGES = 200


def page_scripts(constants: Mapping[str, object], views: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Panel in front -> the script tags of a page, "" for the first panel; the first tag holds the constants."""
    safe = json.dumps(constants).replace("<", "\\u003c")
    data = f'<script type="application/json" id="pg-constants">{safe}</script>'
    return {panel: data + script_modules.script_tags(modules) for panel, modules in ({"": ()} | dict(views)).items()}


@dataclass(frozen=True)
class _Page:
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Pages:
    """Inserts each page's styles and scripts into its head, and compresses pages and JSON."""

    def __init__(self, app: App, tags: Mapping[str, tuple[Mapping[str, str], str]], shared: bool = True) -> None:
        """tags: path of a page -> (panel in front -> script tags, style tags).  shared: the same for all visitors."""
        self.app, self.tags, self.shared = app, tags, shared
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        self._composing = asyncio.Lock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        key = self._key(scope)
        if key is None:
            await self._pass_on(scope, receive, send)
            return
        if key not in self._pages:
            async with self._composing:  # the others wait for the first
                if key not in self._pages:
                    await self._pass_on(scope, receive, send, key)
                    return
        page = self._pages[key]
        self._pages.move_to_end(key)
        tag = next(value for name, value in page.headers if name == b"etag")
        if Headers(scope=scope).get("if-none-match", "").encode() == tag:
            await answer(send, 304, [(b"etag", tag), (b"cache-control", b"no-cache")], b"")
        else:
            await answer(send, 200, page.headers, page.body)

    def _key(self, scope: Message) -> tuple[str, ...] | None:
        """What a page depends on; None for what is no page or differs between visitors."""
        path = page_path(scope)
        if not self.shared or path is None or path not in self.tags or scope["method"] != "GET":
            return None
        headers = Headers(scope=scope)
        address = (str(scope.get("scheme")), str(scope.get("root_path")), *(headers.get(name, "") for name in _ADDRESS))
        return (path, str(scope.get("path")), self._panel(scope, path), encoding_for(headers), *address)

    def _panel(self, scope: Message, path: str) -> str:
        """The panel that the link puts in front, "" for the first one."""
        panel = dict(parse_qsl(bytes(scope["query_string"]).decode("latin-1"))).get("panel", "")
        return panel if path in self.tags and panel in self.tags[path][0] else ""

    async def _pass_on(self, scope: Message, receive: Receive, send: Send, key: tuple[str, ...] | None = None) -> None:
        """Answers by the app; a page with a key is kept."""
        start: Message = {}
        parts: list[bytes] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                media_type = headers.get("content-type", "").partition(";")[0]
                if media_type in _COMPRESSIBLE and "content-encoding" not in headers:
                    start.update(message)
                    return
            elif start:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._send_whole(send, start, b"".join(parts), scope, key)
                return
            await send(message)

        try:
            await self.app(scope, receive, hold)
        except RuntimeError as error:
            # Gradio raises a 404 within an event stream whose session has ended because its page was left.
            if not isinstance(error.__cause__, HTTPException) or error.__cause__.status_code != 404:
                raise
            await send({"type": "http.response.body", "body": b""})

    async def _send_whole(
        self, send: Send, start: Message, body: bytes, scope: Message, key: tuple[str, ...] | None
    ) -> None:
        headers, encoding = MutableHeaders(raw=list(start["headers"])), encoding_for(Headers(scope=scope))
        is_page = headers.get("content-type", "").startswith("text/html")
        if is_page:
            path = page_path(scope) or ""
            scripts, styles = self.tags.get(path) or (page_scripts({}, {}), bundles.style_tag())
            body = body.replace(_BASE, _BASE + scripts[self._panel(scope, path)].encode(), 1)
            body = body.replace(_END_OF_HEAD, styles.encode() + _END_OF_HEAD, 1)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if encoding and len(body) >= _SMALLEST:
            body = compressed(body, encoding)
            headers["content-encoding"] = encoding
            headers.add_vary_header("Accept-Encoding")
        del headers["content-length"]
        if key is not None and is_page and start["status"] == 200:
            headers["etag"], headers["cache-control"] = tag, "no-cache"
            self._pages[key] = _Page(headers.raw, body)
            while len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        await answer(send, start["status"], headers.raw, body)
