"""Translation by an encoder-decoder, greedy or by beam search, streamed.

Each piece comes with its alternatives and its cross-attention over the source. Model: Marian, Junczys-Dowmunt et al.
2018, arXiv:1804.00344.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_choice, parse_int, parse_text
from playground.language.model_menu import FetchProgress, fetch_by_name

if TYPE_CHECKING:
    from torch import Tensor

    from playground.zoo.translators import Translator

DIRECTIONS = ("en-pt", "pt-en")
MODEL = "marian-en-pt"
MAX_CHARACTERS, MAX_PIECES, MAX_BEAMS = 300, 60, 8
_ALTERNATIVES = 8
#: Maximum target pieces per source piece, ends included. Source: max-length-factor in the model's settings.
_LENGTH_FACTOR = 2.5


@dataclass(frozen=True)
class TranslationRequest:
    """A sentence to translate. beams: width of the search; 1 is greedy."""

    text: str
    direction: str = "en-pt"
    beams: int = 1


@dataclass(frozen=True)
class AlternativePiece:
    """A candidate for a position. probability: 0 to 1, over the whole vocabulary."""

    id: int
    text: str
    probability: float


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of a translation. text: "" for the end; starts with a space where a word begins.

    alternatives: the most probable pieces at its position, which may include itself.
    attention: (layers, heads, S) float32, weights over the S source pieces; each row sums to 1.
    """

    id: int
    text: str
    probability: float
    alternatives: tuple[AlternativePiece, ...]
    attention: NDArray[np.float32]


@dataclass(frozen=True)
class TranslationBeam:
    """A finished translation. logprob: nats, end included.  score: logprob / number of pieces."""

    ids: tuple[int, ...]
    text: str
    logprob: float
    score: float


@dataclass(frozen=True, eq=False)
class Translation:
    """A translation so far. source: the sentence's pieces, "" for its end.

    pieces: the last is the end, once done.  beams: finished ones, best first; a single one if greedy.
    """

    request: TranslationRequest
    source: tuple[str, ...]
    pieces: tuple[Piece, ...]
    text: str
    done: bool
    beams: tuple[TranslationBeam, ...]
    weights_sha256: str


def read_translation_request(text: object, direction: object = "en-pt", beams: object = 1) -> TranslationRequest:
    """A validated request. Raises PlaygroundError, which names the wrong value."""
    direction = parse_choice(direction, DIRECTIONS, "direction")
    width = parse_int(beams, 1, MAX_BEAMS, say("text.translation.beams_range", most=MAX_BEAMS))
    line = " ".join(parse_text(text, say("text.translation.sentence")).split())
    if not line:
        raise PlaygroundError(say("text.translation.empty"))
    if len(line) > MAX_CHARACTERS:
        raise PlaygroundError(say("text.translation.too_long", count=len(line), most=MAX_CHARACTERS))
    return TranslationRequest(line, direction, width)


def fetch_translator() -> Iterator[FetchProgress]:
    """Downloads the model, with progress, unless it is here. Raises PlaygroundError if that fails."""
    return fetch_by_name(MODEL)


def is_in_memory(direction: str) -> bool:
    """Whether the model of a direction is loaded."""
    from playground.zoo import translators

    return translators.is_loaded(direction)


def load(direction: str) -> Translator:
    """The model of a direction. Raises PlaygroundError if it is not available."""
    from playground.zoo.translators import load_translator

    return load_translator(direction)


def translator_facts() -> list[tuple[str, str]]:
    """The model card's main facts, as (name, sentence)."""
    from playground.zoo.cards import models

    card = models()[MODEL]
    size = say("text.model_facts.download_pair", bytes=card.size_bytes)
    return [
        (say("shared.model"), card.title),
        (say("shared.model_facts.source"), card.source),
        (say("shared.model_facts.trained_on"), card.trained_on),
        (say("shared.model_facts.licence"), card.licence),
        (say("shared.model_facts.size"), size),
        (say("shared.model_facts.notes"), card.notes),
    ]


def translate(request: TranslationRequest, loaded: Translator | None = None) -> Iterator[Translation]:
    """Yields the translation after each piece, then the whole.

    In a beam search the growing text is the best beam's, without pieces; the whole has the pieces of the winner.
    Raises PlaygroundError for a sentence of too many pieces.
    """
    net = load(request.direction) if loaded is None else loaded
    ids = encode_source(net, request.text)
    if request.beams > 1:
        yield from _beam_search(net, request, ids)
        return
    pieces: list[Piece] = []
    for piece in _greedy(net, ids):
        pieces.append(piece)
        yield _translation(net, request, ids, pieces, piece.id == net.end)
    if pieces[-1].id != net.end:
        yield _translation(net, request, ids, pieces, True)


def encode_source(net: Translator, text: str) -> list[int]:
    """Ids of the sentence's pieces and its end. Raises PlaygroundError if there are too many."""
    ids = [*net.tokenizer.encode(text).ids, net.end]
    if len(ids) > MAX_PIECES:
        raise PlaygroundError(say("text.translation.too_many_pieces", count=len(ids), most=MAX_PIECES))
    return ids


def max_pieces(source: int) -> int:
    """Maximum pieces in the translation of `source` pieces, ends included."""
    return math.ceil(_LENGTH_FACTOR * source)


