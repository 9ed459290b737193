"""The curves of runs: which numbers each kind of run draws, in which order, and their titles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from playground.core.catalogue import say
from playground.experiments.run_status import lineage_of
from playground.experiments.toy_2d import family_title

#: Distances from held-out points: the numbers that all runs of a race have.
_TOY_2D_DISTANCES: tuple[str, ...] = ("js", "kl", "sliced_wasserstein", "modes_covered")
#: Kind of run (see run_status.panels_of) -> the numbers of its curves, in order. All numbers are in the CSV.
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "toy_2d": (
        *_TOY_2D_DISTANCES, "d_loss", "g_loss", "loss", "score_real", "score_fake", "distortion", "code_kl", "sigma",
    ),
    "gan": ("discriminator", "generator", "told_apart", "gradient", "train", "held_out"),
    "vae": ("bits", "kl", "train", "held_out", "gradient"),
    "diffusion": ("v", "train", "held_out", "gradient"),
    "language": ("train", "held-out"),
}  # fmt: skip


#: Numbers that a run counts in nats; the page shows bits.
_IN_NATS = {"toy_2d": ("distortion", "code_kl"), "vae": ("kl",)}


def curve_scales(kind: str) -> dict[str, float]:
    """Number -> what it is multiplied by, of those that are not drawn as they are."""
    return {name: 1 / math.log(2) for name in _IN_NATS.get(kind, ())}


def curve_titles(kind: str) -> dict[str, str]:
    """Number -> title, in order; {} for a kind without titles."""
    return {name: say(f"train.curves.{kind}.{name.replace('-', '_')}") for name in NUMBERS.get(kind, ())}


def _named(kind: str) -> dict[str, Any]:
    return {"titles": curve_titles(kind), "scales": curve_scales(kind)}


def image_curves(run: str, family: str) -> dict[str, Any]:
    """The curves' value for a run of an image model, and for its parent if it is a fork."""
    return {"runs": lineage_of(run), "show": list(NUMBERS.get(family, ())), **_named(family)}


def toy_2d_curves(runs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The curves' value for runs on points of the plane, (family, id) each.

    One run: all its numbers over steps, and its parent's if it is a fork. A race: the distances, over seconds.
    """
    if len(runs) > 1:
        lines = [{"run": run, "title": family_title(family)} for family, run in runs]
        names, axis = _TOY_2D_DISTANCES, "seconds"
    else:
        lines = [line for family, run in runs for line in lineage_of(run, family_title(family))]
        names, axis = NUMBERS["toy_2d"], "step"
    return {"runs": lines, "empty": "", "show": list(names), "axis": axis, **_named("toy_2d")}


def compared_curves(runs: Sequence[tuple[str, str]], kinds: set[str], empty: str) -> dict[str, Any]:
    """The curves' value for runs, (id, title) each, under the titles of their kind if they are all of one.

    empty: the sentence in place of curves.
    """
    kind = next(iter(kinds)) if len(kinds) == 1 else ""
    lines = [{"run": run, "title": title} for run, title in runs]
    return {"runs": lines, "empty": empty, "show": list(NUMBERS.get(kind, ())), **_named(kind)}
