"""What the Bias panels share: the session log, and the fine print of a measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import (
    Measurement,
    SessionLog,
    adjusted_p_values,
    corrected_verdict,
    interval_text,
    measurement_id,
    summarize_session,
)
from playground.bias.session_report import measurement_values
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import Verification
from playground.ui.messages import Notice, verification_notice


@dataclass(frozen=True)
class BiasShared:
    """Components that every panel uses.

    log: gr.State of the SessionLog. A handler that measures takes it and returns it with its Measurement added.
    """

    log: gr.State


def preset_buttons(panel: str, titles: Sequence[str]) -> tuple[gr.Button, ...]:
    """A row of examples, each of which fills the panel's boxes and runs it. panel: its name in element ids."""
    with gr.Row(elem_classes="pg-actions"):
        return tuple(
            gr.Button(title, size="sm", elem_id=f"{panel}-preset-{number}") for number, title in enumerate(titles, 1)
        )


def has_settings(recipe: Recipe) -> bool:
    """Whether a link holds settings; a link to the panel alone measures nothing."""
    return bool(recipe.model or set(recipe.settings) - {"panel"})


def query_of(recipe: Recipe) -> str:
    """The query of a recipe's link; "" if it is too long for a link."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""


def running_query(panel: str, settings: Mapping[str, Any], recipe: Recipe | None = None) -> str:
    """The query of a run's link while it runs, so that a reload takes it up again.

    settings: as `restore` reads them, with model and seed.  recipe: of the link that is replayed.
    """
    if recipe is not None:
        return query_of(recipe)
    others = {name: value for name, value in settings.items() if name not in ("model", "seed") and value != ""}
    model, seed = str(settings.get("model") or ""), settings.get("seed") or 0
    return query_of(Recipe("bias", model, "", int(seed), {"panel": panel, **others}))


def outcome_notice(verification: Verification | None, unit: str, notice: Notice) -> Notice:
    """Whether a link's result was reproduced; the given notice if there is nothing to compare.

    unit: what is the same, in words, such as "the mean is the same".
    """
    return notice if verification is None else verification_notice(verification, unit)


def fine_print_value(measurement: Measurement, log: SessionLog) -> dict[str, Any]:
    """A measurement's fine print with its link and its file, for its view. log: with the measurement."""
    file = measurement_values(measurement, _adjusted_p(measurement, log))
    return {
        **fine_print_facts(measurement, log), "query": query_of(measurement.recipe), "file": file,
        "name": f"bias-{measurement.panel.replace('_', '-')}", "id": measurement_id(measurement),
    }  # fmt: skip


def corrections(log: SessionLog) -> dict[str, Any]:
    """What later tests change in results that are shown: {"session", "results": {id: correction}}.

    id: of measurement_id.  A correction is {"verdict", "adjusted_p", "chance"}, chance "" if nothing was tested.
    """
    results = {
        measurement_id(one): {
            "verdict": corrected_verdict(one, adjusted), "adjusted_p": adjusted,
            "chance": "" if one.p is None else _chance_text(one.p, adjusted),
        }
        for one, adjusted in zip(log, adjusted_p_values(log), strict=True)
    }  # fmt: skip
    return {"session": summarize_session(log), "results": results}


def fine_print_facts(measurement: Measurement, log: SessionLog) -> dict[str, Any]:
    """A measurement's fine print. log: with the measurement."""
    from playground.bias.citations import CITATIONS

    adjusted = _adjusted_p(measurement, log)
    number = say("bias_texts.report.number_text", count=measurement.n, unit=measurement.unit)
    rows = [
        {"name": say("bias_texts.report.method"), "text": measurement.method},
        {"name": say("bias_texts.report.number"), "text": number},
        {"name": say("bias_texts.report.interval"), "text": interval_text(measurement)},
    ]
    if measurement.p is not None:
        chance = _chance_text(measurement.p, adjusted)
        rows.append({"name": say("bias_texts.report.chance"), "text": chance, "kind": "chance"})
    citations = [CITATIONS[key] for key in measurement.caveats]
    return {
        "verdict": corrected_verdict(measurement, adjusted),
        "found": measurement.summary,
        "rows": rows,
        "known": [{"text": citation.text, "title": citation.title, "url": citation.url} for citation in citations],
        "session": summarize_session(log),
    }


def _adjusted_p(measurement: Measurement, log: SessionLog) -> float | None:
    return adjusted_p_values(log)[log.index(measurement)] if measurement in log else None


def format_p_value(value: float | None) -> str:
    """A p-value with its relation: "= 0.031", "< 0.001", or "–" if nothing was tested."""
    if value is None or value != value:
        return "–"
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"


def _chance_text(p: float, adjusted: float | None) -> str:
    if adjusted is None:
        return say("bias.p_uncorrected", p=format_p_value(p))
    return say("bias.p_corrected", p=format_p_value(p), adjusted=format_p_value(adjusted))
