"""Chat: a conversation as a tree of turns, in which any message, answer or token can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.language.conversation import Conversation, with_earlier_turns
from playground.language.generation import Generation, generate
from playground.language.model_menu import chat_model_choices, chat_model_names, model_names
from playground.language.text_request import DEFAULT_MODEL, request_from
from playground.panels.text.chat import export
from playground.panels.text.chat.handlers import (
    LINK_OUTPUTS,
    NAME,
    STREAM_OUTPUTS,
    keep_message,
    link_update,
    on_again,
    on_edit,
    on_force,
    on_more,
    on_new,
    on_open,
    on_say,
    on_send,
    on_stop,
    on_walk,
    show,
    stream,
)
from playground.panels.text.chat.view import chat_value, chat_view
from playground.panels.text.controls import TextShared, restore_settings
from playground.panels.text.result_links import replay_request, replayed_text
from playground.ui.events import (
    AFTER_CANCEL,
    FOLLOWS,
    MODEL_QUEUE,
    QUIET,
    Update,
    call,
    cancel_each_other,
    starts_again,
)
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel

_INPUTS = ("conversation", "message", "settings", "controls")


@dataclass(frozen=True)
class ChatComponents:
    """The components of the panel. conversation: gr.State of Conversation.  settings: system, model, by these names.

    file: hidden, JSON of a file for the page to save.
    """

    turns: gr.HTML
    message: gr.Textbox
    send: gr.Button
    stop: gr.Button
    new: gr.Button
    notice: gr.HTML
    settings: dict[str, Any]
    download_json: gr.Button
    conversation: gr.State
    query: gr.Textbox
    file: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """Builds the panel and its events."""
    components = _build_components()
    shared.linked.update(chat_system=components.settings["system"], chat_model=components.settings["model"])
    parts = (components, shared)
    _connect_turns(components, shared)
    export.connect(components)
    return Panel(
        NAME,
        item,
        parts,
        restore=lambda recipe: restore(recipe, shared.linked),
        restored=["controls", "linked", "about", "query", "settings", "turns", "conversation"],
        replay=on_replay,
        replayed=[*STREAM_OUTPUTS, *LINK_OUTPUTS],
        draw=on_open,
        draw_inputs=["conversation", "notice"],
        drawn=["conversation", "turns", "notice"],
        draw_runs_model=False,
        stops=[components.stop],
    )


def _build_components() -> ChatComponents:
    introduction("text.chat")
    turns = chat_view(chat_value(Conversation(), "", done=True), elem_id="chat-turns")
    note = notice_view(elem_id="chat-notice")
    message = gr.Textbox(
        "", label=say("text.chat.message"), placeholder=say("text.chat.message_placeholder"), lines=1, max_lines=8,
        elem_id="chat-message", info=say("text.chat.message_info"),
    )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        send = gr.Button(say("text.chat.send"), variant="primary", elem_id="chat-send")
        stop = gr.Button(say("shared.stop"), elem_id="chat-stop")
        new = gr.Button(say("text.chat.new"), elem_id="chat-new")
        download_json = gr.Button(say("text.generate.download_json"), elem_id="chat-download")
    with gr.Accordion(say("text.chat.settings"), open=True, elem_classes="pg-own-settings"):
        system = gr.Textbox(
            "", label=say("text.settings.system"), placeholder=say("text.settings.system_placeholder"), lines=1,
            max_lines=6, elem_id="chat-system", info=say("text.chat.system_info"),
        )  # fmt: skip
        model = gr.Dropdown(
            chat_model_choices(), value=DEFAULT_MODEL, label=say("shared.model"), elem_id="chat-model", info=_left_out()
        )
        refresh_on_focus(model, chat_model_choices)
    return ChatComponents(
        turns=turns, message=message, send=send, stop=stop, new=new, notice=note,
        settings={"system": system, "model": model}, download_json=download_json,
        conversation=gr.State(Conversation(untouched=True)), query=gr.Textbox(visible="hidden", elem_id="chat-query"),
        file=gr.Textbox(visible="hidden"),
    )  # fmt: skip


def _left_out() -> str:
    """Why some models are not in the menu."""
    others = [name for name in model_names() if name not in chat_model_names()]
    return say("text.chat.left_out", names=", ".join(others)) if others else ""


def _connect_turns(components: ChatComponents, shared: TextShared) -> None:
    parts = (components, shared)

    def streams(handler: Callable[..., Any]) -> dict[str, Any]:
        return {**call(handler, parts, _INPUTS, STREAM_OUTPUTS), **starts_again(NAME), **MODEL_QUEUE}

    view = components.turns
    running = [
        gr.on([components.send.click, components.message.submit], **streams(on_send)),
        view.say(**streams(on_say)),
        view.edit(**streams(on_edit)),
        view.again(**streams(on_again)),
        view.more(**streams(on_more)),
        view.force(**streams(on_force)),
    ]
    cancel_each_other(NAME, running)
    outputs = ["conversation", "turns", "notice", *LINK_OUTPUTS]
    quick = {"queue": False, "js": AFTER_CANCEL, **QUIET}
    for button, handler in ((components.stop, on_stop), (components.new, on_new)):
        button.click(None, None, None, cancels=running, api_visibility="private")
        button.click(**call(handler, parts, ["conversation"], outputs), **quick)
    view.walk(**call(on_walk, parts, ["conversation"], outputs), queue=False, **FOLLOWS)
    for event in running:
        event.then(**call(link_update, parts, ["conversation"], LINK_OUTPUTS), queue=False, **FOLLOWS)


def is_chat(recipe: Recipe) -> bool:
    """Whether a recipe holds a chat, and not only the tab's settings."""
    return recipe.settings.get("mode") == "chat" and recipe.is_run


def restore(recipe: Recipe, linked: Mapping[str, Any]) -> Update:
    """The settings of a link. A chat's message is in its turns: the prompt of the other panels stays."""
    update = dict(restore_settings(recipe, linked))
    if not is_chat(recipe):
        return update
    controls = {name: value for name, value in update["controls"].items() if name not in ("mode", "prompt", "system")}
    request = request_from(recipe)
    model = gr.Dropdown(choices=chat_model_choices(request.model), value=request.model)
    return {
        **update,
        "controls": controls,
        "settings": {"system": request.system, "model": model},
        **show(Conversation()),
        "notice": notice(say("text.chat.replaying")),
    }


def on_replay(recipe: Recipe) -> Iterator[Update]:
    """Answers the last message of a link's chat again, and reports whether the answer is the same."""
    if not is_chat(recipe):
        return
    updates = stream(generate(replay_request(recipe)), with_earlier_turns)
    yield from replayed_text(recipe, keep_message(updates), lambda last: _ended(last.get("conversation")))


def _ended(conversation: Conversation | None) -> tuple[Update, Generation] | None:
    if conversation is None or conversation.last is None:
        return None
    return link_update(conversation), conversation.last.answer
