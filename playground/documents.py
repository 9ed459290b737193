"""The parts of the documents that follow from tables: settings and endpoints.

`python -m playground.documents` writes them again, each between its two marks, after any change of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter
from pathlib import Path

from playground.core.catalogue import say
from playground.core.numbers import exact
from playground.core.paths import PACKAGE
from playground.core.settings import Setting
from playground.experiments.finetune_request import FIELDS as FINE_TUNING
from playground.experiments.image_model import FIELDS as IMAGE_MODELS
from playground.experiments.language_model import FIELDS as LANGUAGE
from playground.experiments.toy_2d import FIELDS as TOY_2D
from playground.images.model_menu import family_title
from playground.images.settings import FAMILY_SETTINGS, TEXT_TO_IMAGE
from playground.language.sampling.table import ORDER, SETTINGS, STAGES
from playground.page import TABS
from playground.panels.endpoints import endpoints
from playground.ui.endpoint import Endpoint

ROOT = PACKAGE.parent
_SAMPLER_LINK = "the [settings of the sampler](text.md#the-samplers-settings)"
#: A longer default is not spelled out.
_LONGEST_DEFAULT = 40


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    first, *others = (f"| {' | '.join(cells)} |".replace("  ", " ") for cells in (heads, *rows))
    return "\n".join([first, "|---" * len(heads) + "|", *others])


def sampler_settings() -> str:
    """The sampler's settings, in the order of their stages."""
    rows = []
    for stage in STAGES:
        for setting in stage.settings:
            info = say(f"sampler.settings.{setting.name}.info")
            source = stage.source if setting is stage.settings[0] else ""
            rows.append((f"`{setting.name}`", _values(setting), _default(setting), info, source))
    order = "Names of stages in another order, joined by commas. A stage that is not named follows the one above it."
    rows.append((f"`{ORDER}`", "text", _default(SETTINGS[ORDER]), order, ""))
    return _table(("setting", "values", "default", "what it does", "source"), rows)


def image_settings() -> str:
    """The settings of image models, by family."""
    families = {family_title(family): settings for family, settings in FAMILY_SETTINGS.items()}
    families[say("images.text_to_image.title")] = TEXT_TO_IMAGE
    rows = (
        (title, f"`{setting.name}`", _values(setting), _default(setting), say(setting.info or setting.label))
        for title, settings in families.items()
        for setting in settings.values()
    )
    return _table(("family", "setting", "values", "default", "what it does"), rows)


def training_settings() -> str:
    """The settings of trainings, with the families that have them."""
    areas: Mapping[str, Mapping[str, Mapping[str, Setting]]] = {
        "toy_2d": TOY_2D, "image_model": IMAGE_MODELS,
        "language_model": {"": LANGUAGE}, "fine_tuning": {"": FINE_TUNING},
    }  # fmt: skip
    rows: dict[tuple[str, ...], list[str]] = {}
    for area, families in areas.items():
        for family, settings in families.items():
            for setting in settings.values():
                hot = "yes" if setting.hot else ""
                title = say(f"train.{area}.title")
                row = title, f"`{setting.name}`", _values(setting), _default(setting), hot
                rows.setdefault(row, []).append(family)
    cells = (
        (title, ", ".join(family for family in families if family), *others)
        for (title, *others), families in rows.items()
    )
    return _table(("panel", "families", "setting", "values", "default", "changes during a run"), cells)


def _values(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{_text(choice)}`" for choice in setting.choices)
    if isinstance(setting.default, str):
        return "text"
    lowest = exact(setting.lowest)
    limits = f"{f'above {lowest}' if setting.above_lowest else lowest} to {exact(setting.highest)}"
    return f"{'whole, ' if setting.whole else ''}{limits}"


def _default(setting: Setting) -> str:
    if isinstance(setting.default, str | bool):
        return f"`{_text(setting.default)}`" if setting.default != "" else "empty"
    return exact(setting.default) + (" (off)" if setting.default == setting.off else "")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def endpoint_table() -> str:
    """The endpoints, with their parameters and what their functions' docstrings say."""
    rows = (
        (f"`/{one.name}`", ", ".join(_parameters(one)), " ".join(one.description.replace("|", "\\|").split()))
        for tab in TABS
        for one in endpoints(tab.NAME)
    )
    return _table(("endpoint", "parameters", "what it does, takes and returns"), rows)


def _parameters(one: Endpoint) -> Iterator[str]:
    """The parameters with their defaults, as in a call of Python; those of the sampler's table as a link."""
    of_sampler = set(one.parameters) >= set(SETTINGS)
    for name, parameter in one.parameters.items():
        if not (of_sampler and name in SETTINGS):
            text = "" if parameter.default is Parameter.empty else f"={_literal(parameter.default)}"
            yield f"`{name}{text}`"
    if of_sampler:
        yield _SAMPLER_LINK


def _literal(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_DEFAULT else "…"


def endpoint_names() -> str:
    """The names of the endpoints by tab."""
    rows = (
        (say(f"shared.tabs.{tab.NAME}"), ", ".join(f"`/{one.name}`" for one in endpoints(tab.NAME))) for tab in TABS
    )
    return _table(("tab", "endpoints"), rows)


#: (document, the part's mark) -> what writes the part.
PARTS: Mapping[tuple[str, str], Callable[[], str]] = {
    ("README.md", "endpoints"): endpoint_names,
    ("docs/api.md", "endpoints"): endpoint_table,
    ("docs/images.md", "settings"): image_settings,
    ("docs/text.md", "sampler settings"): sampler_settings,
    ("docs/train.md", "settings"): training_settings,
}


def written(document: str) -> str:
    """A document's text with its parts as they should be. Raises ValueError if a mark is missing."""
    text = (ROOT / document).read_text("utf-8")
    for (owner, mark), write in PARTS.items():
        if owner == document:
            begin, end = f"<!-- {mark}: begin -->\n", f"<!-- {mark}: end -->"
            start = text.index(begin) + len(begin)
            text = text[:start] + write() + "\n" + text[text.index(end, start) :]
    return text


if __name__ == "__main__":
    for path in dict.fromkeys(owner for owner, _ in PARTS):
        Path(ROOT / path).write_text(written(path), "utf-8")
