"""Drawn faces: what people say of them, and what can be measured without saying anything of people.

No machine names a gender or a race here. Visitors label the pictures in their own words, two of them apart from each
other, and how far they agree is counted. Brightness and colour are of pixels, background included.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.bias.image_audit import NAME
from playground.bias.inter_rater import RaterAgreement, rater_agreement
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS, Measurement
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, parse_seed, parse_text, quoted
from playground.images.image_request import MAX_IMAGES, ImageRequest
from playground.images.model_menu import image_model_facts
from playground.images.sampling import sample_images
from playground.metrics.intervals import Interval, bootstrap, mean_interval, wilson

MODEL = "gan-faces"
RATERS = ("A", "B")
LABELS = ("smiling", "serious", "hard to tell")
FEWEST, MOST, MOST_LABELS, LONGEST_LABEL = 6, MAX_IMAGES, 3, 30
#: Faces whose brightness and colour are taken, and the truncations that are compared; 0 is off.
MEASURED, TRUNCATIONS = 192, (0.0, 1.0, 0.5)


@dataclass(frozen=True)
class FacesRequest:
    """What is asked for. truncation: 0 is off.  labels: up to three words of the visitor's own."""

    count: int = 24
    seed: int = 0
    truncation: float = 0.0
    labels: tuple[str, ...] = LABELS

    def recipe(self, sha256: str, marks: Sequence[str] = ("", ""), result: str = "") -> Recipe:
        """What draws the same faces, with what the raters said of them: a digit a face, "-" where they said nothing."""
        settings: dict[str, Setting] = {
            "panel": NAME, "part": "faces", "count": self.count, "truncation": self.truncation,
            "labels": ", ".join(self.labels), "first": marks[0], "second": marks[1],
        }  # fmt: skip
        return Recipe("bias", MODEL, sha256, self.seed, settings, result)


@dataclass(frozen=True, eq=False)
class FaceImages:
    """pictures: (count, 64, 64, 3) uint8."""

    request: FacesRequest
    weights_sha256: str
    pictures: NDArray[np.uint8]

    def recipe(self, marks: Sequence[str] = ("", "")) -> Recipe:
        """What draws them again, with a fingerprint of the pictures."""
        return self.request.recipe(self.weights_sha256, marks, f"{zlib.crc32(self.pictures.tobytes()):08x}")


def read_faces(count: object = 24, seed: object = 0, truncation: object = 0, labels: object = "") -> FacesRequest:
    """A checked request. labels: words with commas between, or a list. Raises PlaygroundError for any other."""
    sentence = f"The number of faces must be a whole number from {FEWEST} to {MOST}"
    asked = "Truncation must be 0 (off) or 0.05 to 4 standard deviations"
    limit = parse_number(truncation, asked)
    if limit != 0 and not 0.05 <= limit <= 4:
        raise PlaygroundError(f"{asked}; it was {quoted(truncation)}.")
    return FacesRequest(parse_int(count, FEWEST, MOST, sentence), parse_seed(seed), limit, read_label_words(labels))


def read_label_words(labels: object) -> tuple[str, ...]:
    """Two or three different words; LABELS if there are none. Raises PlaygroundError for another number of them."""
    words = labels.split(",") if isinstance(labels, str) else list(labels) if isinstance(labels, (list, tuple)) else []
    texts = [parse_text(word, "label", may_be_empty=True).strip() for word in words]
    found = tuple(dict.fromkeys(text for text in texts if text)) or LABELS
    if not 2 <= len(found) <= MOST_LABELS or max(map(len, found)) > LONGEST_LABEL:
        raise PlaygroundError(
            f"Write two or three different labels of at most {LONGEST_LABEL} characters, with commas between; "
            f"there are {len(found)}."
        )
    return found


def draw_faces(request: FacesRequest) -> FaceImages:
    """The faces. Raises PlaygroundError if the model cannot be had."""
    facts = image_model_facts(MODEL)
    return FaceImages(request, facts.weights_sha256, _draw(request.seed, request.count, request.truncation))


def _draw(seed: int, count: int, truncation: float) -> NDArray[np.uint8]:
    parts = []
    for start in range(0, count, MAX_IMAGES):
        asked = ImageRequest(MODEL, min(MAX_IMAGES, count - start), seed + start, truncation=truncation)
        parts.append(next(iter(sample_images(asked))).pictures)
    return np.concatenate(parts)


