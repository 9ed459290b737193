"""Arena: a GAN, a VAE or a flow learns a shape in the plane, live, alone or racing, and is changed while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.data.toy_2d import MOST_DOTS
from playground.experiments import toy_2d as lab
from playground.experiments.cost import priced
from playground.experiments.live_detector import examine
from playground.experiments.run_control import steer
from playground.experiments.run_status import lines_of, look, told_of
from playground.panels.train.cost_view import cost_of, cost_view
from playground.panels.train.image_model.view import findings_view
from playground.panels.train.panels import Shared, as_owner
from playground.panels.train.toy_2d.view import arena_view, brush_view
from playground.ui.events import FOLLOWS, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired
from playground.ui.training_curves import curves_view

NAME, TITLE = "arena", "Arena"
_SKIP: Any = gr.skip()
_SHAPES = [
    ("Ring", "ring"), ("Two moons", "moons"), ("Spiral", "spiral"), ("25 Gaussians", "gaussians25"),
    ("My own painting", "brush"),
]  # fmt: skip
_MODELS = [*((title, family) for family, title in lab.FAMILIES.items()), ("Race of all three", lab.RACE)]
_RATES = [1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0]
_WEIGHTS = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0]
_EMPTY = "Press Start: the points appear here within a few seconds."
TITLES = {
    "js": "JS from the held-out draw, bits", "kl": "KL from the held-out draw, bits",
    "sliced_wasserstein": "Sliced Wasserstein distance", "modes_covered": "Modes that are covered, of 25",
    "d_loss": "D's loss", "g_loss": "G's loss",
    "score_real": "D's mean score of real points", "score_fake": "D's mean score of fakes",
    "code_kl": "KL of the codes, nats", "distortion": "Distortion, nats", "sigma": "Width of the decoder's Gaussians",
}  # fmt: skip
#: What is shown: (family, id) each.
Runs = list[tuple[str, str]]


@dataclass(frozen=True)
class Panel:
    """settings: the controls by their settings' names.  groups: of the families' own controls, by family.

    dots: gr.State of the painting.  runs: gr.State of what is shown, (family, id) each.
    """

    model: gr.Radio
    shape: gr.Dropdown
    seed: gr.Number
    settings: dict[str, Any]
    groups: dict[str, gr.Group]
    painting: gr.Column
    brush: gr.HTML
    dots: gr.State
    start: gr.Button
    notice: gr.HTML
    arena: gr.HTML
    findings: gr.HTML
    curves: gr.HTML
    cost: gr.HTML
    runs: gr.State
    query: gr.Textbox

    def asked(self) -> list[Any]:
        """What a start needs, in the order of on_start."""
        return [self.model, self.shape, self.seed, self.dots, *self.settings.values()]


def build() -> Panel:
    """The panel."""
    lead(
        "Points in the plane, and a small model that learns to make more of them: every dot is computed as you look.",
        "Choose a shape or paint one, press Start, and change the settings beside it while it learns.",
        "When the model's crosses lie where the circles are, it has learned the shape: the divergences then are small.",
    )
    with gr.Row():
        model = gr.Radio(_MODELS, value="gan", label="Model", elem_id="arena-model", scale=3)
        shape = gr.Dropdown(_SHAPES, value="ring", label="Shape to learn", elem_id="arena-shape", scale=2)
        start = gr.Button("Start", variant="primary", elem_id="arena-start", scale=1)
    with gr.Column(visible=False, elem_id="arena-painting") as painting:
        brush = brush_view(elem_id="arena-brush")
    note = notice_view(elem_id="arena-notice")
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            arena = arena_view(look, steer, elem_id="arena-view")
            findings = findings_view(examine, elem_id="arena-findings")
            curves = curves_view(look, steer, {"runs": [], "empty": " "}, elem_id="arena-curves")
            cost = cost_view(priced, "arena-cost")
        with gr.Column(scale=1, min_width=220):
            settings, groups, seed = _controls()
    query = gr.Textbox(visible="hidden", elem_id="arena-query")
    return Panel(
        model,
        shape,
        seed,
        settings,
        groups,
        painting,
        brush,
        gr.State([]),
        start,
        note,
        arena,
        findings,
        curves,
        cost,
        gr.State([]),
        query,
    )


def _controls() -> tuple[dict[str, Any], dict[str, gr.Group], gr.Number]:
    """The settings' controls by name, the groups that hold a family's own, and the seed's."""
    found: dict[str, Any] = {}
    groups: dict[str, gr.Group] = {}
    with gr.Group(elem_id="arena-gan-settings") as groups["gan"]:
        found["loss"] = gr.Dropdown(
            list(lab.LOSSES), value=lab.DEFAULTS["loss"], label="Loss", elem_id="arena-loss",
            info="This, and all but the last group, takes effect at once: nothing is reset.",
        )  # fmt: skip
        for side in "dg":
            name = side.upper()
            found[f"{side}_optimizer"] = _optimizer(f"{side}_optimizer", f"{name}'s optimizer")
            found[f"{side}_rate"] = _number(f"{side}_rate", f"{name}'s learning rate", _RATES)
            found[f"{side}_updates"] = _number(f"{side}_updates", f"{name}'s updates a step", range(11))
        found["penalty"] = _number("penalty", "Gradient penalty (for wgan-gp)", _WEIGHTS)
    with gr.Group(visible=False, elem_id="arena-own-settings") as groups["own"]:
        found["optimizer"] = _optimizer("optimizer", "Optimizer of VAE and flow")
        found["rate"] = _number("rate", "Learning rate of VAE and flow", _RATES)
    with gr.Group(visible=False, elem_id="arena-vae-settings") as groups["vae"]:
        found["beta"] = _number("beta", "β: weight of the codes' KL", _WEIGHTS)
    with gr.Accordion("For the next start", open=False):
        found["steps"] = gr.Number(lab.START["steps"], label="Steps", precision=0, elem_id="arena-steps")
        found["width"] = gr.Number(lab.START["width"], label="Units of a layer", precision=0, elem_id="arena-width")
        seed = gr.Number(0, label="Seed", precision=0, elem_id="arena-seed")
    return {name: found[name] for name in lab.DEFAULTS}, groups, seed


