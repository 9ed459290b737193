"""A published benchmark on a language model: its request, and its result while texts are scored.

Scores of earlier runs are reused. What the figures say is in benchmark_report.py.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from playground.bias.benchmark_scores import (
    RuleDisagreement,
    StereotypeTable,
    rule_disagreement,
    rules_of,
    score_rows,
    stereotype_table,
)
from playground.bias.text_loglikelihood import score_texts, tokenize_rows
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int
from playground.data import bias_benchmarks
from playground.language.generation import load
from playground.language.text_request import DEFAULT_MODEL

NAME = "benchmarks"
ALL = "all"
DECODERS = ("auto", "fast", "open")
_BEAT = 1.0


@dataclass(frozen=True)
class BenchmarkRequest:
    """first: so many of the first rows in the file's order, before `category` is chosen; 0 means all."""

    benchmark: str = "crows_pairs"
    model: str = DEFAULT_MODEL
    rule: str = "sum"
    category: str = ALL
    first: int = 0
    decoder: str = "auto"


@dataclass(frozen=True)
class BenchmarkResult:
    """The result so far. tables: by rule.  read, total: rows.  done: whether all rows of the request are scored."""

    request: BenchmarkRequest
    tables: Mapping[str, StereotypeTable]
    disagreement: RuleDisagreement
    read: int
    total: int
    done: bool
    seconds: float
    texts_read: int
    decoder: str
    precision: str
    weights_sha256: str

    @property
    def table(self) -> StereotypeTable:
        """By the rule that was asked for."""
        return self.tables[self.request.rule]

    def recipe(self) -> Recipe:
        """The recipe of this result."""
        asked = self.request
        settings: dict[str, Setting] = {
            "panel": NAME, "benchmark": asked.benchmark, "rule": asked.rule, "category": asked.category,
            "first": asked.first, "decoder": asked.decoder,
        }  # fmt: skip
        return Recipe("bias", asked.model, self.weights_sha256, 0, settings, self._fingerprint() if self.done else "")

    def _fingerprint(self) -> str:
        """Of which texts were preferred, by every rule: the same again or not."""
        counts = [
            (rule, name, share.n, share.hits, share.ties)
            for rule, made in self.tables.items()
            for name, share in [("", made.overall), *made.categories.items()]
            if share is not None
        ]
        return hashlib.sha256(repr(counts).encode()).hexdigest()[:16]


def benchmark_titles() -> list[tuple[str, str]]:
    """(title, name) of each benchmark."""
    return [(title, name) for name, title in bias_benchmarks.TITLES.items()]


def categories_of(name: str) -> list[str]:
    """What can be asked for of a benchmark: everything, or one of its categories."""
    return [ALL, *bias_benchmarks.load(name).categories()]


def read_benchmark(values: Mapping[str, object]) -> BenchmarkRequest:
    """A request from a page, a link or a program. Raises PlaygroundError that says what is allowed."""
    name = parse_choice(values.get("benchmark", "crows_pairs"), bias_benchmarks.NAMES, "benchmark")
    known = bias_benchmarks.load(name)
    model = values.get("model", DEFAULT_MODEL)
    if not isinstance(model, str) or not model.strip():
        raise PlaygroundError("model must be the name of a language model: see /models.")
    sentence = (
        f"The limit (first N) must be a whole number from 0 (all) to {len(known.rows):,}, the {known.unit} of "
        f"{known.title}"
    )
    request = BenchmarkRequest(
        benchmark=name,
        model=model.strip(),
        rule=parse_choice(values.get("rule", "sum"), rules_of(name), "rule"),
        category=parse_choice(values.get("category", ALL), (ALL, *known.categories()), "category"),
        first=parse_int(values.get("first", 0), 0, len(known.rows), sentence),
        decoder=parse_choice(values.get("decoder", "auto"), DECODERS, "decoder"),
    )
    from playground.language.model_menu import model_facts

    model_facts(request.model)  # raises for an unknown model, before anything is scored
    if not _rows(request):
        raise PlaygroundError(
            f"None of the first {request.first:,} {known.unit} is of {request.category}: take more, or all."
        )
    return request


def _rows(request: BenchmarkRequest) -> list[int]:
    """Indices of the rows that are asked for."""
    rows = bias_benchmarks.load(request.benchmark).rows[: request.first or None]
    return [index for index, row in enumerate(rows) if request.category in (ALL, row.category)]


def run_benchmark(request: BenchmarkRequest) -> Iterator[BenchmarkResult]:
    """Reads what is not read yet, yielding what is found so far about every second; the last is of all that is asked.

    Closing it keeps what was read.
    """
    began = time.perf_counter()
    known, rows = bias_benchmarks.load(request.benchmark), _rows(request)
    loaded = load(request.model, request.decoder)
    texts = tokenize_rows(loaded, known.rows)
    each = len(texts) // len(known.rows)
    chosen = np.array([each * row + place for row in rows for place in range(each)])
    shown, before = 0.0, -1
    for scores in score_texts(loaded, known, texts, rows):
        here = int((~np.isnan(scores[chosen, 0])).sum())
        before = here if before < 0 else before
        done = here == len(chosen)
        if not done and time.perf_counter() - shown < _BEAT:
            continue
        own = np.full_like(scores, np.nan)
        own[chosen] = scores[chosen]
        by_rule = {rule: score_rows(known, texts, own, rule) for rule in rules_of(request.benchmark)}
        yield BenchmarkResult(
            request=request,
            tables={rule: stereotype_table(known, by_row) for rule, by_row in by_rule.items()},
            disagreement=rule_disagreement(known, list(by_rule.values())),
            read=int((~np.isnan(by_rule["sum"]).any(axis=1)).sum()),
            total=len(rows),
            done=done,
            seconds=time.perf_counter() - began,
            texts_read=here - before,
            decoder=loaded.decoder.name,
            precision=loaded.decoder.precision,
            weights_sha256=loaded.weights_sha256,
        )
        shown = time.perf_counter()
        if done:
            return
