"""End points of a walk by their pictures: seeds of the model, and what was kept in the Images tab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_image_request
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch, sample_images
from playground.latent.endpoints import Endpoint, difference_from_draw, endpoint_from_request, format_endpoint
from playground.latent.latent_space import STEPS
from playground.panels.latent.controls import Controls, quick, restored, written
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice
from playground.ui.picture_views import kept_value, pack, sheet_view

_SKIP: Any = gr.skip()
CHOICES = 24
_NONE_KEPT = "None yet. In the tab Images, panel Draw, choose a picture and press Keep: it appears here."


@dataclass(frozen=True)
class Walked:
    """What a chosen end point may change: the walk's end points, whether both ways are walked, and a line of words."""

    ends: gr.Textbox
    both: gr.Checkbox
    notice: gr.HTML

    def outputs(self, controls: Controls) -> list[Any]:
        """What `taken` sets."""
        return [*controls.outputs(), self.ends, self.both]


@dataclass(frozen=True)
class Choosing:
    """The components. following: gr.State of the first seed of the next sheet."""

    choices: gr.Button
    clear: gr.Button
    sheet: gr.HTML
    following: gr.State
    kept: gr.HTML


def added(ends: str, end: str) -> str:
    """End points in the box, with one more."""
    return ", ".join(part for part in (ends.strip().strip(","), end) if part)


def taken(end: Endpoint, of: str, model: str, ends: str) -> list[Any]:
    """What an end point of a model sets: it comes behind the others or, if they are another model's, is the first."""
    if of == model:
        return [_SKIP] * 4 + [added(ends, format_endpoint(end)), _SKIP]
    return [*restored(of, {}, STEPS), format_endpoint(end), quick(of)]


def told(what: str, of: str, model: str, more: str = "") -> dict[str, str]:
    """The notice that goes with `taken`."""
    if of == model:
        return notice(f"{what} is the last end point now.{more}", "ok")
    return notice(f"{what} is of {image_model_facts(of).title}: the walk is there now, and begins with it.{more}", "ok")


def on_choices(model: str, condition: list[str], steps: float, first: int) -> Iterator[tuple[Any, Any, Any]]:
    """(sheet of pictures to choose end points from, first seed of the next ones, notice)."""
    try:
        asked = {"count": CHOICES, "seed": first, "condition": written(condition), "steps": steps}
        for made in sample_images(parse_image_request(model, asked)):
            items = [{"label": f"seed {seed}"} for seed in range(first, first + CHOICES)]
            shown = pack(made.pictures) | {"items": items, "done": made.done, "chosen": None}
            if made.done:
                yield shown, first + CHOICES, notice("Choose a picture: its seed becomes an end point.")
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def on_choose(ends: str, following: int, event: gr.EventData) -> str:
    """The end points with the chosen seed at their end."""
    return added(ends, str(following - CHOICES + int(event._data["index"])))


def kept_sheet(kept: Sequence[ImageBatch]) -> dict[str, Any]:
    """The kept pictures of all models, small and of one size."""
    if not kept:
        return {"pixels": "", "width": 1, "height": 1, "channels": 1, "items": [], "done": True, "empty": _NONE_KEPT}
    return kept_value([one.pictures[0] for one in kept], [f"{one.request.model}, {one.request.seed}" for one in kept])


def on_kept(kept: Sequence[ImageBatch], model: str, ends: str, steps: float, event: gr.EventData) -> list[Any]:
    """[*what `taken` sets, notice]: the chosen one of the kept pictures as an end point."""
    index = int(event._data["index"])
    if not 0 <= index < len(kept):
        return [_SKIP] * 6 + [notice("This picture is not kept any more: keep it again in Images.", "error")]
    request, kind = kept[index].request, kept[index].kind
    steps = int(steps) if request.model == model else STEPS
    more = difference_from_draw(request, kind, steps)
    said = told(f"The kept picture of seed {request.seed}", request.model, model, more)
    return [*taken(endpoint_from_request(request, kind), request.model, model, ends), said]


def build() -> Choosing:
    """The accordion."""
    with gr.Accordion("Choose end points by their pictures", open=False):
        with gr.Row(elem_classes="pg-actions"):
            choices = gr.Button(f"Show {CHOICES} pictures", elem_id="walk-choices")
            clear = gr.Button("Clear the end points", elem_id="walk-clear")
        sheet = sheet_view(elem_id="walk-sheet", elem_classes="pg-short")
        gr.Markdown("**Kept pictures**, of all models: choosing one makes it an end point, as it was drawn.")
        kept = sheet_view(kept_sheet([]), elem_id="walk-kept", elem_classes="pg-short")
    return Choosing(choices, clear, sheet, gr.State(0), kept)


def wire(choosing: Choosing, controls: Controls, walked: Walked, kept: gr.State) -> None:
    """Connects the events. kept: of [Sheet], the Images tab's."""
    asked = [*controls.inputs(), choosing.following]
    choosing.choices.click(
        on_choices, asked, [choosing.sheet, choosing.following, walked.notice], **QUIET, **MODEL_QUEUE
    )
    choosing.sheet.pick(on_choose, [walked.ends, choosing.following], walked.ends, queue=False, **FOLLOWS)
    choosing.clear.click(lambda: "", None, walked.ends, queue=False, **QUIET)
    kept.change(kept_sheet, kept, choosing.kept, **QUIET)
    given = [kept, controls.model, walked.ends, controls.steps]
    choosing.kept.pick(on_kept, given, [*walked.outputs(controls), walked.notice], **QUIET)
