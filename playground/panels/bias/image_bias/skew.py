"""Pictures, second part: data skewed on purpose, a model trained on it, and the same data reweighed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias import skew_request as lab
from playground.bias.session_log import Visit, added
from playground.bias.skew_request import ATTRIBUTES, COUNT, DARK, LIGHT
from playground.bias.skewed_training import Outcome, Training, train_and_draw
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import latest
from playground.panels.bias.image_bias.sentences import outcomes_value
from playground.panels.bias.panels import Shared, compared, fine_print
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack, sheet_view

_SKIP: Any = gr.skip()
#: A training takes a minute and a processor: one at a time, and what others draw meanwhile does not wait for it.
TRAINING_QUEUE: dict[str, Any] = {"concurrency_id": "training", "concurrency_limit": 1}
MOST_OUTCOMES = 12


@dataclass(frozen=True)
class Part:
    """The components. made: gr.State of the Outcomes so far, the last one last."""

    attribute: gr.Radio
    dark: gr.Slider
    light: gr.Slider
    steps: gr.Slider
    count: gr.Slider
    seed: gr.Number
    load: gr.Button
    loads_reweighed: gr.Button
    train: gr.Button
    reweigh: gr.Button
    stop: gr.Button
    notice: gr.HTML
    sheet: gr.HTML
    lines: gr.HTML
    fine: gr.HTML
    made: gr.State

    def asked(self) -> list[Any]:
        """What a run takes, before whether it is reweighed."""
        return [self.attribute, self.dark, self.light, self.steps, self.count, self.seed]

    def shown(self, query: gr.Textbox, visit: gr.State) -> list[Any]:
        """What a run fills."""
        return [self.made, self.sheet, self.lines, self.fine, self.notice, query, visit]


def build() -> Part:
    """The part."""
    gr.Markdown(
        f"The avatars have eight skin tones. We call **dark** {', '.join(DARK)}; **light** {', '.join(LIGHT)}. "
        f"{COUNT:,} avatars are chosen, half of each, and the sliders say how many of a half wear what you choose. "
        "The model sees the pictures and is told nothing.",
        elem_classes="pg-hint",
    )
    with gr.Row():
        attribute = gr.Radio(list(ATTRIBUTES), value="glasses", label="Skew by", elem_id="skew-attribute")
        dark = gr.Slider(0, 100, value=90, step=1, label="% of dark skin tones with it", elem_id="skew-dark")
        light = gr.Slider(0, 100, value=10, step=1, label="% of light skin tones with it", elem_id="skew-light")
    with gr.Row(elem_classes="pg-actions"):
        train = gr.Button("Train on the skewed data", variant="primary", elem_id="skew-train")
        reweigh = gr.Button("Train on it reweighed", elem_id="skew-reweigh")
        stop = gr.Button("Stop", elem_id="skew-stop")
    with gr.Row(elem_classes="pg-actions"):
        load = gr.Button("Load one trained on 90 % and 10 %", size="sm", elem_id="skew-load")
        loads = gr.Button("… and one on the same, reweighed", size="sm", elem_id="skew-load-reweighed")
    with gr.Accordion("Training: how long, how many pictures, which seed", open=False):
        with gr.Row():
            steps = gr.Slider(
                lab.FEWEST_STEPS, lab.MOST_STEPS, value=lab.STEPS, step=50, label="Steps of training",
                elem_id="skew-steps", info="800 take about a minute of one free processor.",
            )  # fmt: skip
            count = gr.Slider(
                lab.FEWEST, lab.MOST, value=1000, step=100, label="Pictures to count", elem_id="skew-count"
            )
            seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="skew-seed")
    note = notice_view(elem_id="skew-notice")
    sheet = sheet_view(elem_id="skew-sheet")
    lines = intervals_view(outcomes_value([]), elem_id="skew-lines")
    fine = fine_print_view(elem_id="skew-fine")
    with gr.Accordion("What is reweighing?", open=False):
        gr.Markdown(
            "Every picture gets a weight, P(group) · P(label) ÷ P(group and label), and training draws it that much "
            "more or less often: in what the model sees, glasses then have nothing to do with skin (Kamiran and "
            "Calders 2012). Rare pictures come back many times: with 90 % and 10 %, each of the 200 dark faces without "
            "glasses stands for five. The gap is what this optimises, so it says little that the gap shrinks; see the "
            "columns beside it. The model is a small variational autoencoder; at the end its pictures are drawn from a "
            "mixture of Gaussians fitted to where it puts the training pictures."
        )
    return Part(
        attribute, dark, light, steps, count, seed, load, loads, train, reweigh, stop, note, sheet, lines, fine,
        gr.State(()),
    )  # fmt: skip


def on_train(
    attribute: str, dark: Any, light: Any, steps: Any, count: Any, seed: Any, made: tuple[Outcome, ...], visit: Visit,
    reweighed: bool = False, pending: Recipe | None = None,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Trains (or loads, for 0 steps), draws and counts, shown as it goes. Outputs: those of Part.shown().

    dark, light: in per cent.
    """
    outcome = None
    try:
        shares = [one / 100 if isinstance(one, int | float) else one for one in (dark, light)]
        request = lab.read_skew_request(attribute, shares[0], shares[1], reweighed, steps, count, seed or 0)
        yield *[_SKIP] * 4, notice("Choosing the pictures."), _SKIP, _SKIP
        for state in latest(train_and_draw(request), 0.5):
            outcome = state.outcome
            sheet = _SKIP if state.pictures is None else _sheet(state)
            yield _SKIP, sheet, *[_SKIP] * 2, notice(_told(state)), _SKIP, _SKIP
    except PlaygroundError as error:
        yield *[_SKIP] * 4, notice(str(error), "error"), _SKIP, _SKIP
        return
    assert outcome is not None
    recipe = outcome.recipe()
    kept = tuple(one for one in made if _key(one) != _key(outcome))
    made = (*kept, outcome)[-MOST_OUTCOMES:]
    trial = outcome.trial()
    visit = added(visit, trial)
    told = compared(pending, recipe, "label for label") or notice(f"Done. {outcome.words()}", "ok")
    yield made, _SKIP, outcomes_value(made), fine_print(trial, visit), told, recipe.to_query(), visit


