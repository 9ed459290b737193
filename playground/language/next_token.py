"""The next token's distribution: after each stage of the sampler, in 1,000 draws, and by both decoders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language import sampling
from playground.language.generation import load
from playground.language.kv_cache import Position, cached_position, position_at
from playground.language.sampling import STAGES, SamplerSettings
from playground.language.token_display import Vocabulary, vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

ENTRIES = 50
GHOSTS = 20
DRAWS = 1000
#: Cells expected to hold fewer draws than this are pooled. Source: Cochran 1954, doi:10.2307/3001616.
MIN_EXPECTED = 5.0


def describe_stages(
    logits: NDArray[np.float32], previous: Sequence[int], settings: SamplerSettings, words: Vocabulary
) -> list[dict[str, object]]:
    """The distribution after each stage, as JSON values.

    logits: (vocabulary,) raw; previous: ids before this position. Each stage has name, label, active, removed_count,
    removed_mass (share of the probability before the stage, 0 to 1), kept_count, entropy_bits, log_normalizer (nats),
    entries (up to 50 kept tokens, most likely first: id, text, logit, probability) and ghosts (up to 20 tokens that
    this stage cut, most likely first: id, text, before).
    """
    described: list[dict[str, object]] = []
    before: NDArray[np.float32] | None = None
    for name, after in sampling.apply_stages(logits, previous, settings):
        if described and before is after:
            described.append(_unchanged(described[-1], name, settings))
        else:
            described.append(_stage(name, before, after, settings, words))
        before = after
    return described


def _unchanged(last: dict[str, object], name: str, settings: SamplerSettings) -> dict[str, object]:
    own = {"name": name, "label": STAGES[name], "active": sampling.is_active(name, settings)}
    return {**last, **own, "removed_count": 0, "removed_mass": 0.0, "ghosts": []}


def _stage(
    name: str,
    before: NDArray[np.float32] | None,
    after: NDArray[np.float32],
    settings: SamplerSettings,
    words: Vocabulary,
) -> dict[str, object]:
    distribution = sampling.probabilities(after)
    kept_count = int(np.count_nonzero(after > -np.inf))
    best = sampling.top_indices(after, min(ENTRIES, kept_count))
    removed_count, removed_mass, ghosts = 0, 0.0, []
    if before is not None:
        cut = np.flatnonzero((after == -np.inf) & (before > -np.inf))
        if cut.size:
            # Temperature 0 cuts all but one: the mass it takes is that of the undivided distribution.
            earlier = sampling.probabilities(before)
            removed_count, removed_mass = int(cut.size), float(earlier[cut].sum())
            was = np.where(after == -np.inf, before, np.float32(-np.inf))
            likely = sampling.top_indices(was, min(GHOSTS, cut.size))
            ghosts = [{"id": int(i), "text": words.piece(int(i)), "before": float(earlier[i])} for i in likely]
    return {
        "name": name,
        "label": STAGES[name],
        "active": sampling.is_active(name, settings),
        "removed_count": removed_count,
        "removed_mass": removed_mass,
        "kept_count": kept_count,
        "entropy_bits": sampling.entropy_bits(distribution),
        "log_normalizer": sampling.log_normalizer(after),
        "entries": [
            {"id": int(i), "text": words.piece(int(i)), "logit": float(after[i]), "probability": float(distribution[i])}
            for i in best
        ],
        "ghosts": ghosts,
    }


@dataclass(frozen=True)
class NextToken:
    """A position and its stages. key: of the position's logits, while they are in memory."""

    key: str
    model: str
    decoder: str
    stages: list[dict[str, object]]


def next_token(
    model: str, decoder: str, prompt: Sequence[int], written: Sequence[int], settings: SamplerSettings
) -> NextToken:
    """The stages of the token after the ids of the prompt and those written since. Raises PlaygroundError if no id."""
    if not prompt:
        raise PlaygroundError(say("text.next_token.nothing_before"))
    loaded = load(model, decoder)
    key, position = position_at(loaded, prompt, written)
    described = describe_stages(position.logits, position.previous, settings, vocabulary(loaded.tokenizer))
    return NextToken(key, position.model, position.decoder, described)


def describe_cached_stages(key: str, settings: SamplerSettings) -> list[dict[str, object]]:
    """The stages of a position in memory under other settings. Runs no model."""
    position = _position(key)
    loaded = load(position.model, position.decoder)
    return describe_stages(position.logits, position.previous, settings, vocabulary(loaded.tokenizer))


def live_stages(message: str) -> dict[str, object]:
    """For a moving slider: JSON {"context": {"key"}, "settings"} to {"stages"} or {"error": sentence}. Never raises."""
    try:
        request = json.loads(message) if isinstance(message, str) and len(message) < 10_000 else None
        if not isinstance(request, Mapping) or not isinstance(request.get("context"), Mapping):
            raise PlaygroundError(say("text.next_token.unreadable"))
        values = request.get("settings")
        return {"stages": describe_cached_stages(str(request["context"].get("key")), sampler_settings(values))}
    except PlaygroundError as error:
        return {"error": str(error)}
    except (ValueError, RecursionError):
        return {"error": say("text.next_token.unreadable")}


