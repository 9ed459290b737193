"""WEAT results as measurements for the session log."""

from __future__ import annotations

from playground.bias.embedding_debias import OTHER, EmbeddingDebias
from playground.bias.session_log import Measurement
from playground.bias.weat_battery import WeatBattery
from playground.bias.weat_request import LETTERS, NAME, WeatResult, format_number, format_p_value
from playground.bias.weat_sets import SOURCE

_KNOWN = ("attributes", "frequency", "comparing", "applications")


def _known(found: WeatResult) -> tuple[str, ...]:
    return ("bleached", *_KNOWN) if found.by_template else _KNOWN


def weat_measurement(found: WeatResult) -> Measurement:
    """One test, with the score of each word as its table."""
    scores = [("X", found.kept[0], found.association.x), ("Y", found.kept[1], found.association.y)]
    rows = [("List", "Word", "s")]
    rows += [(name, word, f"{s:.4f}") for name, words, own in scores for word, s in zip(words, own, strict=True)]
    rows += [(letter, word, "") for letter, words in zip(LETTERS[2:], found.kept[2:], strict=True) for word in words]
    rows += [(letter, word, "missing") for letter, words in zip(LETTERS, found.missing, strict=True) for word in words]
    source = f". {SOURCE}" if found.request.test else ""
    return Measurement(
        panel=NAME, title=f"{found.request.title}, in {found.title}", summary=found.summary(), verdict=found.verdict(),
        n=found.n, unit="words in X and Y", method=found.method() + source, recipe=found.recipe(),
        interval=found.association.interval, p=found.p, caveats=_known(found), rows=tuple(rows),
    )  # fmt: skip


def battery_measurement(made: WeatBattery) -> Measurement:
    """All ten tests as one measurement, with a line for each."""
    first = made.results[0]
    rows = [("Test", "d", "95 %", "p", "p (Holm)", "d in Caliskan et al. 2017")]
    for one, adjusted in zip(made.results, made.adjusted, strict=True):
        interval = one.association.interval
        rows.append((
            one.request.title, format_number(one.association.d),
            f"{format_number(interval.low)} to {format_number(interval.high)}", format_p_value(one.p),
            format_p_value(adjusted), format_number(one.request.test.published_d) if one.request.test else "",
        ))  # fmt: skip
    return Measurement(
        panel=NAME, title=f"WEAT 1 to 10, in {first.title}", summary=made.summary(), verdict=made.verdict(),
        n=sum(one.n for one in made.results), unit="words in X and Y, some in several tests",
        method=f"ten tests, Caliskan's d, p-values corrected by Holm ({first.request.alternative}). {SOURCE}",
        recipe=made.recipe(), p=min(one.p for one in made.results), comparisons=len(made.results),
        no_interval="each line above has its own",
        caveats=_known(first), rows=tuple(rows),
    )  # fmt: skip


def embedding_debias_measurement(made: EmbeddingDebias) -> Measurement:
    """Of a removed direction: its p is the smallest of the associations that were not made of the pairs' words."""
    rows = [("Measure", "Role", "Before", "After")]
    rows += [(one.title, one.role, str(one.before), str(one.after)) for one in made.measures]
    values = [one.p_after for one in made.measures if one.p_after is not None and one.role == OTHER]
    known = len(made.request.pairs) - len(made.unknown_pairs)
    return Measurement(
        panel=NAME, title=f"A direction removed from {made.title}", summary=made.summary(), verdict=made.verdict(),
        n=known, unit="pairs that gave the direction", p=min(values, default=None), comparisons=len(made.measures),
        method=(
            f"first principal component of the pairs ({made.share:.0%} of their spread), projected out of every vector "
            "(Bolukbasi et al. 2016, arXiv:1607.06520), without making the pairs equal; each measure's own interval "
            "stands in its line; p of the associations after it"
        ),
        recipe=made.recipe(), caveats=("hidden", *_KNOWN), rows=tuple(rows), no_interval="each line above has its own",
    )  # fmt: skip
