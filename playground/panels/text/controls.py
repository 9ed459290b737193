"""The settings of the Text tab: their components, and their values as a request and as a link."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

import gradio as gr

from playground.core.catalogue import say
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


@dataclass(frozen=True)
class TextControls:
    """The components of a request, by their names in a recipe."""

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
    """The parts that all panels of the tab share.

    controls: the column of settings.  about: the facts of the chosen model.
    linked: settings of single panels by their names in a link. `build` of each panel adds its own, and every link of
    the tab holds those of all panels.
    """

    controls: TextControls
    about: gr.HTML
    linked: dict[str, Any] = field(default_factory=dict)


def request_of(controls: Mapping[str, Any]) -> TextRequest:
    """The validated request in the values of the controls."""
    return read_request(controls, sampler_of(controls))


def sampler_of(controls: Mapping[str, Any]) -> dict[str, Any]:
    """The sampler's settings among the values of the controls, not validated."""
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
    """The whole tab restored from a recipe: {"controls", "linked", "about", "query"}. linked: see TextShared.

    Raises PlaygroundError for an invalid setting or an unknown model.
    """
    request = request_from(recipe)
    model_facts(request.model)
    return {
        "controls": control_updates(request),
        "linked": linked_updates(linked, recipe.settings),
        "about": card(request.model),
        "query": query_of(recipe),
    }


def control_updates(request: TextRequest) -> Update:
    """Updates that set every control to a request's value; a slider's range grows to include it."""
    values: Mapping[str, Any] = {**vars(request), **vars(request.sampler)}
    return {item.name: _control_update(item.name, values[item.name], request) for item in fields(TextControls)}


def _control_update(name: str, value: Any, request: TextRequest) -> Any:
    if name in SLIDERS:
        lowest, highest, *_ = SLIDERS[name]
        return gr.Slider(value=value, minimum=min(lowest, value), maximum=max(highest, value))
    if name == "max_new_tokens":
        return gr.Slider(value=value, maximum=max(512, value))
    if name == "model":
        # A Hub model in a link may not be here yet: its first use downloads it.
        names = model_names()
        return gr.Dropdown(choices=[*names, *{value}.difference(names)], value=value)
    if name == "system":
        return gr.Textbox(value=value, visible=request.mode == "chat")
    return gr.update(value=value)


@contextmanager
def _part(title: str, open_: bool = False, classes: str | None = None) -> Iterator[None]:
    with gr.Accordion(title, open=open_, elem_classes=classes):
        yield


def decoder_choices() -> list[tuple[str, str]]:
    """(label, value) of each decoder."""
    return [
        (say("text.settings.auto"), "auto"),
        (say("text.settings.fast"), "fast"),
        (say("text.settings.open"), "open"),
    ]


