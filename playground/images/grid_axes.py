"""The axes of a grid: a setting and its values, parsed from text. Samples nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import exact, to_ascii
from playground.core.validation import quoted
from playground.data.avatar_words import former_words
from playground.images.image_request import ANY, ImageRequest, parse_image_request
from playground.images.model_menu import ImageModelFacts, family_title, model_names
from playground.images.settings import FAMILY_SETTINGS, SETTINGS

MAX_VALUES = 10
MAX_VALUES_LENGTH = 1000
Value = int | float | str

_EXAMPLE_SEEDS = "0-4"
_RANGE = re.compile(r"\s*([0-9]{1,19})\s*[-–]\s*([0-9]{1,19})\s*")


@dataclass(frozen=True)
class GridAxis:
    """One setting with one to ten distinct valid values.

    setting: "seed", "model", one of the family's settings, or an attribute of the condition.
    """

    setting: str
    values: tuple[Value, ...]

    def headings(self) -> list[str]:
        """The values as text, as the grid shows them and parse_axis reads them."""
        return [str(value).removesuffix(".0") for value in self.values]


def axis_settings(facts: ImageModelFacts) -> tuple[str, ...]:
    """Settings that can be an axis: the seed, the family's settings, the attributes, the models of the data set."""
    has_siblings = bool(facts.dataset) and not facts.own and len(model_names(dataset=facts.dataset)) > 1
    return ("seed", *FAMILY_SETTINGS[facts.kind], *facts.attributes, *(("model",) if has_siblings else ()))


def axis_choices(facts: ImageModelFacts, setting: str) -> tuple[str, ...]:
    """The values of a categorical setting; empty for a number."""
    if setting == "model":
        return tuple(model_names(dataset=facts.dataset))
    if setting in facts.attributes:
        return (*facts.attributes[setting], ANY)
    return SETTINGS[setting].choices if setting in SETTINGS else ()


def example_values(facts: ImageModelFacts, setting: str) -> str:
    """Values to start with, as text."""
    words = axis_choices(facts, setting)
    if words:
        return ", ".join(words if setting not in facts.attributes else words[:5])
    if setting not in SETTINGS:
        return _EXAMPLE_SEEDS
    return ", ".join(
        to_ascii(exact(number)).replace(",", "") for number in SETTINGS[setting].examples
    )  # commas separate them


def parse_axis(facts: ImageModelFacts, setting: object, text: object, side: str) -> GridAxis:
    """The rows or columns of a grid.

    text: numbers and ranges, "1, 2, 4-7", or names; "all" for all names.  side: "rows" or "columns".
    Raises a PlaygroundError that names the wrong value and the right ones.
    """
    settings, title = axis_settings(facts), say(f"images.grid.{side}")
    if not isinstance(setting, str) or setting not in settings:
        names = {"setting": quoted(setting), "settings": ", ".join(settings)}
        raise PlaygroundError(say("images.grid.bad_setting", side=title, title=facts.title, **names))
    if not isinstance(text, str) or len(text) > MAX_VALUES_LENGTH:
        raise PlaygroundError(say("images.grid.bad_text", side=title, example=example_values(facts, setting)))
    choices = axis_choices(facts, setting)
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    values: list[Value] = []
    for part in parts:
        values += (
            _parse_choices(part, setting, choices) if choices else _parse_numbers(part, setting, facts.name, title)
        )
        _check_count(len(values), title)
    if not values:
        example = example_values(facts, setting)
        raise PlaygroundError(say("images.grid.no_values", side=title, setting=setting, example=example))
    axis = GridAxis(setting, tuple(values))
    for place, value in enumerate(values):
        if value in values[:place]:
            raise PlaygroundError(say("images.grid.repeated", side=title, value=axis.headings()[place]))
    return axis


def _check_count(count: int, side: str) -> None:
    if count > MAX_VALUES:
        raise PlaygroundError(say("images.grid.too_many", side=side, most=MAX_VALUES))


def _parse_numbers(part: str, setting: str, model: str, side: str) -> list[Value]:
    """The numbers in "4" or in a range "0-7", each valid as an ImageRequest's setting."""
    match = _RANGE.fullmatch(part)
    texts: Sequence[str] = [part]
    if match:
        first, last = int(match[1]), int(match[2])
        if last < first:
            raise PlaygroundError(say("images.grid.backwards", range=f"{first}-{last}", first=first, last=last))
        _check_count(last - first + 1, side)
        texts = [str(number) for number in range(first, last + 1)]
    numbers = [getattr(parse_image_request(model, {setting: text}), setting) for text in texts]
    return [number + 0.0 if isinstance(number, float) else number for number in numbers]  # -0 is 0


def _normalize(word: str) -> str:
    """Lower case without leading zeros: 1 is 01."""
    return word.casefold().lstrip("0") or word


def _parse_choices(part: str, setting: str, choices: Sequence[str]) -> list[Value]:
    """The values in "all", in one name, or in a range "01-04" in the order of the choices."""
    places = {_normalize(name): place for place, name in enumerate(choices)}
    for former, name in former_words(setting).items():
        places.setdefault(_normalize(former), places.get(_normalize(name), 0))
    if _normalize(part) == "all":
        return [name for name in choices if name != ANY]
    if _normalize(part) in places:
        return [choices[places[_normalize(part)]]]
    first, _, last = (end.strip() for end in part.partition("-"))
    if _normalize(first) in places and _normalize(last) in places:
        if places[_normalize(last)] < places[_normalize(first)]:
            raise PlaygroundError(say("images.grid.backwards", range=part, first=first, last=last))
        return list(choices[places[_normalize(first)] : places[_normalize(last)] + 1])
    words = ", ".join(choices)
    raise PlaygroundError(say("images.grid.bad_word", setting=setting, word=quoted(part), words=words))


def with_axis_value(
    request: ImageRequest, axis: GridAxis, index: int, attributes: Mapping[str, object]
) -> ImageRequest:
    """The request with the axis's value of that index. attributes: the model's, in their order."""
    value = axis.values[index]
    if axis.setting not in attributes:
        return request.changed(**{axis.setting: value})
    condition = {**request.condition, axis.setting: str(value)}
    return request.changed(condition={name: condition[name] for name in attributes if condition.get(name, ANY) != ANY})


def check_axes(rows: GridAxis, columns: GridAxis) -> None:
    """Raises PlaygroundError for axes that do not combine: the same setting, or the model and a family's setting."""
    settings = {rows.setting, columns.setting}
    if len(settings) == 1:
        raise PlaygroundError(say("images.grid.same_setting", setting=rows.setting))
    for family, names in FAMILY_SETTINGS.items():
        own = settings.intersection(names)
        if own and "model" in settings:
            raise PlaygroundError(say("images.grid.model_and_setting", family=family_title(family), setting=min(own)))
