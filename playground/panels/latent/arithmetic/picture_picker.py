"""The sheet of pictures to fill the slots of Arithmetic from: real pictures by label, or seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.dataset_browser import browse_dataset
from playground.images.image_request import ANY
from playground.images.model_menu import image_model_facts
from playground.latent.arithmetic import seed_pictures
from playground.latent.nearest_pictures import first_attribute
from playground.latent.picture_refs import format_picture_ref, ref_of_row
from playground.latent.vae_encoder import real_pictures
from playground.panels.latent.arithmetic.slots import Slots
from playground.panels.latent.arithmetic.view import picture_picker_view
from playground.panels.latent.shared import LatentShared, condition_text
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.picture_views import pack

#: Where the pictures come from.
SOURCES = REAL, SEEDS = "real", "seeds"
_COUNT = {"gan": 36, "vae": 36, "diffusion": 8}


@dataclass(frozen=True)
class PicturePicker:
    """The components. page: gr.State, from 1.  of_model: gr.State of the model of the present sheet, or None."""

    source: gr.Radio
    attribute: gr.Dropdown
    word: gr.Dropdown
    page: gr.State
    of_model: gr.State
    sheet: gr.HTML
    more: gr.Button


#: The components whose values `on_sheet` takes.
_INPUTS = ("model", "condition", "steps", "source", "attribute", "word", "page")


def on_slots(slots: Slots, of_model: str | None, condition: Sequence[str] | None, steps: float) -> Update:
    """The first page of pictures, if the model of the slots is not that of the sheet."""
    if slots is None or slots[0] == of_model:
        return {}
    model = slots[0]
    facts = image_model_facts(model)
    source = REAL if facts.kind == "vae" and facts.dataset else SEEDS
    sheet = on_sheet(model, condition, steps, source, first_attribute(model), ANY, 1)
    return {"of_model": model, **settings_of_model(model), **sheet}


def first_sheet(model: str, condition: Sequence[str] | None, steps: float) -> Update:
    """{"sheet"}, the first page of real pictures, which is stored with the first sum; {} for models without."""
    facts = image_model_facts(model)
    if facts.kind != "vae" or not facts.dataset:
        return {}
    filled = on_sheet(model, condition, steps, REAL, first_attribute(model), ANY, 1)
    return {} if filled["sheet"] is None else filled


def settings_of_model(model: str) -> Update:
    """{"source", "attribute", "word", "page"} for another model."""
    facts, first = image_model_facts(model), first_attribute(model)
    real = facts.kind == "vae" and bool(facts.dataset)
    no_dataset, no_encoder = "latent.arithmetic.picker.no_dataset", "latent.arithmetic.picker.no_encoder"
    info = "" if real else say(no_dataset if facts.kind == "vae" else no_encoder, model=facts.title)
    visible: Any = True if real else "hidden"
    words = [ANY, *facts.labels.get(first, ())]
    return {
        "source": gr.Radio(choices=_sources() if real else _sources()[1:], value=REAL if real else SEEDS, info=info),
        "attribute": gr.Dropdown(choices=list(facts.labels), value=first or None, visible=visible),
        "word": gr.Dropdown(choices=words, value=ANY, visible=visible),
        "page": 1,
    }


def _sources() -> list[tuple[str, str]]:
    return [(say(f"latent.arithmetic.picker.source.{source}"), source) for source in SOURCES]


def on_source(source: str) -> Update:
    """The settings of another source; seeds have no labels."""
    visible: Any = True if source == REAL else "hidden"
    return {"attribute": gr.Dropdown(visible=visible), "word": gr.Dropdown(visible=visible), "page": 1}


def on_attribute(model: str, attribute: str) -> Update:
    """The words of another attribute."""
    words = image_model_facts(model).labels.get(attribute, ())
    return {"word": gr.Dropdown(choices=[ANY, *words], value=ANY), "page": 1}


def on_sheet(
    model: str, condition: Sequence[str] | None, steps: float, source: str, attribute: str, word: str, page: int
) -> Update:
    """A page of pictures for the sheet. page: from 1."""
    try:
        facts = image_model_facts(model)
        if source == REAL and facts.kind == "vae" and facts.dataset:
            return {"sheet": _real(model, attribute, word, page)}
        count = _COUNT[facts.kind]
        seeds = range((page - 1) * count, page * count)
        labels = [say("shared.seed_number", seed=seed) for seed in seeds]
        items = [
            {"token": str(seed), "label": label, "words": label} for seed, label in zip(seeds, labels, strict=True)
        ]
        pictures = seed_pictures(model, condition_text(condition), int(steps), seeds)
        return {"sheet": pack(pictures) | {"items": items, "empty": ""}}
    except PlaygroundError as error:
        return {"sheet": None, "notice": error_notice(error)}


def _real(model: str, attribute: str, word: str, page: int) -> dict[str, Any]:
    data = real_pictures(image_model_facts(model).dataset)
    attribute = attribute or next(iter(data.values))
    pictures = browse_dataset(data.name, attribute, word or ANY, "held out", page)
    # After the last page comes the first.
    if page > pictures.page_count:
        pictures = browse_dataset(data.name, attribute, word, "held out", (page - 1) % pictures.page_count + 1)
    items = [
        {
            "token": format_picture_ref(ref_of_row(data, row)),
            "label": words[attribute],
            "words": f"{say('latent.points.picture', row=row)}: "
            + ", ".join(f"{name} {one}" for name, one in words.items()),
        }
        for row, words in zip(pictures.rows.tolist(), pictures.labels, strict=True)
    ]
    return pack(pictures.pictures) | {"items": items, "empty": say("latent.arithmetic.picker.none_with_label")}


def build(model: str) -> PicturePicker:
    """Builds the sheet and its settings for the first model; `connect` connects them."""
    facts, first = image_model_facts(model), first_attribute(model)
    with gr.Row():
        source = gr.Radio(
            _sources(),
            value=REAL,
            label=say("latent.arithmetic.picker.sources"),
            elem_id="arithmetic-picker-source",
            scale=2,
        )
        attribute = gr.Dropdown(
            list(facts.labels), value=first, label=say("shared.label"), elem_id="arithmetic-picker-attribute", scale=1
        )
        word = gr.Dropdown(
            [ANY, *facts.labels.get(first, ())],
            value=ANY,
            label=say("latent.arithmetic.picker.word"),
            elem_id="arithmetic-picker-word",
            scale=1,
        )
    sheet = picture_picker_view(elem_id="arithmetic-picker")
    with gr.Row(elem_classes="pg-actions"):
        more = gr.Button(say("latent.arithmetic.picker.more"), elem_id="arithmetic-picker-more")
    return PicturePicker(source, attribute, word, gr.State(1), gr.State(None), sheet, more)


def connect(picker: PicturePicker, slots: gr.State, note: gr.HTML, shared: LatentShared) -> None:
    """Connects the sheet to its settings and, through the slots, to the model."""
    parts = (picker, shared, {"slots": slots, "notice": note})
    fill = {**call(on_sheet, parts, _INPUTS, ["sheet", "notice"]), **FOLLOWS, **MODEL_QUEUE}
    outputs = ["of_model", "source", "attribute", "word", "page", "sheet", "notice"]
    # The panel sets the slots whenever it opens with another model; every page sets them to nothing as it opens.
    model = gr.Textbox("", visible="hidden")
    slots.change(lambda slots: slots[0] if slots else "", slots, model, **QUIET)
    model.change(**call(on_slots, parts, ["slots", "of_model", "condition", "steps"], outputs), **QUIET, **MODEL_QUEUE)
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    changes = (
        (picker.source.input, call(on_source, parts, ["source"], ["attribute", "word", "page"])),
        (picker.attribute.input, call(on_attribute, parts, ["model", "attribute"], ["word", "page"])),
        (picker.word.input, call(lambda: {"page": 1}, parts, [], ["page"])),
        (picker.more.click, call(lambda page: {"page": page + 1}, parts, ["page"], ["page"])),
    )
    for listener, keywords in changes:
        listener(**keywords, **at_once).then(**fill)
