"""The catalogue and its users: no sentence is missing or unused, and every call has the values it needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from source_code import PACKAGE, read, sources

from playground.core import catalogue
from playground.core.catalogue import say, sentences, sentences_named_in
from playground.page import TABS

_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
#: say("key") in Python and in a script, or sayInto(node, "key") in a script.
_SAID_BY_SCRIPT = re.compile(r"\bsay(?:\(|Into\([^\"'`]*,)\s*[\"'`]([^\"'`$]*)[\"'`]")


def placeholders(sentence: catalogue.Sentence) -> set[str]:
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None}


def say_calls(code: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "say":
            yield node


def literals(code: str) -> tuple[set[str], set[str]]:
    """(all strings in Python code, the beginnings of all f-strings)."""
    nodes = list(ast.walk(ast.parse(code)))
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    joined = [node.values[0] for node in nodes if isinstance(node, ast.JoinedStr) and node.values]
    starts = {str(first.value) for first in joined if isinstance(first, ast.Constant)}
    return strings, starts


def test_say_replaces_names_and_chooses_the_form_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"a.b": "{count:,} of {total}", "a.n": {"one": "{count} picture", "other": "{count} pictures"}}
    monkeypatch.setattr(catalogue, "sentences", lambda: one)
    assert say("a.b", count=1234, total="many") == "1,234 of many"
    assert [say("a.n", count=count) for count in (0, 1, 2)] == ["0 pictures", "1 picture", "2 pictures"]
    with pytest.raises(ValueError, match="no sentence 'a.c'"):
        say("a.c")
    with pytest.raises(KeyError):
        say("a.b", count=1)


def test_every_call_of_say_has_a_known_key_and_all_values() -> None:
    for path in sources():
        for call in say_calls(read(path)):
            if not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            key = call.args[0].value
            assert key in sentences(), f"{path}: {key}"
            values = {word.arg for word in call.keywords}
            if None not in values:
                assert placeholders(sentences()[key]) <= values, f"{path}: {key}"


def test_every_key_in_scripts_and_templates_is_known() -> None:
    for path in [*sources(), *PACKAGE.rglob("*.js")]:
        text = read(path)
        keys = re.findall(_SAID_BY_SCRIPT, text) if path.suffix == ".js" else []
        keys += re.findall(r"\[\[([a-z0-9_]+\.[a-z0-9_.]+)\]\]", text) if path.suffix == ".py" else []
        for key in keys:
            assert key in sentences(), f"{path}: {key}"


def test_no_sentence_is_unused() -> None:
    strings, starts, in_scripts = set(), set(), set()
    for path in sources():
        text = read(path)
        more, beginnings = literals(text)
        strings |= more
        starts |= {start for start in beginnings if _KEY.match(start)}
        strings |= set(re.findall(r"\[\[([a-z0-9_]+\.[a-z0-9_.]+)\]\]", text))
    for path in PACKAGE.rglob("*.js"):
        in_scripts |= sentences_named_in(read(path)).keys()
    panels = {f"{tab.NAME}.{panel.NAME}.{name}" for tab in TABS for panel in tab.PANELS
              for name in ("title", "looking", "doing", "meaning", "example")}  # fmt: skip
    intro = {"shared.intro.looking", "shared.intro.doing", "shared.intro.meaning"}
    used = strings | in_scripts | panels | intro
    parts = {f"{tab.NAME}.{panel.NAME}.example_" for tab in TABS for panel in tab.PANELS}
    unused = [key for key in sentences() if key not in used and not key.startswith((*starts, *parts))]
    assert unused == []


def test_sentences_contain_no_html() -> None:
    for key, sentence in sentences().items():
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
            assert form and form == form.strip() and not re.search(r"<[a-z/]", form), key
