"""What visitors carry from page to page: each their own, bounded, and forgotten in time."""

from __future__ import annotations

from playground.ui.visitor_store import COOKIE, VisitorStore, new_cookie


def test_each_visitor_has_their_own_values() -> None:
    store = VisitorStore()
    store.put("a", "kept", [1])
    store.put("b", "kept", [2])
    store.put("a", "log", "x")
    assert store.get("a", "kept") == [1] and store.get("b", "kept") == [2]
    assert store.get("a", "log") == "x" and store.get("b", "log", "none") == "none"


def test_nothing_is_stored_for_a_visitor_without_a_name() -> None:
    store = VisitorStore()
    store.put("", "kept", [1])
    assert store.get("", "kept", []) == []


def test_the_least_recent_visitor_is_forgotten_first() -> None:
    store = VisitorStore(most_visitors=2)
    for visitor in ("a", "b"):
        store.put(visitor, "kept", visitor)
    store.get("a", "kept")
    store.put("c", "kept", "c")
    assert [store.get(visitor, "kept") for visitor in "abc"] == ["a", None, "c"]


def test_a_visitor_who_was_away_too_long_is_forgotten() -> None:
    seconds = [0.0]
    store = VisitorStore(seconds=60, clock=lambda: seconds[0])
    store.put("a", "kept", 1)
    seconds[0] = 50
    assert store.get("a", "kept") == 1
    seconds[0] = 109
    assert store.get("a", "kept") == 1, "looking counts"
    seconds[0] = 170
    assert store.get("a", "kept") is None


def test_only_a_new_visitor_gets_a_cookie_and_no_two_the_same() -> None:
    first, second = new_cookie(""), new_cookie("other=1")
    assert first and second and first != second
    assert b"Secure" not in first and b"Secure" in (new_cookie("", secure=True) or b"")
    assert new_cookie(f"other=1; {COOKIE}=abc") is None
