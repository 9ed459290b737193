"""The sampler's settings as components, built from the table of its stages."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.language.sampling import SETTINGS, STAGES
from playground.language.sampling.stage import GROUPS
from playground.language.sampling.table import ORDER
from playground.panels.text.stage_order_view import stage_order_view
from playground.ui.setting_controls import setting_control
from playground.ui.view import module_call


def names_in(group: str) -> list[str]:
    """The names of a group's settings, in the order of their stages."""
    return [item.name for stage in STAGES if stage.group == group for item in stage.settings]


def sampler_setting(name: str, prefix: str = "setting") -> Any:
    """A setting of the sampler, with its default value. prefix: of its element's id."""
    label, info = say(f"sampler.settings.{name}.label"), say(f"sampler.settings.{name}.info")
    lines = {"lines": 1, "max_lines": 6} if isinstance(SETTINGS[name].default, str) else {}
    return setting_control(SETTINGS[name], prefix, label=label, info=info, **lines)


def build_folded_settings(prefix: str = "setting", title_key: str = "") -> dict[str, Any]:
    """The settings outside the group "main", by name, folded by group. title_key: of a sentence about {group}."""
    settings: dict[str, Any] = {}
    for group in GROUPS[1:]:
        own = say(f"sampler.groups.{group}")
        with gr.Accordion(
            say(title_key, group=own) if title_key else own, open=False, elem_id=f"{prefix}-group-{group}"
        ):
            settings |= {name: sampler_setting(name, prefix) for name in names_in(group)}
    return settings


def build_sampler_settings() -> dict[str, Any]:
    """All settings of the sampler by name: the main ones in view, the others and the order of the stages folded."""
    settings = {name: sampler_setting(name) for name in names_in("main")}
    settings |= build_folded_settings()
    with gr.Accordion(say("sampler.order.title"), open=False):
        stage_order_view(STAGES, elem_id="stage-order")
        order = gr.Textbox("", visible="hidden", label=say("sampler.order.title"), elem_id=f"setting-{ORDER}")
        show = f"(order) => {module_call('panels/text/stage_order_view.js', 'showStageOrder', 'order')}"
        order.change(None, order, None, js=show, api_visibility="private")
    return {name: settings[name] if name in settings else order for name in SETTINGS}