def sampler_settings(values: object) -> SamplerSettings:
    """Validated settings from JSON values. Unknown names are ignored; missing ones get their default."""
    if not isinstance(values, Mapping):
        return SamplerSettings()
    known = {name: values[name] for name in SamplerSettings.__dataclass_fields__ if name in values}
    return sampling.validate_settings(SamplerSettings(**known))


def _position(key: str) -> Position:
    position = cached_position(key)
    if position is None:
        raise PlaygroundError(say("text.next_token.forgotten"))
    return position


def draw_tokens(key: str, settings: SamplerSettings, seed: int, count: int = DRAWS) -> dict[str, object]:
    """Draws count tokens after all stages, and tests their counts against the predicted distribution.

    Returns n, rows (id, text, observed, expected), the pooled rest as a row with id None, chi_square, degrees, p_value
    (None if there is nothing to test) and a sentence. Test: Pearson's chi-square; cells under 5 expected are pooled.
    """
    position = _position(key)
    words = vocabulary(load(position.model, position.decoder).tokenizer)
    left = sampling.sampling_distribution(position.logits, position.previous, settings)
    ids, shares = left.ranked()
    index = np.searchsorted(np.cumsum(shares), sampling.uniform_stream(seed).random(count), side="right")
    observed = np.bincount(np.minimum(index, ids.size - 1), minlength=ids.size)
    expected = shares * count
    own = int(np.count_nonzero(expected >= MIN_EXPECTED))
    rows: list[dict[str, object]] = [
        {
            "id": int(ids[i]),
            "text": words.piece(int(ids[i])),
            "observed": int(observed[i]),
            "expected": float(expected[i]),
        }
        for i in range(own)
    ]
    if own < ids.size:
        text = say("text.next_token.others", count=ids.size - own)
        rows.append(
            {"id": None, "text": text, "observed": int(observed[own:].sum()), "expected": float(expected[own:].sum())}
        )
    return {"n": count, "rows": rows, "seed": seed} | chi_square_test(
        [int(str(row["observed"])) for row in rows], [float(str(row["expected"])) for row in rows]
    )


def chi_square_test(observed: Sequence[int], expected: Sequence[float]) -> dict[str, object]:
    """Pearson's chi-square of observed against expected counts of the same sum, with a sentence for people."""
    from scipy.stats import chi2

    cells = [(o, e) for o, e in zip(observed, expected, strict=True) if e > 0]
    if len(cells) < 2:
        sentence = say("text.next_token.one_outcome")
        return {"chi_square": None, "degrees": 0, "p_value": None, "sentence": sentence}
    statistic = sum((o - e) ** 2 / e for o, e in cells)
    p_value = float(chi2.sf(statistic, len(cells) - 1))
    sentence = say(f"text.next_token.{'agrees' if p_value >= 0.01 else 'strays'}", p_value=p_value)
    return {"chi_square": statistic, "degrees": len(cells) - 1, "p_value": p_value, "sentence": sentence}


def compare_decoders(model: str, prompt: Sequence[int], written: Sequence[int]) -> dict[str, object]:
    """Both decoders' distributions at one position: rows (id, text, open, fast), KL in nats and total variation.

    KL(open || fast): the mean log-ratio under open (Kullback and Leibler 1951). Raises PlaygroundError if this machine
    has only one decoder for the model.
    """
    from playground.zoo.catalogue import decoders_of

    if not {"open", "fast"} <= set(decoders_of(model)):
        raise PlaygroundError(say("text.next_token.one_decoder"))
    both = {name: load(model, name) for name in ("open", "fast")}
    logits = {name: position_at(loaded, prompt, written)[1].logits for name, loaded in both.items()}
    return decoder_divergence(logits["open"], logits["fast"], vocabulary(both["open"].tokenizer)) | {
        "precision": {name: loaded.decoder.precision for name, loaded in both.items()}
    }


def decoder_divergence(
    open_logits: NDArray[np.float32], fast_logits: NDArray[np.float32], words: Vocabulary
) -> dict[str, object]:
    """Rows, KL (nats) and total variation (0 to 1) of two (vocabulary,) logits. See compare_decoders."""
    p, q = sampling.probabilities(open_logits), sampling.probabilities(fast_logits)
    log_ratio = (open_logits.astype(np.float64) - sampling.log_normalizer(open_logits)) - (
        fast_logits.astype(np.float64) - sampling.log_normalizer(fast_logits)
    )
    divergence = max(0.0, float((p * log_ratio)[p > 0].sum()))
    variation = float(np.abs(p - q).sum() / 2)
    likely = sampling.top_indices((p + q).astype(np.float32), 20)
    rows = [{"id": int(i), "text": words.piece(int(i)), "open": float(p[i]), "fast": float(q[i])} for i in likely]
    sentence = say("text.next_token.divergence", nats=divergence, variation=variation)
    return {"rows": rows, "kl_nats": divergence, "total_variation": variation, "sentence": sentence}


def encode_text(loaded: TextModel, text: str) -> list[int]:
    """Ids of a text. Raises PlaygroundError if there are none, or too many for the model."""
    from playground.language.generation import context_overflow, tokenize

    ids = tokenize(loaded, text)
    if not ids:
        raise PlaygroundError(say("text.request.no_tokens"))
    if len(ids) > loaded.decoder.context_length:
        raise PlaygroundError(context_overflow(loaded, len(ids)))
    return ids
