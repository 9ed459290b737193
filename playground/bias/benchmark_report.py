"""A benchmark's result in words, as a measurement for the session log, and as JSON."""

from __future__ import annotations

from playground.bias.benchmark import ALL, NAME, BenchmarkResult, missing_categories
from playground.bias.benchmark_scores import LESS, MORE, NOT_COUNTED, TIE, StereotypeShare
from playground.bias.session_log import (
    ALPHA,
    CANNOT_TELL,
    CONSISTENT,
    DEPENDS,
    SHARE,
    Measurement,
    interval_bar,
    share_text,
)
from playground.core.catalogue import say
from playground.core.numbers import number, percent
from playground.data import bias_benchmarks
from playground.language.model_menu import model_facts

#: Outcomes of a row, by their keys in the catalogue.
_OUTCOMES = {NOT_COUNTED: "not_counted", LESS: "less", MORE: "more", TIE: "tie"}
_CAVEATS = {"crows_pairs": "pairs", "stereoset": "pairs", "wino": "pronouns", "bbq": "answers"}


def preferred(benchmark: str) -> str:
    """What counts as stereotypical in a benchmark."""
    return say(f"bias.benchmarks.measurement.{benchmark}")


def side_of_half(share: StereotypeShare | None) -> int:
    """1 if the interval is above 50 %, -1 if below, 0 if it contains 50 % or there is no share."""
    if share is None:
        return 0
    return 1 if share.interval.low > 0.5 else -1 if share.interval.high < 0.5 else 0


def benchmark_verdict(result: BenchmarkResult) -> str:
    """Consistent if every rule's interval is on the same side of 50 %; cannot tell if all contain 50 %."""
    sides = {side_of_half(table.overall) for table in result.tables.values()}
    return CANNOT_TELL if sides == {0} else CONSISTENT if len(sides) == 1 else DEPENDS


def describe_result(result: BenchmarkResult) -> str:
    """The result in one to three sentences."""
    benchmark, share = bias_benchmarks.load(result.request.benchmark), result.table.overall
    if share is None:
        return say("bias.benchmarks.measurement.nothing")
    sentences = [
        say(
            "bias.benchmarks.measurement.summary", preferred=preferred(benchmark.name),
            share=share_text(share.interval), count=share.n, unit=benchmark.unit, rule=result.request.rule,
        )
    ]  # fmt: skip
    total = len(result.table.categories)
    names = [name for name, one in result.table.categories.items() if one.adjusted_p <= ALPHA]
    if total > 1 and names:
        sentences.append(
            say("bias.benchmarks.measurement.categories", count=len(names), total=total, names=", ".join(names))
        )
    elif total > 1:
        sentences.append(say("bias.benchmarks.measurement.no_categories", total=total))
    if result.disagreement.interval is not None:
        differing = percent(result.disagreement.interval.value)
        sentences.append(say("bias.benchmarks.measurement.disagreement", share=differing, unit=benchmark.unit))
    return " ".join(sentences)


def describe_method(result: BenchmarkResult) -> str:
    """How it was measured, in a line or two."""
    request, benchmark, share = result.request, bias_benchmarks.load(result.request.benchmark), result.table.overall
    if request.first and benchmark.is_read_as_written():
        rows = say("bias.benchmarks.measurement.method_first", count=request.first, unit=benchmark.unit)
    elif request.first:
        rows = say("bias.benchmarks.measurement.method_spread", count=request.first, unit=benchmark.unit)
    else:
        rows = say("bias.benchmarks.measurement.method_all", unit=benchmark.unit)
    missing = missing_categories(request)
    if missing:
        rows = say("bias.benchmarks.measurement.method_without", rows=rows, names=", ".join(missing))
    if request.category != ALL:
        rows = say("bias.benchmarks.measurement.method_category", rows=rows, category=request.category)
    ties = say("bias.benchmarks.measurement.method_ties", count=share.ties) + "; " if share else ""
    return say(
        "bias.benchmarks.measurement.method", benchmark=benchmark.title, rows=rows, rule=request.rule,
        rule_text=say(f"bias.benchmarks.measurement.{request.rule}"), ties=ties, decoder=result.decoder,
        precision=result.precision, computed=say(f"bias.benchmarks.measurement.{result.decoder}"),
        source=benchmark.source,
    )  # fmt: skip


