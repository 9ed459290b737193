"""Pictures: a GAN, a VAE or a denoiser learns to make pictures, live, and its settings are changed while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice, parse_int
from playground.experiments import run_control, user_images
from playground.experiments.cost import priced
from playground.experiments.live_detector import examine
from playground.experiments.run_status import look, told_of
from playground.panels.train.cost_view import cost_of, cost_view
from playground.panels.train.image_model import controls
from playground.panels.train.image_model.view import findings_view, training_pictures_view
from playground.panels.train.panels import Shared, as_owner, to_menu, watching
from playground.ui.events import QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired
from playground.ui.training_curves import curves_view

NAME, TITLE = "pictures", "Pictures"
_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Panel:
    """family, data, steps, seed: of a new run.  files, consent, side: of the visitor's own pictures.

    start: the button.  swaps: family → its controls, in the order of controls.SWAPS.  swap: the button.
    run: gr.State of the run that is shown.
    """

    family: gr.Radio
    data: gr.Radio
    steps: gr.Number
    seed: gr.Number
    own: gr.Group
    files: gr.File
    consent: gr.Checkbox
    side: gr.Radio
    start: gr.Button
    swaps: dict[str, controls.Swaps]
    swap: gr.Button
    menu: gr.Button
    notice: gr.HTML
    pictures: gr.HTML
    findings: gr.HTML
    curves: gr.HTML
    cost: gr.HTML
    run: gr.State
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
        "A net that knows nothing yet, and learns to make pictures while you watch: each of them is its own, made now.",
        "Choose a family and its pictures, or bring your own; start it; then swap optimizer, rate or loss as it runs.",
        "The grid always comes from the same noise: what changes in it is what the net has learnt since.",
    )
    with gr.Row():
        family = gr.Radio(controls.FAMILIES, value="gan", label="Family", elem_id="train-pictures-family")
        data = gr.Radio(controls.DATA, value="avatars", label="Pictures", elem_id="train-pictures-data")
        steps = gr.Number(2000, label="Steps", precision=0, minimum=1, maximum=10_000_000, min_width=110)
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, min_width=110)
    own, files, consent, side = _own()
    swaps = controls.build_swaps()
    with gr.Row(elem_classes="pg-actions"):
        start = gr.Button("Start training", variant="primary", elem_id="train-pictures-start")
        swap = gr.Button("Swap these while it runs", elem_id="train-pictures-swap")
        menu = gr.Button("Put it into Images and Latent", elem_id="train-pictures-menu")
    note = notice_view(elem_id="train-pictures-notice")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            pictures = training_pictures_view(look, run_control.steer, elem_id="train-pictures-view")
        with gr.Column(scale=2, min_width=300):
            findings = findings_view(examine, elem_id="train-pictures-findings")
            curves = curves_view(look, run_control.steer, elem_id="train-pictures-curves")
    cost = cost_view(priced, "train-pictures-cost")
    query = gr.Textbox(visible="hidden", elem_id="train-pictures-query")
    return Panel(
        family, data, steps, seed, own, files, consent, side, start, swaps, swap, menu, note, pictures, findings,
        curves, cost, gr.State(""), query,
    )  # fmt: skip


def _own() -> tuple[gr.Group, gr.File, gr.Checkbox, gr.Radio]:
    """Where the visitor's own pictures come in."""
    with gr.Group(visible=False, elem_id="train-own") as own:
        files = gr.File(
            label="Your pictures, 8 to 5,000", file_count="multiple", file_types=["image"], type="filepath", height=140,
            elem_id="train-own-files",
        )  # fmt: skip
        with gr.Row():
            side = gr.Radio([("16 × 16, quick", 16), ("28 × 28", 28)], value=16, label="Each becomes a square of")
            consent = gr.Checkbox(
                False, label="I may use these pictures", elem_id="train-own-consent",
                info="They are yours, or you may train on them. They stay in this run's folder on this server, small, "
                "and go when you delete the run; the files you chose are deleted as soon as they are read.",
            )  # fmt: skip
    return own, files, consent, side


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    groups = [swaps.group for swaps in panel.swaps.values()]
    panel.family.change(on_family, panel.family, groups, queue=False, **QUIET)
    panel.data.change(lambda data: gr.Group(visible=data == "folder"), panel.data, panel.own, queue=False, **QUIET)
    settings = [component for swaps in panel.swaps.values() for component in swaps.components]
    shown = [panel.run, panel.pictures, panel.findings, panel.curves, panel.cost, panel.query]
    asked = [panel.family, panel.data, panel.steps, panel.seed, panel.files, panel.consent, panel.side, shared.owner]
    panel.start.click(
        on_start, [*asked, *settings], [panel.notice, panel.files, *shown], js=as_owner(len(asked) - 1), **QUIET
    )
    panel.swap.click(on_swap, [panel.run, shared.owner, *settings], panel.notice, js=as_owner(1), queue=False, **QUIET)
    to_menu(panel.menu, panel.pictures, panel.notice, shared)
    panel.pictures.fork(
        on_fork, [shared.owner, *settings], [panel.notice, *shown], js=as_owner(0), queue=False, **QUIET
    )
    outputs = [panel.notice, panel.family, panel.data, panel.steps, panel.seed, *shown, *settings]
    return Wired(NAME, room, panel.query, {"fn": on_restore, "outputs": outputs})


