"""A setting as one entry of a table, from which its control, links, recipes, endpoints and documentation follow.

It knows no area and no page: each area has a table of its own settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, make_dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import exact
from playground.core.validation import parse_number, quoted


@dataclass(frozen=True)
class Setting:
    """One setting, by its name in recipes, links and the API.

    default: of new results; its type says what values are: float, int (whole numbers), bool or str.
    off: the value at which it does nothing, valid even out of range; None for a setting that is never off.
    lowest, highest: allowed. above_lowest: the lowest value itself is not.
    slider: (lowest, highest, step), None for a box.  examples: numbers to begin with, for a menu or the axis of a grid.
    choices: all valid values, where they are few.  titles: the title of a choice.
    parse: for text, returns its normal form or raises PlaygroundError.
    hot: it may change during a training.
    label, info: keys of the catalogue, for the control's label and the sentence below it.
    """

    name: str
    default: Any
    off: Any = None
    lowest: float = 0.0
    highest: float = 1.0
    above_lowest: bool = False
    slider: tuple[float, float, float] | None = None
    examples: tuple[float, ...] = ()
    choices: tuple[Any, ...] = ()
    titles: Callable[[Any], str] = str
    parse: Callable[[object], str] | None = None
    hot: bool = False
    label: str = ""
    info: str = ""

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return isinstance(self.default, int)

    def read(self, value: object) -> Any:
        """The validated value. Raises PlaygroundError with the name, what is allowed and the value that was wrong."""
        if self.parse is not None:
            return self.parse(value)
        if self.choices:
            return self._read_choice(value)
        rule = self.rule()
        number = parse_number(value, rule)
        in_range = self.lowest <= number <= self.highest and not (self.above_lowest and number == self.lowest)
        if not (in_range or number == self.off) or (self.whole and number != int(number)):
            raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(value)))
        return int(number) if self.whole else number

    def _read_choice(self, value: object) -> Any:
        for choice in self.choices:
            if choice == value and isinstance(value, bool) == isinstance(choice, bool):
                return choice
        raise PlaygroundError(say("shared.invalid.value", rule=self.rule(), value=quoted(value)))

    def title(self) -> str:
        """The label on the page, with the name in recipes and calls where that is another: "Learning rate (rate)"."""
        label = say(self.label) if self.label else self.name
        is_name = label.lower().replace(" ", "_").replace("-", "_") == self.name
        return label if is_name else say("settings.rules.title", label=label, name=self.name)

    def rule(self) -> str:
        """The allowed values, as the beginning of a sentence."""
        if self.choices:
            words = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in self.choices]
            return say("shared.invalid.choice", name=self.title(), choices=", ".join(words))
        form = "whole" if self.whole else "above" if self.above_lowest else "between"
        limits = {"lowest": exact(self.lowest), "highest": exact(self.highest)}
        rule = say(f"settings.rules.{form}", name=self.title(), **limits)
        return rule if self.off is None else say("settings.rules.off", rule=rule, off=exact(self.off))


def short_text(name: str, most: int) -> Callable[[object], str]:
    """For Setting.parse: a text of at most `most` characters, and no lone surrogate."""

    def parse(value: object) -> str:
        if isinstance(value, str) and len(value) <= most and not any("\ud800" <= one <= "\udfff" for one in value):
            return value
        rule = say("settings.rules.text", name=name, most=most)
        raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(value)))

    return parse


def by_name(settings: Sequence[Setting]) -> dict[str, Setting]:
    """Name -> setting, in their order."""
    return {item.name: item for item in settings}


def settings_class(name: str, doc: str, module: str, settings: Mapping[str, Setting], base: type = object) -> Any:
    """A frozen dataclass with a field for each setting and its default, after those of a frozen dataclass `base`.

    module: where it is assigned under its name.
    """
    fields: list[tuple[str, Any, Field[Any]]] = [
        (item.name, type(item.default), field(default=item.default)) for item in settings.values()
    ]
    return make_dataclass(name, fields, bases=(base,), frozen=True, namespace={"__doc__": doc, "__module__": module})
