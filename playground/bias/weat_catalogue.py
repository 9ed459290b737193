"""The tests that the WEAT panel offers, with their questions, word lists and sources."""

from __future__ import annotations

from playground.bias.target_embedding import TEMPLATES, embedding_facts
from playground.bias.weat_sets import ORDER, SOURCE, weat_tests

OWN = "own"
FIRST = str(ORDER[0])


def weat_choices() -> list[tuple[str, str]]:
    """(title, choice) of each test, from harmless to serious, and last of own lists."""
    return [(f"{number}. {weat_tests()[number].title}", str(number)) for number in ORDER] + [("Own word lists", OWN)]


def weat_question(choice: str) -> str:
    """The question of a test in a line, and the published result."""
    if choice == OWN:
        return "Two words or more in each list, 100 at most; eight or more make the interval steadier."
    test = weat_tests()[int(choice)]
    return (
        f"{test.question} (Published for GloVe 840B: d = {test.published_d:.2f}, p = {test.published_p}; another "
        "embedding than ours.)"
    )


def weat_list_texts(choice: str) -> list[str]:
    """The four lists as text with commas, for the boxes."""
    return [", ".join(words) for words in weat_tests()[int(choice)].lists()]


def weat_facts(embedding: str) -> list[dict[str, str]]:
    """Rows of the facts view: the embedding, and the word lists."""
    rows = [*embedding_facts(embedding), ("Word lists", SOURCE)]
    rows.append(("Sentences", f"For a sentence model: {' '.join(TEMPLATES)} After May et al. 2019, arXiv:1903.10561."))
    rows.append(("Direction", "Pairs and projection: Bolukbasi et al. 2016, arXiv:1607.06520."))
    return [{"name": name, "text": text} for name, text in rows]