def _optimizer(name: str, label: str) -> gr.Dropdown:
    return gr.Dropdown(list(lab.OPTIMIZERS), value=lab.DEFAULTS[name], label=label, elem_id=f"arena-{name}")


def _number(name: str, label: str, choices: Iterable[float]) -> gr.Dropdown:
    """A number to choose, or to type."""
    shown = [(f"{number:g}", number) for number in choices]
    return gr.Dropdown(shown, value=lab.DEFAULTS[name], label=label, allow_custom_value=True, elem_id=f"arena-{name}")


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    shown = [*panel.groups.values()]
    panel.model.change(on_model, panel.model, shown, queue=False, **QUIET)
    panel.shape.change(on_shape, panel.shape, panel.painting, queue=False, **QUIET)
    # The last of the dots counts, whatever is still on its way.
    panel.brush.painted(on_painted, None, panel.dots, queue=False, **FOLLOWS)
    outputs = [panel.notice, panel.arena, panel.findings, panel.curves, panel.cost, panel.runs, panel.query]
    panel.start.click(on_start, [*panel.asked(), shared.owner], outputs, js=as_owner(-1), **QUIET)
    standing = [panel.runs, panel.query, *panel.settings.values(), shared.owner]
    panel.arena.fork(on_fork, standing, outputs, js=as_owner(-1), queue=False, **QUIET)
    for name, control in panel.settings.items():
        if name not in lab.START:
            asked = [panel.runs, control, shared.owner]
            control.input(_changer(name), asked, panel.notice, js=as_owner(-1), queue=False, **QUIET)
    restored = [*panel.asked(), panel.brush, *outputs]
    return Wired(NAME, room, panel.query, {"fn": on_restore, "outputs": restored})


def on_model(model: str) -> list[Any]:
    """Which groups of settings are seen: the GAN's, those of VAE and flow, the VAE's."""
    of = {"gan": (True, False, False), "vae": (False, True, True), "diffusion": (False, True, False)}
    return [gr.Group(visible=seen) for seen in of.get(model, (True, True, True))]


def on_shape(shape: str) -> Any:
    """The brush, if it is wanted."""
    return gr.Column(visible=shape == "brush")


def on_painted(event: gr.EventData) -> list[Any]:
    """The dots, as they were painted; a start checks them."""
    dots = event._data.get("dots", [])
    return dots if isinstance(dots, list) else []


