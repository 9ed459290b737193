"""A visitor's values that outlive a page and a reload: kept in memory under a random name from a cookie.

Each Gradio page has its own session, and a gr.State ends with its session.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

import gradio as gr

from playground.ui.events import QUIET

COOKIE = "playground-visitor"
_COOKIE_SECONDS = 30 * 24 * 3600
_MOST_VISITORS, _HOURS = 200, 12


class VisitorStore:
    """Values by visitor and name. Forgets visitors after `seconds`, and the least recent beyond `most_visitors`."""

    def __init__(
        self,
        most_visitors: int = _MOST_VISITORS,
        seconds: float = _HOURS * 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """seconds: how long a visitor may be away.  clock: gives seconds."""
        self._most, self._seconds, self._clock = most_visitors, seconds, clock
        self._lock = threading.Lock()
        self._visitors: OrderedDict[str, tuple[float, dict[str, Any]]] = OrderedDict()

    def get(self, visitor: str, name: str, default: Any = None) -> Any:
        """The visitor's value of that name, or the default."""
        with self._lock:
            self._forget()
            values = self._visitors[visitor][1] if visitor in self._visitors else {}
            if values:
                self._visitors[visitor] = (self._clock(), values)
                self._visitors.move_to_end(visitor)
            return values.get(name, default)

    def put(self, visitor: str, name: str, value: Any) -> None:
        """Stores the value; does nothing for a visitor without a name."""
        if not visitor:
            return
        with self._lock:
            _, values = self._visitors.pop(visitor, (0.0, {}))
            self._visitors[visitor] = (self._clock(), {**values, name: value})
            self._forget()

    def _forget(self) -> None:
        while self._visitors:
            oldest, (seen, _) = next(iter(self._visitors.items()))
            if len(self._visitors) <= self._most and self._clock() - seen <= self._seconds:
                return
            del self._visitors[oldest]


_store = VisitorStore()


def new_cookie(cookies: str, secure: bool = False) -> bytes | None:
    """The Set-Cookie header that names a new visitor; None for a known one. cookies: the request's Cookie header."""
    try:
        has_cookie = COOKIE in SimpleCookie(cookies)
    except CookieError:
        has_cookie = False
    if has_cookie:
        return None
    end = "; Secure" if secure else ""
    name = secrets.token_urlsafe(16)
    return f"{COOKIE}={name}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Lax{end}".encode()


def carry(state: gr.State, name: str, store: VisitorStore = _store) -> None:
    """Restores a state when its page opens, and stores it whenever it changes.

    Call this after connecting everything that listens to the state. Pages that use the same name share the value.
    """
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    first = state.value

    def recall(request: gr.Request) -> Any:
        return store.get(_visitor_of(request), name, first)

    def remember(value: Any, request: gr.Request) -> None:
        store.put(_visitor_of(request), name, value)

    page.load(recall, None, state, **QUIET)  # queued, or the page would not notice that the gr.State changed
    state.change(remember, state, None, **QUIET)


def _visitor_of(request: gr.Request) -> str:
    """The visitor's name in the request's cookie, or "" for a browser that stores none."""
    return str(dict(request.cookies).get(COOKIE, ""))[:64]
