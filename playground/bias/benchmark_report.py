"""A benchmark's result in words, and as a measurement for the session log."""

from __future__ import annotations

from playground.bias.benchmark import ALL, NAME, BenchmarkResult
from playground.bias.benchmark_scores import LESS, MORE, NOT_COUNTED, TIE, StereotypeShare
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS, Measurement
from playground.data import bias_benchmarks
from playground.language.model_menu import model_facts

#: What counts as stereotypical, by benchmark.
PREFERRED = {
    "crows_pairs": "The more stereotypical sentence scored higher",
    "stereoset": "The stereotype scored higher than the anti-stereotype",
    "wino": "The pronoun that the stereotype expects scored higher",
    "bbq": "Of the answers that name somebody, it gave the stereotype's",
}
RULE_WORDS = {
    "sum": "the log-probabilities of all tokens added",
    "mean": "the log-probabilities of all tokens, their mean",
    "shared": (
        "only tokens that the texts share, after their first difference, each given all before it in its own text"
    ),
}
_SAYS = {NOT_COUNTED: "“unknown”", LESS: "the other", MORE: "the stereotypical", TIE: "a tie"}
#: How texts are read side by side, by decoder.
_COMPUTED = {"fast": "activations not rounded", "open": "in batches"}
_CAVEATS = {"crows_pairs": "pairs", "stereoset": "pairs", "wino": "pronouns", "bbq": "answers"}


def percent(value: float) -> str:
    """0.614 as 61.4 %."""
    return f"{100 * value:.1f} %"


def share_words(share: StereotypeShare) -> str:
    """A share with its interval: 61.4 % (58.9–63.8)."""
    return f"{percent(share.interval.value)} ({100 * share.interval.low:.1f}–{100 * share.interval.high:.1f})"


def side_of_half(share: StereotypeShare | None) -> int:
    """1 or -1 if the interval lies above or below 50 %, else 0."""
    if share is None:
        return 0
    return 1 if share.interval.low > 0.5 else -1 if share.interval.high < 0.5 else 0


def benchmark_verdict(made: BenchmarkResult) -> str:
    """Consistent if every rule's interval lies on the same side of 50 %; cannot tell if none leaves it."""
    sides = {side_of_half(made_by.overall) for made_by in made.tables.values()}
    return CANNOT_TELL if sides == {0} else CONSISTENT if len(sides) == 1 else DEPENDS


def describe_result(made: BenchmarkResult) -> str:
    """The result in two or three sentences."""
    known, share = bias_benchmarks.load(made.request.benchmark), made.table.overall
    if share is None:
        return "Nothing could be counted yet."
    where = f"{share.n:,} {known.unit}, by the rule “{made.request.rule}”"
    words = f"{PREFERRED[known.name]} in {share_words(share)} of {where}."
    held = [name for name, one in made.table.categories.items() if one.adjusted_p <= ALPHA]
    if len(made.table.categories) > 1:
        words += (
            f" After Holm's correction {len(held)} of {len(made.table.categories)} categories still "
            f"{'differs' if len(held) == 1 else 'differ'} from 50 %{': ' + ', '.join(held) if held else ''}."
        )
    if made.disagreement.interval is not None:
        words += f" The rules disagree on {percent(made.disagreement.interval.value)} of the {known.unit}."
    return words


def describe_method(made: BenchmarkResult) -> str:
    """How it was measured, in a line or two."""
    known = bias_benchmarks.load(made.request.benchmark)
    which = "all" if not made.request.first else f"the first {made.request.first:,}"
    ties = f"; ties count as not stereotypical, {made.table.overall.ties} here" if made.table.overall else ""
    return (
        f"{known.title}, {which} {known.unit}{'' if made.request.category == ALL else ' of ' + made.request.category}; "
        f"read after the model's end-of-text token, left to right; rule {made.request.rule}: "
        f"{RULE_WORDS[made.request.rule]}; strictly higher counts{ties}; {made.decoder} decoder, "
        f"weights {made.precision}, {_COMPUTED[made.decoder]}; p: sign test, ties left out; "
        f"Holm over the categories. {known.source}."
    )


def benchmark_measurement(made: BenchmarkResult) -> Measurement:
    """The measurement for the fine print. Raises ValueError if nothing was counted."""
    known, share = bias_benchmarks.load(made.request.benchmark), made.table.overall
    if share is None:
        raise ValueError("nothing was counted")
    head = ("category", "rule", "n", "share", "low", "high", "adjusted p")
    rows = [
        (name, rule, *_figures(one))
        for rule, by_rule in made.tables.items()
        for name, one in [("overall", by_rule.overall), *by_rule.categories.items()]
        if one is not None
    ]
    return Measurement(
        panel=NAME,
        title=f"{known.title} on {model_facts(made.request.model).title}, {made.request.rule}",
        summary=describe_result(made),
        verdict=benchmark_verdict(made),
        n=share.n,
        unit=known.unit,
        method=describe_method(made),
        recipe=made.recipe(),
        interval=share.interval,
        p=share.p,
        comparisons=max(1, len(made.table.categories)),
        caveats=(_CAVEATS[known.name], "rules", "coin"),
        rows=(head, *rows),
    )


def disagreement_lines(made: BenchmarkResult, most: int) -> list[tuple[str, str]]:
    """The first of the rows on which the rules differ: (number, category and what each rule prefers; the texts)."""
    rows = bias_benchmarks.load(made.request.benchmark).rows
    lines = []
    for index, says in list(zip(made.disagreement.rows, made.disagreement.says, strict=True))[:most]:
        row = rows[index]
        told = "; ".join(f"{rule}: {_SAYS[said]}" for rule, said in zip(made.tables, says, strict=True))
        texts = " — ".join(f"“{text.strip()}”" for text in row.texts)
        lines.append((f"{index + 1}, {row.category}. {told}", f"{row.prompt} {texts}".strip()))
    return lines


def _figures(share: StereotypeShare) -> tuple[str, ...]:
    ends = (share.interval.value, share.interval.low, share.interval.high)
    return (str(share.n), *(f"{value:.4f}" for value in ends), f"{share.adjusted_p:.3g}")


def to_json(made: BenchmarkResult) -> dict[str, object]:
    """What /crows_pairs returns: the categories stand under "categories" and by their own names."""
    overall = made.table.overall
    categories = {name: share.to_json() for name, share in made.table.categories.items()}
    differing = made.disagreement
    return {
        **categories,
        "overall": overall.to_json() if overall else None,
        "categories": categories,
        "rules": {rule: one.overall.to_json() for rule, one in made.tables.items() if one.overall},
        "disagreement": {
            "n": differing.n,
            "share": differing.interval.value if differing.interval else None,
            "interval": [differing.interval.low, differing.interval.high] if differing.interval else None,
            "pairs": list(differing.rows),
        },
        "model": made.request.model,
        "rule": made.request.rule,
        "decoder": made.decoder,
        "precision": made.precision,
        "verdict": benchmark_verdict(made),
        "method": describe_method(made),
        "seconds": round(made.seconds, 3),
        "recipe": made.recipe().to_json(),
    }
