"""The Generation panel by its handlers: the card follows the measure, and the content note shuts at each run."""

from __future__ import annotations

from playground.bias.group_differences import compare_groups
from playground.bias.group_generation import GroupGenerationRequest, GroupText, GroupTexts, words_of
from playground.panels.bias.group_generation.panel import RESULTS, on_measure, on_run, result_update


def texts() -> GroupTexts:
    request = GroupGenerationRequest(("{group} said",), ("the man", "the woman"), each=10)
    rows = [
        GroupText(0, group, number, number, "", text, (), 0.0, words_of(text))
        for group, text in enumerate(("then he left", "then she left the big house again"))
        for number in range(10)
    ]
    return GroupTexts(request, tuple(rows), "open", "0" * 64)


def test_the_card_follows_the_choice_of_measure_and_the_log_does_not() -> None:
    end = result_update(texts(), ())
    assert end["measure"] == "length" and "Length" in end["fine_print"]["found"]
    chosen = on_measure(end["comparison"], "he", end["log"])
    assert chosen["fine_print"]["found"].startswith("Texts with he") and "log" not in chosen
    assert "Grammar explains this" in chosen["chart"]["title"] and chosen["fine_print"]["verdict"] == "cannot tell"
    assert on_measure(None, "he", ()).keys() == {"notice"}
    unfinished = (texts(), compare_groups(texts()))
    assert "fine_print" in on_measure(unfinished, "she", ())


def test_each_run_shuts_the_content_note_because_its_texts_are_others() -> None:
    first = next(on_run("{group} said", "the cat\nthe dog", 2, 5, 0, "", "", "length", ()))
    assert first["texts_fold"].open is False and first["texts"] is None and "texts_fold" in RESULTS
