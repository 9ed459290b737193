"""The command: it trains, goes on after a kill, publishes, and the zoo loads what it published."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from app_server import ROOT
from safetensors.torch import load_file

from playground import train
from playground.core.errors import PlaygroundError
from playground.data import fashion, registry
from playground.training import configs, gan
from playground.zoo import image_models

#: Small enough for a second; the data are the bundled sample, of which the tests train on half.
CONFIG = gan.GanConfig("fashion-sample", steps=6, widths=(16, 8, 0), latent_dim=4, batch=4)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, models_dir: Path) -> None:
    sample = fashion.load_sample()
    half = sample.held_out.copy()
    half[::2] = False
    object.__setattr__(sample, "held_out", half)
    monkeypatch.setattr(registry, "datasets", lambda: {"fashion-sample": lambda _report: sample})
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setattr(configs, "shipped_configs", lambda: {"gan-small": CONFIG})


def test_training_publishes_weights_with_a_record(small: None, models_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights"
    assert train.main(["gan-small", "--seed", "3", "--out", str(out)]) == 0
    card = image_models.image_model_cards(out)["gan-small"]
    facts = json.loads((out / "gan-small.json").read_text("utf-8"))
    assert facts["command"] == "python -m playground.train gan-small --steps 6 --seed 3"
    assert facts["seed"] == 3 and facts["step"] == 6 and facts["seen"] == 24 and facts["cpu_seconds"] >= 0
    assert facts["data"]["sha256"] == registry.load("fashion-sample").sha256()
    assert facts["quality"]["near_copies"] >= 0 and card.parameters > 1000 and card.size_bytes < 10_000_000
    model = image_models.load_image_model("gan-small", out)
    assert model is image_models.load_image_model("gan-small", out)
    pictures = model.net(torch.zeros(2, 4), torch.tensor([[0], [10]]))
    assert pictures.shape == (2, 1, 28, 28) and pictures.dtype == torch.float32 and not pictures.requires_grad
    assert model.discriminator is not None and not model.net.training


def test_more_steps_go_on_from_where_it_ended(small: None, models_dir: Path, tmp_path: Path) -> None:
    assert train.main(["gan-small", "--out", str(tmp_path)]) == 0
    assert train.main(["gan-small", "--out", str(tmp_path), "--steps", "9"]) == 0
    assert json.loads((tmp_path / "gan-small.json").read_text("utf-8"))["step"] == 9


def test_a_snapshot_can_be_published_instead(
    small: None, models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(["gan-small", "--out", str(tmp_path)]) == 0
    assert train.main(["gan-small", "--out", str(tmp_path), "--keep", "3"]) == 0
    assert json.loads((tmp_path / "gan-small.json").read_text("utf-8"))["step"] == 3
    weights = load_file(tmp_path / "gan-small.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}
    assert train.main(["gan-small", "--out", str(tmp_path), "--keep", "77"]) == 1
    assert "no snapshot of gan-small at step 77: choose from " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gan-cats"], "choose from gan-small"),
        (["gan-small", "--steps", "0"], "--steps must be"),
        (["gan-small", "--seed", "1"], "delete it to start over"),
    ],
    ids=["name", "steps", "another seed than the checkpoint's"],
)
def test_a_mistake_explains_itself(
    small: None,
    models_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    assert train.main(["gan-small", "--out", str(tmp_path), "--steps", "1"]) == 0
    assert train.main([*arguments, "--out", str(tmp_path)]) == 1
    assert sentence in capsys.readouterr().err


def test_a_damaged_checkpoint_explains_itself(
    small: None, models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(["gan-small", "--out", str(tmp_path), "--steps", "1"]) == 0
    (models_dir / "training" / "gan-small" / "checkpoint.pt").write_bytes(b"no")
    assert train.main(["gan-small", "--out", str(tmp_path)]) == 1
    assert "checkpoint.pt is damaged" in capsys.readouterr().err


def test_damaged_weights_are_not_loaded(small: None, models_dir: Path, tmp_path: Path) -> None:
    assert train.main(["gan-small", "--out", str(tmp_path), "--steps", "1"]) == 0
    image_models.forget()
    path = tmp_path / "gan-small.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(PlaygroundError, match="its sha256 differs"):
        image_models.load_image_model("gan-small", tmp_path)
    with pytest.raises(PlaygroundError, match="choose from gan-small"):
        image_models.load_image_model("gan-cats", tmp_path)


_KILLED = """
from playground import train
from playground.data import fashion, registry
from playground.training import configs, gan
import dataclasses, numpy as np
sample = fashion.load_sample()
sample = dataclasses.replace(sample, held_out=np.arange(200) % 2 == 1)
registry.datasets = lambda: {"fashion-sample": lambda _report: sample}
config = gan.GanConfig("fashion-sample", steps=100000, widths=(16, 8, 0), latent_dim=4, batch=4)
configs.shipped_configs = lambda: {"gan-small": config}
train.CHECKPOINT_SECONDS = 0
train.main(["gan-small"])
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_run_to_go_on_from(small: None, models_dir: Path, tmp_path: Path) -> None:
    from playground.training import checkpoints

    path = models_dir / "training" / "gan-small" / "checkpoint.pt"
    with subprocess.Popen([sys.executable, "-c", _KILLED], cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        for _ in range(1200):
            time.sleep(0.05)
            state = checkpoints.read(path)  # at any moment: written whole, or not at all
            if state is not None and state["step"] > 3:
                break
        process.send_signal(signal.SIGKILL)
    state = checkpoints.read(path)
    assert state is not None and state["step"] > 3
    assert train.main(["gan-small", "--steps", str(state["step"] + 2), "--out", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "gan-small.json").read_text("utf-8"))["step"] == state["step"] + 2
