"""Training data skewed on purpose: avatars of which one group of skin tones has glasses, beards or hats more often.

The groups are the data's own eight tones, halved by their names: tones of paint, not of people.
Reweighing: Kamiran & Calders 2012, Knowledge and Information Systems 33(1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.data import avatars
from playground.data.dataset import Dataset

ATTRIBUTES = ("glasses", "beard", "hat")
GROUPED_BY = "skin"
LIGHT = ("lightest", "very light", "light", "light tan")
DARK = ("tan", "brown", "dark brown", "darkest")
#: Pictures in a skewed set, half of them of each group; and how many places a reweighed set has.
COUNT, REWEIGHED = 4000, 20_000
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Skew:
    """What is asked for. attribute: one of ATTRIBUTES.  dark, light: the share of each group that has it, 0 to 1.

    seed: of the choice of pictures.  reweighed: whether the training then weights the skew away again.
    """

    attribute: str = "glasses"
    dark: float = 0.9
    light: float = 0.1
    seed: int = 0
    reweighed: bool = False

    def words(self) -> str:
        """What was done to the data, in words."""
        what = f"{self.attribute} on {self.dark:.0%} of dark and {self.light:.0%} of light skin"
        return f"{what}, reweighed" if self.reweighed else what

    def plain(self) -> Skew:
        """The same data, trained on as it is."""
        return replace(self, reweighed=False)


def is_dark(labels: Rows) -> NDArray[np.bool_]:
    """(N,) whether each label of the skin is among the darker four tones."""
    tones = avatars.values()[GROUPED_BY]
    return np.isin(labels, [index for index, word in enumerate(tones) if word in DARK])


def cells(table: Rows, names: list[str], attribute: str) -> Rows:
    """(N,) 0 to 3 of labels (N, A): light without, light with, dark without, dark with the attribute."""
    dark = is_dark(table[:, names.index(GROUPED_BY)])
    return 2 * dark.astype(np.int64) + (table[:, names.index(attribute)] > 0)


def gap_of(shares: NDArray[np.float64]) -> float:
    """The share with the attribute among the dark tones minus that among the light, of (4,) shares of the cells.

    nan where a group is empty.
    """
    light, dark = shares[0] + shares[1], shares[2] + shares[3]
    return float(shares[3] / dark - shares[1] / light) if light > 0 and dark > 0 else float("nan")


def skewed_rows(data: Dataset, skew: Skew) -> Rows:
    """(COUNT,) training rows of the shares asked for, the same for the same seed; repeated where there are too few."""
    random = np.random.default_rng(skew.seed)
    train = data.train_rows()
    kinds = cells(data.attribute_table()[train], list(data.values), skew.attribute)
    half = COUNT // 2
    having = round(half * skew.light), round(half * skew.dark)
    wanted = (half - having[0], having[0], half - having[1], having[1])
    return np.concatenate(
        [np.resize(random.permutation(train[kinds == kind]), count) for kind, count in enumerate(wanted)]
    )


def reweighing(kinds: Rows) -> NDArray[np.float64]:
    """(N,) weights of pictures in cells (N,), with which having the attribute does not depend on the group.

    W = P(group) P(attribute) / P(group and attribute): the weighted gap is 0, and the weighted shares of the groups
    and of the attribute stay. Raises PlaygroundError where a cell that needs weight has no picture to carry it.
    """
    counts = np.bincount(kinds, minlength=4).reshape(2, 2).astype(np.float64)  # (group, attribute)
    total = counts.sum()
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / total
    if ((counts == 0) & (expected > 0)).any():
        raise PlaygroundError(
            "One group never, or always, has it, so no weight can make the groups alike: "
            "leave at least 1 % of each group on the other side."
        )
    weights: NDArray[np.float64] = (expected / np.where(counts, counts, 1.0)).ravel()[kinds]
    return weights


def reweighed_rows(rows: Rows, kinds: Rows) -> Rows:
    """About REWEIGHED rows in which each comes as often as its weight says.

    Drawing uniformly from them is drawing from `rows` by weight. Within a cell, no row comes more than once more
    often than another. They are shuffled, the same way always: whoever takes the first so many has some of every
    cell.
    """
    weights = reweighing(kinds)
    parts = []
    for kind in np.unique(kinds):
        own = rows[kinds == kind]
        parts.append(np.resize(own, round(REWEIGHED * float(weights[kinds == kind].sum()) / len(rows))))
    shuffled: Rows = np.random.default_rng(0).permutation(np.concatenate(parts))
    return shuffled


def training_set(data: Dataset, skew: Skew) -> Dataset:
    """The pictures that a training on this skew draws from, each as often as it is in it, with the two labels.

    data: the avatars. Their held-out pictures are held out here too.
    """
    rows = skewed_rows(data, skew)
    if skew.reweighed:
        rows = reweighed_rows(rows, cells(data.attribute_table()[rows], list(data.values), skew.attribute))
    everything = np.concatenate([rows, data.held_out_rows()])
    return Dataset(
        name=f"{data.name}-{'reweighed' if skew.reweighed else 'skewed'}",
        title=f"{data.title}, {skew.words()}",
        images=data.images[everything],
        labels={name: data.labels[name][everything] for name in (GROUPED_BY, skew.attribute)},
        values={name: data.values[name] for name in (GROUPED_BY, skew.attribute)},
        held_out=np.arange(len(everything)) >= len(rows),
        origin=data.origin,
        licence=data.licence,
    )


def load_skewed(report: Report = without_progress) -> Dataset:
    """The avatars of which nine in ten have glasses with the dark tones, and one in ten with the light."""
    return training_set(avatars.load(report), Skew())


def load_reweighed(report: Report = without_progress) -> Dataset:
    """The same pictures, weighted so that glasses do not depend on the skin."""
    return training_set(avatars.load(report), Skew(reweighed=True))
