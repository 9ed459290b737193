"""The turns that calls give back while a model is fetched for them: they go into a lane of their own, and return."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from anyio import from_thread
from gradio.queueing import EventQueue

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

#: The lane, by a name that no event declares, and how many calls it takes: each keeps one of the server's threads.
LANE, MOST_FETCHING = "fetching", 8
#: Seconds between two looks for room in the line.
_LOOK = 0.02


@dataclass(frozen=True)
class QueuedTurn:
    """The turn of an event in one of Gradio's lines. queue: Gradio's.  event: the one that runs."""

    queue: Any
    event: Any
    line: str

    def is_wanted(self) -> bool:
        """Whether the event still runs, for somebody."""
        return self.event.alive and any(self.event in job for job in self.queue.active_jobs if job)

    def give_back(self) -> None:
        """Moves the event into the lane. Gradio takes it off whichever it is in when it ends."""
        from_thread.run_sync(self._move, LANE)

    def take_again(self) -> None:
        """Moves the event back as soon as there is room."""
        while self.is_wanted() and not from_thread.run_sync(self._move, self.line):
            time.sleep(_LOOK)

    def _move(self, name: str) -> bool:
        """In the server's loop, where nothing comes between the look and the move. False if there is no room yet."""
        lines = self.queue.event_queue_per_concurrency_id
        here = lines[self.event.concurrency_id]
        there = lines.setdefault(name, EventQueue(name, None))
        if name == here.concurrency_id or not self.is_wanted():
            return True
        if name == LANE:
            _check_room(there.current_concurrency)
        elif there.concurrency_limit is not None and there.current_concurrency >= there.concurrency_limit:
            return False
        else:
            self.event.came_back = time.monotonic()
        here.current_concurrency -= 1
        there.current_concurrency += 1
        self.event.concurrency_id = name
        return True


@dataclass
class DirectTurn:
    """The turn of a call that passes by Gradio's lines. line: its own, with a lock, `turn`, and a count, `fetching`."""

    line: Any
    has_turn: bool = True
    is_over: bool = False

    def is_wanted(self) -> bool:
        """Whether the call still runs; whether its caller is still there is unknown."""
        return not self.is_over

    def give_back(self) -> None:
        """Lets the next one begin."""
        from_thread.run_sync(self._leave)

    def take_again(self) -> None:
        """Waits for the turn, unless the call is over: it may be closed in the server's own thread."""
        self.line.fetching -= 1
        if not self.is_over:
            from_thread.run(self._return)

    def end(self) -> None:
        """Ends the call."""
        self.is_over = True
        if self.has_turn:
            self.line.turn.release()

    def _leave(self) -> None:
        _check_room(self.line.fetching)
        self.line.fetching += 1
        self.has_turn = False
        self.line.turn.release()

    async def _return(self) -> None:
        await self.line.turn.acquire()
        self.has_turn = True
        if self.is_over:
            self.line.turn.release()


def _check_room(fetching: int) -> None:
    if fetching >= MOST_FETCHING:
        raise PlaygroundError(say("shared.line.fetching", most=MOST_FETCHING))