def _greedy(net: Translator, ids: list[int]) -> Iterator[Piece]:
    """Yields the most probable next piece, up to the end."""
    import torch

    from playground.models.marian import NOTHING

    with torch.inference_mode():
        source = net.net.encode(torch.tensor([ids], device=net.device))
        memory, last = net.net.begin(source), NOTHING
    for _ in range(max_pieces(len(ids))):
        with torch.inference_mode():
            logits, attention, memory = net.net.decode(source, memory, torch.tensor([[last]], device=net.device))
            check_translated(logits)
            last = int(logits[0, 0].argmax())
            (piece,) = _pieces(net, logits[0], attention[:, 0], [last])
        yield piece
        if last == net.end:
            return


def check_translated(logits: Tensor) -> None:
    """Raises PlaygroundError if a logit is NaN: of such no piece is the most probable."""
    if bool(logits.isnan().any()):
        raise PlaygroundError(say("text.translation.not_finite"))


def _pieces(net: Translator, logits: Tensor, attention: Tensor, ids: Sequence[int]) -> list[Piece]:
    """Each piece of ids with its alternatives. logits: (T, vocabulary).  attention: (layers, heads, T, S)."""
    probabilities = logits.softmax(-1).cpu()
    best, best_ids = probabilities.topk(_ALTERNATIVES)
    weights = attention.float().cpu().numpy()
    return [
        Piece(
            piece,
            piece_text(net, piece),
            float(probabilities[time, piece]),
            tuple(
                AlternativePiece(int(other), piece_text(net, int(other)), float(probability))
                for probability, other in zip(best[time], best_ids[time], strict=True)
            ),
            weights[:, :, time],
        )
        for time, piece in enumerate(ids)
    ]


def _translation(
    net: Translator,
    request: TranslationRequest,
    ids: list[int],
    pieces: Sequence[Piece],
    done: bool,
    beams: tuple[TranslationBeam, ...] = (),
) -> Translation:
    written = [piece.id for piece in pieces]
    total = sum(math.log(max(piece.probability, 1e-45)) for piece in pieces)
    own = TranslationBeam(tuple(written), join_pieces(net, written), total, total / max(1, len(written)))
    source = tuple(piece_text(net, number) for number in ids)
    return Translation(request, source, tuple(pieces), own.text, done, beams or (own,), net.weights_sha256)


def _beam_search(net: Translator, request: TranslationRequest, ids: list[int]) -> Iterator[Translation]:
    """Keeps the best `beams` prefixes at each step; the best mean log-probability wins (Marian's normalize: 1.0)."""
    import torch

    from playground.models.marian import NOTHING

    source_text, sha256 = tuple(piece_text(net, number) for number in ids), net.weights_sha256
    with torch.inference_mode():
        source = net.net.encode(torch.tensor([ids], device=net.device))
        memory = net.net.begin(source)
    live: list[tuple[list[int], float]] = [([], 0.0)]
    finished: list[TranslationBeam] = []
    for _ in range(max_pieces(len(ids))):
        with torch.inference_mode():
            last = torch.tensor([[beam[-1] if beam else NOTHING] for beam, _ in live], device=net.device)
            logits, _, memory = net.net.decode(source.rows(torch.zeros(len(live), dtype=torch.long)), memory, last)
            check_translated(logits)
            sums = logits[:, 0].log_softmax(-1) + torch.tensor([[total] for _, total in live], device=net.device)
            best, places = sums.flatten().topk(2 * request.beams)  # twice as many: each beam may end
        rows: list[int] = []
        grown: list[tuple[list[int], float]] = []
        for total, place in zip(best.tolist(), places.tolist(), strict=True):
            row, number = divmod(place, sums.shape[1])
            beam = [*live[row][0], number]
            if number == net.end:
                finished.append(TranslationBeam(tuple(beam), join_pieces(net, beam), total, total / len(beam)))
            elif len(grown) < request.beams:
                grown.append((beam, total))
                rows.append(row)
        live, memory = grown, memory.rows(torch.tensor(rows, device=net.device))
        best_now = join_pieces(net, live[0][0])
        yield Translation(request, source_text, (), best_now, False, tuple(_ranked(finished)), sha256)
        if len(finished) >= request.beams:
            break
    unended = [TranslationBeam(tuple(beam), join_pieces(net, beam), total, total / len(beam)) for beam, total in live]
    ranked = tuple(_ranked(finished or unended)[: request.beams])
    yield _translation(net, request, ids, score_pieces(net, ids, ranked[0].ids), True, ranked)


def _ranked(beams: Sequence[TranslationBeam]) -> list[TranslationBeam]:
    return sorted(beams, key=lambda beam: -beam.score)


def score_pieces(net: Translator, ids: Sequence[int], written: Sequence[int]) -> list[Piece]:
    """Scores the pieces of a given translation in one forward pass (teacher forcing)."""
    import torch

    from playground.models.marian import NOTHING

    with torch.inference_mode():
        source = net.net.encode(torch.tensor([list(ids)], device=net.device))
        before = torch.tensor([[NOTHING, *written[:-1]]], device=net.device)
        logits, attention, _ = net.net.decode(source, net.net.begin(source), before)
        check_translated(logits)
        return _pieces(net, logits[0], attention[:, 0], written)


def piece_text(net: Translator, number: int) -> str:
    """A piece as text, with a space where a word begins; "" for the end."""
    return "" if number == net.end else str(net.tokenizer.id_to_token(number)).replace("▁", " ")


def join_pieces(net: Translator, ids: Sequence[int]) -> str:
    """The pieces up to the end as a sentence."""
    kept = list(ids)
    if net.end in kept:
        kept = kept[: kept.index(net.end)]
    return "".join(piece_text(net, number) for number in kept).strip()
