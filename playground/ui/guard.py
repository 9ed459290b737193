"""What a request must pass before Gradio reads it: its host, its origin, its size, a login; and safe headers.

Each refusal is one sentence, as JSON {"detail": …} like Gradio's own.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from starlette.datastructures import Headers

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.ui.asgi import App, Message, Receive, Send, path_of, read_body, refuse, replayed
from playground.ui.call_schema import NoSuchCallError, check_answer, check_call
from playground.ui.hosts import Hosts, is_same_origin
from playground.ui.logins import LoginBrake, has_login
from playground.ui.messages import to_playground_error

#: Bytes of one request. The page's largest events carry stored results and drawn pictures, about 1 MB.
LARGEST_BODY = 8 << 20
#: Bytes of one upload of files, which go to disk as they come, and of one file.
LARGEST_UPLOAD, LARGEST_FILE = 512 << 20, 64 << 20
#: Levels of lists and objects inside each other. Our deepest event has 12.
DEEPEST = 64
#: A string of JSON, or the rest of a text in which it does not end.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_OPENING, _CLOSING = np.frombuffer(b"[{", np.uint8), np.frombuffer(b"]}", np.uint8)
#: What Gradio offers and this app does not use: fetching for a caller, and editing the app from its page.
_UNUSED = ("proxy=", "vibe-", "undo-vibe-", "process_recording", "dev/", "deep_link", "run-history/", "stream/")
#: The content security policy: nothing from elsewhere. Gradio compiles the scripts of events, and its blocks have
#: styles of their own.
_POLICY = {
    "default-src": ("'self'",),
    "script-src": ("'self'", "'unsafe-inline'", "'unsafe-eval'", "blob:"),
    "style-src": ("'self'", "'unsafe-inline'"),
    "img-src": ("'self'", "data:", "blob:"),
    "media-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'", "data:"),
    "connect-src": ("'self'", "data:", "blob:"),
    "worker-src": ("'self'", "blob:"),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
}
#: Headers by which Gradio lets a caller say under which name the app is reached.
_NAMES_US = ("x-forwarded-host", "x-gradio-server")
#: Routes that answer at once, without a line.
_DIRECT = ("gradio_api/run/", "gradio_api/api/")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_NO_GUESSING = [(b"x-content-type-options", b"nosniff")]
#: Kinds of answers that are parts of a page, never one: they need no policy. A page has 120, and a policy 0.6 kB.
_PARTS = (b"text/javascript", b"text/css", b"font/")


class RequestGuard:
    """Refuses what no page or program of ours sends, before anything reads it."""

    def __init__(self, app: App, hosts: Hosts) -> None:
        """app: answers what passes."""
        self.app, self.hosts = app, hosts
        self.logins = LoginBrake()
        self.headers = _safe_headers(hosts)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        has_begun = False

        async def send_safely(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if message["type"] == "http.response.start":
                if message["status"] == 500 and path_of(scope).startswith(_DIRECT):
                    message["status"] = 400  # Gradio's, for an event's sentence about its values
                known = dict(message.get("headers", []))
                safe = _NO_GUESSING if known.get(b"content-type", b"").startswith(_PARTS) else self.headers
                added = [header for header in safe if header[0] not in known]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        headers = Headers(scope=scope)
        if refusal := self._refusal(scope, headers):
            await refuse(send_safely, *refusal)
            return
        try:
            await self._pass_on(self._without_foreign_names(scope, headers), receive, send_safely)
        except Exception as error:
            if has_begun:
                raise
            await refuse(send_safely, *_explain(error))

    def _refusal(self, scope: Message, headers: Headers) -> tuple[int, str] | None:
        """(status, sentence) if the request's head alone is reason enough."""
        host, path = headers.get("host", ""), path_of(scope)
        if not self.hosts.accept(host):
            return 421, say("shared.guard.host", host=host[:100])
        if scope["method"] not in _SAFE_METHODS and not is_same_origin(headers, self.hosts):
            return 403, say("shared.guard.origin")
        if path.removeprefix("gradio_api/").startswith(_UNUSED):
            return 404, say("shared.guard.unused")
        if not has_login(scope, path):
            return 401, say("shared.guard.login")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > largest_body(path):
            return 413, say("shared.guard.too_large", bytes=largest_body(path))
        return None

    def _without_foreign_names(self, scope: Message, headers: Headers) -> Message:
        """The request without headers that name a host which is not ours."""
        foreign = [
            name.encode()
            for name in _NAMES_US
            if name in headers and not self.hosts.accept(_host_of(headers[name].split(",")[0].strip()))
        ]
        if not foreign:
            return scope
        return {**scope, "headers": [header for header in scope["headers"] if header[0] not in foreign]}

    async def _pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        path, page = path_of(scope), _page_of(scope)
        if scope["method"] in _SAFE_METHODS:
            if page is not None:
                check_answer(page, path)
            await self.app(scope, receive, send)
        elif path.endswith("gradio_api/upload"):
            await self.app(scope, _counted(receive), send)
        elif path == "login":
            await self.logins.answer(self.app, scope, receive, send)
        else:
            body = await read_body(receive, LARGEST_BODY)
            if body is None:
                await refuse(send, 413, say("shared.guard.too_large", bytes=LARGEST_BODY))
            elif depth(body) > DEEPEST:
                await refuse(send, 400, say("shared.guard.too_deep"))
            else:
                if page is not None:
                    check_call(page, path, Headers(scope=scope).get("content-type", ""), body)
                await self.app(scope, replayed(body, receive), send)


def _explain(error: Exception) -> tuple[int, str]:
    """(status, sentence) for what was raised in place of an answer."""
    status = 404 if isinstance(error, NoSuchCallError) else 400 if isinstance(error, PlaygroundError) else 500
    return status, str(to_playground_error(error))


def _page_of(scope: Message) -> Any:
    """The gr.Blocks of the app that answers, None without one."""
    app = scope.get("app")
    return app.get_blocks() if app is not None and hasattr(app, "get_blocks") else None


def largest_body(path: str) -> int:
    """The largest body of a request, in bytes. path: without slashes at its ends."""
    return LARGEST_UPLOAD if path.endswith("gradio_api/upload") else LARGEST_BODY


def _safe_headers(hosts: Hosts) -> list[tuple[bytes, bytes]]:
    """Headers of each answer that may be a page: no guessing of types, no address to other sites, nothing from them."""
    frames = ("*",) if "*" in hosts.frames else ("'self'", *hosts.frames)
    policy = "; ".join(
        f"{kind} {' '.join(sources)}" for kind, sources in {**_POLICY, "frame-ancestors": frames}.items()
    )
    return [
        *_NO_GUESSING,
        (b"referrer-policy", b"same-origin"),
        (b"content-security-policy", policy.encode()),
    ]


def _host_of(value: str) -> str:
    """The host of an address or of a host: "https://a.example/x" -> "a.example"."""
    return value.partition("://")[2].partition("/")[0] if "://" in value else value


def _counted(receive: Receive) -> Receive:
    """The same body, which ends as if the caller had gone when it is larger than an upload may be."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > LARGEST_UPLOAD else message

    return count


def depth(body: bytes) -> int:
    """The deepest nesting of a JSON text's lists and objects, whether or not it is one that can be parsed."""
    codes = np.frombuffer(_STRINGS.sub(b"", body), np.uint8)
    steps = np.isin(codes, _OPENING).astype(np.int8) - np.isin(codes, _CLOSING).astype(np.int8)
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))
