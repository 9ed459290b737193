"""Fine-tuning and its adapters, on a tiny Llama."""

from __future__ import annotations

import io
import json
import math
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import tiny_llama

from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.data.user_text import example, read_pairs, split_pairs, split_text
from playground.training import lora_adapter
from playground.training.lora import (
    LoraTrainer,
    continue_tokens,
    greedy,
    held_out_loss,
    open_base,
    open_trainer,
    read_settings,
    summed_nats,
    token_nats,
)
from playground.training.lora_adapter import LoraAdapter, apply_adapter, from_zip, to_zip
from playground.training.lora_batches import pair_row, split_windows, text_row
from playground.zoo import fetch, model_files

pytestmark = pytest.mark.slow

NAME = "tests/tiny-llama"
SMALL = {"model": NAME, "steps": 6, "length": 32, "batch": 2, "rank": 2, "alpha": 8, "look_every": 2, "rate": 0.02}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("tiny") / "llama")


@pytest.fixture(autouse=True)
def llama(models_dir: Path, folder: Path) -> str:
    import shutil

    target = fetch.hub_folder(NAME)
    shutil.copytree(folder, target)
    sha256 = sha256_of(target / model_files.WEIGHTS)
    model_files.write_record(target, model_files.MODEL_RECORD, {"name": NAME, "sha256": sha256})
    return NAME


def tuning(tmp_path: Path, dataset: str = "pasted", seed: int = 0, **settings: Any) -> LoraTrainer:
    length = {"length": 128} if dataset == "pairs" else {}
    return open_trainer(dataset, read_settings(dataset, {**SMALL, **length, **settings}), seed, tmp_path)


def short_pairs(tmp_path: Path) -> Path:
    lines = [f"go {index}\tthe sea {index}" for index in range(12)]
    (tmp_path / "own-pairs.txt").write_text("\n".join(lines), "utf-8")
    return tmp_path


def same(left: Any, right: Any) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def test_nothing_is_changed_before_the_first_step(tmp_path: Path) -> None:
    trainer = tuning(tmp_path)
    base, _ = open_base(NAME)
    assert held_out_loss(trainer.model, trainer.data.held_out) == held_out_loss(base, trainer.data.held_out)


def test_only_the_adapters_learn_and_the_held_out_loss_falls(tmp_path: Path) -> None:
    trainer = tuning(tmp_path, steps=12, layers="all")
    before = {name: part.clone() for name, part in trainer.model.named_parameters() if "lora_" not in name}
    numbers = [trainer.advance() for _ in range(12)]
    after = {name: part for name, part in trainer.model.named_parameters() if "lora_" not in name}
    assert same(before, after)
    assert numbers[-1]["held_out_nats_per_token"] < trainer.evaluations[0][1] - 0.1
    assert trainer.seen == 12 * 2 * 31


def test_resumed_it_continues_bit_for_bit(tmp_path: Path) -> None:
    whole, first = tuning(tmp_path), tuning(tmp_path)
    numbers = [whole.advance() for _ in range(5)]
    for _ in range(3):
        first.advance()
    path = tmp_path / "state.pt"
    torch.save(first.state_dict(), path)
    second = tuning(tmp_path, seed=9)
    second.load_state_dict(torch.load(path, weights_only=True))
    assert second.frame() == first.frame()
    assert [second.advance() for _ in range(2)] == numbers[3:]
    assert same(second.weights(), whole.weights())
    assert path.stat().st_size < 200_000, "the model itself is not in it"


def test_looking_changes_nothing(tmp_path: Path) -> None:
    quiet, watched = tuning(tmp_path), tuning(tmp_path)
    watched.frame()
    for _ in range(3):
        assert quiet.advance() == watched.advance()
        watched.frame()


def test_a_changed_rate_keeps_what_was_learned(tmp_path: Path) -> None:
    trainer = tuning(tmp_path)
    trainer.advance()
    before = trainer.state_dict()["adapter"]
    trainer.change({"rate": 1e-7, "patience": 1})
    assert same(before, trainer.state_dict()["adapter"])
    trainer.advance()
    after = trainer.state_dict()["adapter"]
    assert max(float((after[name] - before[name]).abs().max()) for name in after) < 1e-6
    for bad in ({"rank": 3}, {"rate": 1e9}, {"rate": math.nan}, {"nonsense": 1}):
        with pytest.raises(PlaygroundError):
            trainer.change(bad)
    assert trainer.settings.rate == 1e-7


