"""The request for a training on skewed data: the attribute, its share in each group, and the number of steps."""

from __future__ import annotations

from dataclasses import dataclass

from playground.bias.image_audit import NAME
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int, parse_number, parse_seed, quoted
from playground.data.skewed import ATTRIBUTES, COUNT, DARK, LIGHT, Skew

__all__ = ["ATTRIBUTES", "COUNT", "DARK", "LIGHT", "STEPS", "SkewRequest", "read_skew_request"]
#: The models that come with the playground: what is reweighed or not -> name.
BUNDLED = {False: "vae-avatars-skewed", True: "vae-avatars-reweighed"}
FEWEST_STEPS, MOST_STEPS, STEPS = 50, 3000, 800
FEWEST, MOST = 100, 5000


@dataclass(frozen=True)
class SkewRequest:
    """What is asked for. steps: of the training; 0 for the models that come with the playground.

    count: pictures drawn at the end.  seed: of the training and of the pictures that are drawn.
    """

    skew: Skew
    steps: int = STEPS
    count: int = 1000
    seed: int = 0

    def name(self) -> str:
        """The model, for the recipe."""
        return BUNDLED[self.skew.reweighed] if not self.steps else "vae-trained-here"

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

    Raises PlaygroundError that says what is right.
    """
    seed = parse_seed(seed)
    skew = Skew(
        parse_choice(attribute, ATTRIBUTES, "attribute"), _share(dark, "dark"), _share(light, "light"), 0,
        str(reweighed).lower() in ("true", "1"),
    )  # fmt: skip
    sentence = f"The number of pictures must be a whole number from {FEWEST} to {MOST:,}"
    number = parse_int(count, FEWEST, MOST, sentence)
    asked = f"The steps must be 0 (the models that come along) or a whole number from {FEWEST_STEPS} to {MOST_STEPS:,}"
    if str(steps) in ("0", "0.0"):
        if skew.plain() != Skew():
            raise PlaygroundError(
                "The models that come along were trained on glasses, 90 % of dark and 10 % of light skin tones: set "
                "the sliders so, or train one here."
            )
        return SkewRequest(skew, 0, number, seed)
    return SkewRequest(skew, parse_int(steps, FEWEST_STEPS, MOST_STEPS, asked), number, seed)


def _share(value: object, group: str) -> float:
    sentence = f"The share among the {group} skin tones must be between 0 and 1 (0.9 is 90 %)"
    number = parse_number(value, sentence)
    if not 0 <= number <= 1:
        raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
    return number
