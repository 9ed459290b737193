from __future__ import annotations

import re
from pathlib import Path

import pytest

from playground.zoo import licences
from playground.zoo.cards import DEFAULT_MODEL, ModelCard, PackageFile, models

ROOT = Path(__file__).parents[2]
CARDS = list(models().values())


def test_the_default_model_comes_first() -> None:
    assert next(iter(models())) == DEFAULT_MODEL == "smollm2-135m-instruct"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_names_are_lower_case_with_hyphens_and_keys(card: ModelCard) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", card.name)
    assert models()[card.name] is not card and models()[card.name] == card


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_card_says_all_that_a_visitor_should_know(card: ModelCard) -> None:
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


def test_third_party_says_what_the_cards_say() -> None:
    written = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert written == licences.third_party(), "run python -m playground.zoo.licences > THIRD_PARTY.md"


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
