"""The next token's distribution: after each stage of the sampler, in 1,000 draws, and by both decoders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int, parse_number
from playground.language import sampling
from playground.language.generation import Generation, load
from playground.language.kv_cache import Position, cached_position, position_at, read_position
from playground.language.sampler_tokens import sampler_tokens
from playground.language.sampling import SamplerSettings
from playground.language.sampling.describe import describe_stages, stage_menu
from playground.language.sampling.sampler import coin_at
from playground.language.stored_example import stored_position
from playground.language.token_display import Vocabulary, vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

DRAWS = 1000
#: The key of the first token of the text that Generate opens on.
STORED = "stored"
#: Cells expected to hold fewer draws than this are pooled. Source: Cochran 1954, doi:10.2307/3001616.
MIN_EXPECTED = 5.0


@dataclass(frozen=True)
class History:
    """What the sampler knows of a position besides the ids before it; see sampling.SamplingContext.

    written: how many of those ids were generated.  coin, states: as they were there in its text.
    under: the settings that led to these states; under other ones they are forgotten.
    """

    written: int = 0
    coin: float = 0.0
    states: Mapping[str, float] = field(default_factory=dict)
    under: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As JSON values."""
        return {"written": self.written, "coin": self.coin, "states": dict(self.states), "under": dict(self.under)}


def history_of(generation: Generation, position: int) -> History:
    """The history at a position of a text's generated tokens."""
    request = generation.request
    states = generation.sampler_states[position] if position < len(generation.sampler_states) else {}
    names = [item.name for stage in sampling.STAGES if stage.name in states for item in stage.settings]
    under = {name: getattr(request.sampler, name) for name in names}
    return History(position, coin_at(request.seed, position), states, under)


def read_history(data: object) -> History:
    """The history in JSON values; missing ones get their default. Raises PlaygroundError for other values."""
    values = data if isinstance(data, Mapping) else {}
    unreadable = say("text.next_token.unreadable").rstrip(".")
    states, under = ({} if values.get(name) is None else values[name] for name in ("states", "under"))
    if not isinstance(states, Mapping) or not isinstance(under, Mapping):
        raise PlaygroundError(say("text.next_token.unreadable"))
    return History(
        parse_int(values.get("written", 0), 0, 10**7, unreadable),
        parse_number(values.get("coin", 0.0), unreadable),
        {str(name): parse_number(value, unreadable) for name, value in states.items()},
        {str(name): parse_number(value, unreadable) for name, value in under.items()},
    )


def _described(
    loaded: TextModel, position: Position, settings: SamplerSettings, history: History
) -> list[dict[str, object]]:
    at = _context(loaded, position, settings, history)
    return describe_stages(position.logits, at, vocabulary(loaded.tokenizer).piece)


def _context(
    loaded: TextModel, position: Position, settings: SamplerSettings, history: History
) -> sampling.SamplingContext:
    same = all(getattr(settings, name, None) == value for name, value in history.under.items())
    states = history.states if same else {}
    return sampling.SamplingContext(
        settings, position.previous, history.written, history.coin, states, sampler_tokens(loaded)
    )


@dataclass(frozen=True)
class NextToken:
    """A position and its stages. key: of the position's logits, while they are in memory."""

    key: str
    model: str
    decoder: str
    stages: list[dict[str, object]]


def next_token(
    model: str,
    decoder: str,
    prompt: Sequence[int],
    written: Sequence[int],
    settings: SamplerSettings,
    history: History | None = None,
) -> NextToken:
    """The stages of the token after the ids of the prompt and those written since. Raises PlaygroundError if no id."""
    *_, last = read_next_token(model, decoder, prompt, written, settings, history)
    assert last is not None
    return last


def read_next_token(
    model: str,
    decoder: str,
    prompt: Sequence[int],
    written: Sequence[int],
    settings: SamplerSettings,
    history: History | None = None,
) -> Iterator[NextToken | None]:
    """`next_token` in steps: yields None after each chunk of the prompt; last the result."""
    if not prompt:
        raise PlaygroundError(say("text.next_token.nothing_before"))
    loaded = load(model, decoder)
    for found in read_position(loaded, prompt, written):
        if found is None:
            yield None
        else:
            key, position = found
            described = _described(loaded, position, settings, history or History(len(written)))
            yield NextToken(key, position.model, position.decoder, described)


def stored_next_token(settings: SamplerSettings, history: History) -> NextToken:
    """The same for the first token of the text that Generate opens on. Runs no model."""
    position = stored_position()
    return NextToken(STORED, position.model, position.decoder, describe_cached_stages(STORED, settings, history))


def describe_cached_stages(key: str, settings: SamplerSettings, history: History) -> list[dict[str, object]]:
    """The stages of a position in memory under other settings. Runs no model."""
    position = _position(key)
    return _described(load(position.model, position.decoder), position, settings, history)


def live_stages(message: str) -> dict[str, object]:
    """For a moving slider: JSON {"context": {"key", "history"}, "settings"} to {"stages", "menu"}.

    Returns {"error": sentence} instead of raising.
    """
    try:
        request = json.loads(message) if isinstance(message, str) and len(message) < 10_000 else None
        if not isinstance(request, Mapping) or not isinstance(request.get("context"), Mapping):
            raise PlaygroundError(say("text.next_token.unreadable"))
        settings, context = sampler_settings(request.get("settings")), request["context"]
        stages = describe_cached_stages(str(context.get("key")), settings, read_history(context.get("history")))
        return {"stages": stages, "menu": stage_menu(settings)}
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
    position = stored_position() if key == STORED else cached_position(key)
    if position is None:
        raise PlaygroundError(say("text.next_token.forgotten"))
    return position


def draw_tokens(
    key: str, settings: SamplerSettings, seed: int, history: History | None = None, count: int = DRAWS
) -> dict[str, object]:
    """Draws count tokens after all stages, and tests their counts against the predicted distribution.

    Returns n, rows (id, text, observed, expected), the pooled rest as a row with id None, chi_square, degrees, p_value
    (None if there is nothing to test) and a sentence. Test: Pearson's chi-square; cells under 5 expected are pooled.
    """
    position = _position(key)
    loaded = load(position.model, position.decoder)
    words = vocabulary(loaded.tokenizer)
    left = sampling.distribution_at(position.logits, _context(loaded, position, settings, history or History()))
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
