"""The settings of the Text tab: their components, and their values as a request and as a link."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_number, parse_text, quoted
from playground.language.model_menu import model_choices, model_facts, model_names
from playground.language.sampling import SETTINGS
from playground.language.sampling.table import FIRST_SETTINGS
from playground.language.stop_sequences import stops_text
from playground.language.text_request import (
    DEFAULT_MODEL,
    DEFAULT_PROMPT,
    MAX_NEW_TOKENS,
    TextRequest,
    read_request,
    recipe_of,
    request_from,
)
from playground.panels.text.history_view import history_box
from playground.panels.text.model_card import card
from playground.panels.text.sampler_controls import build_sampler_settings
from playground.ui.events import Update
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.result_settings import encode_settings
from playground.ui.setting_controls import restored_setting
from playground.ui.view import module_call

EXAMPLES = [["The capital of France is"], ["One, two, three,"], ["My favourite colour is"]]
#: The names of the controls, which are those of the settings in links, in their order.
CONTROL_NAMES = ("mode", "prompt", "system", "model", "decoder", *SETTINGS, "max_new_tokens", "seed", "stop")


class TextControls(dict[str, Any]):
    """The components of a request by their names in a recipe, as items and as attributes: CONTROL_NAMES."""

    def __getattr__(self, name: str) -> Any:
        """The component of this name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class TextShared:
    """The parts that all panels of the tab share.

    controls: the column of settings.  about: the facts of the chosen model.
    history: hidden, see history_box.
    linked: settings of single panels by their names in a link. `build` of each panel adds its own, and every link of
    the tab holds those of all panels.
    """

    controls: TextControls
    about: gr.HTML
    history: gr.Textbox = field(default_factory=history_box)
    linked: dict[str, Any] = field(default_factory=dict)


def request_of(controls: Mapping[str, Any]) -> TextRequest:
    """The validated request in the values of the controls."""
    return read_request(controls, sampler_of(controls))


def sampler_of(controls: Mapping[str, Any]) -> dict[str, Any]:
    """The sampler's settings among the values of the controls, not validated."""
    return {name: controls[name] for name in SETTINGS}


#: Settings that a text came from. Its length is in its caption, and a shorter one is its beginning.
TEXT_SETTINGS = tuple(name for name in CONTROL_NAMES if name != "max_new_tokens")


def came_from(request: TextRequest) -> str:
    """The settings of a text, as ResultSettings.carried holds them."""
    values = control_values(request)
    names = [name for name in TEXT_SETTINGS if name != "system" or request.mode == "chat"]
    return encode_settings({name: values[name] for name in names})


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
    values = control_values(request)
    return {name: _control_update(name, values[name], request) for name in CONTROL_NAMES}


def control_values(request: TextRequest) -> Mapping[str, Any]:
    """The values of the controls for a request, and its other fields."""
    return {**vars(request), **vars(request.sampler), "stop": stops_text(request.stop)}


def _control_update(name: str, value: Any, request: TextRequest) -> Any:
    if name in SETTINGS:
        return restored_setting(SETTINGS[name], value)
    if name == "max_new_tokens":
        return gr.Slider(value=value, maximum=max(512, value))
    if name == "model":
        # A Hub model in a link may not be here yet: its first use downloads it.
        return gr.Dropdown(choices=model_choices(value), value=value)
    if name == "system":
        return gr.Textbox(value=value, visible=request.mode == "chat")
    return gr.update(value=value)


