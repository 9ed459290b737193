"""A chat as a tree of turns: another message or another answer at any place begins a branch. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.generation import Generation, load, prompt_ids, tokenize
from playground.language.text_request import MAX_NEW_TOKENS, TextRequest
from playground.language.token_display import Token

#: Past this number the oldest turns that nothing follows are removed.
MAX_TURNS_KEPT = 60


@dataclass(frozen=True)
class Turn:
    """A message with its answer. parent: the turn before it, None for the first.

    answer: its request holds the message, and all messages and answers before it.
    """

    id: int
    parent: int | None
    answer: Generation

    @property
    def message(self) -> str:
        """What the visitor wrote."""
        return self.answer.request.prompt


@dataclass(frozen=True)
class Conversation:
    """All turns of a chat, and the last one of those on the page.

    untouched: whether the visitor has done nothing yet: it is empty, or the stored example.
    """

    turns: Mapping[int, Turn] = field(default_factory=dict)
    current: int = -1
    untouched: bool = False

    @property
    def path(self) -> tuple[Turn, ...]:
        """The turns on the page, the first one first."""
        path: list[Turn] = []
        turn = self.turns.get(self.current)
        while turn is not None:
            path.insert(0, turn)
            turn = None if turn.parent is None else self.turns.get(turn.parent)
        return tuple(path)

    @property
    def last(self) -> Turn | None:
        """The last turn on the page; None in an empty chat."""
        return self.turns.get(self.current)

    def turn(self, number: int) -> Turn:
        """A turn by its id. Raises PlaygroundError if it is gone."""
        if number not in self.turns:
            raise PlaygroundError(say("text.chat.turn_gone"))
        return self.turns[number]

    def history(self, parent: int | None) -> tuple[tuple[str, str], ...]:
        """The messages and answers up to a turn, that one included."""
        if parent is None or parent not in self.turns:
            return ()
        return tuple((turn.message, turn.answer.answer) for turn in replace(self, current=parent).path)

    def siblings(self, number: int) -> tuple[int, ...]:
        """The ids of the turns that follow the same turn as this one, itself included, in their order."""
        parent = self.turns[number].parent
        return tuple(sorted(other.id for other in self.turns.values() if other.parent == parent))

    def grow(self, parent: int | None, answer: Generation, number: int | None = None) -> Conversation:
        """The chat with this answer in a turn after `parent`, which is then the last one on the page.

        number: of the turn, if it is there already.
        """
        new = self.next_id if number is None else number
        return Conversation({**self.turns, new: Turn(new, parent, answer)}, new)._prune()

    @property
    def next_id(self) -> int:
        """The id of the next new turn."""
        return max(self.turns, default=-1) + 1

    def select(self, number: int) -> Conversation:
        """The chat along a turn and the newest turns after it; the same chat if there is no such turn."""
        if number not in self.turns:
            return self
        while following := [turn.id for turn in self.turns.values() if turn.parent == number]:
            number = max(following)
        return replace(self, current=number)

    def _prune(self) -> Conversation:
        turns, kept = dict(self.turns), {turn.id for turn in self.path}
        while len(turns) > MAX_TURNS_KEPT:
            parents = {turn.parent for turn in turns.values()}
            leaves = [number for number in sorted(turns) if number not in parents and number not in kept]
            if not leaves:
                break
            del turns[leaves[0]]
        return Conversation(turns, self.current)


def next_request(settings: TextRequest, history: tuple[tuple[str, str], ...], message: str | None) -> TextRequest:
    """The request for the answer to a message. settings: those of the page. Raises PlaygroundError for a blank one."""
    if not message or not message.strip():
        raise PlaygroundError(say("text.chat.no_message"))
    return replace(settings, mode="chat", prompt=message, history=history, forced=(), prompt_tokens=None)


def another_request(conversation: Conversation, turn: Turn, settings: TextRequest) -> TextRequest:
    """The request for another answer to a turn's message: the first seed from the page's on that no answer has had."""
    taken = {
        conversation.turns[number].answer.request.seed
        for number in conversation.siblings(turn.id)
        if conversation.turns[number].message == turn.message
    }
    seed = settings.seed
    while seed in taken:
        seed += 1
    return replace(next_request(settings, turn.answer.request.history, turn.message), seed=seed)


def written_request(turn: Turn, settings: TextRequest, text: str) -> TextRequest:
    """The request in which the model's answer is the visitor's text: every token of it is forced, and the end as well.

    Raises PlaygroundError for a blank text, or one that is too long.
    """
    if not text.strip():
        raise PlaygroundError(say("text.chat.no_message"))
    loaded = load(settings.model, settings.decoder)
    ids = [*tokenize(loaded, text.strip(), bare=True), *sorted(loaded.end_tokens)[:1]]
    if len(ids) > MAX_NEW_TOKENS:
        raise PlaygroundError(say("text.chat.answer_too_long", count=len(ids), most=MAX_NEW_TOKENS))
    request = next_request(settings, turn.answer.request.history, turn.message)
    return replace(request, forced=tuple(ids), max_new_tokens=len(ids), stop=())


def with_earlier_turns(answer: Generation) -> Conversation:
    """The chat that leads to an answer, as from a link: earlier answers are read from the prompt of the last one.

    An answer whose place in the prompt is not found, because the template changes its text, has no tokens.
    """
    conversation = Conversation()
    parent: int | None = None
    history = answer.request.history
    for (message, text), (start, end) in zip(history, answer_ranges(answer), strict=True):
        earlier = len(conversation.turns)
        tokens = answer.prompt[start:end] or (Token(-1, text, "", False),)
        request = replace(
            answer.request, prompt=message, history=history[:earlier], max_new_tokens=len(tokens),
            forced=tuple(token.id for token in answer.prompt[start:end]),
        )  # fmt: skip
        read = replace(
            answer, request=request, prompt=answer.prompt[:start], tokens=tokens, finish_reason="read",
            sampler_states=(), seconds_to_first_token=None, tokens_per_second=None,
        )  # fmt: skip
        conversation = conversation.grow(parent, read)
        parent = conversation.current
    return conversation.grow(parent, answer)


def answer_ranges(answer: Generation) -> list[tuple[int, int]]:
    """(first, one past the last) of the prompt's tokens of each earlier answer; (0, 0) if it is not found."""
    text = "".join(token.text for token in answer.prompt)
    ends, position = [], 0
    for token in answer.prompt:
        position += len(token.text)
        ends.append(position)
    ranges, reached = [], 0
    for message, reply in answer.request.history:
        after = text.find(message.strip(), reached)
        begin = text.find(reply.strip(), after + len(message.strip())) if after >= 0 and reply.strip() else -1
        if begin < 0:
            ranges.append((0, 0))
            continue
        reached = begin + len(reply.strip())
        first = next(place for place, end in enumerate(ends) if end > begin)
        last = next(place for place, end in enumerate(ends) if end >= reached)
        ranges.append((first, last + 1))
    return ranges


def check_template(settings: TextRequest) -> None:
    """Raises PlaygroundError if the model cannot chat: it has no template, or its template fails."""
    prompt_ids(load(settings.model, settings.decoder), next_request(settings, (), "?"))
