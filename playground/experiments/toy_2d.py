"""Runs on points of the plane: the settings of each family, a single run or a race of three, and their links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int
from playground.data.toy_2d import MOST_DOTS, SHAPES
from playground.experiments import run_control, run_status
from playground.runs import store
from playground.training import trainer_registry

#: Family -> its name on the page. "diffusion" is flow matching: see training/toy_flow.py.
FAMILIES = {"gan": "GAN", "vae": "VAE", "diffusion": "Flow"}
RACE = "race"
#: Defaults as the trainers have them (a test compares). Flow and VAE share the names of their optimizer settings.
FIXED = {"steps": 20_000, "width": 64}
HOT: dict[str, dict[str, Any]] = {
    "gan": {
        "loss": "non-saturating", "penalty": 1.0, "d_updates": 1, "g_updates": 1, "d_optimizer": "adam",
        "d_rate": 2e-3, "g_optimizer": "adam", "g_rate": 1e-3,
    },
    "vae": {"optimizer": "adam", "rate": 2e-3, "beta": 1.0},
    "diffusion": {"optimizer": "adam", "rate": 2e-3},
}  # fmt: skip
LOSSES = ("non-saturating", "hinge", "least squares", "wgan-gp")
OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
#: Every setting of the page by name, with its default.
DEFAULTS: dict[str, Any] = {**FIXED, **HOT["gan"], **HOT["vae"]}
_WORDS = ("loss", "d_optimizer", "g_optimizer", "optimizer")
_WHOLE = ("steps", "width", "d_updates", "g_updates")


@dataclass(frozen=True)
class ToyRequest:
    """Runs to start. family: one of FAMILIES, or RACE.  settings: by the names of DEFAULTS, checked.

    brush: the painted dots, x, y, x, y, … in hundredths.
    """

    family: str
    shape: str
    seed: int
    settings: Mapping[str, Any]
    brush: Sequence[int] = field(default=())

    def families(self) -> tuple[str, ...]:
        """The families of the runs."""
        return tuple(FAMILIES) if self.family == RACE else (self.family,)

    def of(self, family: str) -> dict[str, Any]:
        """The settings of a family's run."""
        own = {name: self.settings[name] for name in (*FIXED, *HOT[family])}
        return {**own, "brush": list(self.brush)} if self.shape == "brush" else own

    def recipe(self, runs: Sequence[str]) -> Recipe:
        """For a link: the runs' ids, and the settings to start them again."""
        brush: list[int | None] = list(self.brush) if self.shape == "brush" else []
        settings: dict[str, Setting] = {
            "panel": "toy_2d",
            "run": ",".join(runs),
            "family": self.family,
            "shape": self.shape,
        }
        settings |= {name: value for name, value in self.settings.items() if value != DEFAULTS[name]}
        return Recipe("train", "", "", self.seed, {**settings, **({"brush": brush} if brush else {})})


def read_request(
    family: object, shape: object, seed: object, settings: Mapping[str, Any], brush: object = ()
) -> ToyRequest:
    """A request, checked, with DEFAULTS for names that are left out. Numbers may be text, as in a link.

    Raises PlaygroundError.
    """
    chosen = parse_choice(family, (*FAMILIES, RACE), "The model")
    data = parse_choice(shape, SHAPES, "The data")
    number = parse_int(
        seed, 0, run_control.LARGEST_SEED, f"The seed must be a whole number from 0 to {run_control.LARGEST_SEED:,}"
    )
    found = {**DEFAULTS, **{name: _parse_number(name, value) for name, value in settings.items() if name in DEFAULTS}}
    asked = ToyRequest(chosen, data, number, found, read_brush(brush) if data == "brush" else ())
    for one in asked.families():
        trainer_registry.read_settings(one, data, asked.of(one))
    return asked


def read_recipe(recipe: Recipe) -> tuple[ToyRequest, list[str]]:
    """(request, ids of runs) of a link. If its runs still exist, the settings are theirs now, else those in the link.

    Raises PlaygroundError.
    """
    given: dict[str, Any] = dict(recipe.settings)
    runs = [run for run in str(given.get("run") or "").split(",") if run]
    seed = recipe.seed
    try:
        specs = [store.spec_of(run) for run in runs[: len(FAMILIES)]]
    except PlaygroundError:
        specs = []  # deleted
    if specs:
        given |= {"family": specs[0].family if len(specs) == 1 else RACE, "shape": specs[0].dataset}
        given |= {"brush": specs[0].settings.get("brush", "")}
        seed = specs[0].seed
        for spec in specs:
            given |= {name: run_status.current_setting(spec.run, name) for name in (*FIXED, *HOT.get(spec.family, {}))}
    family, shape = given.get("family", "gan"), given.get("shape", "ring")
    asked = read_request(family, shape, seed, given, given.get("brush", ""))
    return asked, runs if len(runs) == len(asked.families()) else []


def read_brush(brush: object) -> list[int]:
    """Painted dots from a list of integers or comma-separated text. Raises PlaygroundError."""
    parts: Any = brush.split(",") if isinstance(brush, str) else brush
    if not isinstance(parts, Sequence) or not 0 < len(parts) <= 2 * MOST_DOTS or parts == [""]:
        raise PlaygroundError(f"Nothing to learn from: paint 3 to {MOST_DOTS} dots on the square first.")
    return [parse_int(part, -100, 100, "A dot lies between -100 and 100 hundredths") for part in map(_signed, parts)]


def _signed(part: Any) -> Any:
    text = part.strip() if isinstance(part, str) else ""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 6 else part


def start_runs(asked: ToyRequest, owner: str) -> list[str]:
    """Start the run, or the three of a race. Returns their ids; raises PlaygroundError, and then none is started."""
    started: list[str] = []
    try:
        for one in asked.families():
            started.append(run_control.start_run(one, asked.shape, asked.of(one), asked.seed, owner))
    except PlaygroundError:
        for run in started:
            run_control.delete_run(run, owner)
        raise
    return started


def fork_run(runs: Sequence[tuple[str, str]], run: str, step: Any, settings: Mapping[str, Any], owner: str) -> str:
    """Fork one of these runs, (family, id), with other settings. Returns the fork's id.

    settings: by the names of DEFAULTS, without "steps" to end where the parent does. Raises PlaygroundError.
    """
    family = next((family for family, one in runs if one == run), "")
    own = (*HOT.get(family, {}), "steps")
    return run_control.fork_run(
        run, step, {name: _parse_number(name, settings[name]) for name in own if name in settings}, owner
    )


def change_runs(runs: Sequence[tuple[str, str]], name: str, value: object, owner: str) -> bool:
    """Change a setting of those runs, (family, id), whose family has it. Raises PlaygroundError.

    Returns whether anything changed: gradio may report a choice twice.
    """
    wanted = _parse_number(name, value)
    changes = [
        run
        for family, run in runs
        if name in HOT.get(family, {})
        and store.state_of(store.run_dir(run)).status not in store.ENDED
        and run_status.current_setting(run, name) != wanted
    ]
    for run in changes:
        run_control.send_command(run, "change", {name: wanted}, owner)
    return bool(changes)


def _parse_number(name: str, value: object) -> object:
    """A setting's value: text as a number where the setting is one. The trainer checks its range."""
    if name in _WORDS or not isinstance(value, str):
        return int(value) if name in _WHOLE and isinstance(value, float) and value.is_integer() else value
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if name in _WHOLE and number.is_integer() else number
