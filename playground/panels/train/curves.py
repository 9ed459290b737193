"""The numbers of a run as curves: which are drawn for each kind of run, and what they are called on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.experiments.run_status import lineage_of
from playground.experiments.toy_2d import FAMILIES

#: Distances from a held-out draw: the numbers that the runs of a race have in common.
_TOY_2D_DISTANCES = {
    "js": "JS from the held-out draw, bits", "kl": "KL from the held-out draw, bits",
    "sliced_wasserstein": "Sliced Wasserstein distance", "modes_covered": "Modes that are covered, of 25",
}  # fmt: skip
_TOY_2D_TITLES = {
    **_TOY_2D_DISTANCES, "d_loss": "D's loss", "g_loss": "G's loss",
    "score_real": "D's mean score of real points", "score_fake": "D's mean score of fakes",
    "code_kl": "KL of the codes, nats", "distortion": "Distortion, nats", "sigma": "Width of the decoder's Gaussians",
}  # fmt: skip
#: In this order; "loss" goes by its own name.
_TOY_2D_SHOWN = [*_TOY_2D_DISTANCES, "d_loss", "g_loss", "loss", "score_real", "score_fake", "distortion", "code_kl",
                 "sigma"]  # fmt: skip
_IMAGE_TITLES: dict[str, dict[str, str]] = {
    "gan": {
        "discriminator": "D's loss", "generator": "G's loss",
        "told_apart": "Pairs that D ranks rightly (0.5: by chance)",
        "gradient": "Length of G's gradient", "train": "Mean score of training pictures",
        "held_out": "Mean score of held-out pictures",
    },
    "vae": {
        "bits": "The bound, in bits a pixel and channel", "kl": "What the code tells, in nats",
        "train": "The bound on fixed training pictures", "held_out": "The bound on held-out pictures",
        "gradient": "Length of the gradient",
    },
    "diffusion": {
        "v": "Squared error of v", "train": "On fixed training pictures", "held_out": "On held-out pictures",
        "gradient": "Length of the gradient",
    },
}  # fmt: skip
#: Kind of run (see run_status.panels_of) -> number of its curves -> title. Other numbers are only in the CSV.
TITLES: Mapping[str, Mapping[str, str]] = {
    **_IMAGE_TITLES,
    "toy_2d": _TOY_2D_TITLES,
    "language": {
        "train": "Training text, bits per character", "held-out": "Text it never saw, bits per character",
    },
}  # fmt: skip


def image_curves(run: str, family: str) -> dict[str, Any]:
    """The curves' value for a run of an image model, and for its parent if it is a fork."""
    titles = TITLES.get(family, {})
    return {"runs": lineage_of(run), "show": list(titles), "titles": titles}


def toy_2d_curves(runs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The curves' value for runs on points of the plane, (family, id) each.

    One run: all its numbers over steps, and its parent's if it is a fork. A race: the distances, over seconds.
    """
    if len(runs) > 1:
        lines = [{"run": run, "title": FAMILIES[family]} for family, run in runs]
        shown, axis = list(_TOY_2D_DISTANCES), "seconds"
    else:
        lines = [line for family, run in runs for line in lineage_of(run, FAMILIES[family])]
        shown, axis = _TOY_2D_SHOWN, "step"
    return {"runs": lines, "empty": "", "show": shown, "titles": _TOY_2D_TITLES, "axis": axis}


def compared_curves(runs: Sequence[tuple[str, str]], kinds: set[str], empty: str) -> dict[str, Any]:
    """The curves' value for runs, (id, title) each, under the titles of their kind if it is one.

    empty: the sentence in place of curves.
    """
    titles = TITLES.get(next(iter(kinds)), {}) if len(kinds) == 1 else {}
    lines = [{"run": run, "title": title} for run, title in runs]
    return {"runs": lines, "empty": empty, "show": list(titles), "titles": dict(titles)}
