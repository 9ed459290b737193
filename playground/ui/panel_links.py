"""Which panel a link or a downloaded file belongs to, by the names of today and those before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file, from_query
from playground.core.validation import parse_choice, quoted
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.panel_protocol import Panel, PanelTab

LARGEST_FILE = 64 << 20


def panel_names(panels: Sequence[Any]) -> dict[str, str]:
    """Every name that a link may call a panel by -> its name. panels: Panel instances, or panel modules."""
    found: dict[str, str] = {}
    for panel in panels:
        name = panel.name if isinstance(panel, Panel) else panel.NAME
        former = panel.former_names if isinstance(panel, Panel) else getattr(panel, "FORMER_NAMES", ())
        found |= {called: name for called in (name, *former)}
    return found


def script_data(tab: str, modules: Sequence[Any], former_keys: Sequence[str] = ()) -> dict[str, Any]:
    """What page.js has to know of a tab: its first panel, the panels' names and the settings that name one."""
    return {tab: {"first": modules[0].NAME, "names": panel_names(modules), "keys": ["panel", *former_keys]}}


def read_panel(
    recipe: Recipe, names: Mapping[str, str], *, needs_panel: bool = False, former_keys: Sequence[str] = ()
) -> Recipe:
    """The recipe with its panel's present name as the setting "panel".

    names: see panel_names; the first panel is the default, unless needs_panel.
    former_keys: settings that named the panel before; they are left out.
    Raises PlaygroundError for a panel that there is not.
    """
    settings = dict(recipe.settings)
    found = [settings.pop(key) for key in ("panel", *former_keys) if key in settings]
    asked = next((value for value in found if value not in ("", None)), "")
    if asked not in names:
        if asked or needs_panel:
            parse_choice(asked, list(dict.fromkeys(names.values())), "panel")
        asked = next(iter(names))
    return replace(recipe, settings={**settings, "panel": names[str(asked)]})


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and recipe.settings.get("panel") == name


def open_link(asked: Mapping[str, str], tab: PanelTab, names: Mapping[str, str]) -> Update:
    """{"tabs", "front", "pending"} as a link says, or {"notice"}; {} if it is another tab's or holds no recipe.

    Without "tabs" if the link names no panel: the first is in front, unless the visitor has turned to another already.
    asked: the query's names and values. Each tab has a page of its own: a link with a panel need not name the tab.
    """
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    signs = {"panel", tab.former_sign, *tab.former_keys}
    is_ours = query["tab"] == tab.name if "tab" in query else bool(signs & query.keys())
    if not is_ours or not {*query} - {"tab"}:
        return {}
    try:
        update = _opened(from_query({"tab": tab.name, **query}), tab, names)
    except PlaygroundError as error:
        return {"notice": messages.cannot_follow(error)}
    names_panel = any(query.get(key) for key in ("panel", *tab.former_keys))
    return {name: value for name, value in update.items() if name != "tabs" or names_panel}


def _opened(recipe: Recipe, tab: PanelTab, names: Mapping[str, str]) -> Update:
    recipe = read_panel(recipe, names, needs_panel=tab.needs_panel, former_keys=tab.former_keys)
    name = str(recipe.settings["panel"])
    return {"tabs": gr.Tabs(selected=name), "front": name, "pending": recipe}


def open_file(
    path: str | None, tab: PanelTab, names: Mapping[str, str], read_file: Callable[[bytes], Recipe] = from_file
) -> Update:
    """{"tabs", "front", "pending"} as the recipe in a file says, or {"pending", "notice"} if it is not valid."""
    try:
        if path is None:
            raise PlaygroundError("Choose a file that was downloaded from this page.")
        with open(path, "rb") as file:
            recipe = read_file(file.read(LARGEST_FILE))
        if recipe.tab not in ("", tab.name):
            raise PlaygroundError(f"This file was made by another tab, {quoted(recipe.tab)}: open it there.")
        return _opened(recipe, tab, names)
    except PlaygroundError as error:
        return {"pending": None, "notice": messages.error_notice(error)}