def test_it_says_when_it_is_enough_and_keeps_the_best(tmp_path: Path) -> None:
    trainer = tuning(tmp_path, rate=5.0, patience=2, look_every=1)
    base = trainer.weights()
    while not trainer.finished:
        trainer.advance()
    assert trainer.step == trainer.best["step"] + 2 and f"step {trainer.best['step']}" in trainer.finished
    assert (trainer.best["step"] == 0) == same(base, trainer.weights())
    assert tuning(tmp_path, patience=0).finished == ""


def test_loss_is_that_of_transformers_on_a_text(tmp_path: Path) -> None:
    model, tokenizer = open_base(NAME)
    row = text_row("Once upon a time, in a small village né à Paris.", tokenizer)
    ids = torch.tensor([row.ids])
    total, tokens, characters = summed_nats(model, [row])
    each = token_nats(model, [row])
    assert len(each) == tokens and sum(each) == pytest.approx(float(total)), "a number for each token"
    assert float(total) / tokens == pytest.approx(float(model(input_ids=ids, labels=ids).loss), abs=1e-5)
    first = len(tokenizer.decode(row.ids[:1]))
    assert characters == len("Once upon a time, in a small village né à Paris.") - first


def test_loss_of_pairs_counts_the_answer_alone_and_padding_changes_nothing(tmp_path: Path) -> None:
    model, tokenizer = open_base(NAME)
    rows = [
        pair_row(pair, tokenizer, 200)
        for pair in read_pairs(short_pairs(tmp_path).joinpath("own-pairs.txt").read_text())
    ]
    rows.append(pair_row(read_pairs("\n".join(["say\tnothing is as old as the sea"] * 6))[0], tokenizer, 200))
    alone = [summed_nats(model, [row]) for row in rows]
    total, tokens, characters = summed_nats(model, rows)
    assert float(total) == pytest.approx(sum(float(one[0]) for one in alone), rel=1e-5)
    assert (tokens, characters) == (sum(one[1] for one in alone), sum(one[2] for one in alone))
    row = rows[-1]
    assert characters - sum(one[2] for one in alone[:-1]) == len("nothing is as old as the sea")
    labels = torch.tensor([[-100] * row.first + list(row.ids[row.first :])])
    loss = model(input_ids=torch.tensor([row.ids]), labels=labels).loss
    assert float(alone[-1][0]) / alone[-1][1] == pytest.approx(float(loss), abs=1e-5)


def test_windows_score_every_token_but_the_first_once() -> None:
    _, tokenizer = open_base(NAME)
    text = example("general")[:300]
    rows = split_windows(text, tokenizer, longest=16)
    whole = text_row(text, tokenizer)
    scored = [token for row in rows for token in row.ids[row.first :]]
    assert scored == list(whole.ids[1:])


def test_a_continuation_is_that_of_transformers() -> None:
    model, tokenizer = open_base(NAME)
    ids = tokenizer("The sea was")["input_ids"]
    theirs = model.generate(
        input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), max_new_tokens=8,
        do_sample=False, eos_token_id=None, pad_token_id=0,
    )[0, len(ids) :]  # fmt: skip
    assert continue_tokens(model, ids, 8, greedy) == theirs.tolist()


def test_pairs_train_in_the_chat_form(tmp_path: Path) -> None:
    trainer = tuning(short_pairs(tmp_path), "pairs")
    before = trainer.frame()["held_out"]
    for _ in range(6):
        numbers = trainer.advance()
    assert numbers["held_out_nats_per_token"] < before
    assert "<|im_start|>assistant" in trainer.tokenizer.decode(trainer.data.prompt_ids)
    assert trainer.frame()["prompt"] == "go 5", "the first that is held out"


