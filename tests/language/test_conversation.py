"""Chats: turns, branches, other answers, answers written by hand, chats read from a link; and stop sequences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.language.conversation import (
    MAX_TURNS_KEPT,
    Conversation,
    another_request,
    check_template,
    next_request,
    with_earlier_turns,
    written_request,
)
from playground.language.generation import Generation, generate, load, templated_prompt
from playground.language.stop_sequences import StopWatch, parse_stops, stops_text, text_before
from playground.language.text_request import TextRequest, read_request, request_from
from playground.language.token_display import Token


def answer_of(request: TextRequest) -> Generation:
    *_, last = generate(request)
    return last


@pytest.fixture
def page(llama: str) -> TextRequest:
    return TextRequest("left alone", model=llama, max_new_tokens=8, seed=3, system="Be brief.")


@pytest.fixture
def chat(page: TextRequest) -> Conversation:
    first = Conversation().grow(None, answer_of(next_request(page, (), "Hello there")))
    return first.grow(0, answer_of(next_request(page, first.history(0), "And the sea?")))


def test_each_message_is_read_after_all_turns_before_it(chat: Conversation) -> None:
    first, second = chat.path
    assert (first.message, second.message) == ("Hello there", "And the sea?")
    assert second.answer.request.history == (("Hello there", first.answer.answer),)
    expected = (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello there<|im_end|>\n<|im_start|>assistant\n"
        f"{first.answer.answer}<|im_end|>\n<|im_start|>user\nAnd the sea?<|im_end|>\n<|im_start|>assistant\n"
    )
    assert templated_prompt(second.answer.request) == expected
    assert "".join(token.text for token in second.answer.prompt) == expected


def test_another_message_at_the_first_turn_is_a_branch_and_the_first_is_found_again(
    chat: Conversation, page: TextRequest
) -> None:
    branched = chat.grow(None, answer_of(next_request(page, (), "Another beginning")))
    assert [turn.id for turn in branched.path] == [2] and branched.siblings(2) == (0, 2)
    assert [turn.id for turn in branched.select(0).path] == [0, 1], "with the turns that followed it"
    assert branched.select(99) is branched
    with pytest.raises(PlaygroundError, match="turn is gone"):
        branched.turn(99)


def test_another_answer_has_the_next_seed_that_no_answer_has_had(chat: Conversation, page: TextRequest) -> None:
    request = another_request(chat, chat.turn(1), page)
    assert (request.seed, request.prompt, request.history) == (4, "And the sea?", chat.turn(1).answer.request.history)
    more = chat.grow(0, answer_of(request))
    assert another_request(more, chat.turn(1), page).seed == 5


def test_an_answer_written_by_hand_is_scored_like_any_other(chat: Conversation, page: TextRequest) -> None:
    written = answer_of(written_request(chat.turn(0), page, " The sea was calm. "))
    assert written.answer == "The sea was calm." and written.finish_reason == "eos"
    assert all(token.forced and token.probability for token in written.tokens)
    for blank in ("", "  \n"):
        with pytest.raises(PlaygroundError, match="Write a message first"):
            written_request(chat.turn(0), page, blank)


def test_a_link_holds_the_whole_chat_and_gives_its_earlier_answers_token_by_token(
    chat: Conversation, page: TextRequest
) -> None:
    last = chat.turn(1).answer
    request = request_from(from_query(last.recipe().to_query()))
    assert request == replace(last.request, decoder=last.decoder)
    read = with_earlier_turns(answer_of(request))
    assert [turn.message for turn in read.path] == ["Hello there", "And the sea?"]
    assert read.turn(0).answer.answer == chat.turn(0).answer.answer
    assert read.turn(1).answer.tokens == last.tokens
    tokens = read.turn(0).answer.tokens
    assert "".join(token.text for token in tokens).strip() == chat.turn(0).answer.answer
    assert all(token.probability is not None and token.alternatives for token in tokens)


def test_old_turns_that_nothing_follows_are_removed_and_never_those_on_the_page(chat: Conversation) -> None:
    many = chat
    for _ in range(MAX_TURNS_KEPT + 5):
        many = many.grow(0, chat.turn(1).answer)
    assert len(many.turns) == MAX_TURNS_KEPT and 0 in many.turns and many.path[-1].id == many.current


def test_a_model_without_a_template_cannot_chat(gpt2: str, page: TextRequest) -> None:
    check_template(page)
    with pytest.raises(PlaygroundError, match="has no chat template"):
        check_template(replace(page, model=gpt2))


@pytest.mark.parametrize("history", ["x", "[1]", '[["a"]]', [["", "b"]], [["a", 7]], [["a", "b"]] * 201, "[" * 5000])
def test_a_history_that_is_not_pairs_of_texts_is_refused(history: object) -> None:
    with pytest.raises(PlaygroundError):
        read_request({"prompt": "a", "mode": "chat", "history": history}, {})


# Stop sequences


def test_stop_sequences_are_read_from_lines_and_written_back() -> None:
    assert parse_stops("END\n\\n\nEND\n\n a\\tb\\\\") == ("END", "\n", " a\tb\\")
    assert parse_stops(stops_text(("END", "\n", " a\tb\\"))) == ("END", "\n", " a\tb\\")
    assert parse_stops("") == parse_stops([]) == ()
    for wrong in (["x" * 101], [str(number) for number in range(17)], 7, [3]):
        with pytest.raises(PlaygroundError):
            parse_stops(wrong)


def test_a_stop_sequence_is_seen_across_tokens_and_only_where_it_ends() -> None:
    def ends(stops: list[str], *texts: str, before: str = "") -> list[bool]:
        watch = StopWatch(stops, before)
        return [watch.ends(Token(0, text, "", False)) for text in texts]

    assert ends(["the end"], "a", " the", " e", "nd.") == [False, False, False, True]
    assert ends(["ab"], "ab", "c", "xab") == [True, False, True]
    assert ends(["ab"], "b", before="a") == [True] and ends(["ab"], "c", before="ab") == [False]
    assert ends([], "a") == [False] and not StopWatch(["a"]).ends(Token(0, "a", "", True))
    assert text_before("one two three", (" three", " two")) == "one"


def test_a_text_ends_with_its_stop_sequence_and_a_link_holds_it(llama: str) -> None:
    free = answer_of(TextRequest("Once upon a time", model=llama, max_new_tokens=20, seed=4))
    stop = free.text[4:7]
    request = replace(free.request, stop=(stop,))
    stopped = answer_of(request)
    assert stopped.finish_reason == "stop_sequence" and stop in stopped.text
    assert stopped.tokens == free.tokens[: len(stopped.tokens)] and stop not in stopped.answer
    assert stop not in "".join(token.text for token in stopped.tokens[:-1])
    recipe = stopped.recipe()
    assert request_from(from_query(recipe.to_query())).stop == (stop,)
    assert load(llama) and "stop" not in free.recipe().settings
