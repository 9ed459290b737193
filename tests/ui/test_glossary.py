"""The glossary: every term has a sentence, and a panel that exists."""

from __future__ import annotations

import re

from playground.core.catalogue import sentences
from playground.page import TABS
from playground.ui.script_modules import sources


def test_every_term_has_its_forms_a_sentence_and_a_panel() -> None:
    shown = dict(re.findall(r'"(glossary\.[a-z0-9_]+)": "([a-z0-9_.]+)\.title"', sources()["ui/glossary.js"]))
    terms = {key: text for key, text in sentences().items() if key.startswith("glossary.")}
    assert shown.keys() == terms.keys()
    assert set(shown.values()) <= {f"{tab.NAME}.{panel.NAME}" for tab in TABS for panel in tab.PANELS}
    forms: list[str] = []
    for key, text in terms.items():
        assert isinstance(text, str)
        names, colon, meaning = text.partition(": ")
        assert colon and meaning.endswith((".", "?")) and len(meaning.split()) <= 40, key
        forms += names.lower().split(", ")
    assert len(forms) == len(set(forms)), "a form names one term"