def test_the_parts_of_a_text_and_of_pairs_do_not_overlap() -> None:
    text = example("text").strip()
    train, held = split_text(text)
    assert text.startswith(train) and text.endswith(held) and len(train) + len(held) <= len(text)
    assert 0.08 < len(held) / len(text) < 0.2 and held.startswith("Day ")
    pairs = read_pairs(example("pairs"))
    learned, kept = split_pairs(pairs)
    assert len(learned) + len(kept) == len(pairs) and not {p.prompt for p in learned} & {p.prompt for p in kept}


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("abc", "3 characters"),
        ("ab" * 4000, "repeats"),
        (b"\xff\xfe\x00a" * 900, "UTF-8"),
        ("x" * 2_000_000, "over 1,000,000"),
    ],
)
def test_a_text_that_cannot_be_learned_explains_itself(bad: str | bytes, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        split_text(bad)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("a\tb\n" * 3, r"\(now 3\)"),
        ("a b\n" * 9, "Line 1"),
        ("a\t\n" * 9, "Line 1"),
        ("a\tb\tc", "Line 1"),
        ("", "0 pairs"),
    ],
)
def test_bad_pairs_explain_themselves(bad: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_pairs(bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"steps": 0}, {"steps": 10_000, "batch": 32, "length": 256}, {"batch": 10_000}, {"rate": 1e9}, {"rate": "fast"},
        {"rank": 2.5}, {"rank": True}, {"layers": "none"}, {"nonsense": 1}, {"model": "no-such"}, {"prompt": "x" * 999},
        {"model": "glove-6b-50d"}, {"rate": math.nan}, {"steps": None},
    ],
)  # fmt: skip
def test_bad_settings_explain_themselves(bad: dict[str, Any]) -> None:
    with pytest.raises(PlaygroundError):
        read_settings("pasted", bad)


def test_defaults_are_filled_in() -> None:
    assert read_settings("pairs", {})["length"] == 96 and read_settings("pasted", {"rate": 1})["rate"] == 1.0
    assert json.loads(json.dumps(read_settings("pasted", {}))) == read_settings("pasted", {})
    with pytest.raises(PlaygroundError):
        read_settings("verses", {})


def trained(tmp_path: Path) -> tuple[LoraTrainer, LoraAdapter]:
    trainer = tuning(tmp_path)
    for _ in range(4):
        trainer.advance()
    return trainer, LoraAdapter(trainer.weights(), NAME, 2, 8.0, {"steps": 4})


def test_an_adapter_comes_back_bit_for_bit(tmp_path: Path) -> None:
    trainer, adapter = trained(tmp_path)
    content = to_zip(adapter)
    back = from_zip(content)
    assert same(dict(back.weights), dict(adapter.weights)) and back.facts == {"steps": 4}
    assert to_zip(back) == content
    tuned = apply_adapter(back, open_base(NAME)[0])
    assert held_out_loss(tuned, trainer.data.held_out)[0] == trainer.best["loss"]


def test_peft_itself_loads_the_file_to_the_same_logits(tmp_path: Path) -> None:
    from peft import PeftModel

    _, adapter = trained(tmp_path)
    with zipfile.ZipFile(io.BytesIO(to_zip(adapter))) as archive:
        archive.extractall(tmp_path / "adapter")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT asks transformers by an old name
        theirs = PeftModel.from_pretrained(open_base(NAME)[0], tmp_path / "adapter").eval()
    ours = apply_adapter(adapter, open_base(NAME)[0])
    ids = torch.arange(20)[None]
    with torch.inference_mode():
        assert torch.equal(theirs(input_ids=ids).logits, ours(input_ids=ids).logits)


def archive_of(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def test_a_wrong_file_gets_a_sentence(tmp_path: Path) -> None:
    _, adapter = trained(tmp_path)
    with zipfile.ZipFile(io.BytesIO(to_zip(adapter))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(files[lora_adapter.CONFIG])

    def with_config(**changes: Any) -> bytes:
        return archive_of({**files, lora_adapter.CONFIG: json.dumps({**config, **changes}).encode()})

    bad = [
        b"", b"PK\x03\x04", b"not a zip", archive_of({}), archive_of({"adapter_model.bin": b"x"}),
        archive_of({**files, lora_adapter.WEIGHTS: b"\xff" * 64}),
        archive_of({**files, lora_adapter.CONFIG: b"[" * 9000}),
        with_config(peft_type="IA3"), with_config(r=3), with_config(r=10**9), with_config(use_dora=True),
        with_config(lora_alpha="8"), to_zip(adapter)[:-40],
    ]  # fmt: skip
    for content in bad:
        with pytest.raises(PlaygroundError) as error:
            from_zip(content)
        assert str(error.value).endswith(".") and "\n" not in str(error.value)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    _, adapter = trained(tmp_path)
    wide = {name: torch.cat([part, part], 1) if "lora_A" in name else part for name, part in adapter.weights.items()}
    far = {name.replace("layers.1", "layers.40"): part for name, part in adapter.weights.items()}
    fewer = dict(list(adapter.weights.items())[1:])
    for weights in (wide, far, fewer):
        with pytest.raises(PlaygroundError, match="model"):
            apply_adapter(LoraAdapter(weights, NAME, 2, 8.0), open_base(NAME)[0])
