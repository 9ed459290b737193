"""The Text tab's settings: the components, and how their values become a request and a link."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice, parse_number, parse_text, quoted
from playground.language.model_menu import model_facts, model_names
from playground.language.sampling import SamplerSettings
from playground.language.text_request import DEFAULT_MODEL, MAX_NEW_TOKENS, TextRequest, read_request, request_from
from playground.panels.text.model_card import card
from playground.ui.events import Update
from playground.ui.model_dropdown import refresh_on_focus

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


DECODERS = [("Fastest here", "auto"), ("Fast (int8)", "fast"), ("Open (torch)", "open")]


@dataclass(frozen=True)
class TextControls:
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


@dataclass(frozen=True)
class TextShared:
    """What all panels of the tab have in common.

    controls: the column of settings.  about: the card of the chosen model.
    linked: the panels' own settings by their names in a link; each panel adds its own as it is built, and every link of
    the tab holds those of all panels.
    """

    controls: TextControls
    about: gr.HTML
    linked: dict[str, Any] = field(default_factory=dict)


def request_of(controls: Mapping[str, Any]) -> TextRequest:
    """The checked request in the values of the controls."""
    return read_request(controls, sampler_of(controls))


def sampler_of(controls: Mapping[str, Any]) -> dict[str, Any]:
    """The sampler's settings among the values of the controls, unchecked."""
    return {name: controls[name] for name in SAMPLER_NAMES}


def sampler_slider(name: str, prefix: str = "setting") -> gr.Slider:
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


def restore_settings(recipe: Recipe, linked: Mapping[str, Any]) -> Update:
    """The whole tab as a recipe says: {"controls", "linked", "about", "query"}. linked: see TextShared.

    Raises PlaygroundError if a setting is not valid, or there is no such model.
    """
    request = request_from(recipe)
    model_facts(request.model)
    return {
        "controls": restored_controls(request),
        "linked": restored_linked(linked, recipe.settings),
        "about": card(request.model),
        "query": query_of(recipe),
    }


def restored_controls(request: TextRequest) -> Update:
    """Updates that set every control to a request's values; a slider stretches to hold a value past its end."""
    values: Mapping[str, Any] = {**vars(request), **vars(request.sampler)}
    return {item.name: _restored_control(item.name, values[item.name], request) for item in fields(TextControls)}


def _restored_control(name: str, value: Any, request: TextRequest) -> Any:
    if name in SLIDERS:
        lowest, highest, *_ = SLIDERS[name]
        return gr.Slider(value=value, minimum=min(lowest, value), maximum=max(highest, value))
    if name == "max_new_tokens":
        return gr.Slider(value=value, maximum=max(512, value))
    if name == "model":
        # A Hub model of a link need not be here yet: it is fetched when it is first used.
        names = model_names()
        return gr.Dropdown(choices=[*names, *{value}.difference(names)], value=value)
    if name == "system":
        return gr.Textbox(value=value, visible=request.mode == "chat")
    return gr.update(value=value)


@contextmanager
def _part(title: str, open_: bool = False, classes: str | None = None) -> Iterator[None]:
    with gr.Accordion(title, open=open_, elem_classes=classes):
        yield


def build_controls() -> tuple[TextControls, Any]:
    """The column of settings, and the event of a prompt taken from the examples."""
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
        sliders = {name: sampler_slider(name) for name in SAMPLER_NAMES[:3]}
        with _part("More ways to cut"):
            sliders |= {name: sampler_slider(name) for name in SAMPLER_NAMES[3:]}
    with _part("Length and seed"):
        max_new_tokens = gr.Slider(
            1, 512, value=64, step=1, label="Most new tokens", elem_id="setting-max_new_tokens",
            info=f"Writing stops here, or when the model ends the text. The API takes up to {MAX_NEW_TOKENS:,}.",
        )  # fmt: skip
        seed = gr.Number(
            0, label="Seed", precision=0, minimum=0, elem_id="setting-seed",
            info="The same seed with the same settings gives the same text, always.",
        )  # fmt: skip
    with _part("Model"):
        model = gr.Dropdown(model_names(), value=DEFAULT_MODEL, label="Model", elem_id="setting-model")
        refresh_on_focus(model, model_names)
        decoder = gr.Radio(
            DECODERS,
            value="auto",
            label="Decoder",
            elem_id="setting-decoder",
            info="Two programs run the same model. Fast has rounded weights; open keeps them, and is slower.",
        )
    controls = TextControls(
        mode=mode, prompt=prompt, system=system, model=model, decoder=decoder,
        max_new_tokens=max_new_tokens, seed=seed, **sliders,
    )  # fmt: skip
    return controls, examples.load_input_event


def link_script(panels: Sequence[str], linked: Mapping[str, Any], *, typed: bool = False) -> str:
    """JavaScript that turns the values of the controls, then of `linked`, into the query of each panel's link.

    panels: names; the first one's is left out of its link.  linked: see TextShared; those at their first value are left
    out.
    typed: the present queries come before the values, and stay unless somebody is writing: for `.change`, which also
    fires when a link sets a box. (`.input` of a box of text misses what is pasted.)
    """
    names = json.dumps([*(item.name for item in fields(TextControls)), *linked])
    defaults = json.dumps({name: component.value for name, component in linked.items()})
    first, *others = panels
    fixed = json.dumps([{"tab": "text"} for _ in [first]] + [{"tab": "text", "panel": name} for name in others])
    made = f"{fixed}.map((fixed) => window.playground.settingsQuery(fixed, {names}, values, {defaults}))"
    if len(panels) == 1:
        made += "[0]"
    if typed:
        count = len(panels)
        return f"(...all) => {{ const values = all.slice({count}); const queries = all.slice(0, {count}); " + (
            f"return window.playground.isWriting() ? {made} : queries; }}"
        )
    return f"(...values) => {made}"


def panel_link_script(panel: str, linked: Mapping[str, Any]) -> str:
    """The same for the link of one panel that is not the first."""
    return link_script(["", panel], linked) + "[1]"


def restored_linked(linked: Mapping[str, Any], settings: Mapping[str, Any]) -> Update:
    """Updates that set the panels' own settings from a link, checked; what the link does not name stays as it is."""
    return {
        name: _set_to(name, _read_linked(name, component, settings[name]))
        for name, component in linked.items()
        if name in settings
    }


def _set_to(name: str, value: Any) -> Any:
    """A menu of models may have others by now than when the page was built."""
    return gr.update(value=value, choices=model_names()) if name == "b_model" else gr.update(value=value)


def _read_linked(name: str, component: Any, value: Any) -> Any:
    if isinstance(component, gr.Slider):
        sentence = f"{component.label} must be between {component.minimum} and {component.maximum}"
        number = parse_number(value, sentence)
        if not component.minimum <= number <= component.maximum:
            raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
        return number
    if isinstance(component, (gr.Radio, gr.Dropdown)):
        known = model_names() if name == "b_model" else [str(choice[1]) for choice in component.choices]
        return parse_choice(value, known, name)
    return parse_text(value, name, may_be_empty=True)


def query_of(recipe: Recipe) -> str:
    """The recipe's query, or "" if it is too long for a link."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""
