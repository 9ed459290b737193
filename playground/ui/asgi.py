"""Requests and answers of the server (ASGI 3.0): types, a path, a body that is read whole, and whole answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from starlette.datastructures import Headers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


def path_of(scope: Message) -> str:
    """A request's path below the root, without slashes at its ends."""
    return str(scope.get("path", "")).removeprefix(str(scope.get("root_path", ""))).strip("/")


def page_path(scope: Message) -> str | None:
    """The path below the root of a GET request, without slashes at its ends; None for any other request."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    return path_of(scope)


def encoding_for(headers: Headers) -> str:
    """The encoding that the client accepts: "br", "gzip" or "". Browsers accept brotli only over HTTPS or localhost."""
    accepted = headers.get("accept-encoding", "")
    return next((name for name in ("br", "gzip") if name in accepted), "")


async def answer(send: Send, status: int, headers: Sequence[Header], body: bytes) -> None:
    """Answers a request with a whole body."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, status: int, sentence: str) -> None:
    """Answers with a sentence in place of the app."""
    body = json.dumps({"detail": sentence}).encode()
    await answer(send, status, [(b"content-type", b"application/json")], body)


async def read_body(receive: Receive, largest: int) -> bytes | None:
    """The whole body, or None as soon as it is larger."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break  # the caller has gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > largest:
            return None
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """What receives a body that has been read, and then what follows it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
