"""Translation, greedy, by beam search and forced: on a small model of random weights, then on the real one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import tiny_marian
from tiny_marian import package_file, translator

from playground.bias.gender_alternatives import counterpart, gender_alternatives
from playground.core.errors import PlaygroundError
from playground.core.progress import without_progress
from playground.language.translation import (
    Translation,
    encode_source,
    max_pieces,
    read_translation_request,
    score_pieces,
    translate,
)
from playground.language.translation_batch import encode_sentences, forced_logprobs, prefix_logprobs, translate_batch
from playground.zoo import model_files
from playground.zoo.marian import convert_marian
from playground.zoo.translators import Translator

SENTENCES = ["The nurse said.", "The nurse said he was tired.", "she was tired", "a s t r e i n"]


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    base = tmp_path_factory.mktemp("marian")
    files = tiny_marian.files(base / "package")
    convert_marian(base / "package" / "model.enpt.bin", package_file(files), base / "out", without_progress)
    model_files.write_record(base / "out", model_files.MODEL_RECORD, {"name": "tiny"})
    return translator(base / "out")


def last(net: Translator, text: str, beams: int = 1) -> Translation:
    *_, translation = translate(read_translation_request(text, beams=beams), net)
    return translation


def test_a_greedy_translation_appends_the_most_probable_piece(net: Translator) -> None:
    steps = list(translate(read_translation_request(SENTENCES[1]), net))
    assert [len(step.pieces) for step in steps[:3]] == [1, 2, 3] and steps[-1].done
    assert len(steps[-1].pieces) <= max_pieces(len(encode_source(net, SENTENCES[1])))
    for piece in steps[-1].pieces:
        assert piece.id == piece.alternatives[0].id and piece.probability == pytest.approx(
            piece.alternatives[0].probability
        )
        assert piece.attention.shape == (2, 4, len(steps[-1].source))
        np.testing.assert_allclose(piece.attention.sum(-1), 1, atol=1e-5)


def test_teacher_forcing_the_greedy_translation_gives_its_probabilities(net: Translator) -> None:
    for text in SENTENCES:
        translation = last(net, text)
        ids = translation.beams[0].ids
        again = score_pieces(net, encode_source(net, text), ids)
        for one, other in zip(translation.pieces, again, strict=True):
            assert one.probability == pytest.approx(other.probability, rel=1e-4)
            np.testing.assert_allclose(one.attention, other.attention, atol=1e-5)
        (total,) = forced_logprobs(net, encode_sentences(net, [text]), [(0, ids)])
        assert total == pytest.approx(translation.beams[0].logprob, rel=1e-4)


def test_a_batch_equals_each_sentence_alone(net: Translator) -> None:
    read = encode_sentences(net, SENTENCES)
    for number, (text, written) in enumerate(zip(SENTENCES, translate_batch(net, read), strict=True)):
        alone = last(net, text)
        if alone.pieces[-1].id == net.end:  # a batch stops at the longest sentence's limit
            assert written == alone.text
        (inside,) = prefix_logprobs(net, read, [(number, "The nurse")])
        assert inside == pytest.approx(
            prefix_logprobs(net, encode_sentences(net, [text]), [(0, "The nurse")])[0], abs=1e-4
        )


def test_the_probabilities_of_all_first_pieces_add_up_to_one(net: Translator) -> None:
    read = encode_sentences(net, SENTENCES[:1])
    total = forced_logprobs(net, read, [(0, [number]) for number in range(len(tiny_marian.WORDS) + 2)])
    assert np.exp(total).sum() == pytest.approx(1, abs=1e-5)


def test_one_beam_is_greedy_and_wide_beams_find_the_best_of_short_ones(net: Translator) -> None:
    text = SENTENCES[0]
    many = last(net, text, 8)
    scores = [beam.score for beam in many.beams]
    assert many.done and scores == sorted(scores, reverse=True) and many.text == many.beams[0].text
    for beam in many.beams:
        assert beam.score == pytest.approx(beam.logprob / len(beam.ids))
        (total,) = forced_logprobs(net, encode_sentences(net, [text]), [(0, beam.ids)])
        assert total == pytest.approx(beam.logprob, rel=1e-3)
    count = len(tiny_marian.WORDS) + 2
    pairs = [(0, [*first, net.end]) for length in (0, 1) for first in itertools.product(range(1, count), repeat=length)]
    ended = forced_logprobs(net, encode_sentences(net, [text]), pairs)
    short = [beam for beam in many.beams if len(beam.ids) <= 2]
    assert all(beam.logprob <= ended.max() + 1e-3 for beam in short)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("", "en-pt", 1), "sentence is empty"),
        ((" \n ", "en-pt", 1), "sentence is empty"),
        ((None, "en-pt", 1), "empty|text"),
        (("x" * 301, "en-pt", 1), "it has 301"),
        (("half \ud800", "en-pt", 1), "half of a character"),
        (("a", "de-en", 1), "direction must be one of en-pt, pt-en"),
        (("a", "en-pt", 0), "beams must be a whole number from 1 to 8"),
        (("a", "en-pt", 9), "beams must be a whole number from 1 to 8"),
        (("a", "en-pt", "two"), "beams must be a whole number from 1 to 8"),
    ],
)
def test_an_invalid_translation_request_is_an_error(arguments: tuple[object, ...], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_translation_request(*arguments)


def test_a_sentence_of_too_many_pieces_is_an_error(net: Translator) -> None:
    with pytest.raises(PlaygroundError, match="to 60 pieces"):
        last(net, "s" * 200)


@pytest.mark.parametrize(
    ("word", "direction", "expected"),
    [
        ("A", "en-pt", ("O", True)),
        ("enfermeiro", "en-pt", ("enfermeira", False)),
        ("professora", "en-pt", ("professor", True)),
        ("professor", "en-pt", ("professora", False)),
        ("professores", "en-pt", ("professoras", False)),
        ("cirurgiã", "en-pt", ("cirurgião", True)),
        ("cansadas", "en-pt", ("cansados", True)),
        ("Minha", "en-pt", ("Meu", True)),
        ("Juíza", "en-pt", ("Juiz", True)),
        ("disse", "en-pt", ("", False)),
        ("dentista", "en-pt", ("dentisto", True)),
        ("She", "pt-en", ("He", True)),
        ("his", "pt-en", ("her", False)),
        ("nurse", "pt-en", ("", False)),
    ],
)
def test_the_counterpart_of_a_word_in_the_other_gender(word: str, direction: str, expected: tuple[str, bool]) -> None:
    assert counterpart(word, direction) == expected


@pytest.mark.weights
def test_gender_alternatives_of_a_real_translation() -> None:
    translation = None
    for translation in translate(read_translation_request("The nurse said that he was tired.")):
        assert translation.source[-1] == ""
    assert translation is not None and translation.text == "A enfermeira disse que estava cansado."
    choices = {choice.word: choice for choice in gender_alternatives(translation)}
    assert list(choices) == ["A", "cansado"] and choices["A"].is_feminine and not choices["cansado"].is_feminine
    assert choices["A"].feminine > 0.99 and 0.3 < choices["cansado"].feminine < 0.6
    assert choices["A"].first == 0 and "".join(piece.text for piece in translation.pieces).startswith(" A enfermeira")
    # The word for "tired" attends to "tired": cross-attention works as an alignment here.
    at = choices["cansado"].first
    assert translation.source[int(translation.pieces[at].attention[-1].mean(0).argmax())] == " tired"
    assert math.exp(translation.beams[0].logprob) < 1
