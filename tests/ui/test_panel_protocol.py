"""The protocol of panels: what happens when a link is read, a panel comes to the front, and shared settings change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_int
from playground.ui import panel_links, panel_protocol
from playground.ui.events import Update
from playground.ui.panel_connections import connect
from playground.ui.panel_links import complete, open_link, panel_names, read_panel, script_data
from playground.ui.panel_protocol import Connected, Panel, PanelTab, build_panels
from playground.ui.panel_restoration import restored_update

NAMES = {"first": "first", "second": "second", "old": "second"}
RECIPE = Recipe("lab", "net", "", 3, {"steps": "7", "panel": "second"}, "print")


@dataclass(frozen=True)
class Components:
    steps: gr.Number
    query: gr.Textbox
    notice: gr.Textbox


def restore(recipe: Recipe) -> Update:
    return {"steps": parse_int(recipe.settings.get("steps", 0), 1, 9, "Steps must be 1 to 9"), "notice": "Again."}


def replay(recipe: Recipe, steps: int) -> Iterator[Update]:
    yield {"notice": f"{recipe.seed} {steps}"}
    if recipe.result != "print":
        raise PlaygroundError("It is gone.")


def draw(steps: int) -> Update:
    return {"notice": f"drawn {steps}"}


def build(item: gr.Tab, shared: dict[str, Any], name: str, **more: Any) -> Panel:
    components = Components(gr.Number(1), gr.Textbox(), gr.Textbox())
    return Panel(name, item, (components, shared), restore=restore, restored=["steps", "model"], **more)


FIRST: Any = SimpleNamespace(
    NAME="first", FORMER_NAMES=(),
    build=lambda item, shared: build(item, shared, "first", draw=draw, draw_inputs=["steps"], drawn=["notice"]),
)  # fmt: skip
SECOND: Any = SimpleNamespace(
    NAME="second", FORMER_NAMES=("old",),
    build=lambda item, shared: build(
        item, shared, "second", replay=replay, replay_inputs=["steps"], replayed=["notice"],
        draw=draw, draw_inputs=["steps"], drawn=["notice"],
    ),
)  # fmt: skip


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> tuple[gr.Blocks, PanelTab, list[Panel], Connected]:
    monkeypatch.setattr(panel_protocol, "say", lambda key: key)
    monkeypatch.setattr(panel_links, "say", lambda key, **values: say(key, **values) if "lab" not in key else key)
    with gr.Blocks() as page:
        with gr.Tabs(), gr.Tab("Lab"):
            model = gr.Dropdown(["net"])
            with gr.Tabs() as tabs:
                panels = build_panels("lab", [FIRST, SECOND], {"model": model})
            described = PanelTab("lab", tabs, gr.HTML(), gr.Textbox(), gr.HTML())
            connected = connect(described, panels, [model.input], gr.UploadButton())
    return page, described, panels, connected


def handlers(page: gr.Blocks, name: str) -> list[Any]:
    return [event.fn for event in page.fns.values() if getattr(event.fn, "__name__", "") == name]


def test_a_panel_is_known_by_its_name_and_its_former_names(tab: Any) -> None:
    assert panel_names([FIRST, SECOND]) == NAMES == panel_names(tab[2])
    assert script_data("lab", [FIRST, SECOND], ["view"]) == {
        "lab": {"first": "first", "names": NAMES, "keys": ["panel", "view"]}
    }


def test_a_recipe_belongs_to_the_panel_it_names_by_any_name() -> None:
    def named(**settings: str) -> Any:
        return read_panel(replace(RECIPE, settings=settings), NAMES, former_keys=["view"]).settings

    assert named(panel="old", steps="2") == {"panel": "second", "steps": "2"}
    assert named(view="second") == {"panel": "second"} and named(panel="first", view="old") == {"panel": "first"}
    assert named() == {"panel": "first"}
    with pytest.raises(PlaygroundError, match="panel must be one of first, second; it was 'third'"):
        named(panel="third")


def test_a_link_opens_its_panel_and_another_tabs_link_does_nothing(tab: Any) -> None:
    update = open_link({"tab": "lab", "panel": "old", "steps": "7", "seed": "3", "__theme": "dark"}, tab[1], NAMES)
    assert update["front"] == "second" and update["tabs"].selected == "second"
    assert update["pending"].settings == {"panel": "second", "steps": "7"} and update["pending"].seed == 3
    bare = {"tab": "lab", "panel": "old"}
    assert open_link(bare, tab[1], NAMES)["pending"].settings == {"panel": "second"}
    with_example = replace(tab[1], opens_on_example=True)
    assert "pending" not in open_link(bare, with_example, NAMES), "the example stays"
    assert "pending" in open_link({**bare, "steps": "7"}, with_example, NAMES)
    for query in ({}, {"tab": "lab"}, {"tab": "lab", "__theme": "dark"}, {"tab": "text", "panel": "old"}):
        assert open_link(query, tab[1], NAMES) == {}
    posted = {**bare, "utm_source": "mail", "fbclid": "x"}
    assert open_link(posted, tab[1], NAMES)["pending"].settings == {"panel": "second"}, "what a site adds to a link"
    wrong = open_link({"tab": "lab", "seed": "minus"}, tab[1], NAMES)["notice"]
    assert wrong["tone"] == "error" and wrong["text"].startswith("This link cannot be followed.")
    other = open_link({"tab": "lab", "panel": "third"}, tab[1], NAMES)["notice"]
    assert other["tone"] == "warning" and "'third' here. There are: lab.first.title, lab.second.title." in other["text"]


def test_a_link_to_a_tab_that_has_no_page_names_those_that_have(tab: Any) -> None:
    def said(**query: str) -> Any:
        return open_link(query, tab[1], NAMES, ["lab", "text"]).get("notice", {}).get("text", "")

    assert said(tab="nosuch", panel="old") == "There is no tab 'nosuch' here. There are: shared.tabs.lab, Text."
    assert said(tab="images") == "There is no tab 'images' here. There are: shared.tabs.lab, Text."
    assert said(tab="text") == said(tab="lab") == said(tab="") == said(steps="7") == ""
    assert open_link({"tab": "", "panel": "old"}, tab[1], NAMES, ["lab"])["front"] == "second"


def test_a_link_that_leaves_out_what_its_result_needs_gets_the_defaults() -> None:
    bare = replace(RECIPE, settings={"panel": "second", "seed": 3})
    assert complete(bare, {"steps": 5}).settings == {**bare.settings, "steps": 5}
    assert complete(bare, {"seed": 1, "steps": 5}) is bare, "a link that names one of them is whole"


def test_an_invalid_recipe_is_explained_and_not_replayed(tab: Any) -> None:
    page, _, panels, _ = tab
    assert restored_update(panels[1], RECIPE) == ({"steps": 7, "notice": "Again."}, True)
    bad = replace(RECIPE, settings={"panel": "second", "steps": "70"})
    update, valid = restored_update(panels[1], bad)
    assert not valid and "cannot be followed. Steps must be 1 to 9" in update["notice"]["text"]
    (on_restore,) = handlers(page, "on_restore")
    changed = [one for one in on_restore(bad, "0", "0", "0") if one != gr.skip()]
    assert changed == ["refused", update["notice"]], "the page need not wait for a result"
    (on_opened,) = handlers(page, "on_opened")
    assert on_opened(bad, "second", "0", "0") == [gr.skip(), gr.skip()], "no drawing replaces it"


def test_a_link_to_a_panel_that_needs_a_setting_opens_it_as_a_click_does(tab: Any) -> None:
    (on_restore,) = handlers(tab[0], "on_restore")
    alone = Recipe("lab", "", "", 0, {"panel": "second"})
    assert not restored_update(tab[2][1], alone)[1]
    pending, *rest = on_restore(alone, "0", "4", "0")
    assert pending is None and [one for one in rest if one != gr.skip()] == ["5"], "it is drawn, without a notice"


def test_a_panel_is_restored_then_replayed_or_drawn(tab: Any) -> None:
    (on_restore,) = handlers(tab[0], "on_restore")
    skip = gr.skip()
    # pending, the counters of two drawings and a replay, the outcome, first's steps and notice, the shared model,
    # second's
    first = replace(RECIPE, settings={"panel": "first", "steps": "7"})
    assert on_restore(first, "0", "0", "0") == [skip, "1", skip, skip, skip, 7, skip, "Again.", skip, skip]
    assert on_restore(RECIPE, "0", "0", "4") == [skip, skip, skip, "5", skip, skip, skip, skip, 7, "Again."]
    assert on_restore(RECIPE, "0", "0", "junk")[3] == "1", "anybody may send it"
    assert all(value == skip for value in on_restore(None, "0", "0", "0"))


def test_only_the_recipes_panel_replays_and_its_error_is_explained(tab: Any) -> None:
    (on_replay,) = handlers(tab[0], "on_replay")
    assert list(on_replay(RECIPE, 7)) == ["3 7"]
    assert list(on_replay(None, 7)) == [] == list(on_replay(replace(RECIPE, settings={"panel": "first"}), 7))
    assert list(on_replay(replace(RECIPE, result=""), 7))[-1] == {"tone": "error", "text": "It is gone."}


def test_a_panel_in_front_is_drawn_but_not_before_what_a_link_shows(tab: Any) -> None:
    to_first, to_second = handlers(tab[0], "on_panel")
    skip = gr.skip()
    assert to_first(True, None, "0", "0") == ["first", "1", skip]
    assert to_second(True, None, "1", "4") == ["second", skip, "5"]
    assert to_first(False, None, "0", "0") == [skip, skip, skip], "Gradio opened it, nobody chose it"
    first = replace(RECIPE, settings={"panel": "first"})
    assert to_first(True, first, "0", "0") == ["first", skip, skip], "it comes when the link has been read"
    assert to_first(True, first, "1", "0") == ["first", "2", skip], "afterwards as always"
    assert to_second(True, RECIPE, "0", "3") == ["second", skip, skip], "its result is replayed"


def test_once_the_link_is_read_the_panel_in_front_is_drawn_unless_the_link_shows_it(tab: Any) -> None:
    (on_opened,) = handlers(tab[0], "on_opened")
    skip = gr.skip()
    assert on_opened(None, "first", "0", "0") == ["1", skip] and on_opened(None, "first", "1", "0") == [skip, skip]
    assert on_opened(RECIPE, "second", "0", "0") == [skip, skip] and on_opened(None, "second", "0", "0") == [skip, "1"]


def test_a_changed_shared_setting_draws_the_panel_in_front_and_drops_the_links_recipe(tab: Any) -> None:
    (on_change,) = handlers(tab[0], "on_change")
    assert on_change("second", "1", "0") == [None, gr.skip(), "1"]


def test_a_file_opens_its_panel_or_says_what_is_wrong(tab: Any, tmp_path: Any) -> None:
    (on_upload,) = handlers(tab[0], "on_upload")
    path = tmp_path / "recipe.json"
    path.write_text('{"tab": "lab", "model": "net", "seed": 3, "settings": {"panel": "old"}}')
    tabs, front, pending, notice = on_upload(str(path))
    assert (tabs.selected, front, pending.settings) == ("second", "second", {"panel": "second"})
    assert notice is None, "an earlier file's sentence goes"
    path.write_text('{"tab": "text", "settings": {}}')
    for file, sentence in ((str(path), "from another tab, 'text'"), (None, "Choose a file")):
        *_, pending, notice = on_upload(file)
        assert pending is None and sentence in notice["text"]
