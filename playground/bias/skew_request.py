"""A request to train on skewed data: the attribute, its share in each group, the number of steps."""

from __future__ import annotations

from dataclasses import dataclass

from playground.bias.image_audit import NAME
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_bool, parse_choice, parse_int, parse_number, parse_seed, quoted
from playground.data.skewed import ATTRIBUTES, COUNT, DARK, LIGHT, Skew

__all__ = [
    "ATTRIBUTES",
    "BUNDLED",
    "COUNT",
    "DARK",
    "LIGHT",
    "STEPS",
    "TRAINED_HERE",
    "SkewRequest",
    "read_skew_request",
]
#: Bundled models: whether trained on reweighed data -> name.
BUNDLED = {False: "vae-avatars-skewed", True: "vae-avatars-reweighed"}
#: The model of a training on the page, in recipes.
TRAINED_HERE = "vae-trained-here"
FEWEST_STEPS, MOST_STEPS, STEPS = 50, 3000, 800
FEWEST, MOST = 100, 5000


@dataclass(frozen=True)
class SkewRequest:
    """A checked request. steps: of the training; 0 for the bundled models.

    count: pictures drawn at the end.  seed: of the training and of the drawn pictures.
    """

    skew: Skew
    steps: int = STEPS
    count: int = 1000
    seed: int = 0

    def name(self) -> str:
        """The model's name in the recipe."""
        return BUNDLED[self.skew.reweighed] if not self.steps else TRAINED_HERE

    def recipe(self, sha256: str = "", result: str = "") -> Recipe:
        """The recipe of this request."""
        skew = self.skew
        settings: dict[str, Setting] = {
            "panel": NAME, "part": "skew", "attribute": skew.attribute, "dark": skew.dark, "light": skew.light,
            "reweighed": skew.reweighed, "steps": self.steps, "count": self.count,
        }  # fmt: skip
        return Recipe("bias", self.name(), sha256, self.seed, settings, result)


def read_skew_request(
    attribute: object = "glasses", dark: object = 0.9, light: object = 0.1, reweighed: object = False,
    steps: object = STEPS, count: object = 1000, seed: object = 0,
) -> SkewRequest:  # fmt: skip
    """A checked request. dark, light: shares, 0 to 1.  steps: 0 for the bundled models.

    Raises PlaygroundError for a value that is out of range.
    """
    seed = parse_seed(seed)
    skew = Skew(
        parse_choice(attribute, ATTRIBUTES, "attribute"),
        _share(dark, say("bias_texts.image_bias.skew.dark_range")),
        _share(light, say("bias_texts.image_bias.skew.light_range")), 0,
        parse_bool(reweighed, "reweighed"),
    )  # fmt: skip
    number = parse_int(count, FEWEST, MOST, say("bias_texts.image_bias.count_range", fewest=FEWEST, most=MOST))
    if str(steps) in ("0", "0.0"):
        if skew.plain() != Skew():
            raise PlaygroundError(say("bias_texts.image_bias.skew.only_bundled"))
        return SkewRequest(skew, 0, number, seed)
    sentence = say("bias_texts.image_bias.skew.steps_range", fewest=FEWEST_STEPS, most=MOST_STEPS)
    return SkewRequest(skew, parse_int(steps, FEWEST_STEPS, MOST_STEPS, sentence), number, seed)


def _share(value: object, sentence: str) -> float:
    number = parse_number(value, sentence)
    if not 0 <= number <= 1:
        raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=quoted(value)))
    return number
