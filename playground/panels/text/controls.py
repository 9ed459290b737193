"""The Text tab's settings: the components, and how their values become a request and a link."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import checked_text, parse_choice, parse_number, quoted
from playground.language.model_menu import model_names
from playground.language.sampling import SamplerSettings
from playground.language.text_request import DEFAULT_MODEL, MOST_NEW_TOKENS, TextRequest, read_request
from playground.ui.model_dropdown import kept_fresh

DEFAULT_PROMPT = "Once upon a time, in a small village by the sea,"
EXAMPLES = [["The capital of France is"], ["One, two, three,"], ["My favourite colour is"]]
#: Name -> (lowest, highest, step, label, what it does) of the sampler's sliders.
SLIDERS: dict[str, tuple[float, float, float, str, str]] = {
    "temperature": (
        0,
        3,
        0.01,
        "Temperature",
        "Low plays safe, high takes risks. 0 is greedy: always the likeliest token.",
    ),
    "top_k": (0, 200, 1, "Top-k", "Keep only the k likeliest tokens. 0 is off."),
    "top_p": (0.01, 1, 0.01, "Top-p", "Keep the likeliest tokens that together hold this share. 1 is off."),
    "min_p": (0, 1, 0.01, "Min-p", "Cut tokens below this share of the best one's probability. 0 is off."),
    "typical_p": (
        0.01,
        1,
        0.01,
        "Typical",
        "Keep tokens about as surprising as expected, holding this share. 1 is off.",
    ),
    "repetition_penalty": (
        0.5,
        2,
        0.01,
        "Repetition penalty",
        "Above 1: tokens already in the text become less likely.",
    ),
}
SAMPLER_NAMES = tuple(SLIDERS)


@dataclass(frozen=True)
class Controls:
    """The components that make a request, by the names that they have in a recipe."""

    mode: gr.Radio
    prompt: gr.Textbox
    system: gr.Textbox
    model: gr.Dropdown
    decoder: gr.Radio
    temperature: gr.Slider
    top_k: gr.Slider
    top_p: gr.Slider
    min_p: gr.Slider
    typical_p: gr.Slider
    repetition_penalty: gr.Slider
    max_new_tokens: gr.Slider
    seed: gr.Number

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The components' names, in their order."""
        return tuple(field.name for field in fields(cls))

    def inputs(self) -> list[Any]:
        """The components, in the order of names()."""
        return [getattr(self, name) for name in self.names()]


def request_of(values: Sequence[Any]) -> TextRequest:
    """The checked request in the controls' values (in the order of Controls.names())."""
    named = dict(zip(Controls.names(), values, strict=True))
    sampler = {name: named.pop(name) for name in SAMPLER_NAMES}
    return read_request(named, sampler)


def sampler_of(values: Sequence[Any]) -> dict[str, Any]:
    """The sampler's settings among the controls' values, unchecked."""
    named = dict(zip(Controls.names(), values, strict=True))
    return {name: named[name] for name in SAMPLER_NAMES}


def slider(name: str, prefix: str = "setting") -> gr.Slider:
    """One of the sampler's sliders, with the default value."""
    lowest, highest, step, label, info = SLIDERS[name]
    return gr.Slider(
        lowest,
        highest,
        value=getattr(SamplerSettings(), name),
        step=step,
        label=label,
        info=info,
        elem_id=f"{prefix}-{name}",
    )


def restored(request: TextRequest) -> list[Any]:
    """Updates that set every control to a request's values; a slider stretches to hold a value past its end."""
    values: Mapping[str, Any] = {**vars(request), **vars(request.sampler)}
    updates: list[Any] = []
    for name in Controls.names():
        if name in SLIDERS:
            lowest, highest, *_ = SLIDERS[name]
            value = values[name]
            updates.append(gr.Slider(value=value, minimum=min(lowest, value), maximum=max(highest, value)))
        elif name == "max_new_tokens":
            updates.append(gr.Slider(value=values[name], maximum=max(512, values[name])))
        elif name == "seed":
            updates.append(gr.Number(value=values[name]))
        elif name == "model":
            # A Hub model of a link need not be here yet: it is fetched when it is first used.
            names = model_names()
            updates.append(gr.Dropdown(choices=[*names, *{values[name]}.difference(names)], value=values[name]))
        elif name == "decoder":
            updates.append(gr.Radio(value=values[name]))
        elif name == "system":
            updates.append(gr.Textbox(value=values[name], visible=request.mode == "chat"))
        else:
            updates.append(gr.update(value=values[name]))
    return updates


