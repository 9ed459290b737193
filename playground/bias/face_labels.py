"""Drawn faces: labels by two people and their agreement, and statistics of pixels alone.

No machine names a gender or a race here. Two visitors label the pictures separately, in their own words. Brightness and
colour are of whole pictures, background included.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.bias.image_audit import NAME
from playground.bias.inter_rater import FEWEST_SHARED, RaterAgreement, rater_agreement
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS, Measurement
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import percent
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, parse_seed, parse_text, quoted
from playground.images.image_request import ImageRequest
from playground.images.model_menu import image_model_facts
from playground.images.sampling import sample_images
from playground.images.settings import MAX_IMAGES
from playground.metrics.intervals import Interval, bootstrap, mean_interval, wilson

MODEL = "gan-faces"
RATERS = ("A", "B")
LABELS = ("smiling", "serious", "hard to tell")
FEWEST, MOST, MOST_LABELS, LONGEST_LABEL = 6, MAX_IMAGES, 3, 30
#: Number of faces measured, and the truncations compared; 0 is off.
MEASURED, TRUNCATIONS = 192, (0.0, 1.0, 0.5)


@dataclass(frozen=True)
class FacesRequest:
    """A checked request. truncation: in standard deviations, 0 is off.  labels: two or three words of the visitor's."""

    count: int = 24
    seed: int = 0
    truncation: float = 0.0
    labels: tuple[str, ...] = LABELS

    def recipe(self, sha256: str, marks: Sequence[str] = ("", ""), result: str = "") -> Recipe:
        """The recipe of the faces and their labels. marks: of both raters, a digit per face, "-" for no label."""
        settings: dict[str, Setting] = {
            "panel": NAME, "part": "faces", "count": self.count, "truncation": self.truncation,
            "labels": ", ".join(self.labels), "first": marks[0], "second": marks[1],
        }  # fmt: skip
        return Recipe("bias", MODEL, sha256, self.seed, settings, result)


@dataclass(frozen=True, eq=False)
class FaceImages:
    """The faces of a request. pictures: (count, 64, 64, 3) uint8."""

    request: FacesRequest
    weights_sha256: str
    pictures: NDArray[np.uint8]

    def recipe(self, marks: Sequence[str] = ("", "")) -> Recipe:
        """The recipe of the faces; its result is the CRC-32 of the pictures."""
        return self.request.recipe(self.weights_sha256, marks, f"{zlib.crc32(self.pictures.tobytes()):08x}")


def read_faces(count: object = 24, seed: object = 0, truncation: object = 0, labels: object = "") -> FacesRequest:
    """A checked request. labels: words separated by commas, or a list.

    Raises PlaygroundError for a value that is out of range.
    """
    faces = parse_int(count, FEWEST, MOST, say("bias_texts.image_bias.faces.count_range", fewest=FEWEST, most=MOST))
    sentence = say("bias_texts.image_bias.faces.truncation_range")
    limit = parse_number(truncation, sentence)
    if limit != 0 and not 0.05 <= limit <= 4:
        raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=quoted(truncation)))
    return FacesRequest(faces, parse_seed(seed), limit, read_label_words(labels))


def read_label_words(labels: object) -> tuple[str, ...]:
    """Two or three different words; LABELS if there are none.

    Raises PlaygroundError for another number of words, or a word longer than LONGEST_LABEL.
    """
    words = labels.split(",") if isinstance(labels, str) else list(labels) if isinstance(labels, (list, tuple)) else []
    name = say("bias_texts.image_bias.faces.label_name")
    texts = [parse_text(word, name, may_be_empty=True).strip() for word in words]
    different = tuple(dict.fromkeys(text for text in texts if text)) or LABELS
    if not 2 <= len(different) <= MOST_LABELS or max(map(len, different)) > LONGEST_LABEL:
        raise PlaygroundError(say("bias_texts.image_bias.faces.labels_wrong", most=LONGEST_LABEL, count=len(different)))
    return different


def draw_faces(request: FacesRequest) -> FaceImages:
    """Draws the faces. Raises PlaygroundError if the model cannot be loaded."""
    facts = image_model_facts(MODEL)
    return FaceImages(request, facts.weights_sha256, _draw(request.seed, request.count, request.truncation))


def _draw(seed: int, count: int, truncation: float) -> NDArray[np.uint8]:
    parts = []
    for start in range(0, count, MAX_IMAGES):
        request = ImageRequest(MODEL, min(MAX_IMAGES, count - start), seed + start, truncation=truncation)
        parts.append(next(iter(sample_images(request))).pictures)
    return np.concatenate(parts)


def read_marks(text: object, request: FacesRequest) -> dict[int, str]:
    """Picture -> label, from marks such as "1-23": a digit per face, "-" for no label.

    Raises PlaygroundError for marks that do not fit the request.
    """
    marks = str(text or "")
    allowed = "-" + "".join(str(number + 1) for number in range(len(request.labels)))
    if len(marks) > request.count or set(marks) - set(allowed):
        raise PlaygroundError(say("bias_texts.image_bias.faces.marks_wrong"))
    return {place: request.labels[int(mark) - 1] for place, mark in enumerate(marks) if mark != "-"}


