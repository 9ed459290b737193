"""What the panel shows of a translation and of the table, as values of its views."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.bias.gender_alternatives import GenderAlternative
from playground.bias.occupations import TEMPLATE_NAMES
from playground.bias.translation_gender import GenderAnswer, GenderTable, gender_accuracies
from playground.language.translation import Translation

#: From harmless to serious: (what the button says, direction).
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
#: The columns of the table by what a sentence says.
_COLUMNS = {
    "en-pt": {
        "name": "Occupation",
        "he": "The sentence says he",
        "she": "The sentence says she",
        "none": "It says nothing",
    },
    "pt-en": {"name": "Occupation", "he": "Masculine", "she": "Feminine", "none": "It says nothing"},
}


def translation_value(made: Translation, found: Sequence[GenderAlternative], run: str) -> dict[str, Any]:
    """For translation_view: while it grows without what was looked at, then whole."""
    looked = np.stack([piece.attention for piece in made.pieces], 2) if made.done else None  # (layers, heads, T, S)
    return {
        "run": run,
        "done": made.done,
        "original": made.request.text,
        "text": made.text,
        "source": list(made.source),
        "pieces": [
            {
                "text": piece.text,
                "probability": piece.probability,
                "others": [[other.text, other.probability] for other in piece.alternatives],
            }
            for piece in made.pieces
        ],
        "choices": [vars(choice) for choice in found],
        "beams": [{"text": beam.text, "probability": math.exp(beam.logprob)} for beam in made.beams],
        "layers": 0 if looked is None else looked.shape[0],
        "heads": 0 if looked is None else looked.shape[1],
        "looked": "" if looked is None else base64.b64encode(np.rint(255 * looked).astype(np.uint8).tobytes()).decode(),
    }


def table_value(made: GenderTable, run: str) -> dict[str, Any]:
    """For gender_table_view."""
    columns = _COLUMNS[made.direction]
    rows = [
        {
            "name": row.occupation.english,
            "forms": f"{row.occupation.masculine}, {row.occupation.feminine}",
            "answers": [_answer(answer) for answer in row.answers],
        }
        for row in made.rows
    ]
    return {
        "run": run, "direction": made.direction, "name": columns["name"], "columns": columns,
        "wordings": [name for name, *_ in TEMPLATE_NAMES[made.direction]], "rows": rows, "total": made.total,
    }  # fmt: skip


def _answer(one: GenderAnswer) -> dict[str, Any]:
    return {
        "wording": one.case.wording,
        "said": one.case.gender,
        "text": one.case.text,
        "translation": one.translation,
        "feminine": round(one.feminine, 9),
        "counts": one.counts,
        "followed": one.agrees,
    }


def accuracies_value(made: GenderTable) -> dict[str, Any]:
    """For intervals_view: how often what was said was followed, wording by wording."""
    rows = []
    for one in gender_accuracies(made):
        share = one.share
        rows.append(
            {
                "label": one.name,
                "value": None if share is None else share.value,
                "low": None if share is None else share.low,
                "high": None if share is None else share.high,
                "text": "none counts" if share is None else f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})",
                "group": "control" if one.gender == "he" else "",
            }
        )
    return {
        "title": "How often the gender that the sentence says is followed, with its 95 % interval",
        "name": "Sentence",
        "axis": {"low": 0, "high": 1, "zero": None, "left": "never", "right": "always"},
        "rows": rows,
        "hint": "○ he or masculine, ● she or feminine. Over occupations whose translation begins as expected.",
    }
