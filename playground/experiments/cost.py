"""The cost of a run: time, steps, and energy and CO2 as ranges with their method.

Energy is measured if runs/energy_meter.py could read the processor's counter all the time, else estimated from the
assumptions of metrics/energy.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import number
from playground.metrics.energy import GRID_GRAMS_PER_KWH, Span, energy_sources, estimate_energy
from playground.runs import recordings, store
from playground.training import trainer_registry

#: A new car in the European Union, Iceland and Norway, 2023, grams a km.
CAR_GRAMS_PER_KM = 106.6
#: Specific heat of water in joules a gram and kelvin; a cup of 250 g from 20 to 100 °C.
WATER_JOULES, CUP_GRAMS, CUP_KELVIN = 4.18, 250.0, 80.0
CUP_KWH = WATER_JOULES * CUP_GRAMS * CUP_KELVIN / 3.6e6


@dataclass(frozen=True)
class RunCost:
    """The cost of a run.

    seconds: of training.  cpu_seconds: of all cores.  steps: done.  seen: pictures, points or tokens; unit: which.
    energy_kwh: kilowatt-hours.  grams: of CO2 equivalents.  car_metres: of driving a new car for as much CO2.  cups: of
    water that the energy heats for tea.  measured: by an instrument, not estimated.
    """

    seconds: float
    cpu_seconds: float
    steps: int
    seen: int
    unit: str
    energy_kwh: Span
    grams: Span
    car_metres: Span
    cups: Span
    measured: bool


def estimate_cost(
    seconds: float, cpu_seconds: float, steps: int, seen: int, unit: str = "pictures", measured_kwh: float | None = None
) -> RunCost:
    """The cost of a run.

    unit: pictures, points or tokens.  measured_kwh: see runs/energy_meter.py; with it, only CO2 is a range.
    Raises PlaygroundError for times or counts that are negative or NaN.
    """
    for value in (seconds, cpu_seconds, steps, seen, measured_kwh or 0.0):
        if not 0 <= value < 1e15:
            raise PlaygroundError(say("train.cost.damaged"))
    measured = measured_kwh is not None
    energy = Span(measured_kwh, measured_kwh) if measured_kwh is not None else estimate_energy(seconds, cpu_seconds)
    grams = Span(energy.low * GRID_GRAMS_PER_KWH[0], energy.high * GRID_GRAMS_PER_KWH[1])
    metres = Span(*(value / CAR_GRAMS_PER_KM * 1000 for value in (grams.low, grams.high)))
    cups = Span(energy.low / CUP_KWH, energy.high / CUP_KWH)
    return RunCost(seconds, cpu_seconds, steps, seen, unit, energy, grams, metres, cups, measured)


def cost_rows(cost: RunCost) -> list[tuple[str, str]]:
    """Rows of (name, text) for a page."""
    kind = "measured" if cost.measured else "assumed"
    energy = _range(_amount(cost.energy_kwh.low * 1000), _amount(cost.energy_kwh.high * 1000))
    grams, metres = (_range(_amount(span.low), _amount(span.high)) for span in (cost.grams, cost.car_metres))
    time, processor = duration(cost.seconds), duration(cost.cpu_seconds)
    unit = say(f"train.cost.{cost.unit}")
    return [
        (say("train.cost.time"), say("train.cost.time_text", time=time, processor=processor)),
        (say("shared.steps"), say("train.cost.steps_text", steps=cost.steps, seen=cost.seen, unit=unit)),
        (say("train.cost.energy"), say(f"train.cost.energy_{kind}", range=energy)),
        (say("train.cost.co2"), say("train.cost.co2_text", range=grams)),
        (say("train.cost.car"), say("train.cost.car_text", range=metres)),
        (say("train.cost.tea"), say("train.cost.tea_text", range=_range(_cups(cost.cups.low), _cups(cost.cups.high)))),
        (say("train.cost.method"), say(f"train.cost.method_{kind}")),
    ]


def duration(seconds: float) -> str:
    """A duration as text: "48 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return say("shared.run.seconds", seconds=whole if seconds >= 9.95 else f"{seconds:.1f}")
    if whole < 3600:
        return say("shared.run.minutes", minutes=whole // 60, seconds=whole % 60)
    return say("train.cost.hours", hours=whole // 3600, minutes=whole % 3600 // 60)


def _range(low: str, high: str) -> str:
    return low if low == high else say("train.cost.range", low=low, high=high)


def _cups(cups: float) -> str:
    """Cups of tea, or per cent of one."""
    return (
        say("train.cost.percent", amount=_amount(cups * 100))
        if cups < 1
        else say("train.cost.cups", amount=_amount(cups))
    )


def _amount(value: float) -> str:
    """A number with two significant digits."""
    return number(value, 2)


#: The unit of "seen" for families that are not trained on pictures or points.
UNITS = {"language": "tokens", "lora": "tokens"}
MOST_RUNS = 6


def run_cost(request: Any) -> dict[str, Any]:
    """The cost of a view's runs, {"runs": ids}, added up. Reads two small files of each.

    Returns {"rows": [[name, text]], "sources": [{"text", "title", "url"}], "ended"} or {"error"}.
    """
    try:
        runs = request.get("runs") if isinstance(request, dict) else None
        if not isinstance(runs, list) or not 0 < len(runs) <= MOST_RUNS:
            raise PlaygroundError(say("train.cost.no_runs", most=MOST_RUNS))
        known = [_spec_and_state(str(run)) for run in runs]
        total = _total_cost([spec for spec, _ in known], [state for _, state in known])
    except PlaygroundError as error:
        return {"error": str(error)}
    rows = [list(row) for row in cost_rows(total)]
    if len(runs) > 1:
        rows.insert(0, [say("train.cost.runs"), say("train.cost.runs_text", count=len(runs))])
    return {
        "rows": rows,
        "sources": [vars(source) for source in energy_sources()],
        "ended": all(state.status in store.ENDED for _, state in known),
    }


def _spec_and_state(run: str) -> tuple[store.RunSpec, store.RunState]:
    if recordings.is_recorded(run):
        return recordings.read(run).spec, recordings.read(run).state
    return store.spec_of(run), store.state_of(store.run_dir(run))


def _total_cost(specs: Sequence[store.RunSpec], states: Sequence[store.RunState]) -> RunCost:
    """The cost of runs together; measured only if all of them were."""
    measured = [state.measured_kwh for state in states if state.measured_kwh is not None]
    return estimate_cost(
        sum(state.seconds for state in states),
        sum(state.cpu_seconds for state in states),
        sum(state.step for state in states),
        sum(state.seen for state in states),
        UNITS.get(specs[0].family, "pictures" if specs[0].dataset in trainer_registry.PICTURES else "points"),
        sum(measured) if len(measured) == len(states) else None,
    )