def _key(one: Outcome) -> Any:
    return one.request


def _told(state: Training) -> str:
    request = state.request
    if state.doing != "Training":
        return f"{state.doing}." if state.doing else "Counting."
    first, last = (state.losses[0][1], state.losses[-1][1]) if state.losses else (0.0, 0.0)
    loss = f" Loss {last:.2f} bits per dimension (at first {first:.2f})." if state.losses else ""
    seen = " Below: what it draws now." if state.pictures is not None else ""
    return f"Training, step {state.step:,} of {request.steps:,}, {state.seconds:.0f} s.{loss}{seen}"


def _sheet(state: Training) -> dict[str, Any]:
    assert state.pictures is not None
    words = [{"label": "", "words": f"Drawn picture {number + 1}"} for number in range(len(state.pictures))]
    return pack(state.pictures) | {"items": words, "done": not state.doing, "chosen": None, "empty": ""}


def restored(recipe: Recipe) -> list[Any]:
    """(attribute, dark, light, steps, count, seed, notice) of a link. Raises PlaygroundError."""
    given = recipe.settings
    request = lab.read_skew_request(
        given.get("attribute", "glasses"), given.get("dark", 0.9), given.get("light", 0.1),
        given.get("reweighed", False), given.get("steps", lab.STEPS), given.get("count", 1000), recipe.seed,
    )  # fmt: skip
    button = "Train on it reweighed" if request.skew.reweighed else "Train on the skewed data"
    told = notice(f"Set as in the link. Press “{button}” to train it again.") if request.steps else None
    shares = round(100 * request.skew.dark), round(100 * request.skew.light)
    return [request.skew.attribute, *shares, request.steps or lab.STEPS, request.count, request.seed, told]


def wire(part: Part, query: gr.Textbox, shared: Shared) -> None:
    """Connects the events."""
    outputs = part.shown(query, shared.visit)
    given = [*part.asked(), part.made, shared.visit]
    running = []
    for button, reweighed in ((part.train, False), (part.reweigh, True)):

        def on_train_button(
            attribute: str, dark: Any, light: Any, steps: Any, count: Any, seed: Any, made: tuple[Outcome, ...],
            visit: Visit, reweighed: bool = reweighed,
        ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
            yield from on_train(attribute, dark, light, steps, count, seed, made, visit, reweighed)

        running.append(button.click(on_train_button, given, outputs, **QUIET, **TRAINING_QUEUE))
    for button, reweighed in ((part.load, False), (part.loads_reweighed, True)):

        def load(
            count: Any, seed: Any, made: tuple[Outcome, ...], visit: Visit, reweighed: bool = reweighed
        ) -> Iterator[tuple[Any, ...]]:
            yield from on_train("glasses", 90, 10, 0, count, seed, made, visit, reweighed)

        loaded = [part.count, part.seed, part.made, shared.visit]
        running.append(button.click(load, loaded, outputs, **QUIET, **MODEL_QUEUE))
    stop_button(part.stop, running, part.notice)