@contextmanager
def _part(title: str, open_: bool = False, classes: str | None = None) -> Iterator[None]:
    with gr.Accordion(title, open=open_, elem_classes=classes):
        yield


def build_controls(names: Sequence[str]) -> tuple[Controls, Any]:
    """The column of settings, and the event of a prompt taken from the examples. names: of the models in the menu."""
    mode = gr.Radio(
        [("Complete my text", "completion"), ("Chat", "chat")],
        value="completion",
        label="Mode",
        elem_id="setting-mode",
        info="Completing goes on where you stop. Chat wraps your words in the model's own template.",
    )
    prompt = gr.Textbox(
        DEFAULT_PROMPT,
        label="Prompt",
        lines=3,
        max_lines=12,
        elem_id="setting-prompt",
        placeholder="Type the beginning of a text",
    )
    examples = gr.Examples(
        EXAMPLES, prompt, label="Or try", cache_examples=False, elem_id="examples", api_visibility="private"
    )
    system = gr.Textbox(
        "",
        label="System message",
        lines=2,
        elem_id="setting-system",
        visible=False,
        placeholder="Leave empty for the model's own",
    )
    with _part("How it chooses", open_=True, classes="pg-drawer"):
        sliders = {name: slider(name) for name in SAMPLER_NAMES[:3]}
        with _part("More ways to cut"):
            sliders |= {name: slider(name) for name in SAMPLER_NAMES[3:]}
    with _part("Length and seed"):
        max_new_tokens = gr.Slider(
            1, 512, value=64, step=1, label="Most new tokens", elem_id="setting-max_new_tokens",
            info=f"Writing stops here, or when the model ends the text. The API takes up to {MOST_NEW_TOKENS:,}.",
        )  # fmt: skip
        seed = gr.Number(
            0, label="Seed", precision=0, minimum=0, elem_id="setting-seed",
            info="The same seed with the same settings gives the same text, always.",
        )  # fmt: skip
    with _part("Model"):
        model = gr.Dropdown(list(names), value=DEFAULT_MODEL, label="Model", elem_id="setting-model")
        kept_fresh(model, model_names)
        decoder = gr.Radio(
            [("Fastest here", "auto"), ("Fast (int8)", "fast"), ("Open (torch)", "open")],
            value="auto",
            label="Decoder",
            elem_id="setting-decoder",
            info="Two programs run the same model. Fast has rounded weights; open keeps them, and is slower.",
        )
    controls = Controls(
        mode=mode, prompt=prompt, system=system, model=model, decoder=decoder,
        max_new_tokens=max_new_tokens, seed=seed, **sliders,
    )  # fmt: skip
    return controls, examples.load_input_event


def link_script(panels: Mapping[str, Any], *, typed: bool = False) -> str:
    """JavaScript that turns the values of the controls, then of the panels' own settings, into a link's query.

    panels: name in the link -> component; those that stand as at first are left out.
    typed: the present query comes before the values, and stays unless somebody is writing: for `.change`, which also
    fires when a link sets a box. (`.input` of a box of text misses what is pasted.)
    """
    names = json.dumps([*Controls.names(), *panels])
    defaults = json.dumps({name: component.value for name, component in panels.items()})
    made = f"window.playground.settingsQuery({names}, values, {defaults})"
    if typed:
        return f"(query, ...values) => window.playground.isWriting() ? {made} : query"
    return f"(...values) => {made}"


def restored_panels(panels: Mapping[str, Any], settings: Mapping[str, Any]) -> list[Any]:
    """Updates that set the panels' own settings from a link, checked; what the link does not name stays as it is."""
    return [
        _set_to(name, _restored(name, component, settings[name])) if name in settings else gr.skip()
        for name, component in panels.items()
    ]


def _set_to(name: str, value: Any) -> Any:
    """A menu of models may have others by now than when the page was built."""
    return gr.update(value=value, choices=model_names()) if name == "b_model" else gr.update(value=value)


def _restored(name: str, component: Any, value: Any) -> Any:
    if isinstance(component, gr.Slider):
        sentence = f"{component.label} must be between {component.minimum} and {component.maximum}"
        number = parse_number(value, sentence)
        if not component.minimum <= number <= component.maximum:
            raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
        return number
    if isinstance(component, (gr.Radio, gr.Dropdown)):
        known = model_names() if name == "b_model" else [str(choice[1]) for choice in component.choices]
        return parse_choice(value, known, name)
    return checked_text(value, name, may_be_empty=True)


def query_of(recipe: Recipe) -> str:
    """The recipe's query, or "" if it is too long for a link."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""
