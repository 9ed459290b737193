"""The tests that the WEAT panel offers: their titles, questions, word lists and sources."""

from __future__ import annotations

from playground.bias.target_embedding import TEMPLATES, embedding_facts
from playground.bias.weat_sets import ORDER, source, weat_tests
from playground.core.catalogue import say

OWN = "own"
FIRST = str(ORDER[0])


def weat_choices() -> list[tuple[str, str]]:
    """(title, choice) of each test, from harmless to serious, then of own lists."""
    titles = {number: weat_tests()[number].title for number in ORDER}
    choices = [
        (say("bias.weat.one.choice_title", number=number, title=title), str(number)) for number, title in titles.items()
    ]
    return [*choices, (say("bias.weat.one.own"), OWN)]


def weat_question(choice: str) -> str:
    """The question of a test with the published result; for own lists, how to write them."""
    if choice == OWN:
        return say("bias.weat.one.own_question")
    test = weat_tests()[int(choice)]
    return say("bias.weat.one.published", question=test.question, d=test.published_d, p=test.published_p)


def weat_list_texts(choice: str) -> list[str]:
    """The four lists as text separated by commas, for the boxes."""
    return [", ".join(words) for words in weat_tests()[int(choice)].lists()]


def weat_facts(embedding: str) -> list[dict[str, str]]:
    """Facts about the embedding, the word lists and the methods, for the facts view."""
    sentences = say("bias.weat.about.sentences_text", templates=" ".join(TEMPLATES))
    rows = [
        *embedding_facts(embedding),
        (say("bias.weat.about.word_lists"), source()),
        (say("bias.weat.about.sentences"), sentences),
        (say("bias.weat.about.direction"), say("bias.weat.about.direction_text")),
    ]
    return [{"name": name, "text": text} for name, text in rows]