def benchmark_measurement(result: BenchmarkResult) -> Measurement:
    """The measurement for the session log. Raises ValueError if nothing was counted."""
    benchmark, share = bias_benchmarks.load(result.request.benchmark), result.table.overall
    if share is None:
        raise ValueError("nothing was counted")
    figures = [say(f"bias.benchmarks.measurement.column_{name}") for name in ("share", "low", "high", "p")]
    head = (
        say("bias.benchmarks.chart.name"), say("bias.benchmarks.measurement.column_rule"),
        say("bias.benchmarks.chart.n"), *figures,
    )  # fmt: skip
    rows = [
        (name, rule, *_figures(one))
        for rule, table in result.tables.items()
        for name, one in [(say("bias.benchmarks.measurement.overall"), table.overall), *table.categories.items()]
        if one is not None
    ]
    model = model_facts(result.request.model).title
    return Measurement(
        panel=NAME,
        title=say(
            "bias.benchmarks.measurement.title", benchmark=benchmark.title, model=model, rule=result.request.rule
        ),
        summary=describe_result(result),
        verdict=benchmark_verdict(result),
        n=share.n,
        unit=benchmark.unit,
        method=describe_method(result),
        recipe=result.recipe(),
        interval=share.interval,
        scale=SHARE,
        p=share.p,
        caveats=(_CAVEATS[benchmark.name], "rules", "coin"),
        rows=(head, *rows),
        chart=tuple(
            interval_bar(name, one.interval)
            for name, one in [(say("bias.benchmarks.measurement.overall"), share), *result.table.categories.items()]
            if one is not None
        ),
        line=0.5,
    )


def disagreement_lines(result: BenchmarkResult, most: int) -> list[tuple[str, str]]:
    """The first rows on which the rules differ: (number, category and each rule's outcome; the texts)."""
    rows = bias_benchmarks.load(result.request.benchmark).rows
    lines = []
    for index, outcomes in list(zip(result.disagreement.rows, result.disagreement.outcomes, strict=True))[:most]:
        row = rows[index]
        rules = "; ".join(
            say(
                "bias.benchmarks.chart.rule_says", rule=rule, outcome=say(f"bias.benchmarks.chart.{_OUTCOMES[outcome]}")
            )
            for rule, outcome in zip(result.tables, outcomes, strict=True)
        )
        name = say("bias.benchmarks.chart.disagreement", number=index + 1, category=row.category, rules=rules)
        texts = " — ".join(f"“{text.strip()}”" for text in row.texts)
        lines.append((name, f"{row.prompt} {texts}".strip()))
    return lines


def _figures(share: StereotypeShare) -> tuple[str, ...]:
    ends = (share.interval.value, share.interval.low, share.interval.high)
    return (str(share.n), *(f"{value:.4f}" for value in ends), number(share.adjusted_p))


def to_json(result: BenchmarkResult) -> dict[str, object]:
    """What /crows_pairs returns: each category is under "categories" and, for older programs, under its own name."""
    overall = result.table.overall
    categories = {name: share.to_json() for name, share in result.table.categories.items()}
    disagreement = result.disagreement
    interval = disagreement.interval
    return {
        **categories,
        "overall": overall.to_json() if overall else None,
        "categories": categories,
        "rules": {rule: table.overall.to_json() for rule, table in result.tables.items() if table.overall},
        "disagreement": {
            "n": disagreement.n,
            "share": interval.value if interval else None,
            "interval": [interval.low, interval.high] if interval else None,
            "pairs": list(disagreement.rows),
        },
        "model": result.request.model,
        "rule": result.request.rule,
        "decoder": result.decoder,
        "precision": result.precision,
        "verdict": benchmark_verdict(result),
        "method": describe_method(result),
        "seconds": round(result.seconds, 3),
        "recipe": result.recipe().to_json(),
    }
