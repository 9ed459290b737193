"""Which panel a link or a downloaded file belongs to, by present and former names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting, from_file, from_query
from playground.core.validation import parse_choice, quoted
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.panel_protocol import Panel, PanelTab

LARGEST_FILE = 64 << 20
#: Unknown settings of a link that are named.
_MOST_NAMED = 3
#: The element id of the row that holds a page's tab.
PAGE_TABS = "page-tabs"


def panel_names(panels: Sequence[Any]) -> dict[str, str]:
    """Every name that a link may call a panel by -> its name. panels: Panel instances, or panel modules."""
    names: dict[str, str] = {}
    for panel in panels:
        name = panel.name if isinstance(panel, Panel) else panel.NAME
        former = panel.former_names if isinstance(panel, Panel) else getattr(panel, "FORMER_NAMES", ())
        names |= {alias: name for alias in (name, *former)}
    return names


def tab_names(site: gr.Blocks) -> list[str]:
    """The names of the tabs that have a page, in the site's order: each page has a row of one tab, PAGE_TABS."""
    rows = (block for block in site.blocks.values() if isinstance(block, gr.Tabs) and block.elem_id == PAGE_TABS)
    return [str(item.id) for row in rows for item in row.children if isinstance(item, gr.Tab)]


def script_data(tab: str, modules: Sequence[Any], former_keys: Sequence[str] = ()) -> dict[str, Any]:
    """A tab for page.js: its first panel, the panels' names, and the settings that may name one."""
    return {tab: {"first": modules[0].NAME, "names": panel_names(modules), "keys": ["panel", *former_keys]}}


def read_panel(recipe: Recipe, names: Mapping[str, str], *, former_keys: Sequence[str] = ()) -> Recipe:
    """The recipe with its panel's present name as the setting "panel".

    names: see panel_names; the first panel is the default.
    former_keys: settings that named the panel before; they are left out.
    Raises PlaygroundError for an unknown panel.
    """
    settings = dict(recipe.settings)
    values = [settings.pop(key) for key in ("panel", *former_keys) if key in settings]
    panel = next((value for value in values if value not in ("", None)), "")
    if panel not in names:
        if panel:
            parse_choice(panel, list(dict.fromkeys(names.values())), "panel")
        panel = next(iter(names))
    return replace(recipe, settings={**settings, "panel": names[str(panel)]})