def on_start(*values: Any) -> tuple[Any, ...]:
    """Starts the run or the race. values: as in Panel.asked(), and the visitor's token."""
    model, shape, seed, dots, *settings, owner = values
    try:
        asked = lab.read(model, shape, seed, dict(zip(lab.DEFAULTS, settings, strict=True)), dots)
        runs = list(zip(asked.families(), lab.start(asked, owner), strict=True))
        query = asked.recipe([run for _, run in runs]).to_query()
    except PlaygroundError as error:
        return notice(str(error), "error"), *[_SKIP] * 6
    return notice(_begun(asked), "ok"), *shown(runs), query


def _begun(asked: lab.Asked) -> str:
    racing = "The three start together; each counts its own seconds of training, and the curves compare those."
    return racing if asked.family == lab.RACE else "It has begun. Change a setting, and its curve shows the moment."


def shown(runs: Runs) -> tuple[Any, ...]:
    """(arena, findings, curves, cost, runs) for these runs."""
    now = [{"run": run, "family": family, "title": lab.FAMILIES[family]} for family, run in runs]
    return {"runs": now, "empty": _EMPTY}, examined(runs), curves(runs), cost_of(*(run for _, run in runs)), runs


def examined(runs: Runs) -> dict[str, str]:
    """The detector's value: of a race it looks at the GAN, which fails most often."""
    if not runs:
        return {"run": ""}
    family, run = next((one for one in runs if one[0] == "gan"), runs[0])
    return {"run": run, "of": lab.FAMILIES[family] if len(runs) > 1 else ""}


def curves(runs: Runs) -> dict[str, Any]:
    """The curves' value: all of one run, and its parent's if it is a fork; the divergences of a race over seconds."""
    show = ["js", "kl", "sliced_wasserstein", "modes_covered"]
    lines = [line for family, run in runs for line in lines_of(run, lab.FAMILIES[family])]
    one = [*show, "d_loss", "g_loss", "loss", "score_real", "score_fake", "distortion", "code_kl", "sigma"]
    return {
        "runs": lines if len(runs) == 1 else [{"run": run, "title": lab.FAMILIES[family]} for family, run in runs],
        "empty": "",
        "show": show if len(runs) > 1 else one, "titles": TITLES, "axis": "seconds" if len(runs) > 1 else "step",
    }  # fmt: skip


def on_fork(event: gr.EventData, runs: Runs, query: str, *values: Any) -> tuple[Any, ...]:
    """A fork with the settings as they stand takes its parent's place. values: the settings, the visitor's token.

    The event has the parent's id, the kept step and, if it is to go on for longer, the steps.
    """
    *settings, owner = values
    parent, more = str(event._data.get("run", "")), event._data.get("steps")
    asked = dict(zip(lab.DEFAULTS, settings, strict=True))
    asked = {name: value for name, value in asked.items() if name not in lab.START}
    try:
        new = lab.fork(runs, parent, event._data.get("step"), asked | ({"steps": more} if more else {}), owner)
        said = notice(told_of(new), "ok")
    except PlaygroundError as error:
        return notice(str(error), "error"), *[_SKIP] * 6
    return said, *shown([(family, new if run == parent else run) for family, run in runs]), query.replace(parent, new)


def _changer(name: str) -> Any:
    def on_change(runs: Runs, value: Any, owner: str) -> Any:
        return changed(runs, name, value, owner)

    return on_change


def changed(runs: Runs, name: str, value: Any, owner: str) -> Any:
    """Tells the runs that are shown of another setting. What came of it is a notice; nothing without a run."""
    if not runs or value is None:
        return _SKIP
    try:
        if not lab.change(runs, name, value, owner):
            return _SKIP
    except PlaygroundError as error:
        return notice(str(error), "warning")
    return notice(f"{name.replace('_', ' ')} is {value} from now on; the weights stay as they are.", "ok")


def on_restore(recipe: Recipe) -> list[Any]:
    """The settings and runs of a link."""
    count = 4 + len(lab.DEFAULTS) + 1
    try:
        asked, runs = lab.read_recipe(recipe)
    except PlaygroundError as error:
        told = notice(f"This link cannot be followed. {error}", "error")
        return [*[_SKIP] * count, told, *[_SKIP] * 6]
    linked = list(zip(asked.families(), runs, strict=True)) if runs else []
    values = [
        asked.family,
        asked.shape,
        asked.seed,
        list(asked.brush),
        *(asked.settings[name] for name in lab.DEFAULTS),
    ]
    brush = {"dots": list(asked.brush), "most": MOST_DOTS}
    said = notice("The linked run." if linked else "The link's settings: press Start.")
    return [*values, brush, said, *shown(linked), recipe.to_query() if linked else _SKIP]