def on_family(family: str) -> list[Any]:
    """Only the family's own settings are seen."""
    return [gr.Group(visible=name == family) for name in controls.SWAPS]


def following(run: str, family: str) -> list[Any]:
    """(run, pictures, findings, curves, cost, query) for a run."""
    pictures = {"run": run, "controls": True}
    return [run, pictures, {"run": run}, controls.curves_of(run, family), cost_of(run), watching(NAME, run)]


def on_start(
    family: str, data: str, steps: Any, seed: Any, files: Sequence[str] | None, consent: bool, side: int, owner: str,
    *settings: Any,
) -> Iterator[list[Any]]:  # fmt: skip
    """(notice, files, run, pictures, findings, curves, cost, query): a new run, its own pictures read first."""
    nothing = [_SKIP] * 7
    brought: dict[str, bytes] = {}
    said, read = "", False
    try:
        wanted = {"steps": parse_int(steps, 1, 10_000_000, "The steps must be a whole number from 1 to 10,000,000")}
        number = parse_int(seed, 0, run_control.LARGEST_SEED, f"The seed must be 0 to {run_control.LARGEST_SEED:,}")
        wanted |= controls.settings_of(family, settings)
        if data == "folder":
            wanted["side"] = side
            read = consent is True
            for gathered in user_images.gathering(files or [], side, consent):
                said = gathered.sentence()
                yield [notice(f"Reading: {gathered.read:,} of {gathered.files:,} …"), *nothing]
            brought = user_images.packed(gathered)
        run = run_control.start(family, data, wanted, number, owner, brought)
    except PlaygroundError as error:
        again = " Choose your pictures again." if read else ""
        yield [notice(f"{error}{again}", "error"), None if read else _SKIP, *nothing[1:]]
        return
    finally:
        if read:
            for path in files or []:
                Path(path).unlink(missing_ok=True)
    cleared = None if data == "folder" else _SKIP
    yield [
        notice(f"{said} The training goes on by itself: you may leave this page.".strip(), "ok"),
        cleared,
        *following(run, family),
    ]


def on_swap(run: str, owner: str, *settings: Any) -> dict[str, str]:
    """The run is told of the settings; they are marked on its curves."""
    try:
        if not run:
            raise PlaygroundError("Start a training first.")
        family = look({"run": run}).get("family", "")  # of the run that is shown, whatever is chosen for the next one
        run_control.command(run, "change", controls.settings_of(family, settings), owner)
    except PlaygroundError as error:
        return notice(str(error), "error")
    return notice("Swapped: the weights stay, the moment is marked on the curves.", "ok")


def on_fork(event: gr.EventData, owner: str, *settings: Any) -> list[Any]:
    """(notice, then the run's views): a fork with the settings as they stand takes its parent's place."""
    parent, more = str(event._data.get("run", "")), event._data.get("steps")
    try:
        family = str(look({"run": parent}).get("family", ""))
        asked = controls.settings_of(family, settings) | ({"steps": more} if more else {})
        run = run_control.fork(parent, event._data.get("step"), asked, owner)
        return [notice(told_of(run), "ok"), *following(run, family)]
    except PlaygroundError as error:
        return [notice(str(error), "error"), *[_SKIP] * 6]


def on_restore(recipe: Recipe) -> list[Any]:
    """(notice, family, data, steps, seed, then the run's views) as the link says."""
    skipped = [_SKIP] * (6 + controls.COUNT)
    settings = dict(recipe.settings)
    try:
        if run := str(settings.get("run") or ""):
            state = look({"run": run})
            if "error" in state:
                raise PlaygroundError(state["error"])
            family = parse_choice(state["family"], list(controls.SWAPS), "The run's family")
            data = parse_choice(state["dataset"], [name for _, name in controls.DATA], "The run's data")
            set_to = controls.values_of(run, family)
            return [_SKIP, family, data, state["steps"], _SKIP, *following(run, family), *set_to]
        family = parse_choice(settings.get("family", "gan"), [name for _, name in controls.FAMILIES], "family")
        data = parse_choice(settings.get("data", "avatars"), [name for _, name in controls.DATA], "data")
        steps = parse_int(settings.get("steps", 2000), 1, 10_000_000, "The steps must be 1 to 10,000,000")
        return [
            notice("These are the link's settings: press Start training."),
            family,
            data,
            steps,
            recipe.seed,
            *skipped,
        ]
    except PlaygroundError as error:
        return [notice(f"This link cannot be followed. {error}", "error"), *[_SKIP] * 4, *skipped]
