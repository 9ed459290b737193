"""The chat on the page as a JSON file, with the recipe that opens it again."""

from __future__ import annotations

import json
from typing import Any

from playground.core.catalogue import say
from playground.language.conversation import Conversation
from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice
from playground.ui.view import save_script


def connect(components: Any) -> None:
    """Connects the button. components: ChatComponents."""
    keywords = call(on_json, components, ["conversation"], ["file", "notice"])
    encoded = components.download_json.click(**keywords, **QUIET)
    encoded.then(None, components.file, None, js=save_script(), api_visibility="private")


def on_json(conversation: Conversation) -> Update:
    """The chat as a JSON file for the page to save."""
    if conversation.last is None:
        return {"file": "", "notice": notice(say("text.chat.nothing_to_save"), "error")}
    text = json.dumps(chat_json(conversation), ensure_ascii=False, indent=1)
    return {"file": json.dumps({"name": "chat.json", "text": text}), "notice": None}


def chat_json(conversation: Conversation) -> dict[str, Any]:
    """{"messages": [{"role", "content"}], "answer": the last one with its tokens, "recipe"}."""
    assert conversation.last is not None
    answer = conversation.last.answer
    messages = [{"role": "system", "content": answer.request.system}] if answer.request.system else []
    for turn in conversation.path:
        messages += [
            {"role": "user", "content": turn.message},
            {"role": "assistant", "content": turn.answer.answer},
        ]
    recipe = answer.recipe().to_json()
    return {
        "messages": messages,
        "answer": answer.to_json(),
        "recipe": {**recipe, "settings": {"panel": "chat", **answer.recipe().settings}},
    }
