"""A published bias benchmark on a language model: the request, and the result while texts are scored.

Scores of earlier runs are reused. benchmark_report.py puts the result into words.
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
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int
from playground.data import bias_benchmarks
from playground.language.generation import load
from playground.language.text_request import DEFAULT_MODEL

NAME = "benchmarks"
ALL = "all"
DECODERS = ("auto", "fast", "open")
#: Seconds between two results.
_BEAT = 1.0


@dataclass(frozen=True)
class BenchmarkRequest:
    """What to score. first: how many rows in reading order, before `category` selects; 0 for all."""

    benchmark: str = "crows_pairs"
    model: str = DEFAULT_MODEL
    rule: str = "sum"
    category: str = ALL
    first: int = 0
    decoder: str = "auto"


@dataclass(frozen=True)
class BenchmarkResult:
    """The result so far.

    tables: by rule.  read, total: numbers of rows.  done: all rows of the request are scored.
    texts_read: in this run, without those scored earlier.
    """

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
        """The table by the request's rule."""
        return self.tables[self.request.rule]

    def recipe(self) -> Recipe:
        """The recipe; it has a fingerprint once all rows are scored."""
        request = self.request
        settings: dict[str, Setting] = {
            "panel": NAME, "benchmark": request.benchmark, "rule": request.rule, "category": request.category,
            "first": request.first, "decoder": request.decoder,
        }  # fmt: skip
        fingerprint = self._fingerprint() if self.done else ""
        return Recipe("bias", request.model, self.weights_sha256, 0, settings, fingerprint)

    def _fingerprint(self) -> str:
        """Hash of all counts by every rule: equal if every row has the same outcome counts."""
        counts = [
            (rule, name, share.n, share.hits, share.ties)
            for rule, table in self.tables.items()
            for name, share in [("", table.overall), *table.categories.items()]
            if share is not None
        ]
        return hashlib.sha256(repr(counts).encode()).hexdigest()[:16]


def describe_difference(recipe: Recipe, result: BenchmarkResult) -> str | None:
    """Why a link's result is another, if it may have read other rows; None to compare as usual."""
    benchmark = bias_benchmarks.load(result.request.benchmark)
    if benchmark.is_read_as_written() or not result.request.first or recipe.result == result.recipe().result:
        return None
    return say("bias.benchmarks.measurement.other_rows", unit=benchmark.unit)


def benchmark_titles() -> list[tuple[str, str]]:
    """(title, name) of each benchmark."""
    return [(bias_benchmarks.benchmark_title(name), name) for name in bias_benchmarks.NAMES]


def categories_of(name: str) -> list[str]:
    """The choices of category: ALL, then the benchmark's own."""
    return [ALL, *bias_benchmarks.load(name).categories()]


def read_benchmark(values: Mapping[str, object]) -> BenchmarkRequest:
    """The request of a page, a link or an API call. Raises PlaygroundError naming what is allowed."""
    name = parse_choice(values.get("benchmark", "crows_pairs"), bias_benchmarks.NAMES, "benchmark")
    benchmark = bias_benchmarks.load(name)
    model = values.get("model", DEFAULT_MODEL)
    if not isinstance(model, str) or not model.strip():
        raise PlaygroundError(say("bias.benchmarks.measurement.model_name"))
    count = len(benchmark.rows)
    rule = say("bias.benchmarks.measurement.first_rows", most=count, unit=benchmark.unit, benchmark=benchmark.title)
    request = BenchmarkRequest(
        benchmark=name,
        model=model.strip(),
        rule=parse_choice(values.get("rule", "sum"), rules_of(name), "rule"),
        category=parse_choice(values.get("category", ALL), (ALL, *benchmark.categories()), "category"),
        first=parse_int(values.get("first", 0), 0, count, rule),
        decoder=parse_choice(values.get("decoder", "auto"), DECODERS, "decoder"),
    )
    from playground.language.model_menu import model_facts

    model_facts(request.model)  # raises for an unknown model, before anything is scored
    if not _rows(request):
        raise PlaygroundError(
            say(
                "bias.benchmarks.measurement.no_rows",
                count=request.first,
                unit=benchmark.unit,
                category=request.category,
            )  # fmt: skip
        )
    return request


def missing_categories(request: BenchmarkRequest) -> list[str]:
    """Categories of the benchmark that a request of all categories has no row of, because it reads only the first."""
    benchmark = bias_benchmarks.load(request.benchmark)
    present = {benchmark.rows[index].category for index in _rows(request)}
    return [name for name in benchmark.categories() if request.category == ALL and name not in present]


def _rows(request: BenchmarkRequest) -> list[int]:
    """Indices of the requested rows."""
    benchmark = bias_benchmarks.load(request.benchmark)
    first = sorted(benchmark.reading_order()[: request.first or None])
    return [index for index in first if request.category in (ALL, benchmark.rows[index].category)]


def run_benchmark(request: BenchmarkRequest) -> Iterator[BenchmarkResult]:
    """Scores the rows that have no stored score; yields the result so far about every second, last the whole.

    Closing the generator keeps the scores so far.
    """
    began = time.perf_counter()
    benchmark, rows = bias_benchmarks.load(request.benchmark), _rows(request)
    loaded = load(request.model, request.decoder)
    texts = tokenize_rows(loaded, benchmark.rows)
    each = len(texts) // len(benchmark.rows)
    chosen = np.array([each * row + place for row in rows for place in range(each)])
    last, before = 0.0, -1
    for scores in score_texts(loaded, benchmark, texts, rows):
        count = int((~np.isnan(scores[chosen, 0])).sum())
        before = count if before < 0 else before
        done = count == len(chosen)
        if not done and time.perf_counter() - last < _BEAT:
            continue
        own = np.full_like(scores, np.nan)
        own[chosen] = scores[chosen]
        by_rule = {rule: score_rows(benchmark, texts, own, rule) for rule in rules_of(request.benchmark)}
        yield BenchmarkResult(
            request=request,
            tables={rule: stereotype_table(benchmark, by_row) for rule, by_row in by_rule.items()},
            disagreement=rule_disagreement(benchmark, list(by_rule.values())),
            read=int((~np.isnan(by_rule["sum"]).any(axis=1)).sum()),
            total=len(rows),
            done=done,
            seconds=time.perf_counter() - began,
            texts_read=count - before,
            decoder=loaded.decoder.name,
            precision=loaded.decoder.precision,
            weights_sha256=loaded.weights_sha256,
        )
        last = time.perf_counter()
        if done:
            return
