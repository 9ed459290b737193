"""Translations and the table of occupations, as values of the panel's views."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.bias.gender_alternatives import GenderAlternative
from playground.bias.occupations import wording_names
from playground.bias.session_log import share_text
from playground.bias.translation_gender import GenderAnswer, GenderTable, gender_accuracies
from playground.core.catalogue import say
from playground.language.translation import Translation
from playground.metrics.intervals import Interval

#: Example sentences, from harmless to serious: (sentence, direction).
PRESETS: tuple[tuple[str, str], ...] = (
    ("The children are playing in the garden.", "en-pt"),
    ("My friend is a singer.", "en-pt"),
    ("The nurse said that he was tired.", "en-pt"),
    ("The doctor said that she was tired.", "en-pt"),
    ("The nurse said that they were tired.", "en-pt"),
    ("É dentista e trabalha muito.", "pt-en"),
    ("A engenheira disse que chegou tarde.", "pt-en"),
    ("Ela é secretária e trabalha muito.", "pt-en"),
)


def translation_value(translation: Translation, alternatives: Sequence[GenderAlternative], run: str) -> dict[str, Any]:
    """For translation_view: the pieces so far; with alternatives and attention once the translation is done."""
    attention = None
    if translation.done:
        attention = np.stack([piece.attention for piece in translation.pieces], 2)  # (layers, heads, T, S)
    return {
        "run": run,
        "done": translation.done,
        "original": translation.request.text,
        "text": translation.text,
        "source": list(translation.source),
        "pieces": [
            {
                "text": piece.text,
                "probability": piece.probability,
                "others": [[other.text, other.probability] for other in piece.alternatives],
            }
            for piece in translation.pieces
        ],
        "choices": [vars(choice) for choice in alternatives],
        "beams": [{"text": beam.text, "probability": math.exp(beam.logprob)} for beam in translation.beams],
        "layers": 0 if attention is None else attention.shape[0],
        "heads": 0 if attention is None else attention.shape[1],
        "attention": "" if attention is None else _base64(np.rint(255 * attention).astype(np.uint8)),
    }


def _base64(values: NDArray[np.uint8]) -> str:
    return base64.b64encode(values.tobytes()).decode()


def table_value(table: GenderTable, run: str) -> dict[str, Any]:
    """The rows so far, for gender_table_view. run: another one for each run."""
    rows = [
        {
            "name": row.occupation.english,
            "forms": f"{row.occupation.masculine}, {row.occupation.feminine}",
            "answers": [_answer(answer) for answer in row.answers],
        }
        for row in table.rows
    ]
    return {
        "run": run, "direction": table.direction, "name": say("bias_texts.translation.column_occupation"),
        "columns": _columns(table.direction), "wordings": [name for name, *_ in wording_names(table.direction)],
        "rows": rows, "total": table.total,
    }  # fmt: skip


def _columns(direction: str) -> dict[str, str]:
    """Titles of the columns by the sentence's gender."""
    he, she = ("he", "she") if direction == "en-pt" else ("masculine", "feminine")
    return {
        key: say(f"bias_texts.translation.column_{name}") for key, name in (("he", he), ("she", she), ("none", "none"))
    }


def _answer(one: GenderAnswer) -> dict[str, Any]:
    return {
        "wording": one.case.wording,
        "gender": one.case.gender,
        "text": one.case.text,
        "translation": one.translation,
        "feminine": one.feminine,  # unrounded: a tiny share is not 0
        "counts": one.counts,
        "followed": one.agrees,
    }


def accuracies_value(table: GenderTable) -> dict[str, Any]:
    """For intervals_view: how often each wording's gender is followed."""
    rows = []
    for one in gender_accuracies(table):
        share = one.share
        rows.append(
            {
                "label": one.name,
                "value": None if share is None else share.value,
                "low": None if share is None else share.low,
                "high": None if share is None else share.high,
                "text": _share_text(share),
                "group": "control" if one.gender == "he" else "",
            }
        )
    return {
        "title": say("bias_texts.translation.followed_title"),
        "name": say("bias_texts.translation.text"),
        "axis": {
            "low": 0,
            "high": 1,
            "zero": None,
            "left": say("bias_texts.translation.never"),
            "right": say("bias_texts.translation.always"),
        },
        "rows": rows,
        "hint": say("bias_texts.translation.followed_hint"),
    }


def _share_text(share: Interval | None) -> str:
    if share is None:
        return say("bias_texts.translation.none_counts")
    return share_text(share)
