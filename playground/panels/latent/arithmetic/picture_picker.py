"""The sheet that the slots of Arithmetic are filled from: real pictures by label, or seeds' pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

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

REAL, SEEDS = "real pictures", "seeds"
_COUNT = {"gan": 36, "vae": 36, "diffusion": 8}
_NO_ENCODER = (
    "Only seeds can go in here: {title} has no encoder that would find the point of a real picture. "
    "Choose a VAE on the left to use real pictures."
)
_NO_DATA = "Only seeds can go in here: the pictures that {title} learned from are not here."


@dataclass(frozen=True)
class PicturePicker:
    """The components. page: gr.State, from 1.  of_model: gr.State of the model whose pictures are shown, or None."""

    source: gr.Radio
    attribute: gr.Dropdown
    word: gr.Dropdown
    page: gr.State
    of_model: gr.State
    sheet: gr.HTML
    more: gr.Button


#: What `on_sheet` takes the values of.
_INPUTS = ("model", "condition", "steps", "source", "attribute", "word", "page")


def on_slots(slots: Slots, of_model: str | None, condition: Sequence[str] | None, steps: float) -> Update:
    """The first page of pictures, if the slots are of another model than the sheet."""
    if slots is None or slots[0] == of_model:
        return {}
    model = slots[0]
    facts = image_model_facts(model)
    source = REAL if facts.kind == "vae" and facts.dataset else SEEDS
    shown = on_sheet(model, condition, steps, source, first_attribute(model), ANY, 1)
    return {"of_model": model, **settings_of_model(model), **shown}


def settings_of_model(model: str) -> Update:
    """{"source", "attribute", "word", "page"} for another model."""
    facts, first = image_model_facts(model), first_attribute(model)
    real = facts.kind == "vae" and bool(facts.dataset)
    why = "" if real else (_NO_DATA if facts.kind == "vae" else _NO_ENCODER).format(title=facts.title)
    visible: Any = True if real else "hidden"
    words = [ANY, *facts.labels.get(first, ())]
    return {
        "source": gr.Radio(choices=[REAL, SEEDS] if real else [SEEDS], value=REAL if real else SEEDS, info=why),
        "attribute": gr.Dropdown(choices=list(facts.labels), value=first or None, visible=visible),
        "word": gr.Dropdown(choices=words, value=ANY, visible=visible),
        "page": 1,
    }


def on_source(source: str) -> Update:
    """The settings of another source: seeds have no labels."""
    visible: Any = True if source == REAL else "hidden"
    return {"attribute": gr.Dropdown(visible=visible), "word": gr.Dropdown(visible=visible), "page": 1}


def on_attribute(model: str, attribute: str) -> Update:
    """The words of another attribute."""
    words = image_model_facts(model).labels.get(attribute, ())
    return {"word": gr.Dropdown(choices=[ANY, *words], value=ANY), "page": 1}


def on_sheet(
    model: str, condition: Sequence[str] | None, steps: float, source: str, attribute: str, word: str, page: int
) -> Update:
    """A page of pictures."""
    try:
        facts = image_model_facts(model)
        if source == REAL and facts.kind == "vae" and facts.dataset:
            return {"sheet": _real(model, attribute, word, page)}
        count = _COUNT[facts.kind]
        seeds = range((page - 1) * count, page * count)
        items = [{"token": str(seed), "label": f"seed {seed}", "words": f"seed {seed}"} for seed in seeds]
        pictures = seed_pictures(model, condition_text(condition), int(steps), seeds)
        return {"sheet": pack(pictures) | {"items": items, "empty": ""}}
    except PlaygroundError as error:
        return {"sheet": None, "notice": error_notice(error)}


def _real(model: str, attribute: str, word: str, page: int) -> dict[str, Any]:
    data = real_pictures(image_model_facts(model).dataset)
    found = browse_dataset(data.name, attribute or next(iter(data.values)), word or ANY, "held out", page)
    # After the last page comes the first.
    if page > found.page_count:
        found = browse_dataset(data.name, attribute, word, "held out", (page - 1) % found.page_count + 1)
    items = [
        {
            "token": format_picture_ref(ref_of_row(data, row)),
            "label": words[attribute],
            "words": f"picture {row:,}: " + ", ".join(f"{name} {one}" for name, one in words.items()),
        }
        for row, words in zip(found.rows.tolist(), found.labels, strict=True)
    ]
    return pack(found.pictures) | {"items": items, "empty": "No held-out picture has this label: choose another."}


def build() -> PicturePicker:
    """The components."""
    with gr.Row():
        source = gr.Radio([REAL, SEEDS], value=REAL, label="From", elem_id="supply-source", scale=2)
        attribute = gr.Dropdown([], label="Label", elem_id="supply-attribute", scale=1)
        word = gr.Dropdown([ANY], value=ANY, label="is", elem_id="supply-word", scale=1)
    sheet = picture_picker_view(elem_id="supply")
    with gr.Row(elem_classes="pg-actions"):
        more = gr.Button("Other pictures", elem_id="supply-more")
    return PicturePicker(source, attribute, word, gr.State(1), gr.State(None), sheet, more)


def connect(picker: PicturePicker, slots: gr.State, note: gr.HTML, shared: LatentShared) -> None:
    """The sheet follows its own settings and, by the slots, the model."""
    parts = (picker, shared, {"slots": slots, "notice": note})
    fill = {**call(on_sheet, parts, _INPUTS, ["sheet", "notice"]), **FOLLOWS, **MODEL_QUEUE}
    outputs = ["of_model", "source", "attribute", "word", "page", "sheet", "notice"]
    # The slots are set whenever the panel opens with another model.
    slots.change(**call(on_slots, parts, ["slots", "of_model", "condition", "steps"], outputs), **QUIET, **MODEL_QUEUE)
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    turned = (
        (picker.source.input, call(on_source, parts, ["source"], ["attribute", "word", "page"])),
        (picker.attribute.input, call(on_attribute, parts, ["model", "attribute"], ["word", "page"])),
        (picker.word.input, call(lambda: {"page": 1}, parts, [], ["page"])),
        (picker.more.click, call(lambda page: {"page": page + 1}, parts, ["page"], ["page"])),
    )
    for listener, keywords in turned:
        listener(**keywords, **at_once).then(**fill)
