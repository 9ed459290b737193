"""Associations: word lists in embeddings, one test or all ten, and a direction taken out to look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gradio as gr

from playground.bias.embedding_debias import PAIRS, Removed, read_removal, removing
from playground.bias.session_log import Trial, Visit, added
from playground.bias.target_embedding import DEFAULT, getting, read_embedding
from playground.bias.weat import ALTERNATIVES
from playground.bias.weat_battery import AllTests, all_tests
from playground.bias.weat_catalogue import OWN, asks, facts_of, written_lists
from playground.bias.weat_request import LISTS, AssociationFound, measuring, read_association
from playground.bias.weat_trials import trial_of_all, trial_of_removal, trial_of_test
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.panels.bias.panels import Shared, fine_print
from playground.panels.bias.weat.api import build_associations_api
from playground.panels.bias.weat.data import effects_value, leaning_value, shares_value, ten_value, words_value
from playground.panels.bias.weat.layout import PARTS, Panel, build
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice
from playground.ui.panel_protocol import Wired, is_of
from playground.ui.view import packed

_SKIP: Any = gr.skip()
__all__ = ["NAME", "TITLE", "build", "wire"]
NAME, TITLE = "associations", "Associations"
Made = AssociationFound | AllTests | Removed
#: What a run says: updates of what is shown, by their names in Panel.shown(), and of the visit under "visit".
Said = dict[str, Any]


def on_part(part: str, values: Mapping[str, object], visit: Visit) -> Iterator[Said]:
    """The part measured, as it comes; a sentence if it cannot be. values: those of a recipe's settings, embedding."""
    try:
        name = _checked(part, values)
        for arriving in getting(name):
            yield {"notice": notice(f"{arriving.what}: {arriving.fraction:.0%}. This is needed once.")}
        yield {"notice": notice("Measuring.")}
        last: Made | None = None
        for step in _steps(part, values):
            if isinstance(step, (AssociationFound, AllTests, Removed)):
                last = step
                if isinstance(step, AllTests):
                    yield {"ten": ten_value(step)}
            else:
                what, share = step if isinstance(step, tuple) else ("measuring", step)
                yield {"notice": notice(f"{what[0].upper()}{what[1:]}: {share:.0%}.")}
        assert last is not None
        yield _shown(last, visit)
    except PlaygroundError as error:
        yield {"notice": notice(str(error), "error")}


def _checked(part: str, values: Mapping[str, object]) -> str:
    """The embedding's name; everything is read before anything is fetched for it."""
    if part == "debias":
        return read_removal(values).embedding
    if part == "test":
        return read_association(values).embedding
    parse_choice(values.get("alternative") or "greater", ALTERNATIVES, "alternative")
    return read_embedding(values.get("embedding") or DEFAULT)


def _steps(part: str, values: Mapping[str, object]) -> Iterator[Any]:
    if part == "debias":
        return removing(read_removal(values))
    if part == "test":
        return measuring(read_association(values))
    return all_tests(str(values.get("embedding") or DEFAULT), str(values.get("alternative") or "greater"))


def _shown(made: Made, visit: Visit) -> Said:
    trial: Trial
    views: Said
    if isinstance(made, AssociationFound):
        trial, views, part = trial_of_test(made), {"words": words_value(made)}, "test"
    elif isinstance(made, AllTests):
        trial, views, part = trial_of_all(made), {"ten": ten_value(made)}, "ten"
    else:
        trial, part = trial_of_removal(made), "debias"
        views = {"effects": effects_value(made), "shares": shares_value(made), "leaning": leaning_value(made)}
    visit = added(visit, trial)
    said: Said = {
        "notice": notice("Measured.", "ok"),
        **views,
        f"fine_{part}": fine_print(trial, visit),
        "visit": visit,
    }
    try:
        said["query"] = trial.recipe.to_query()
    except PlaygroundError:
        said["notice"] = notice("Measured. These lists are too long for a link.")
    return said


def on_replay(pending: Recipe | None, visit: Visit) -> Iterator[Said]:
    """A link's measurement, made again and compared."""
    if pending is None or not is_of(pending, NAME):
        return
    try:
        part, values = _read(pending)
    except PlaygroundError:
        return  # told by on_restore
    for said in on_part(part, values, visit):
        if "visit" in said and pending.result:
            again = said["visit"][-1].recipe
            same = again.result == pending.result
            why = "the weights are others" if pending.weights_sha256 not in ("", again.weights_sha256) else (
                "this processor rounds otherwise, or the settings are others"
            )  # fmt: skip
            said["notice"] = notice("Reproduced ✓", "ok") if same else notice(f"Differs: {why}.", "warning")
        yield said


