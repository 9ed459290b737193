"""Visitors who must log in: what is served before that, how a password is compared, and a brake on guessing."""

from __future__ import annotations

import asyncio
import hmac
import math
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from playground.core.catalogue import say
from playground.ui.asgi import App, Message, Receive, Send, read_body, refuse, replayed

#: Paths that the login page needs; all others wait for a login. A page itself is one segment without a dot, also under
#: the name of its tab in an old link, and Gradio hides it.
_OPEN_FILES, _NO_PAGES = ("manifest.json", "robots.txt", "favicon.ico"), ("config", "docs", "monitoring", "redoc")
_OPEN_FOLDERS = ("assets/", "static/", "svelte/", "web/")
_OPEN_CALLS = ("login_check", "startup-events", "theme.css", "user", "app_id")
#: Wrong passwords of one address until it has to wait, and the longest wait, in seconds; it doubles from one second.
_FREE, _LONGEST = 5, 300.0
#: Seconds that each wrong password takes, one at a time from wherever it comes: at most four guesses a second in all.
_PAUSE = 0.25
#: Addresses that are remembered.
_MOST_ADDRESSES = 10_000
#: The largest login form, in bytes.
_LARGEST_FORM = 4096


def check_password(auth: str) -> Callable[[str, str], bool]:
    """The check of a name and a password, in the same time whatever they are. auth: "user:password"."""
    user, _, password = auth.partition(":")

    def check(given_user: str, given_password: str) -> bool:
        same_user = hmac.compare_digest(given_user.encode(), user.encode())
        return hmac.compare_digest(given_password.encode(), password.encode()) and same_user

    return check


def has_login(scope: Message, path: str) -> bool:
    """Whether a request may pass: its visitor has logged in, or nobody must, or the login page needs it.

    path: without slashes at its ends.
    """
    app: Any = scope.get("app")
    if getattr(app, "auth", None) is None:
        return True
    is_post = scope["method"] not in ("GET", "HEAD")
    if is_post and path == "login":
        return True
    call = path.removeprefix("gradio_api/")
    is_page = path in _OPEN_FILES or not ("/" in path or "." in path or path in _NO_PAGES)
    if not is_post and (call in _OPEN_CALLS or path.startswith(_OPEN_FOLDERS) or is_page):
        return True
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(cookies.get(name) in app.tokens for name in names if cookies.get(name))


class LoginBrake:
    """Lets an address guess a few passwords, then makes it wait, longer each time; logs each without the password."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """now: seconds of a clock."""
        self._now = now
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()  # address -> (number, when it may try again)
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, app: App, scope: Message, receive: Receive, send: Send) -> None:
        """Answers a login: by the app, or by how long to wait."""
        address = str((scope.get("client") or ("",))[0])
        body = await read_body(receive, _LARGEST_FORM)
        if body is None:
            await refuse(send, 413, say("shared.guard.too_large", bytes=_LARGEST_FORM))
            return
        async with self._one_at_a_time:
            if wait := self.wait(address):
                await refuse(send, 429, say("shared.guard.wait", count=wait))
                return
            status = 0

            async def watch(message: Message) -> None:
                nonlocal status
                status = message.get("status", status)
                await send(message)

            await app(scope, replayed(body, receive), watch)
            if status == 400:
                self.note_wrong(address)
                await asyncio.sleep(_PAUSE)
            elif status < 400:
                self._wrong.pop(address, None)

    def wait(self, address: str) -> int:
        """Whole seconds until an address may try again, 0 for now."""
        return max(0, math.ceil(self._wrong.get(address, (0, 0.0))[1] - self._now()))

    def note_wrong(self, address: str) -> None:
        """Counts a wrong password of an address."""
        number = self._wrong.pop(address, (0, 0.0))[0] + 1
        wait = 0.0 if number < _FREE else min(_LONGEST, 2.0 ** min(number - _FREE, 20))
        self._wrong[address] = (number, self._now() + wait)
        while len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.popitem(last=False)
        print(f"Wrong name or password from {address}, {number} in a row.", file=sys.stderr, flush=True)
