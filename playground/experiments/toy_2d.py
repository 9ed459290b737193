"""The arena's runs: which settings each family has, one run or a race of three, and how a link holds them."""

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

#: Family -> its name on the page. "diffusion" is the flow: noise that is carried to data along straight lines.
FAMILIES = {"gan": "GAN", "vae": "VAE", "diffusion": "Flow"}
RACE = "race"
#: As the trainers have them (a test compares). The names of the flow's and the VAE's optimizer are the same.
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
#: Every setting of the page by name, with what it is at first.
DEFAULTS: dict[str, Any] = {**FIXED, **HOT["gan"], **HOT["vae"]}
_WORDS = ("loss", "d_optimizer", "g_optimizer", "optimizer")
_WHOLE = ("steps", "width", "d_updates", "g_updates")


@dataclass(frozen=True)
class ToyRequest:
    """What is to be started. family: one of FAMILIES, or RACE.  settings: by the names of DEFAULTS, checked.

    brush: x, y, x, y, … in hundredths.
    """

    family: str
    shape: str
    seed: int
    settings: Mapping[str, Any]
    brush: Sequence[int] = field(default=())

    def families(self) -> tuple[str, ...]:
        """Those that run."""
        return tuple(FAMILIES) if self.family == RACE else (self.family,)

    def of(self, family: str) -> dict[str, Any]:
        """The settings of a family's run."""
        own = {name: self.settings[name] for name in (*FIXED, *HOT[family])}
        return {**own, "brush": list(self.brush)} if self.shape == "brush" else own

    def recipe(self, runs: Sequence[str]) -> Recipe:
        """For the link: the runs, and the settings to make them again."""
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
    """The settings, checked. Names that are left out stand as in DEFAULTS; numbers may be text, as in a link.

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
    """What a link asks for, and the runs that it names: then the settings are theirs, as they stand now.

    Raises PlaygroundError.
    """
    given: dict[str, Any] = dict(recipe.settings)
    runs = [run for run in str(given.get("run") or "").split(",") if run]
    seed = recipe.seed
    try:
        specs = [store.spec_of(run) for run in runs[: len(FAMILIES)]]
    except PlaygroundError:
        specs = []  # gone: its settings are in the link
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
    """The dots of a painting, from a list of whole numbers or text with commas between. Raises PlaygroundError."""
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
    """Fork one of the runs that are shown, (family, id), with the settings as they stand. Returns the new one's id.

    settings: by the names of DEFAULTS; "steps" is left out if it is to end where its parent does. Raises
    PlaygroundError.
    """
    family = next((family for family, one in runs if one == run), "")
    own = (*HOT.get(family, {}), "steps")
    return run_control.fork_run(
        run, step, {name: _parse_number(name, settings[name]) for name in own if name in settings}, owner
    )


def change_runs(runs: Sequence[tuple[str, str]], name: str, value: object, owner: str) -> bool:
    """Change a setting of those runs, (family, id), whose family has it. Raises PlaygroundError.

    Returns whether there was anything to change: the frame tells of one choice twice.
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
    """Text as the number that it stands for, where one is wanted; the trainer checks the rest."""
    if name in _WORDS or not isinstance(value, str):
        return int(value) if name in _WHOLE and isinstance(value, float) and value.is_integer() else value
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if name in _WHOLE and number.is_integer() else number
