"""The handlers of Chat with a tiny model: turns, branches, links, files, and the endpoint /chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
import pytest

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_json, from_query
from playground.language.conversation import Conversation
from playground.language.model_menu import chat_model_names
from playground.language.sampling import SamplerSettings
from playground.panels.text.chat import export, handlers, panel
from playground.panels.text.chat.api import api_chat, read_messages
from playground.ui.events import Update


@pytest.fixture
def page(llama: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the panel's settings, those of the tab, whose mode and prompt are those of other panels)."""
    controls = {"mode": "completion", "prompt": "", "system": "", "model": "austen-late", "decoder": "auto"}
    more = {**vars(SamplerSettings()), "max_new_tokens": 6, "seed": 1, "stop": ""}
    return {"system": "Be brief.", "model": llama}, {**controls, **more}


def last_of(updates: Iterator[Update]) -> dict[str, Any]:
    """All components that the Updates have filled, with their last values."""
    filled: dict[str, Any] = {}
    for update in updates:
        filled |= update
    return filled


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


@pytest.fixture
def chat(page: Any) -> Conversation:
    first = last_of(handlers.on_send(Conversation(), "Hello", *page))
    assert set(first) == set(handlers.STREAM_OUTPUTS) and first["message"] == "" and first["turns"]["done"]
    second: Conversation = last_of(handlers.on_send(first["conversation"], "And now?", *page))["conversation"]
    return second


def test_a_message_shows_at_once_and_its_answer_follows_the_turns_before(page: Any, chat: Conversation) -> None:
    updates = list(handlers.on_send(chat, "A third", *page))
    running = parse_qs(updates.pop(0)["query"])
    assert running["running"] == ["1"] and running["prompt"] == ["A third"] and "And now?" in running["history"][0]
    shown = updates[0]["turns"]["turns"]
    assert [turn["message"] for turn in shown] == ["Hello", "And now?", "A third"] and not updates[0]["turns"]["done"]
    whole = [update for update in updates[:-1] if "turns" in update.get("turns", {})]
    assert len(whole) <= 2, "when it is sent, and when the prompt is read: the rest are new tokens"
    value = updates[-1]["turns"]
    assert value["done"] and len(value["tokens"]) == 6 and value["start"] == 0
    read = "".join(text for text, _ in value["reads"])
    assert read.startswith("<|im_start|>system\nBe brief.") and read.endswith(
        "A third<|im_end|>\n<|im_start|>assistant\n"
    )


def test_every_turn_can_be_changed_and_each_change_is_a_branch(page: Any, chat: Conversation) -> None:
    edited = last_of(handlers.on_edit(chat, "x", event(turn=0, role="message", text="Goodbye"), *page))["conversation"]
    assert [turn.message for turn in edited.path] == ["Goodbye"]
    assert [turn.message for turn in handlers.on_walk(edited, event(turn=0))["conversation"].path] == [
        "Hello",
        "And now?",
    ]
    written = last_of(handlers.on_edit(chat, "x", event(turn=1, role="answer", text="Now is now."), *page))
    assert written["conversation"].last.answer.answer == "Now is now." and "message" not in written
    again = last_of(handlers.on_again(chat, "x", event(turn=1), *page))["conversation"]
    assert again.last.answer.request.seed == 2 and again.siblings(again.current) == (1, 2)
    forced = last_of(handlers.on_force(chat, "x", event(turn=0, position=2, id=40), *page))["conversation"]
    assert forced.last.answer.tokens[2].id == 40 and len(forced.path) == 1
    assert forced.last.answer.tokens[:2] == chat.turn(0).answer.tokens[:2]


def test_the_last_answer_goes_on_and_no_other(page: Any, chat: Conversation) -> None:
    longer = last_of(handlers.on_more(chat, "x", event(turn=1), *page))["conversation"]
    ids = [[token.id for token in one.turn(1).answer.tokens] for one in (chat, longer)]
    assert ids[1][: len(ids[0])] == ids[0] and len(ids[1]) > len(ids[0]) and len(longer.turns) == 2
    with pytest.raises(PlaygroundError, match="complete"):
        list(handlers.on_more(chat, "x", event(turn=0), *page))


