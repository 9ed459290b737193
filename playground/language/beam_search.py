"""Beam search as a tree: the best continuations of all beams at each step, each either kept or pruned.

The search equals generate(num_beams=…, do_sample=False, early_stopping=False) of transformers; a test compares them.
Score: sum of log-probabilities (nats) divided by length ** length_penalty. Source: Wu et al. 2016, arXiv:1609.08144, 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int, parse_number, quoted
from playground.language import sampling
from playground.language.generation import load, prompt_ids
from playground.language.kv_cache import chunk_ranges
from playground.language.text_request import TextRequest
from playground.language.token_display import Vocabulary, vocabulary

MAX_STEPS = 128


@dataclass(frozen=True)
class Candidate:
    """A node of the tree: one token after the text of its parent.

    logprob: of the token; total: of the whole text; both in nats.  score: total / length ** length_penalty.
    """

    node: int
    parent: int | None
    id: int
    text: str
    logprob: float
    total: float
    score: float
    kept: bool
    finished: bool

    def to_json(self) -> dict[str, object]:
        """All fields, as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class FinalBeam:
    """A finished text. score: total log-probability (nats) / length ** length_penalty."""

    ids: tuple[int, ...]
    text: str
    score: float
    finish_reason: str
    node: int


@dataclass(frozen=True)
class BeamSearch:
    """The tree so far. results: finished texts, best first; complete once `done`."""

    width: int
    steps: tuple[tuple[Candidate, ...], ...]
    results: tuple[FinalBeam, ...] = ()
    done: bool = False

    def to_json(self) -> dict[str, object]:
        """The value of the view that draws the tree; `best` lists the nodes of the best text from its root."""
        best: list[int] = []
        parents = {candidate.node: candidate.parent for step in self.steps for candidate in step}
        node = self.results[0].node if self.results else None
        while node is not None:
            best.insert(0, node)
            node = parents[node]
        return {
            "width": self.width,
            "steps": [[candidate.to_json() for candidate in step] for step in self.steps],
            "best": best,
            "results": [
                {
                    "text": result.text,
                    "score": result.score,
                    "finish_reason": result.finish_reason,
                    "ids": list(result.ids),
                }
                for result in self.results
            ],
            "done": self.done,
        }


@dataclass
class _Beam:
    slot: int
    ids: tuple[int, ...]
    total: float
    node: int | None
    logits: NDArray[np.float32]


@dataclass
class _Finished:
    width: int
    beams: list[FinalBeam] = field(default_factory=list)

    def add(self, beam: FinalBeam) -> None:
        self.beams = sorted([*self.beams, beam], key=lambda b: -b.score)[: self.width]

    def complete(self, best_possible: float) -> bool:
        """Whether no running beam can still beat the worst finished one."""
        return len(self.beams) >= self.width and self.beams[-1].score >= best_possible


def beam_search(request: TextRequest, width: int, length_penalty: float = 1.0) -> Iterator[BeamSearch]:
    """Grows the tree and yields it after each step. width: 2 to 8 beams.

    Of the sampler's settings only the repetition penalty applies: nothing is drawn. Raises PlaygroundError as
    `generate` does.
    """
    width = parse_int(width, 2, 8, say("text.beam_search.beams_range"))
    rule = say("text.beam_search.length_penalty_range")
    if not 0 <= parse_number(length_penalty, rule) <= 5:
        raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(length_penalty)))
    loaded = load(request.model, request.decoder)
    ids = prompt_ids(loaded, request)
    words = vocabulary(loaded.tokenizer)
    limit = min(request.max_new_tokens, MAX_STEPS, loaded.decoder.context_length - len(ids))
    cache = loaded.decoder.new_cache(width, len(ids) + limit)
    for start, end in chunk_ranges(len(ids)):
        chunk = loaded.decoder.prefill(cache, 0, ids[start:end])
        yield BeamSearch(width, ())
    beams = [_Beam(0, (), 0.0, None, chunk[-1].copy())]
    finished, steps, nodes = _Finished(width), list[tuple[Candidate, ...]](), 0
    for length in range(1, limit + 1):
        ranked = _ranked(beams, ids, request.sampler.repetition_penalty, 2 * width)
        following, step = list[tuple[_Beam, int, float, int]](), list[Candidate]()
        for place, (beam, token, logprob) in enumerate(ranked):
            total, ends = beam.total + logprob, token in loaded.end_tokens or length == limit
            score = total / length**length_penalty
            kept = place < width if ends else len(following) < width
            step.append(
                Candidate(nodes, beam.node, token, words.piece(token), logprob, total, score, kept, ends and kept)
            )
            if kept and ends:
                reason = "eos" if token in loaded.end_tokens else "length"
                finished.add(_final((*beam.ids, token), words, score, reason, nodes))
            elif kept:
                following.append((beam, token, total, nodes))
            nodes += 1
        steps.append(tuple(step))
        yield BeamSearch(width, tuple(steps), tuple(finished.beams))
        if not following or finished.complete(following[0][2] / length**length_penalty):
            break
        beams = _assign_slots(cache, following, width)
        logits = loaded.decoder.step(cache, [beam.slot for beam in beams], [beam.ids[-1] for beam in beams])
        for row, beam in enumerate(beams):
            beam.logits = logits[row].copy()
    yield BeamSearch(width, tuple(steps), tuple(finished.beams), done=True)


def _ranked(beams: list[_Beam], prompt: list[int], penalty: float, count: int) -> list[tuple[_Beam, int, float]]:
    """The count best continuations of all beams: (beam, token, log-probability), best total first."""
    candidates = []
    for beam in beams:
        scores = (beam.logits - np.float32(sampling.log_normalizer(beam.logits))).astype(np.float32)
        scores = sampling.repetition_penalty(scores, (*prompt, *beam.ids), penalty)
        candidates += [(beam, int(token), float(scores[token])) for token in sampling.top_indices(scores, count)]
    return sorted(candidates, key=lambda item: -(item[0].total + item[2]))[:count]


def _assign_slots(cache: object, following: list[tuple[_Beam, int, float, int]], width: int) -> list[_Beam]:
    """The beams of the next step, each in a slot with its parent's text: the first child's, or a copy of it."""
    claimed: set[int] = set()
    free = [slot for slot in range(width) if slot not in {beam.slot for beam, *_ in following}]
    beams = []
    for beam, token, total, node in following:
        slot = beam.slot if beam.slot not in claimed else free.pop()
        if slot != beam.slot:
            cache.copy(beam.slot, slot)  # type: ignore[attr-defined]
        claimed.add(slot)
        beams.append(_Beam(slot, (*beam.ids, token), total, node, beam.logits))
    return beams


def _final(ids: tuple[int, ...], words: Vocabulary, score: float, reason: str, node: int) -> FinalBeam:
    stream = words.stream()
    text = "".join(stream.feed(token)[0] for token in ids if not words.is_special(token))
    return FinalBeam(ids, text, score, reason, node)
