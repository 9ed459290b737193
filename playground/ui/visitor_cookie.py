"""The cookie that names a visitor by chance, so that each can be told their own place in the server's lines."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie

COOKIE = "playground-visitor"
_COOKIE_SECONDS = 30 * 24 * 3600


def new_cookie(cookies: str, secure: bool = False) -> bytes | None:
    """The Set-Cookie header that names a new visitor; None for a known one. cookies: the request's Cookie header."""
    if visitor_of(cookies):
        return None
    end = "; Secure" if secure else ""
    name = secrets.token_urlsafe(16)
    return f"{COOKIE}={name}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Lax{end}".encode()


def visitor_of(cookies: str) -> str:
    """The visitor's name in a request's Cookie header, or "" for a browser that stores none."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value[:64] if morsel else ""
