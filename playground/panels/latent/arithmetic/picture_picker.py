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
from playground.panels.latent.arithmetic.view import supply_view
from playground.panels.latent.controls import written
from playground.ui.notice import notice
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
REAL, SEEDS = "real pictures", "seeds"
_COUNT = {"gan": 36, "vae": 36, "diffusion": 8}
_WHY = (
    "Only seeds can go in here: {title} has no encoder that would find the point of a real picture. "
    "Choose a VAE on the left to use real pictures."
)
_NO_DATA = "Only seeds can go in here: the pictures that {title} learned from are not here."


@dataclass(frozen=True)
class Supply:
    """The components. page: gr.State, from 1."""

    source: gr.Radio
    attribute: gr.Dropdown
    word: gr.Dropdown
    page: gr.State
    view: gr.HTML

    def settings(self) -> list[Any]:
        """What on_supply takes the values of, after model, condition and steps."""
        return [self.source, self.attribute, self.word, self.page]


def on_model(model: str) -> list[Any]:
    """(source, attribute, word, page) for another model."""
    facts, first = image_model_facts(model), first_attribute(model)
    real = facts.kind == "vae" and bool(facts.dataset)
    why = "" if real else (_NO_DATA if facts.kind == "vae" else _WHY).format(title=facts.title)
    source = gr.Radio(choices=[REAL, SEEDS] if real else [SEEDS], value=REAL if real else SEEDS, info=why)
    shown: Any = True if real else "hidden"
    words = [ANY, *facts.labels.get(first, ())]
    attribute = gr.Dropdown(choices=list(facts.labels), value=first or None, visible=shown)
    return [source, attribute, gr.Dropdown(choices=words, value=ANY, visible=shown), 1]


def on_source(source: str) -> list[Any]:
    """(attribute, word, page) for another source: seeds have no labels."""
    shown: Any = True if source == REAL else "hidden"
    return [gr.Dropdown(visible=shown), gr.Dropdown(visible=shown), 1]


def on_attribute(model: str, attribute: str) -> tuple[Any, int]:
    """(word, page) for another attribute."""
    words = image_model_facts(model).labels.get(attribute, ())
    return gr.Dropdown(choices=[ANY, *words], value=ANY), 1


def on_supply(
    model: str, condition: Sequence[str] | None, steps: float, source: str, attribute: str, word: str, page: int
) -> tuple[Any, Any]:
    """(sheet, notice)."""
    try:
        facts = image_model_facts(model)
        if source == REAL and facts.kind == "vae" and facts.dataset:
            return _real(model, attribute, word, page), _SKIP
        count = _COUNT[facts.kind]
        seeds = range((page - 1) * count, page * count)
        items = [{"token": str(seed), "label": f"seed {seed}", "words": f"seed {seed}"} for seed in seeds]
        made = seed_pictures(model, written(condition), int(steps), seeds)
        return pack(made) | {"items": items, "empty": ""}, _SKIP
    except PlaygroundError as error:
        return None, notice(str(error), "error")


def _real(model: str, attribute: str, word: str, page: int) -> dict[str, Any]:
    data = real_pictures(image_model_facts(model).dataset)
    found = browse_dataset(data.name, attribute or next(iter(data.values)), word or ANY, "held out", page)
    # Past the last page the sheet begins anew.
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


def build_supply() -> tuple[Supply, gr.Button]:
    """The components, and the button for the next page."""
    with gr.Row():
        source = gr.Radio([REAL, SEEDS], value=REAL, label="From", elem_id="supply-source", scale=2)
        attribute = gr.Dropdown([], label="Label", elem_id="supply-attribute", scale=1)
        word = gr.Dropdown([ANY], value=ANY, label="is", elem_id="supply-word", scale=1)
    thumbs = supply_view(elem_id="supply")
    with gr.Row(elem_classes="pg-actions"):
        more = gr.Button("Other pictures", elem_id="supply-more")
    return Supply(source, attribute, word, gr.State(1), thumbs), more