def build_controls() -> tuple[TextControls, Any]:
    """(the column of settings, the event of choosing an example of a prompt)."""
    mode = gr.Radio(
        [(say("text.settings.completion"), "completion"), (say("text.settings.chat"), "chat")],
        value="completion",
        label=say("text.settings.mode"),
        elem_id="setting-mode",
        info=say("text.settings.mode_info"),
    )
    prompt = gr.Textbox(
        DEFAULT_PROMPT,
        label=say("text.settings.prompt"),
        lines=3,
        max_lines=12,
        elem_id="setting-prompt",
        placeholder=say("text.settings.prompt_placeholder"),
    )
    examples = gr.Examples(
        EXAMPLES,
        prompt,
        label=say("text.settings.examples"),
        cache_examples=False,
        elem_id="examples",
        api_visibility="private",
    )
    system = gr.Textbox(
        "",
        label=say("text.settings.system"),
        lines=2,
        elem_id="setting-system",
        visible=False,
        placeholder=say("text.settings.system_placeholder"),
    )
    with _part(say("text.settings.sampling"), open_=True, classes="pg-drawer"):
        sliders = {name: sampler_slider(name) for name in SAMPLER_NAMES[:3]}
        with _part(say("text.settings.more_sampling")):
            sliders |= {name: sampler_slider(name) for name in SAMPLER_NAMES[3:]}
    with _part(say("text.settings.length")):
        max_new_tokens = gr.Slider(
            1, 512, value=64, step=1, label=say("text.settings.max_new_tokens"), elem_id="setting-max_new_tokens",
            info=say("text.settings.max_new_tokens_info", most=MAX_NEW_TOKENS),
        )  # fmt: skip
        seed = gr.Number(
            0, label=say("shared.seed"), precision=0, minimum=0, elem_id="setting-seed",
            info=say("text.settings.seed_info"),
        )  # fmt: skip
    with _part(say("shared.model")):
        model = gr.Dropdown(model_names(), value=DEFAULT_MODEL, label=say("shared.model"), elem_id="setting-model")
        refresh_on_focus(model, model_names)
        decoder = gr.Radio(
            decoder_choices(),
            value="auto",
            label=say("shared.decoder"),
            elem_id="setting-decoder",
            info=say("text.settings.decoder_info"),
        )
    controls = TextControls(
        mode=mode, prompt=prompt, system=system, model=model, decoder=decoder,
        max_new_tokens=max_new_tokens, seed=seed, **sliders,
    )  # fmt: skip
    return controls, examples.load_input_event


def link_script(panels: Sequence[str], linked: Mapping[str, Any], *, typed: bool = False) -> str:
    """JavaScript that turns the values of the controls, then of `linked`, into the query of each panel's link.

    panels: names; a link leaves out the first one's.  linked: see TextShared; a link leaves out those at their default.
    typed: for `.change`, which also fires when a link sets a textbox (`.input` would miss pasted text). The inputs then
    begin with the present queries, which stay as they are unless the visitor is writing.
    """
    names = json.dumps([*(item.name for item in fields(TextControls)), *linked])
    defaults = json.dumps({name: component.value for name, component in linked.items()})
    first, *others = panels
    fixed = json.dumps([{"tab": "text"} for _ in [first]] + [{"tab": "text", "panel": name} for name in others])
    queries = f"{fixed}.map((fixed) => window.playground.settingsQuery(fixed, {names}, values, {defaults}))"
    if len(panels) == 1:
        queries += "[0]"
    if typed:
        count = len(panels)
        return f"(...all) => {{ const values = all.slice({count}); const queries = all.slice(0, {count}); " + (
            f"return window.playground.isWriting() ? {queries} : queries; }}"
        )
    return f"(...values) => {queries}"


def panel_link_script(panel: str, linked: Mapping[str, Any]) -> str:
    """JavaScript for the link of a single panel other than the first."""
    return link_script(["", panel], linked) + "[1]"


def linked_updates(linked: Mapping[str, Any], settings: Mapping[str, Any]) -> Update:
    """Updates that set the panels' own settings from a link, validated. Settings missing in the link do not change."""
    return {
        name: _update_of(name, _read_linked(name, component, settings[name]))
        for name, component in linked.items()
        if name in settings
    }


def _update_of(name: str, value: Any) -> Any:
    """Models may have joined the menu since the page was built, so it gets its choices again."""
    return gr.update(value=value, choices=model_names()) if name == "b_model" else gr.update(value=value)


def _read_linked(name: str, component: Any, value: Any) -> Any:
    if isinstance(component, gr.Slider):
        limits = {"lowest": component.minimum, "highest": component.maximum}
        rule = say("text.request.setting_range", name=component.label, **limits)
        number = parse_number(value, rule)
        if not component.minimum <= number <= component.maximum:
            raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(value)))
        return number
    if isinstance(component, (gr.Radio, gr.Dropdown)):
        known = model_names() if name == "b_model" else [str(choice[1]) for choice in component.choices]
        return parse_choice(value, known, name)
    return parse_text(value, name, may_be_empty=True)


def query_of(recipe: Recipe) -> str:
    """The query of a recipe's link, or "" if it is too long for one."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""
