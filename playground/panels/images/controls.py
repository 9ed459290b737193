"""The column of settings: which model, how many pictures, of what, and what its family can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.image_request import ANY, PRIORS, SCHEDULERS, ImageRequest, parse_image_request
from playground.images.model_menu import ImageModelFacts, image_model_facts, model_names
from playground.ui.model_dropdown import kept_fresh
from playground.ui.notice import facts_view

#: As many attributes as any model's condition has.
MOST_ATTRIBUTES = 8
FAMILY_SETTINGS = ("truncation", "temperature", "prior", "scheduler", "steps", "guidance")
_PRIOR_WORDS = {"normal": "N(0, I): what training aimed at", "mixture": "Mixture: where pictures really lie"}
_SCHEDULER_WORDS = {"ddim": "DDIM", "ddpm": "DDPM", "euler": "Euler", "heun": "Heun", "dpm++": "DPM-Solver++"}


@dataclass(frozen=True)
class Controls:
    """The components that make a request."""

    model: gr.Dropdown
    count: gr.Slider
    seed: gr.Number
    attributes: list[gr.Dropdown]
    families: dict[str, gr.Group]
    settings: dict[str, Any]
    about: gr.HTML

    def inputs(self) -> list[Any]:
        """What request_of takes the values of."""
        return [self.model, self.count, self.seed, *self.attributes, *self.settings.values()]

    def outputs(self) -> list[Any]:
        """What `restored` sets."""
        return [*self.inputs(), *self.families.values(), self.about]


def request_of(values: Sequence[Any]) -> ImageRequest:
    """The checked request in the controls' values, in the order of Controls.inputs()."""
    model, count, seed, *rest = values
    facts = image_model_facts(str(model))
    words, settings = rest[:MOST_ATTRIBUTES], rest[MOST_ATTRIBUTES:]
    # A word that the model does not have was left over from the model before it.
    condition = {
        attribute: word
        for (attribute, there), word in zip(facts.attributes.items(), words, strict=False)
        if word in there
    }
    given = dict(zip(FAMILY_SETTINGS, settings, strict=True))
    return parse_image_request(model, {"count": count, "seed": seed, "condition": condition, **given})


def restored(request: ImageRequest) -> list[Any]:
    """Updates that set every control to a request's values, and show those of the model's family."""
    facts = image_model_facts(request.model)
    values = [gr.Slider(value=request.count), gr.Number(value=request.seed)]
    settings = [gr.update(value=getattr(request, name)) for name in FAMILY_SETTINGS]
    # A model of a link may be one that is not in the menu.
    names = model_names()
    menu = gr.Dropdown(value=request.model, choices=_menu([*names, *{request.model}.difference(names)]))
    return [menu, *values, *attribute_updates(facts, request.condition), *settings, *family_updates(facts)]


def attribute_updates(facts: ImageModelFacts, condition: Mapping[str, str]) -> list[Any]:
    """What the model's condition may ask for; dropdowns beyond that are hidden."""
    there: list[Any] = [
        gr.Dropdown(label=attribute, choices=[ANY, *words], value=condition.get(attribute, ANY), visible=True)
        for attribute, words in facts.attributes.items()
    ]
    return there + [gr.Dropdown(visible=False, value=ANY) for _ in range(MOST_ATTRIBUTES - len(there))]


def family_updates(facts: ImageModelFacts) -> list[Any]:
    """The settings of the model's family shown, those of the others hidden; and the card."""
    return [gr.Group(visible=_seen(kind == facts.kind)) for kind in ("gan", "vae", "diffusion")] + [card(facts)]


def card(facts: ImageModelFacts) -> dict[str, Any]:
    """A model's facts for the facts view."""
    return {"rows": [{"name": name, "text": text} for name, text in facts.rows if text]}


def gone(error: PlaygroundError) -> dict[str, Any]:
    """The card of a model that was taken out of the menus while it was chosen."""
    return {"rows": [{"name": "Model", "text": str(error)}]}


def _seen(wanted: bool) -> bool | Literal["hidden"]:
    """Hidden, not left out: what stands after a part that is left out is not drawn in a tab that is opened later."""
    return True if wanted else "hidden"


def _menu(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(image_model_facts(name).title, name) for name in names]


def build_controls() -> Controls:
    """The column, for the first model of the menu."""
    names = model_names()
    first = ImageRequest(names[0])
    facts = image_model_facts(first.model)
    model = gr.Dropdown(_menu(names), value=first.model, label="Model", elem_id="picture-model")
    with gr.Row():
        count = gr.Slider(1, 64, value=first.count, step=1, label="Pictures", elem_id="picture-count")
        seed = gr.Number(
            first.seed, label="Seed", precision=0, minimum=0, elem_id="picture-seed",
            info="Of the first; the next has one more.",
        )  # fmt: skip
    families, settings = _families(facts.kind, first)
    with gr.Accordion("What to draw", open=True, elem_id="picture-what"):
        attributes = []
        words = [*facts.attributes.items(), *[("", ())] * (MOST_ATTRIBUTES - len(facts.attributes))]
        for place, (attribute, there) in enumerate(words):
            attributes.append(
                gr.Dropdown(
                    [ANY, *there], value=ANY, label=attribute or "attribute", visible=bool(attribute),
                    elem_id=f"picture-attribute-{place}",
                )
            )  # fmt: skip
    with gr.Accordion("About this model", open=False):
        about = facts_view(card(facts), elem_id="picture-about")
    kept_fresh(model, lambda: _menu(model_names()))
    return Controls(model, count, seed, attributes, families, settings, about)


def _families(kind: str, first: ImageRequest) -> tuple[dict[str, gr.Group], dict[str, Any]]:
    families: dict[str, gr.Group] = {}
    made: dict[str, Any] = {}
    with gr.Group(visible=_seen(kind == "gan")) as families["gan"]:
        made["truncation"] = gr.Slider(
            0, 4, value=first.truncation, step=0.1, label="Truncation", elem_id="picture-truncation",
            info="Noise further from 0 than this is drawn again: more typical pictures, fewer kinds. 0 is off.",
        )  # fmt: skip
    with gr.Group(visible=_seen(kind == "vae")) as families["vae"]:
        made["temperature"] = gr.Slider(
            0, 2, value=first.temperature, step=0.05, label="Temperature", elem_id="picture-temperature",
            info="Scales z: 0 gives the average picture, above 1 stranger ones.",
        )  # fmt: skip
        made["prior"] = gr.Radio(
            [(_PRIOR_WORDS[name], name) for name in PRIORS], value=first.prior, label="Where z is drawn from",
            elem_id="picture-prior",
        )  # fmt: skip
    with gr.Group(visible=_seen(kind == "diffusion")) as families["diffusion"]:
        made["scheduler"] = gr.Dropdown(
            [(_SCHEDULER_WORDS[name], name) for name in SCHEDULERS], value=first.scheduler, label="Scheduler",
            elem_id="picture-scheduler", info="How each step goes from noise towards the picture.",
        )  # fmt: skip
        made["steps"] = gr.Slider(
            1, 100, value=first.steps, step=1, label="Steps", elem_id="picture-steps",
            info="More steps, finer pictures, longer waiting.",
        )  # fmt: skip
        made["guidance"] = gr.Slider(
            0, 8, value=first.guidance, step=0.25, label="Guidance", elem_id="picture-guidance",
            info="How much harder it tries for what you asked. 1 is none.",
        )  # fmt: skip
    return families, made
