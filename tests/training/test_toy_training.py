"""The toy trainers: parts and steps, changed settings, resuming, and the meaning of their divergences."""

from __future__ import annotations

import io
import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.core.numbers import number
from playground.data import toy_2d
from playground.training import toy_flow, toy_gan, toy_vae
from playground.training.toy_frames import FIELD, LINES
from playground.training.toy_gan import FIELDS
from playground.training.toy_metrics import COUNT, ToyMetrics

MODULES = {"gan": toy_gan, "vae": toy_vae, "flow": toy_flow}
SMALL = {"width": 8, "batch": 16}
NOWHERE = Path()


def open_trainer(family: str = "gan", shape: str = "ring", seed: int = 0, **settings: Any) -> Any:
    module: Any = MODULES[family]
    return module.open_trainer(shape, module.read_settings(shape, {**SMALL, **settings}), seed, NOWHERE)


def weights(trainer: Any) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in trainer.weights().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor], start: str = "") -> bool:
    return all(torch.equal(one[name], other[name]) for name in one if name.startswith(start))


def elsewhere(family: str, **settings: Any) -> Any:
    """A trainer of the same data that has gone another way."""
    trainer = open_trainer(family, **settings)
    trainer.generator.manual_seed(7)
    trainer.advance()
    return trainer


def put_down(trainer: Any) -> Any:
    """As a checkpoint holds it."""
    content = io.BytesIO()
    torch.save(trainer.state_dict(), content)
    return torch.load(io.BytesIO(content.getvalue()), weights_only=True)


@pytest.mark.parametrize("loss", FIELDS["loss"].choices)
@pytest.mark.parametrize("updates", [(1, 1), (2, 1), (1, 3)])
def test_parameters_change_in_update_only_and_only_those_of_its_side(loss: str, updates: tuple[int, int]) -> None:
    trainer = open_trainer(loss=loss, d_updates=updates[0], g_updates=updates[1])
    sides = "d" * updates[0] + "g" * updates[1]
    for side, (index, part) in itertools.product(sides, enumerate(toy_gan.PARTS)):
        before = weights(trainer)
        trainer.part()
        after = weights(trainer)
        changed = {name for name in ("generator", "discriminator") if not same(before, after, name)}
        mine = {"d": "discriminator", "g": "generator"}[side]
        assert changed == ({mine} if part == "update" else set()), (side, part)
        assert trainer.frame()["lit"] == "dg".index(side) * 5 + index
    assert trainer.step == 1


def test_ten_parts_are_one_step() -> None:
    parts, whole = open_trainer(), open_trainer()
    for _ in range(3):
        for _ in range(10):
            parts.part()
        numbers = whole.advance()
    assert parts.advance() == whole.advance() != numbers
    assert same(weights(parts), weights(whole)) and (parts.step, parts.seen) == (whole.step, whole.seen) == (4, 64)


def test_a_step_continues_from_a_part() -> None:
    parts, whole = open_trainer(), open_trainer()
    for _ in range(7):
        parts.part()
    assert parts.advance() == whole.advance()


def test_each_part_describes_its_own_numbers() -> None:
    trainer = open_trainer(width=8)
    sentences = []
    for _ in range(10):
        trainer.part()
        sentences.append(trainer.frame()["told"])
    assert "16 points of noise" in sentences[0] and "16 real points" in sentences[0]
    real = trainer.last["score_real"]
    assert "real points" in sentences[1] and "fakes" in sentences[1] and math.isfinite(real)
    assert (
        number(float(trainer.last["d_loss"])) in sentences[2] and number(float(trainer.last["g_loss"])) in sentences[7]
    )
    count = sum(value.numel() for value in trainer.discriminator.parameters())
    assert f"{count} weights" in sentences[3] and "adam at rate 0.002 moves the discriminator's weights" in sentences[4]
    assert len(set(sentences)) == 10


@pytest.mark.parametrize("family", MODULES)
def test_resumed_it_computes_the_same_numbers(family: str) -> None:
    trainer, other = open_trainer(family), elsewhere(family)
    for _ in range(5):
        trainer.advance()
    other.load_state_dict(put_down(trainer))
    for _ in range(4):
        assert trainer.advance() == other.advance()
    assert same(weights(trainer), weights(other)) and trainer.seen == other.seen


