"""Lines of events that wait for their turn: each kind has its own, and no visitor takes all of one.

Gradio bounds only the sum of all lines: whoever filled one kept everybody from opening a page.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.route_utils import get_fn

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.turn import turn_of_call
from playground.ui.turns import DirectTurn, QueuedTurn

#: Events that may wait in one line, and of them from one address: a class may share it.
MOST_WAITING, MOST_OF_ONE = 24, 16
#: The same for events that run no model, as those that open a page do: a class may open one at the same moment.
MOST_WAITING_BRIEFLY, MOST_OF_ONE_BRIEFLY = 240, 120


def refusal(addresses: list[str], address: str, brief: bool = False) -> str:
    """The sentence for an event that may not wait, "" if it may.

    addresses: of those in its line already.  brief: they run no model.
    """
    of_all, of_one = (MOST_WAITING_BRIEFLY, MOST_OF_ONE_BRIEFLY) if brief else (MOST_WAITING, MOST_OF_ONE)
    if Counter(addresses)[address] >= of_one:
        return say("shared.line.yours", most=of_one)
    if len(addresses) >= of_all:
        return say("shared.line.full", most=of_all)
    return ""


def limit_lines(page: gr.Blocks) -> None:
    """Makes each of a page's lines refuse an event that is too many, with a sentence.

    Calls that ask for a result at once (/run) pass by Gradio's lines: they have one of their own beside each.
    """
    _give_turns(page)
    queue: Any = page._queue
    push = queue.push

    async def push_if_room(body: Any, request: Any, username: str | None) -> Any:
        if body.fn_index is not None:
            name = get_fn(page, None, body).concurrency_id
            line = queue.event_queue_per_concurrency_id.get(name)
            waiting = [_address(event.request) for event in line.queue] if line else []
            # Gradio names the line of an event that shares it with no other by a number.
            if sentence := refusal(waiting, _address(request), brief=name.isdecimal()):
                return False, sentence, "queue_full"
        return await push(body, request, username)

    queue.push = push_if_room


def _give_turns(page: gr.Blocks) -> None:
    site: Any = page
    process, lines = site.process_api, defaultdict[str, _DirectLine](_DirectLine)

    async def process_in_turn(block_fn: Any, *values: Any, event_id: str | None = None, **named: Any) -> Any:
        event = page.fns[block_fn] if isinstance(block_fn, int) else block_fn
        if event_id is not None or not event.queue or event.concurrency_limit != 1:
            if queued := site._queue.event_ids_to_events.get(event_id):
                turn_of_call.set(QueuedTurn(site._queue, queued, event.concurrency_id))
            return await process(event, *values, event_id=event_id, **named)
        line = lines[event.concurrency_id]
        line.addresses.append(address := _address(named.get("request")))
        try:
            if sentence := refusal(line.addresses[:-1], address):
                raise PlaygroundError(sentence)
            await line.turn.acquire()
            turn = DirectTurn(line)
            turn_of_call.set(turn)
            try:
                return await process(event, *values, event_id=event_id, **named)
            finally:
                turn.end()
        finally:
            line.addresses.remove(address)

    site.process_api = process_in_turn


@dataclass
class _DirectLine:
    """addresses: of the calls that wait or run.  turn: held by the one that runs.

    fetching: how many gave it back.
    """

    addresses: list[str] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    fetching: int = 0


def _address(request: Any) -> str:
    client = getattr(request, "client", None)
    return str(client.host) if client else ""
