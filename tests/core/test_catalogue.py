"""The catalogue and what uses it: no sentence is missing, none is unused, all values are given."""

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


def placeholders(sentence: catalogue.Sentence) -> set[str]:
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None}


def said_in(code: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "say":
            yield node


def literals(code: str) -> tuple[set[str], set[str]]:
    """(all strings in Python code, the beginnings of all f-strings)."""
    nodes = list(ast.walk(ast.parse(code)))
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    joined = [node.values[0] for node in nodes if isinstance(node, ast.JoinedStr) and node.values]
    begun = {str(first.value) for first in joined if isinstance(first, ast.Constant)}
    return strings, begun


def test_a_sentence_is_said_with_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"a.b": "{count:,} of {total}", "a.n": {"one": "{count} picture", "other": "{count} pictures"}}
    monkeypatch.setattr(catalogue, "sentences", lambda: one)
    assert say("a.b", count=1234, total="many") == "1,234 of many"
    assert [say("a.n", count=count) for count in (0, 1, 2)] == ["0 pictures", "1 picture", "2 pictures"]
    with pytest.raises(ValueError, match="no sentence 'a.c'"):
        say("a.c")
    with pytest.raises(KeyError):
        say("a.b", count=1)


def test_each_sentence_that_is_said_is_in_the_catalogue_with_the_values_it_needs() -> None:
    for path in sources():
        for call in said_in(read(path)):
            if not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            key = call.args[0].value
            assert key in sentences(), f"{path}: {key}"
            given = {word.arg for word in call.keywords}
            if None not in given:
                assert placeholders(sentences()[key]) <= given, f"{path}: {key}"


def test_scripts_and_templates_say_only_what_is_in_the_catalogue() -> None:
    for path in [*sources(), *PACKAGE.rglob("*.js")]:
        text = read(path)
        keys = re.findall(r"playground\.say\(\s*[\"'`]([^\"'`$]*)[\"'`]", text) if path.suffix == ".js" else []
        keys += re.findall(r"\[\[([a-z0-9_]+\.[a-z0-9_.]+)\]\]", text) if path.suffix == ".py" else []
        for key in keys:
            assert key in sentences(), f"{path}: {key}"


def test_no_sentence_is_unused() -> None:
    strings, begun, in_scripts = set(), set(), set()
    for path in sources():
        text = read(path)
        more, beginnings = literals(text)
        strings |= more
        begun |= {start for start in beginnings if _KEY.match(start)}
        strings |= set(re.findall(r"\[\[([a-z0-9_]+\.[a-z0-9_.]+)\]\]", text))
    for path in PACKAGE.rglob("*.js"):
        in_scripts |= sentences_named_in(read(path)).keys()
    panels = {f"{tab.NAME}.{panel.NAME}.{name}" for tab in TABS for panel in tab.PANELS
              for name in ("title", "looking", "doing", "meaning")}  # fmt: skip
    intro = {"shared.intro.looking", "shared.intro.doing", "shared.intro.meaning"}
    used = strings | in_scripts | panels | intro
    unused = [key for key in sentences() if key not in used and not key.startswith(tuple(begun))]
    assert unused == []


def test_sentences_contain_no_html() -> None:
    for key, sentence in sentences().items():
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
            assert form and form == form.strip() and not re.search(r"<[a-z/]", form), key