def test_an_example_leaves_what_the_visitor_writes_and_a_blank_message_is_refused(page: Any) -> None:
    assert "message" not in last_of(handlers.on_say(Conversation(), "mine", event(text="Hi"), *page)), "it stays"
    with pytest.raises(PlaygroundError, match="Write a message first"):
        list(handlers.on_send(Conversation(), "  ", *page))


def test_the_link_opens_the_chat_again_and_compares_its_answer(chat: Conversation) -> None:
    query = handlers.link_update(chat)["query"]
    recipe = from_query(query)
    assert recipe.settings["panel"] == "chat" and panel.is_chat(recipe)
    replayed = last_of(panel.on_replay(recipe))
    assert replayed["notice"]["text"].startswith("Reproduced") and "message" not in replayed
    assert [turn.message for turn in replayed["conversation"].path] == ["Hello", "And now?"]
    assert replayed["conversation"].last.answer.tokens == chat.last.answer.tokens
    other = last_of(panel.on_replay(replace(recipe, seed=9)))
    assert "Differs" in other["notice"]["text"]
    assert handlers.link_update(Conversation()) == {"query": ""}


def test_a_link_to_a_chat_leaves_the_prompt_of_the_other_panels(chat: Conversation) -> None:
    update = panel.restore(from_query(handlers.link_update(chat)["query"]), {})
    assert update["settings"]["system"] == "Be brief." and not {"mode", "prompt"} & update["controls"].keys()
    settings_only = panel.restore(from_query("tab=text&panel=chat&prompt=a&temperature=1.3"), {})
    assert settings_only["controls"]["temperature"] == 1.3 and "turns" not in settings_only


def test_the_file_of_a_chat_holds_its_messages_and_its_recipe(chat: Conversation) -> None:
    data = json.loads(json.loads(export.on_json(chat)["file"])["text"])
    assert [message["role"] for message in data["messages"]] == ["system", "user", "assistant", "user", "assistant"]
    assert from_json(data).settings["panel"] == "chat" and from_json(data).result
    assert export.on_json(Conversation())["notice"]["tone"] == "error"


def test_only_models_with_a_template_are_offered() -> None:
    assert "smollm2-135m-instruct" in chat_model_names() and "austen-late" not in chat_model_names()
    assert "austen-late" in panel._left_out()


def test_the_endpoint_answers_as_the_page_does(llama: str, chat: Conversation) -> None:
    said = [{"role": "system", "content": "Be brief."}]
    for turn in chat.path:
        said += [{"role": "user", "content": turn.message}, {"role": "assistant", "content": turn.answer.answer}]
    *_, answer = api_chat(said[:-1], model=llama, max_new_tokens=6, seed=1)
    assert answer["answer"] == chat.last.answer.answer and answer["recipe"]["settings"]["history"]


@pytest.mark.parametrize(
    "messages",
    [[], "hi", [{"role": "assistant", "content": "a"}], [{"role": "user", "content": "a"}] * 2, [7],
     [{"role": "system", "content": "a"}], [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]],
)  # fmt: skip
def test_messages_out_of_turn_are_refused(messages: Any) -> None:
    with pytest.raises(PlaygroundError, match="user and assistant in turns"):
        read_messages(messages)


def test_the_chat_opens_on_a_stored_exchange_which_the_first_message_replaces(page: tuple[Any, Any]) -> None:
    opened = handlers.on_open(Conversation(untouched=True), None)
    example: Conversation = opened["conversation"]
    assert [turn.message for turn in example.path] == ["What is the capital of France?"]
    assert opened["turns"]["untouched"] and opened["notice"]["text"].startswith(say("text.chat.example"))
    assert handlers.on_open(Conversation(untouched=True), "a link fails")["notice"] == "a link fails"
    assert handlers.on_open(example, None) == {} == handlers.on_open(Conversation(), None), "New chat stays empty"
    sent: Conversation = last_of(handlers.on_send(example, "Hello", *page))["conversation"]
    assert [turn.message for turn in sent.path] == ["Hello"] and not sent.untouched