@dataclass(frozen=True)
class LabelTally:
    """The labels counted. shares: (rater, label, share of the faces the rater labelled), in order."""

    shares: tuple[tuple[str, str, Interval], ...]
    agreement: RaterAgreement

    def summary(self) -> str:
        """The raters' agreement in a sentence."""
        both = self.agreement
        if both.same is None:
            return say("bias_texts.image_bias.faces.one_rater")
        agreement = say("bias_texts.image_bias.faces.agreement", count=both.shared, same=percent(both.same.value))
        return f"{agreement} {_kappa_sentence(both)}"

    def verdict(self) -> str:
        """Consistent if kappa is significantly above 0.5, depends if significantly below; else it cannot tell."""
        kappa = self.agreement.kappa
        # With equal labels on every face, the bootstrap has no spread and cannot estimate uncertainty.
        if kappa is None or kappa.low == kappa.high or kappa.low <= 0.5 <= kappa.high:
            return CANNOT_TELL
        return CONSISTENT if kappa.low > 0.5 else DEPENDS


def _kappa_sentence(both: RaterAgreement) -> str:
    if both.kappa is None:
        why = "few" if both.shared < FEWEST_SHARED else "one_label"
        return say(f"bias_texts.image_bias.faces.kappa_{why}")
    if both.kappa.low == both.kappa.high:
        return say("bias_texts.image_bias.faces.kappa_unsure", kappa=both.kappa.value)
    return say("bias_texts.image_bias.faces.kappa", kappa=both.kappa.value, low=both.kappa.low, high=both.kappa.high)


def tally_labels(first: dict[int, str], second: dict[int, str], labels: Sequence[str]) -> LabelTally:
    """Counts both raters' labels. Raises PlaygroundError if neither labelled anything."""
    if not first and not second:
        raise PlaygroundError(say("bias_texts.image_bias.faces.nothing_labelled"))
    shares = [
        (rater, label, wilson(sum(one == label for one in marks.values()), len(marks)))
        for rater, marks in zip(RATERS, (first, second), strict=True) if marks
        for label in labels
    ]  # fmt: skip
    return LabelTally(tuple(shares), rater_agreement(first, second))


def labelling_measurement(faces: FaceImages, tally: LabelTally, marks: Sequence[str]) -> Measurement:
    """The tally as a measurement for the session log. marks: of both raters."""
    columns = ("rater", "label", "share", "low", "high")
    rows = [tuple(say(f"bias_texts.columns.{name}") for name in columns)]
    for rater, label, share in tally.shares:
        rows.append((rater, label, f"{share.value:.4f}", f"{share.low:.4f}", f"{share.high:.4f}"))
    unit = "faces_of_both" if tally.agreement.shared else "rater_so_far"
    return Measurement(
        NAME, say("bias_texts.image_bias.faces.log_title"), tally.summary(), tally.verdict(),
        max(1, tally.agreement.shared), say(f"bias_texts.image_bias.faces.unit_{unit}"),
        say("bias_texts.image_bias.faces.method"), faces.recipe(marks), interval=tally.agreement.kappa,
        caveats=("drawn_people", "machine_gender"), rows=tuple(rows),
    )  # fmt: skip


@dataclass(frozen=True)
class PixelStatistics:
    """Pixel statistics of `count` faces at one truncation.

    brightness: mean luma, 0 to 255.  warmth: mean red minus mean blue, -255 to 255.  spread: standard deviation of the
    brightness between faces.
    """

    truncation: float
    count: int
    brightness: Interval
    warmth: Interval
    spread: Interval


def compare_truncations(seed: int) -> Iterator[PixelStatistics]:
    """Yields statistics for each truncation, with the same seeds. The training data is not here to compare with."""
    for truncation in TRUNCATIONS:
        yield pixel_statistics(_draw(seed, MEASURED, truncation), truncation)


def describe_spread(statistics: Sequence[PixelStatistics]) -> str:
    """Whether faces differ less in brightness at the strongest truncation than without: only if no interval touches."""
    off = next(one for one in statistics if not one.truncation)
    strongest = min((one for one in statistics if one.truncation), key=lambda one: one.truncation)
    values = {"off": off.spread.value, "truncation": strongest.truncation, "spread": strongest.spread.value}
    form = "narrower" if strongest.spread.high < off.spread.low else "alike"
    return say(f"bias_texts.image_bias.faces.spread_{form}", **values)


def pixel_statistics(pictures: NDArray[np.uint8], truncation: float = 0.0) -> PixelStatistics:
    """Brightness and colour of pictures, (N, H, W, 3) uint8.

    Luma: 0.2126 R + 0.7152 G + 0.0722 B of the stored values, ITU-R BT.709.
    """
    means = pictures.astype(np.float64).mean((1, 2))  # (N, 3)
    luma = means @ np.array([0.2126, 0.7152, 0.0722])
    unit = say("bias_texts.unit.faces")
    spread = bootstrap(lambda chosen: float(luma[chosen].std(ddof=1)), len(luma))
    return PixelStatistics(
        truncation, len(luma), mean_interval(luma, unit), mean_interval(means[:, 0] - means[:, 2], unit), spread
    )  # fmt: skip
