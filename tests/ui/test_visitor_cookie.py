"""The cookie that names a visitor."""

from __future__ import annotations

from playground.ui.visitor_cookie import COOKIE, new_cookie, visitor_of


def test_only_a_new_visitor_gets_a_cookie_and_no_two_the_same() -> None:
    first, second = new_cookie(""), new_cookie("other=1")
    assert first and second and first != second
    assert b"Secure" not in first and b"Secure" in (new_cookie("", secure=True) or b"")
    assert new_cookie(f"other=1; {COOKIE}=abc") is None


def test_a_visitor_is_known_by_the_cookie_alone() -> None:
    assert visitor_of(f"other=1; {COOKIE}=abc") == "abc"
    assert visitor_of("") == visitor_of("other=1") == visitor_of("a[b=;,") == ""