def complete(recipe: Recipe, defaults: Mapping[str, Setting]) -> Recipe:
    """The recipe with the defaults of settings that it needs, if it names none of them. See Panel.link_defaults."""
    if defaults.keys() & recipe.settings.keys():
        return recipe
    return replace(recipe, settings={**recipe.settings, **defaults})


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it belongs to the panel of that name."""
    return recipe is not None and recipe.settings.get("panel") == name


def names_panel_alone(recipe: Recipe) -> bool:
    """Whether a recipe holds no setting but its panel, as in a link that somebody wrote by hand."""
    return recipe.settings.keys() <= {"panel"} and not (recipe.model or recipe.seed or recipe.is_run)


def _is_foreign(name: str) -> bool:
    """Whether a link's parameter is none of ours: Gradio's, or what sites add to a link that somebody posts there."""
    return name.startswith(("__", "utm_", "mc_")) or name in _FOREIGN


_FOREIGN = ("fbclid", "gclid", "msclkid", "igshid", "si", "ref", "embed", "deep_link", "logs")


def _no_such_panel(query: Mapping[str, str], tab: PanelTab, names: Mapping[str, str]) -> Update:
    """{"notice"} for a link to a panel that does not exist; {} for any other."""
    panel = next((query[key] for key in ("panel", *tab.former_keys) if query.get(key)), "")
    if not panel or panel in names:
        return {}
    titles = ", ".join(say(f"{tab.name}.{name}.title") for name in dict.fromkeys(names.values()))
    return {"notice": notice(say("shared.link.no_panel", name=quoted(panel), panels=titles), "warning")}


def _no_such_tab(name: str, tabs: Sequence[str]) -> Update:
    """{"notice"} for a link to a tab that has no page here."""
    titles = ", ".join(say(f"shared.tabs.{tab}") for tab in tabs)
    return {"notice": notice(say("shared.link.no_tab", name=quoted(name), tabs=titles), "warning")}


def _unknown_settings(recipe: Recipe, tab: PanelTab) -> Update:
    """{"notice"} that names the settings of a link that no panel of its tab has ever had; {} if there are none."""
    unknown = [name for name in recipe.settings if name not in ("panel", *tab.settings)]
    if not unknown:
        return {}
    names = ", ".join(quoted(name) for name in unknown[:_MOST_NAMED])
    return {"notice": notice(say("shared.link.unknown_settings", names=names, count=len(unknown)), "warning")}


def open_link(
    parameters: Mapping[str, str], tab: PanelTab, names: Mapping[str, str], tabs: Sequence[str] = ()
) -> Update:
    """The Update {"tabs", "front", "pending"} for a link, or {"notice"}; {} for another tab's link or no recipe.

    With both, the link is opened, and the notice names settings that the tab does not know.
    "tabs" is missing if the link names no panel: the first is in front, unless the visitor has already chosen another.
    "pending" is missing if it names a panel alone, and the tab opens on a stored example: the example stays.
    parameters: the link's query. Each tab has its own page, so a link that names a panel need not name the tab.
    tabs: the names of all tabs that have a page.
    """
    query = {name: value for name, value in parameters.items() if not _is_foreign(name)}
    signs = {"panel", tab.former_sign, *tab.former_keys}
    if tabs and query.get("tab", tab.name) not in ("", *tabs):
        return _no_such_tab(query["tab"], tabs)
    is_ours = query["tab"] == tab.name if query.get("tab") else bool(signs & query.keys())
    if not is_ours or not {*query} - {"tab"}:
        return {}
    if unknown := _no_such_panel(query, tab, names):
        return unknown
    try:
        update = _bring_to_front(from_query({**query, "tab": tab.name}), tab, names)
    except PlaygroundError as error:
        return {"notice": messages.cannot_follow(error)}
    left_out = {
        "tabs": not any(query.get(key) for key in ("panel", *tab.former_keys)),
        "pending": tab.opens_on_example and names_panel_alone(update["pending"]),
    }
    opened = {name: value for name, value in update.items() if not left_out.get(name)}
    return {**opened, **_unknown_settings(update["pending"], tab)}


def _bring_to_front(recipe: Recipe, tab: PanelTab, names: Mapping[str, str]) -> Update:
    recipe = read_panel(recipe, names, former_keys=tab.former_keys)
    name = str(recipe.settings["panel"])
    return {"tabs": gr.Tabs(selected=name), "front": name, "pending": recipe}


def _of_other_tab(recipe: Recipe) -> Mapping[str, Any]:
    """Why a file is not opened here, with the link that opens it, if it fits into one."""
    said = messages.error_notice(PlaygroundError(say("shared.link.other_tab", tab=quoted(recipe.tab))))
    try:
        return {**said, "links": [{"title": say("shared.link.open_there"), "query": recipe.to_query()}]}
    except PlaygroundError:
        return said


def open_file(
    path: str | None, tab: PanelTab, names: Mapping[str, str], read_file: Callable[[bytes], Recipe] = from_file
) -> Update:
    """The Update {"tabs", "front", "pending"} for the recipe in a file, or {"pending", "notice"} if it is not valid.

    The file, which the server got from the page, is deleted.
    """
    try:
        if path is None:
            raise PlaygroundError(say("shared.link.choose_file"))
        with open(path, "rb") as file:
            recipe = read_file(file.read(LARGEST_FILE))
        if recipe.tab not in ("", tab.name):
            return {"pending": None, "notice": _of_other_tab(recipe)}
        return {**_bring_to_front(recipe, tab, names), "notice": None}
    except PlaygroundError as error:
        return {"pending": None, "notice": messages.error_notice(error)}
    finally:
        if path is not None:
            Path(path).unlink(missing_ok=True)