@contextmanager
def _part(title: str, open_: bool = False, **options: Any) -> Iterator[None]:
    with gr.Accordion(title, open=open_, **options):
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
        info=say("text.settings.prompt_info"),
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
    with _part(say("sampler.groups.main"), open_=True, elem_classes="pg-drawer", elem_id="setting-sampler"):
        sampler = build_sampler_settings()
    with _part(say("text.settings.length")):
        max_new_tokens = gr.Slider(
            1, 512, value=64, step=1, label=say("text.settings.max_new_tokens"), elem_id="setting-max_new_tokens",
            info=say("text.settings.max_new_tokens_info", most=MAX_NEW_TOKENS),
        )  # fmt: skip
        seed = gr.Number(
            0, label=say("shared.seed"), precision=0, minimum=0, elem_id="setting-seed",
            info=say("text.settings.seed_info"),
        )  # fmt: skip
        stop = gr.Textbox(
            "", label=say("text.settings.stop"), lines=1, max_lines=6, elem_id="setting-stop",
            info=say("text.settings.stop_info"),
        )  # fmt: skip
    with _part(say("shared.model")):
        model = gr.Dropdown(model_choices(), value=DEFAULT_MODEL, label=say("shared.model"), elem_id="setting-model")
        refresh_on_focus(model, model_choices)
        decoder = gr.Radio(
            decoder_choices(),
            value="auto",
            label=say("shared.decoder"),
            elem_id="setting-decoder",
            info=say("text.settings.decoder_info"),
        )
    controls = TextControls(
        mode=mode, prompt=prompt, system=system, model=model, decoder=decoder, **sampler,
        max_new_tokens=max_new_tokens, seed=seed, stop=stop,
    )  # fmt: skip
    return controls, examples.load_input_event


def link_script(panels: Sequence[str], linked: Mapping[str, Any], *, typed: bool = False) -> str:
    """JavaScript that turns the values of the controls, then of `linked`, into the query of each panel's link.

    panels: names; "" for the first, whose link leaves it out.  linked: see TextShared.
    A link leaves out the values of `linked` that are at their default, and so the sampler's later settings.
    typed: for `.change`, which also fires when a link sets a textbox (`.input` would miss pasted text). The inputs then
    begin with the present queries, which stay as they are unless the visitor is writing.
    """
    names = json.dumps([*CONTROL_NAMES, *linked])
    later = {name: item.default for name, item in SETTINGS.items() if name not in FIRST_SETTINGS} | {"stop": ""}
    defaults = json.dumps(later | {name: component.value for name, component in linked.items()})
    fixed = json.dumps([{"tab": "text", **({"panel": name} if name else {})} for name in panels])
    function = "typedQueries" if typed else "settingsQueries"
    return f"(...values) => {module_call('ui/query.js', function, fixed, names, defaults, 'values')}"


def panel_link_script(panel: str, linked: Mapping[str, Any]) -> str:
    """JavaScript for the link of a single panel; "" for the first."""
    return link_script([panel], linked)


def linked_updates(linked: Mapping[str, Any], settings: Mapping[str, Any]) -> Update:
    """Updates that set the panels' own settings from a link, validated. Settings missing in the link do not change."""
    return {
        name: _update_of(name, _read_linked(name, component, settings[name]))
        for name, component in linked.items()
        if name in settings
    }


def _update_of(name: str, value: Any) -> Any:
    """Models may have joined the menu since the page was built, so it gets its choices again."""
    return gr.update(value=value, choices=model_choices()) if name == "b_model" else gr.update(value=value)


def _read_linked(name: str, component: Any, value: Any) -> Any:
    if isinstance(component, gr.Slider):
        limits = {"lowest": component.minimum, "highest": component.maximum}
        rule = say("settings.rules.between", name=component.label, **limits)
        number = parse_number(value, rule)
        if not component.minimum <= number <= component.maximum:
            raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(value)))
        return number
    if isinstance(component, (gr.Radio, gr.Dropdown)):
        known = model_names() if name == "b_model" else [str(choice[1]) for choice in component.choices]
        return parse_choice(value, known, name)
    return parse_text(value, name, may_be_empty=True)


def running_query(request: TextRequest, panel: str = "", own: Mapping[str, Setting] | None = None) -> str:
    """The query of a run in progress, so that a reload takes it up.

    panel: "" for the first.  own: the panel's settings by their names in links.
    A run begins with it: a second listener of its button would write it when the run has ended, over the result's.
    """
    recipe = replace(recipe_of(request, request.decoder, ""), runs=True)
    named = {"panel": panel} if panel else {}
    return query_of(replace(recipe, settings={**named, **recipe.settings, **(own or {})}))


def query_of(recipe: Recipe) -> str:
    """The query of a recipe's link, or "" if it is too long for one."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""
