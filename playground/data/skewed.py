"""Training data skewed on purpose: avatars where one group of skin tones has glasses, beards or hats more often.

The groups are the data's eight tones, split into halves by name: tones of paint, not of people.
Reweighing: Kamiran & Calders 2012, Knowledge and Information Systems 33(1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.data import avatars
from playground.data.dataset import Dataset

ATTRIBUTES = ("glasses", "beard", "hat")
GROUPED_BY = "skin"
LIGHT = ("lightest", "very light", "light", "light tan")
DARK = ("tan", "brown", "dark brown", "darkest")
#: Pictures in a skewed set, half from each group, and rows in a reweighed set.
COUNT, REWEIGHED = 4000, 20_000
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Skew:
    """A skew. attribute: one of ATTRIBUTES.  dark, light: the share of each group that has it, 0 to 1.

    seed: of the choice of pictures.  reweighed: whether weights in training remove the skew.
    """

    attribute: str = "glasses"
    dark: float = 0.9
    light: float = 0.1
    seed: int = 0
    reweighed: bool = False

    def words(self) -> str:
        """The skew in words."""
        values = {"attribute": self.attribute, "dark": self.dark, "light": self.light}
        return say("data.skew.words_reweighed", **values) if self.reweighed else say("data.skew.words", **values)

    def plain(self) -> Skew:
        """The same skew without reweighing."""
        return replace(self, reweighed=False)


def is_dark(labels: Rows) -> NDArray[np.bool_]:
    """(N,) whether each skin label is one of the four darker tones."""
    tones = avatars.values()[GROUPED_BY]
    return np.isin(labels, [index for index, word in enumerate(tones) if word in DARK])


def cells(table: Rows, names: list[str], attribute: str) -> Rows:
    """(N,) cell of each picture from labels (N, A): 0 light without, 1 light with, 2 dark without, 3 dark with."""
    dark = is_dark(table[:, names.index(GROUPED_BY)])
    return 2 * dark.astype(np.int64) + (table[:, names.index(attribute)] > 0)


def gap_of(shares: NDArray[np.float64]) -> float:
    """Share with the attribute among dark tones minus that among light ones. shares: (4,) of the cells.

    nan if a group is empty.
    """
    light, dark = shares[0] + shares[1], shares[2] + shares[3]
    return float(shares[3] / dark - shares[1] / light) if light > 0 and dark > 0 else float("nan")


def skewed_rows(data: Dataset, skew: Skew) -> Rows:
    """(COUNT,) training rows with the skew's shares, fixed by its seed; rows repeat if there are too few."""
    random = np.random.default_rng(skew.seed)
    train = data.train_rows()
    kinds = cells(data.attribute_table()[train], list(data.values), skew.attribute)
    half = COUNT // 2
    light, dark = round(half * skew.light), round(half * skew.dark)
    counts = (half - light, light, half - dark, dark)
    return np.concatenate(
        [np.resize(random.permutation(train[kinds == kind]), count) for kind, count in enumerate(counts)]
    )


def reweighing(kinds: Rows) -> NDArray[np.float64]:
    """(N,) weights that make the attribute independent of the group. kinds: (N,) cells.

    W = P(group) P(attribute) / P(group and attribute): the weighted gap is 0, and the shares of groups and attribute do
    not change. Raises PlaygroundError if a cell that needs weight has no picture.
    """
    counts = np.bincount(kinds, minlength=4).reshape(2, 2).astype(np.float64)  # (group, attribute)
    total = counts.sum()
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / total
    if ((counts == 0) & (expected > 0)).any():
        raise PlaygroundError(say("data.skew.no_weights"))
    weights: NDArray[np.float64] = (expected / np.where(counts, counts, 1.0)).ravel()[kinds]
    return weights


def reweighed_rows(rows: Rows, kinds: Rows) -> Rows:
    """About REWEIGHED rows, each repeated in proportion to its weight.

    Drawing uniformly from them is drawing from `rows` by weight. Within a cell the repeats of any two rows differ by at
    most one. The order is shuffled, with a fixed seed, so that the first rows include every cell.
    """
    weights = reweighing(kinds)
    parts = []
    for kind in np.unique(kinds):
        own = rows[kinds == kind]
        parts.append(np.resize(own, round(REWEIGHED * float(weights[kinds == kind].sum()) / len(rows))))
    shuffled: Rows = np.random.default_rng(0).permutation(np.concatenate(parts))
    return shuffled


def training_set(data: Dataset, skew: Skew) -> Dataset:
    """The pictures for training on this skew, with repeats, and labels for skin and attribute only.

    data: the avatars. Their held-out pictures stay held out.
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
    """Avatars where 90 % of dark tones and 10 % of light tones have glasses."""
    return training_set(avatars.load(report), Skew())


def load_reweighed(report: Report = without_progress) -> Dataset:
    """The same pictures, weighted so that glasses do not depend on skin."""
    return training_set(avatars.load(report), Skew(reweighed=True))