def read_marks(text: object, request: FacesRequest) -> dict[int, str]:
    """Picture -> label, of "1-23": a digit for each face, "-" for none. What does not fit is refused."""
    marks = str(text or "")
    allowed = "-" + "".join(str(number + 1) for number in range(len(request.labels)))
    if len(marks) > request.count or set(marks) - set(allowed):
        raise PlaygroundError("These labels do not belong to these faces: label them again.")
    return {place: request.labels[int(mark) - 1] for place, mark in enumerate(marks) if mark != "-"}


@dataclass(frozen=True)
class LabelTally:
    """shares: (rater, label, its share of what the rater labelled), in order.  agreement: how far both agree."""

    shares: tuple[tuple[str, str, Interval], ...]
    agreement: RaterAgreement

    def summary(self) -> str:
        """Agreement in a sentence."""
        both = self.agreement
        if both.same is None:
            return "No face has been labelled by both raters yet: let a second person label the same faces as rater B."
        told = f"Both labelled {both.shared} faces and gave {both.same.value:.0%} of them the same label"
        if both.kappa is None:
            why = "too few faces" if both.shared < 5 else "everything got one and the same label"
            return f"{told}; Cohen’s kappa cannot be told ({why})."
        if both.kappa.low == both.kappa.high:
            return f"{told}; Cohen’s kappa is {both.kappa.value:.2f}, from too few faces to say how sure that is."
        return f"{told}; Cohen’s kappa is {both.kappa.value:.2f} ({both.kappa.low:.2f} to {both.kappa.high:.2f})."

    def verdict(self) -> str:
        """Consistent if the raters surely agree in more than half of what chance leaves; else it depends on who."""
        kappa = self.agreement.kappa
        # Where every face got equal labels, drawing faces again tells nothing of the chance of another answer.
        if kappa is None or kappa.low == kappa.high or kappa.low <= 0.5 <= kappa.high:
            return CANNOT_TELL
        return CONSISTENT if kappa.low > 0.5 else DEPENDS


def tally_labels(first: dict[int, str], second: dict[int, str], labels: Sequence[str]) -> LabelTally:
    """What both raters said. Raises PlaygroundError if neither labelled anything."""
    if not first and not second:
        raise PlaygroundError("Nothing is labelled yet: choose a face and press 1, 2 or 3.")
    shares = [
        (rater, label, wilson(sum(one == label for one in marks.values()), len(marks)))
        for rater, marks in zip(RATERS, (first, second), strict=True) if marks
        for label in labels
    ]  # fmt: skip
    return LabelTally(tuple(shares), rater_agreement(first, second))


def labelling_measurement(faces: FaceImages, made: LabelTally, marks: Sequence[str]) -> Measurement:
    """The tally as it enters the session log."""
    rows = [("rater", "label", "share", "low", "high")]
    rows += [(who, label, f"{one.value:.4f}", f"{one.low:.4f}", f"{one.high:.4f}") for who, label, one in made.shares]
    return Measurement(
        NAME, "Faces, labelled by hand", made.summary(), made.verdict(), max(1, made.agreement.shared),
        "faces that both labelled" if made.agreement.shared else "rater so far",
        "two people’s labels in words of their own; the interval is of Cohen’s kappa",
        faces.recipe(marks), interval=made.agreement.kappa,
        caveats=("drawn_people", "machine_gender"), rows=tuple(rows),
    )  # fmt: skip


@dataclass(frozen=True)
class PixelStatistics:
    """What pixels tell of `count` faces at one truncation.

    brightness: mean luma, 0 to 255.  warmth: mean red minus mean blue, -255 to 255.  spread: standard deviation of the
    brightness between faces.
    """

    truncation: float
    count: int
    brightness: Interval
    warmth: Interval
    spread: Interval


def compare_truncations(seed: int) -> Iterator[PixelStatistics]:
    """One for each truncation, of the same seeds. There is no training data here to compare with."""
    for truncation in TRUNCATIONS:
        yield pixel_statistics(_draw(seed, MEASURED, truncation), truncation)


def pixel_statistics(pictures: NDArray[np.uint8], truncation: float = 0.0) -> PixelStatistics:
    """pictures: (N, H, W, 3) uint8. Luma: 0.2126 R + 0.7152 G + 0.0722 B of the stored values, ITU-R BT.709."""
    means = pictures.astype(np.float64).mean((1, 2))  # (N, 3)
    luma = means @ np.array([0.2126, 0.7152, 0.0722])
    spread = bootstrap(lambda chosen: float(luma[chosen].std(ddof=1)), len(luma))
    return PixelStatistics(
        truncation, len(luma), mean_interval(luma, "faces"), mean_interval(means[:, 0] - means[:, 2], "faces"), spread
    )  # fmt: skip
