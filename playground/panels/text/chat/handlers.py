"""What the chat does: answers, branches, other answers, stops; each returns Updates of the panel's components."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.language.completion_tree import forked_request
from playground.language.conversation import (
    Conversation,
    Turn,
    another_request,
    next_request,
    with_earlier_turns,
    written_request,
)
from playground.language.generation import Generation, generate
from playground.language.remarks import least_sure
from playground.language.stored_example import CHAT, is_from_elsewhere, stored_example
from playground.language.text_request import TextRequest
from playground.panels.text.chat.view import chat_value, more_tokens
from playground.panels.text.controls import query_of, request_of, running_query
from playground.panels.text.history_view import history_entry
from playground.panels.text.token_data import remark
from playground.ui import messages
from playground.ui.event_data import EventValues, event_values
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.view import new_run

#: What an event of the view comes with, and what gives the request in the page's settings.
Data = EventValues
Page = Callable[[], TextRequest]
NAME = "chat"
MORE_TOKENS = 64
#: Outputs of a growing answer.
STREAM_OUTPUTS = ("conversation", "turns", "notice", "message", "query")
#: Outputs of a finished one.
LINK_OUTPUTS = ("query", "history")
_UPDATE_SECONDS = 0.15


def page_request(settings: Mapping[str, Any], controls: Mapping[str, Any]) -> TextRequest:
    """The request in the panel's settings and the tab's. Its prompt is a placeholder."""
    return request_of({**controls, **settings, "mode": "chat", "prompt": "?"})


def link_update(conversation: Conversation) -> Update:
    """The link to the chat on the page."""
    if conversation.last is None:
        return {"query": ""}
    answer = conversation.last.answer
    query = query_of(recipe_of_chat(answer))
    return {"query": query, "history": history_entry(query, answer.request.prompt, answer.answer)}


def recipe_of_chat(answer: Generation) -> Recipe:
    """The recipe of a chat up to an answer."""
    recipe = answer.recipe()
    return replace(recipe, settings={"panel": NAME, **recipe.settings})


def show(conversation: Conversation, run: str | None = None, note: Mapping[str, str] | None = None) -> Update:
    """The chat as it is, when nothing grows."""
    return {
        "conversation": conversation,
        "turns": chat_value(conversation, run or new_run(), done=True),
        "notice": note,
    }


def stream(texts: Iterator[Generation], place: Callable[[Generation], Conversation]) -> Iterator[Update]:
    """STREAM_OUTPUTS as an answer grows, about six times a second. place: returns the chat with that answer."""
    run, sent, generation = new_run(), -1, None
    is_shown = False
    for generation in throttle(texts, _UPDATE_SECONDS):
        now = place(generation.stopped())
        update: dict[str, Any] = {"conversation": now, "notice": None}
        is_read = len(generation.prompt) == generation.prompt_count
        if not is_shown or (is_read and sent < 0):
            update |= {"turns": chat_value(now, run, done=False), "message": ""}
            is_shown, sent = True, len(generation.tokens) if is_read else -1
        elif is_read:
            update["turns"] = more_tokens(generation.tokens, run, sent)
            sent = len(generation.tokens)
        yield update
    if generation is not None:
        yield show(place(generation), run, remark(generation))


def _answer(
    conversation: Conversation, parent: int | None, request: TextRequest, *known: Generation
) -> Iterator[Update]:
    """Streams a new turn after `parent`."""
    number = conversation.next_id
    yield {"query": running_query(request, NAME)}
    yield from stream(generate(request, *known), lambda answer: conversation.grow(parent, answer, number))


def on_send(
    conversation: Conversation, message: str, settings: Mapping[str, Any], controls: Mapping[str, Any]
) -> Iterator[Update]:
    """Answers the message, after the turns on the page."""
    yield from _answer_message(conversation, message, page_request(settings, controls))


def _answer_message(conversation: Conversation, message: str, page: TextRequest) -> Iterator[Update]:
    conversation = Conversation() if conversation.untouched else conversation  # it replaces the example
    parent = conversation.last.id if conversation.last else None
    yield from _answer(conversation, parent, next_request(page, conversation.history(parent), message))


def _of_turn(
    answer: Callable[[Conversation, Data, Page], Iterator[Update]],
) -> Callable[..., Iterator[Update]]:
    """The handler of an event of the view; what the visitor is writing stays in its box.

    answer: (conversation, data of the event, a function for the page's request) -> Updates.
    """

    def handler(
        conversation: Conversation,
        message: str,
        event: gr.EventData,
        settings: Mapping[str, Any],
        controls: Mapping[str, Any],
    ) -> Iterator[Update]:
        yield from keep_message(answer(conversation, event_values(event), lambda: page_request(settings, controls)))

    handler.__name__, handler.__qualname__, handler.__doc__ = answer.__name__, answer.__qualname__, answer.__doc__
    return handler


def _turn_of(conversation: Conversation, data: Data) -> Turn:
    return conversation.turn(data.number("turn"))


@_of_turn
def on_say(conversation: Conversation, data: Data, page: Page) -> Iterator[Update]:
    """Answers an example of a message."""
    yield from _answer_message(conversation, str(data["text"]), page())


@_of_turn
def on_edit(conversation: Conversation, data: Data, page: Page) -> Iterator[Update]:
    """A branch with another message, or with the visitor's text as the model's answer."""
    turn, text = _turn_of(conversation, data), str(data["text"])
    if data["role"] == "answer":
        request = written_request(turn, page(), text)
    else:
        request = next_request(page(), turn.answer.request.history, text)
    yield from _answer(conversation, turn.parent, request)


@_of_turn
def on_again(conversation: Conversation, data: Data, page: Page) -> Iterator[Update]:
    """A branch with another answer to the same message, by another seed."""
    turn = _turn_of(conversation, data)
    yield from _answer(conversation, turn.parent, another_request(conversation, turn, page()))


@_of_turn
def on_force(conversation: Conversation, data: Data, page: Page) -> Iterator[Update]:
    """A branch in which an answer has another token at a position, and goes on from there."""
    turn = _turn_of(conversation, data)
    request, known = forked_request(turn.answer, page(), "output", int(data["position"]), int(data["id"]))
    yield from _answer(conversation, turn.parent, request, known)


@_of_turn
def on_more(conversation: Conversation, data: Data, page: Page) -> Iterator[Update]:
    """Goes on with the last answer, by up to MORE_TOKENS tokens."""
    turn = _turn_of(conversation, data)
    if turn.id != conversation.current or turn.answer.finish_reason not in ("length", "stopped"):
        raise PlaygroundError(say("text.generate.complete"))
    request = replace(turn.answer.request, max_new_tokens=len(turn.answer.tokens) + MORE_TOKENS)
    texts = generate(request, replace(turn.answer, finish_reason=""))
    yield {"query": running_query(request, NAME)}
    yield from stream(texts, lambda answer: conversation.grow(turn.parent, answer, turn.id))


def keep_message(updates: Iterator[Update]) -> Iterator[Update]:
    """The same updates, without emptying the box in which the visitor may be writing."""
    for update in updates:
        yield {name: value for name, value in update.items() if name != "message"}


def on_open(conversation: Conversation, said: Any) -> Update:
    """The stored example, unless the visitor has begun. said: the notice, which may say why a link fails."""
    if not conversation.untouched or conversation.last:
        return {}
    example = stored_example(CHAT)
    takeaway = [say("text.chat.example"), least_sure(example)]
    takeaway += [say("shared.other_processor")] if is_from_elsewhere(CHAT) else []
    chat = replace(with_earlier_turns(example), untouched=True)
    return {**show(chat), "notice": said or notice(" ".join(takeaway))}


def settled(conversation: Conversation) -> Update:
    """A chat to which nothing is being added, and its link, in one answer: a quick visitor's next run keeps its own."""
    return {**show(conversation), **link_update(conversation)}


def on_stop(conversation: Conversation) -> Update:
    """The answer up to where it was stopped."""
    return settled(conversation) if conversation.last else {"notice": messages.stopped()}


def on_new(conversation: Conversation) -> Update:
    """An empty chat."""
    return settled(Conversation())


def on_walk(conversation: Conversation, event: gr.EventData) -> Update:
    """The chat along another branch."""
    return settled(conversation.select(event_values(event).number("turn")))
