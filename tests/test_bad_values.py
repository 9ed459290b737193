"""Every parameter of every endpoint, given what it is not for: one sentence each, before anything is computed.

The values are wrong for the kind of the parameter, so no model is run, and 3,000 calls take seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, get_type_hints

import gradio as gr
import pytest

from playground.panels.endpoints import endpoints
from playground.ui.endpoint import Endpoint

TABS = ("text", "images", "latent", "bias", "train")
NO_TEXT = [True, 1.5, -1, 10**30, math.nan, [], [None], [[]], {}, {"a": 1}, {"path": "/etc/passwd"}, ["a", None, {}]]
NO_NUMBER = [True, 10**30, -(10**30), math.nan, math.inf, "x", "\ud800", "9" * 5000, "1e999", [], [1], {}, {"a": 1}]
NO_LIST = [True, 1, "x", {}, {"a": 1}]
NO_OBJECT = [True, 1, "x", [], [{}], [1] * 100, {"no_such_setting": 1}, {"steps": "9" * 5000}, {1: 2}]
#: Texts that are names of nothing, for parameters that choose.
NO_NAME = ["\x00", "\ud800", "a" * 20_000, "../../etc/passwd", "<b>", "owner/name", "9" * 5000]
_CHOICES = ("model", "mode", "decoder", "direction", "file", "method", "projection", "embedding", "alternative", "rule")


def bad_values(one: Endpoint) -> Iterator[tuple[str, Any]]:
    """(parameter, value that is wrong for it) of an endpoint."""
    hints = get_type_hints(one.function)
    for name in one.parameters:
        hint = hints.get(name)
        bad = {str: NO_TEXT, int: NO_NUMBER, float: NO_NUMBER, bool: NO_LIST[1:]}.get(hint, [])  # type: ignore[call-overload]
        if name == "settings":
            bad = NO_OBJECT
        elif str(hint).startswith("list"):
            bad = NO_LIST
        yield from ((name, value) for value in (*bad, *(NO_NAME if name in _CHOICES else ())))


CASES = [(tab, one) for tab in TABS for one in endpoints(tab)]


@pytest.mark.weights
@pytest.mark.parametrize(("tab", "one"), CASES, ids=[one.name for _, one in CASES])
def test_each_bad_value_gets_a_sentence(tab: str, one: Endpoint, default_model: object) -> None:
    needed = {name: "The sea" for name, item in one.parameters.items() if item.default is item.empty}
    for name, value in bad_values(one):
        with pytest.raises(gr.Error) as error:
            result = one.function(**{**needed, name: value})
            next(result) if hasattr(result, "__next__") else None
            pytest.fail(f"{one.name} takes {name}={str(value)[:60]!r}")
        sentence = str(error.value.message)
        assert sentence and "Something went wrong" not in sentence and len(sentence) < 500, (
            name,
            str(value)[:60],
            sentence,
        )


def test_there_are_thousands_of_them() -> None:
    assert sum(1 for _, one in CASES for _ in bad_values(one)) > 1500
