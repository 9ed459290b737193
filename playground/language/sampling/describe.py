"""The distribution after each stage of the sampler, with the working behind every bar, as JSON values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.language.sampling.distribution import (
    Logits,
    entropy_bits,
    log_normalizer,
    probabilities,
    top_indices,
)
from playground.language.sampling.sampler import RAW, active_stages, apply_stages
from playground.language.sampling.stage import GROUPS, SamplerStage, SamplingContext
from playground.language.sampling.table import FIRST_SETTINGS, STAGE_OF, STAGES, ordered_stages

ENTRIES = 50
GHOSTS = 20
#: (probabilities, their entropy in bits) of some logits.
Summary = Callable[[Logits], tuple[NDArray[np.float64], float]]


def describe_stages(logits: Logits, at: SamplingContext, piece: Callable[[int], str]) -> list[dict[str, Any]]:
    """The distribution after each stage, as JSON values.

    logits: (vocabulary,) raw.  piece: the text of a token.
    Each stage has name, label, active, explanation, removed_count, removed_mass (share of the probability before the
    stage, 0 to 1), kept_count, entropy_bits, log_normalizer (nats), entries (up to 50 kept tokens, most likely first:
    id, text, logit, probability, working) and ghosts (up to 20 tokens that this stage cut, most likely first: id, text,
    before, working). working: what the stage did to the token, in a sentence. Stages that are off are left out, except
    those of the first version.
    """
    described: list[dict[str, Any]] = []
    before: Logits | None = None
    active = {RAW, *(stage.name for stage in active_stages(at.settings))}
    summary = _summaries()
    for name, after in apply_stages(logits, at):
        stage = STAGE_OF.get(name)
        if stage is None or name in active or stage.settings[0].name in FIRST_SETTINGS:
            own = {
                "name": name,
                "label": stage.label if stage else say("sampler.stages.raw.label"),
                "active": name in active,
                "explanation": explanation(stage, at.settings) if stage else say("sampler.stages.raw.on"),
            }
            if described and before is after:
                described.append({**described[-1], **own, **_unchanged(described[-1], stage, after, at, summary)})
            else:
                described.append(own | _changed(stage, before, after, at, piece, summary))
        before = after
    return described


def explanation(stage: SamplerStage, settings: Any) -> str:
    """What a stage does under these settings, or why it does nothing."""
    if stage.is_off(settings) or stage in active_stages(settings):
        return stage.explanation(settings)
    other = next((one for one in STAGES if one.replaces_truncation and not one.is_off(settings)), None)
    if other is not None and stage.truncates:
        return say("sampler.stages.replaced", other=other.label)
    return say("sampler.stages.greedy")


def stage_menu(settings: Any) -> list[dict[str, Any]]:
    """All stages in their order, for the page: name, label, group, setting (the one that switches it), active, text."""
    active = active_stages(settings)
    return [
        {
            "name": stage.name,
            "label": stage.label,
            "group": stage.group,
            "setting": stage.settings[0].name,
            "active": stage in active,
            "text": say(f"sampler.settings.{stage.settings[0].name}.info")
            if stage.is_off(settings)
            else explanation(stage, settings),
        }
        for stage in ordered_stages(settings.stage_order)
    ]


def group_titles() -> dict[str, str]:
    """The titles of the groups of settings, by name."""
    return {name: say(f"sampler.groups.{name}") for name in GROUPS}


def _summaries() -> Summary:
    """A function that computes each summary once. It holds the logits, so that no other array takes their id."""
    known: dict[int, tuple[Logits, NDArray[np.float64], float]] = {}

    def summary(logits: Logits) -> tuple[NDArray[np.float64], float]:
        if id(logits) not in known:
            shares = probabilities(logits)
            known[id(logits)] = logits, shares, entropy_bits(shares)
        return known[id(logits)][1:]

    return summary


def _unchanged(
    last: dict[str, Any], stage: SamplerStage | None, after: Logits, at: SamplingContext, summary: Summary
) -> dict[str, Any]:
    working = _working(stage, after, after, at, summary)
    entries = [{**entry, "working": working(entry["id"])} for entry in last["entries"]]
    return {"removed_count": 0, "removed_mass": 0.0, "ghosts": [], "entries": entries}


def _changed(
    stage: SamplerStage | None,
    before: Logits | None,
    after: Logits,
    at: SamplingContext,
    piece: Callable[[int], str],
    summary: Summary,
) -> dict[str, Any]:
    distribution, entropy = summary(after)
    kept_count = int(np.count_nonzero(after > -np.inf))
    best = top_indices(after, min(ENTRIES, kept_count))
    working = _working(stage, after if before is None else before, after, at, summary)
    removed_count, removed_mass, ghosts = 0, 0.0, []
    if before is not None:
        removed = np.flatnonzero((after == -np.inf) & (before > -np.inf))
        if removed.size:
            # Temperature 0 cuts all but one: the mass it takes is that of the undivided distribution.
            earlier, _ = summary(before)
            removed_count, removed_mass = int(removed.size), float(earlier[removed].sum())
            likely = top_indices(np.where(after == -np.inf, before, np.float32(-np.inf)), min(GHOSTS, removed.size))
            ghosts = [
                {"id": int(i), "text": piece(int(i)), "before": float(earlier[i]), "working": working(int(i))}
                for i in likely
            ]
    return {
        "removed_count": removed_count,
        "removed_mass": removed_mass,
        "kept_count": kept_count,
        "entropy_bits": entropy,
        "log_normalizer": log_normalizer(after),
        "entries": [
            {
                "id": int(i),
                "text": piece(int(i)),
                "logit": float(after[i]),
                "probability": float(distribution[i]),
                "working": working(int(i)),
            }
            for i in best
        ],
        "ghosts": ghosts,
    }


def _working(
    stage: SamplerStage | None, before: Logits, after: Logits, at: SamplingContext, summary: Summary
) -> Callable[[int], str]:
    """A function from a token's id to the sentence of what the stage did to it; "" while the stage is off."""
    if stage is None:
        return lambda token: minus(say("sampler.stages.raw.logit", was=f"{before[token]:.3f}"))
    if stage not in active_stages(at.settings):
        return lambda token: ""
    numbers = {**stage.values(at.settings), **stage.numbers(before, at)}
    shares, entropy = summary(before)
    falling = top_indices(before, ENTRIES + GHOSTS)
    rank_of = {int(token): rank for rank, token in enumerate(falling)}
    held = np.cumsum(shares[falling]) - shares[falling]
    best = float(shares.max())

    def sentence(token: int) -> str:
        was, now, share = float(before[token]), float(after[token]), float(shares[token])
        form = "cut" if now == -np.inf else "kept" if was == now else "changed"
        rank = rank_of.get(token, 0)
        form = "first" if stage.name == "top_p" and form == "kept" and not rank else form
        bits = -float(np.log2(share)) if share > 0 else np.inf
        values = {name: _of_token(value, token) for name, value in numbers.items()}
        values |= {
            "was": f"{was:.3f}", "now": f"{now:.3f}", "sign": "×" if was < 0 else "÷", "rank": rank + 1,
            "count": rank, "held": percent(float(held[rank])), "share": percent(share), "best": percent(best),
            "ratio": share / best, "bits": bits, "entropy": entropy, "distance": abs(bits - entropy),
        }  # fmt: skip
        return minus(say(f"sampler.stages.{stage.name}.{form}", **values))

    return sentence


def _of_token(value: Any, token: int) -> Any:
    return value.get(token, 0) if isinstance(value, Mapping) else value


def percent(share: float) -> str:
    """A share as in playground.percent of ui/page.js."""
    value = share * 100
    if 0 < value < 0.001:
        return "< 0.001 %"
    if 99.95 < value < 100:
        return "> 99.9 %"
    return f"{value:.{1 if value >= 10 else 2 if value >= 0.1 else 3}f} %"


def minus(text: str) -> str:
    """The text with a true minus sign before each negative number."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)