def _read(recipe: Recipe) -> tuple[str, dict[str, object]]:
    part = parse_choice(recipe.settings.get("part", "test"), PARTS, "part")
    values: dict[str, object] = {**recipe.settings, "embedding": recipe.model or DEFAULT}
    if part == "test" and not any(values.get(name) for name in ("test", *LISTS)):
        values["test"] = "1"
    _checked(part, values)
    return part, values


def on_restore(pending: Recipe) -> list[Any]:
    """The panel's settings from a link; what is wrong with it is told."""
    try:
        part, values = _read(pending)
    except PlaygroundError as error:
        return [*[_SKIP] * 11, notice(f"This link cannot be followed. {error}", "error")]
    choice, lists, side = _SKIP, [_SKIP] * 4, str(values.get("alternative") or "greater")
    question: Any = _SKIP
    if part == "test":
        asked = read_association(values)
        choice = str(asked.test.number) if asked.test else OWN
        lists, question = [", ".join(words) for words in asked.lists], asks(choice)
    name = str(values["embedding"])
    pairs = str(values.get("pairs") or PAIRS)
    return [
        gr.Tabs(selected=part),
        name,
        choice,
        question,
        *lists,
        side,
        pairs,
        packed({"rows": facts_of(name)}),
        _SKIP,
    ]


def on_choice(choice: str) -> list[Any]:
    """(what it asks, the four lists): a test's words in the boxes; own lists start from what stands there."""
    return [asks(choice), *([_SKIP] * 4 if choice == OWN else written_lists(choice))]


def on_write(*lists: str) -> list[Any]:
    """(test, what it asks) after a box was written in: the test that the lists are, or own ones."""
    try:
        test = read_association(dict(zip(LISTS, lists, strict=True))).test
    except PlaygroundError:
        test = None
    choice = str(test.number) if test else OWN
    return [choice, asks(choice)]


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    shown = panel.shown()
    outputs, names = [*shown.values(), shared.visit], [*shown, "visit"]

    def listed(function: Callable[..., Iterator[Said]]) -> Callable[..., Iterator[list[Any]]]:
        def called(*values: Any) -> Iterator[list[Any]]:
            for said in function(*values):
                yield [said.get(name, _SKIP) for name in names]

        return called

    def run_test(name: str, side: str, x: str, y: str, a: str, b: str, visit: Visit) -> Iterator[Said]:
        values = {**dict(zip(LISTS, (x, y, a, b), strict=True)), "embedding": name, "alternative": side}
        return on_part("test", values, visit)

    def run_ten(name: str, side: str, visit: Visit) -> Iterator[Said]:
        return on_part("ten", {"embedding": name, "alternative": side}, visit)

    def run_debias(name: str, pairs: str, visit: Visit) -> Iterator[Said]:
        return on_part("debias", {"embedding": name, "pairs": pairs or " "}, visit)

    common: dict[str, Any] = {"outputs": outputs, **QUIET, **MODEL_QUEUE}
    test, at_once = panel.parts["test"], {"queue": False, **QUIET}
    asked: dict[str, Any] = {
        "fn": listed(run_test), "inputs": [panel.embedding, panel.side, *panel.lists, shared.visit], **common,
    }  # fmt: skip
    picked = panel.ten.pick(_on_pick, None, [panel.tabs, panel.choice, panel.asks, *panel.lists], **at_once)
    started = {
        "test": [test.run.click(**asked), picked.then(**asked)],
        "ten": panel.parts["ten"].run.click(
            listed(run_ten), [panel.embedding, panel.side, shared.visit], **common
        ),
        "debias": panel.parts["debias"].run.click(
            listed(run_debias), [panel.embedding, panel.pairs, shared.visit], **common
        ),
    }  # fmt: skip
    for name, event in started.items():
        stop_button(panel.parts[name].stop, event, panel.notice)
    panel.choice.input(on_choice, panel.choice, [panel.asks, *panel.lists], **at_once)
    for box in panel.lists:
        box.blur(on_write, list(panel.lists), [panel.choice, panel.asks], **at_once)
    panel.embedding.input(lambda name: packed({"rows": facts_of(name)}), panel.embedding, panel.about, **at_once)
    build_associations_api()
    restores = {"fn": on_restore, "outputs": panel.restored()}
    replays = {"fn": listed(on_replay), "inputs": [shared.pending, shared.visit], **common}
    return Wired(NAME, room, panel.query, restores, replays, [part.stop for part in panel.parts.values()])


def _on_pick(event: gr.EventData) -> list[Any]:
    """A test of the table, in the boxes of the first part."""
    choice = parse_choice(str(event._data.get("key")), [str(number) for number in range(1, 11)], "test")
    return [gr.Tabs(selected="test"), choice, *on_choice(choice)]