@pytest.mark.parametrize("parts", range(1, 11))
@pytest.mark.parametrize("loss", ["non-saturating", "wgan-gp"])
def test_put_down_in_the_middle_of_a_step_it_comes_to_the_same_numbers(parts: int, loss: str) -> None:
    trainer, other = open_trainer(loss=loss), elsewhere("gan", loss="hinge")
    trainer.advance()
    for _ in range(parts):
        trainer.part()
    other.load_state_dict(put_down(trainer))
    assert other.frame()["told"] == trainer.frame()["told"]
    assert trainer.advance() == other.advance() and trainer.seen == other.seen
    assert same(weights(trainer), weights(other))


@pytest.mark.parametrize("family", MODULES)
def test_looking_changes_nothing(family: str) -> None:
    watched, alone = open_trainer(family), open_trainer(family)
    for _ in range(3):
        watched.advance()
        frame = watched.frame()
        alone.advance()
    assert watched.advance() == alone.advance()
    assert all(np.isfinite(value).all() for value in frame.values() if isinstance(value, np.ndarray))


CHANGES = [
    ("gan", {"loss": "wgan-gp"}),
    ("gan", {"loss": "hinge", "d_optimizer": "sgd", "d_rate": 0.01, "g_optimizer": "adamw", "g_rate": 1e-4}),
    ("gan", {"d_updates": 3, "g_updates": 2, "penalty": 5}),
    ("vae", {"beta": 4, "optimizer": "momentum", "rate": 0.001}),
    ("flow", {"optimizer": "sgd", "rate": 0.01}),
]


@pytest.mark.parametrize(("family", "change"), CHANGES)
def test_a_changed_setting_keeps_the_weights_and_the_training_continues(family: str, change: dict[str, Any]) -> None:
    trainer = open_trainer(family)
    for _ in range(3):
        trainer.advance()
    before, names = weights(trainer), list(trainer.advance())
    before = weights(trainer)
    trainer.change(change)
    assert same(before, weights(trainer)) and trainer.step == 4
    numbers = trainer.advance()
    assert list(numbers) == names and all(map(math.isfinite, numbers.values()))
    assert not same(before, weights(trainer))
    assert trainer.settings.items() >= change.items()


def test_a_hot_swap_in_the_middle_of_an_update_forgets_that_update_and_its_noise() -> None:
    trainer, other = open_trainer(), open_trainer()
    trainer.advance(), other.advance()
    for _ in range(3):
        trainer.part()
    trainer.change({"d_rate": 0.01})
    other.change({"d_rate": 0.01})
    assert trainer.advance() == other.advance()


@pytest.mark.parametrize(
    "change", [{"width": 9}, {"steps": 5}, {"d_rate": 1e9}, {"nothing": 1}, {"d_updates": 0, "g_updates": 0}]
)
def test_a_bad_change_explains_itself_and_changes_nothing(change: dict[str, Any]) -> None:
    trainer = open_trainer()
    before = dict(trainer.settings)
    with pytest.raises(PlaygroundError):
        trainer.change({"loss": "hinge", **change})
    assert trainer.settings == before


BAD = [
    {"steps": 0}, {"steps": 10_000_001}, {"steps": 1.5}, {"steps": "many"}, {"steps": None}, {"batch": 10_000},
    {"d_rate": 1e9}, {"d_rate": math.nan}, {"d_rate": True}, {"loss": "none"}, {"loss": 3}, {"g_optimizer": "adagrad"},
    {"steps": 10_000_000, "batch": 1024}, {"brush": [0, 0, 1, 1, 2, 2]}, {"colour": 1},
    {"d_updates": 0, "g_updates": 0}, {"width": 1000}, {"penalty": -1},
]  # fmt: skip


@pytest.mark.parametrize("settings", BAD)
def test_bad_settings_explain_themselves(settings: dict[str, Any]) -> None:
    with pytest.raises(PlaygroundError) as error:
        toy_gan.read_settings("ring", settings)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("family", MODULES)
