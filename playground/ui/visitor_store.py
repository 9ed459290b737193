"""What a visitor carries from page to page, and over a reload: kept in memory under a random name in a cookie.

Each of Gradio's pages has a session of its own, and a gr.State ends with it.
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
    """Values by visitor and name. The least recent visitor is forgotten first, and whoever was away too long."""

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
        """Keeps the value; nothing is kept for a visitor without a name."""
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
    """The header that names a new visitor; None for one who has a name already. cookies: the request's header."""
    try:
        known = COOKIE in SimpleCookie(cookies)
    except CookieError:
        known = False
    if known:
        return None
    end = "; Secure" if secure else ""
    name = secrets.token_urlsafe(16)
    return f"{COOKIE}={name}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Lax{end}".encode()


def carry(state: gr.State, name: str, store: VisitorStore = _store) -> None:
    """Fills a page's state as the page opens and keeps it as it changes.

    Call it after everything that listens to the state is connected. Pages that give the same name share the value.
    """
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    first = state.value

    def recall(request: gr.Request) -> Any:
        return store.get(_visitor_of(request), name, first)

    def remember(value: Any, request: gr.Request) -> None:
        store.put(_visitor_of(request), name, value)

    page.load(recall, None, state, **QUIET)  # queued: only so the page hears that a gr.State has changed
    state.change(remember, state, None, **QUIET)


def _visitor_of(request: gr.Request) -> str:
    """The name in the request's cookie, or "" for a browser that keeps none."""
    return str(dict(request.cookies).get(COOKIE, ""))[:64]
