"""The tables of the toy trainers' settings, by family. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting, by_name
from playground.data import toy_2d
from playground.training.settings import (
    LOSSES,
    Fields,
    fill_defaults,
    loss_setting,
    optimizer_setting,
    rate_setting,
    steps_setting,
)

MOST_POINTS = 2_000_000_000
_RATES = (1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)


def _common(batch: int = 128) -> tuple[Setting, ...]:
    width = Setting("width", 64, lowest=4, highest=256, label="train.toy_2d.settings.width")
    return steps_setting(20_000), Setting("batch", batch, lowest=8, highest=1024), width


def _of_net(net: str, rate: float) -> tuple[Setting, ...]:
    """The settings that each of a GAN's nets has. net: "d" or "g"."""
    return (
        optimizer_setting(f"{net}_optimizer", "adam", f"train.image_model.settings.{net}_optimizer"),
        rate_setting(f"{net}_rate", rate, examples=_RATES, label=f"train.image_model.settings.{net}_rate"),
        Setting(f"{net}_updates", 1, highest=10, examples=tuple(range(11)), hot=True,
                label=f"train.image_model.settings.{net}_updates"),
    )  # fmt: skip


_OPTIMIZER = optimizer_setting("optimizer", "adam", "train.toy_2d.settings.vae_and_flow_optimizer")
_RATE = rate_setting("rate", 2e-3, examples=_RATES, label="train.toy_2d.settings.vae_and_flow_rate")
#: Family -> its settings. The GAN has no minimax game itself: its gradient vanishes.
FIELDS: Mapping[str, Fields] = {
    "gan": by_name([
        *_common(),
        loss_setting(tuple(name for name in LOSSES if name != "saturating"),
                     "train.toy_2d.settings.loss"),
        *_of_net("d", 2e-3),
        *_of_net("g", 1e-3),
        Setting("penalty", 1.0, highest=1000, examples=_WEIGHTS, hot=True, label="train.toy_2d.settings.penalty"),
    ]),
    "vae": by_name([
        *_common(), _OPTIMIZER, _RATE,
        Setting("beta", 1.0, highest=100, examples=_WEIGHTS, hot=True, label="train.toy_2d.settings.beta"),
    ]),
    "diffusion": by_name([*_common(256), _OPTIMIZER, _RATE]),
}  # fmt: skip


def read_settings(family: str, shape: str, requested: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out; and the painted dots. Raises PlaygroundError."""
    settings = fill_defaults(FIELDS[family], {name: value for name, value in requested.items() if name != "brush"})
    brush: Any = requested.get("brush") or []
    if shape == "brush":
        toy_2d.parse_dots(brush)
    elif brush:
        raise PlaygroundError(say("train.toy_2d.brush.needs_shape"))
    if settings["steps"] * settings["batch"] > MOST_POINTS:
        size = {"steps": settings["steps"], "batch": settings["batch"], "most": MOST_POINTS}
        raise PlaygroundError(say("train.settings.too_many_points", **size))
    return {**settings, "brush": list(brush)}