def test_read_gives_every_setting_and_reads_its_own_answer(family: str) -> None:
    module: Any = MODULES[family]
    whole = module.read_settings("brush", {"brush": [0, 0, 10, 10, 20, 20]})
    assert module.read_settings("brush", whole) == whole and {"steps", "batch", "width"} <= set(whole)
    with pytest.raises(PlaygroundError, match="Paint"):
        module.read_settings("brush", {})


def test_arrows_point_where_the_generator_s_loss_falls() -> None:
    trainer = open_trainer(width=16)
    for _ in range(30):
        trainer.advance()
    frame = trainer.frame()
    fakes, arrows = torch.from_numpy(frame["fake"][:128]), torch.from_numpy(frame["arrows"])
    with torch.no_grad():
        before = trainer.discriminator(fakes)
        after = trainer.discriminator(fakes + 1e-3 * arrows / arrows.norm(dim=1, keepdim=True))
    assert (after > before).float().mean() > 0.99, "towards what D takes for real"


def test_the_heat_map_is_d_s_answer_with_the_top_row_first() -> None:
    trainer = open_trainer()
    heat = trainer.frame()["heat"]
    corner = trainer.discriminator(torch.tensor([[-1.3, 1.3]])).sigmoid()
    assert heat.shape == (30, 30) and heat[0, 0] == round(float(corner.detach()) * 255)


def test_frames_have_the_layers_of_their_family() -> None:
    vae, flow = open_trainer("vae").frame(), open_trainer("flow").frame()
    assert vae["grid"].shape == (LINES, LINES, 2) and vae["codes"].shape == (400, 2) and vae["sigma"] > 0
    assert flow["field"].shape == (5, FIELD, FIELD, 2) and flow["paths"].shape == (48, 13, 2)
    assert np.array_equal(flow["paths"][:, -1], flow["fake"][:48])


def test_the_divergences_are_small_for_real_points_and_large_for_others() -> None:
    stick = ToyMetrics("ring", 0, [])
    itself = stick.measure(stick.held_out)
    assert itself["kl"] == itself["js"] == 0 and itself["sliced_wasserstein"] == pytest.approx(0, abs=1e-6)
    far = stick.measure(np.full((COUNT, 2), 0.0, np.float32))
    for name, floor in stick.floor.items():
        assert 0 < floor < 0.1 < far[name]
    assert far["js"] < 1
    moved = stick.measure(stick.held_out + np.array([0.3, 0], np.float32))
    mean = np.abs(np.cos(np.arange(16) * math.pi / 16)).mean() * 0.3
    assert moved["sliced_wasserstein"] == pytest.approx(mean, rel=1e-4), "a shift's mean projection, in closed form"
    assert math.isnan(stick.measure(np.full((COUNT, 2), np.nan, np.float32))["js"])


def test_modes_are_covered_by_enough_points_at_their_middles_and_not_by_strays() -> None:
    stick, middles = ToyMetrics("gaussians25", 0, []), toy_2d.mode_centres("gaussians25")
    assert stick.modes == stick.floor["modes_covered"] == 25
    three = np.repeat(middles[:3], [COUNT // 2, COUNT // 2 - 10, 10], 0)
    assert stick.measure(three)["modes_covered"] == 2, "ten of two thousand points are strays"
    assert stick.measure(three + np.float32(0.2))["modes_covered"] == 0
    assert ToyMetrics("ring", 0, []).modes == 0


def test_of_shapes_without_modes_none_are_counted() -> None:
    trainer = open_trainer("gan", "gaussians25")
    assert trainer.frame()["modes"] == 25 and trainer.frame()["modes_covered"] == trainer.advance()["modes_covered"]
    assert "modes_covered" not in open_trainer("gan", "ring").advance()


@pytest.mark.parametrize("family", MODULES)
@pytest.mark.slow
def test_it_learns(family: str) -> None:
    trainer = open_trainer(family, "moons", width=32, batch=64)
    start = trainer.measured["js"]
    for _ in range(400):
        numbers = trainer.advance()
    assert numbers["js"] < start * 0.9
    assert np.abs(toy_2d.points("moons", 10, 0)).max() < 1
