"""The cost of a run: time, steps, and energy and CO2 as ranges with their method.

Energy is measured if runs/energy_meter.py could read the processor's counter all the time, else estimated from the
assumptions of metrics/energy.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.core.errors import PlaygroundError
from playground.metrics.energy import GRID_GRAMS_PER_KWH, Span, energy_sources, estimate_energy
from playground.runs import store
from playground.training import trainer_registry

#: A new car in the European Union, Iceland and Norway, 2023, grams a km.
CAR_GRAMS_PER_KM = 106.6
#: Specific heat of water in joules a gram and kelvin; a cup of 250 g from 20 to 100 °C.
WATER_JOULES, CUP_GRAMS, CUP_KELVIN = 4.18, 250.0, 80.0
CUP_KWH = WATER_JOULES * CUP_GRAMS * CUP_KELVIN / 3.6e6


@dataclass(frozen=True)
class RunCost:
    """seconds: of training.  cpu_seconds: of all cores.  steps: done.  seen: pictures, points or tokens; unit: which.

    energy_kwh: kilowatt-hours.  grams: of CO2 equivalents.  car_metres, cups: the same as driving a new car and as
    heating cups of water.  method: of the energy, in a sentence.  measured: by an instrument, not estimated.
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
    method: str
    measured: bool


def estimate_cost(
    seconds: float, cpu_seconds: float, steps: int, seen: int, unit: str = "pictures", measured_kwh: float | None = None
) -> RunCost:
    """The cost of a run. measured_kwh: see runs/energy_meter.py; if it is known, only CO2 is a range.

    Raises PlaygroundError for times or counts that are negative or NaN.
    """
    for value in (seconds, cpu_seconds, steps, seen, measured_kwh or 0.0):
        if not 0 <= value < 1e15:
            raise PlaygroundError("This run's notes hold a time or a count that cannot be: delete it.")
    if measured_kwh is not None:
        energy = Span(measured_kwh, measured_kwh)
        method = (
            "Energy measured by codecarbon's offline tracker from the processor's own counter (RAPL): all that the "
            "processor did while the run trained alone; memory, cooling and conversion are not in it."
        )
    else:
        energy = estimate_energy(seconds, cpu_seconds)
        method = (
            "Energy not measured: processor time x assumed watts a core, with memory, cooling and conversion in the "
            "high value. CO2: energy x the grid's grams a kWh."
        )
    grams = Span(energy.low * GRID_GRAMS_PER_KWH[0], energy.high * GRID_GRAMS_PER_KWH[1])
    metres = Span(*(value / CAR_GRAMS_PER_KM * 1000 for value in (grams.low, grams.high)))
    cups = Span(energy.low / CUP_KWH, energy.high / CUP_KWH)
    return RunCost(
        seconds, cpu_seconds, steps, seen, unit, energy, grams, metres, cups, method, measured_kwh is not None
    )


def cost_rows(cost: RunCost) -> list[tuple[str, str]]:
    """Rows of (name, text) for a page."""
    high = f"{_amount(cost.cups.high * 100)} %" if cost.cups.high < 1 else f"{_amount(cost.cups.high)} cups"
    low = f"{_amount(cost.cups.low * 100)} %" if cost.cups.low < 1 else f"{_amount(cost.cups.low)} cups"
    return [
        ("Time", f"{duration(cost.seconds)}, {duration(cost.cpu_seconds)} of processor time"),
        ("Steps", f"{cost.steps:,}; {cost.seen:,} {cost.unit} seen, repeats counted"),
        ("Energy", f"{_range(cost.energy_kwh, 1000)} Wh" + (" (measured)" if cost.measured else " (assumed)")),
        ("CO2", f"{_range(cost.grams)} g of CO2 equivalents"),
        ("As much as", f"driving a new car {_range(cost.car_metres)} m"),
        ("Or", f"{low} to {high} of the heat for a cup of tea (250 ml from 20 to 100 °C)"),
        ("Method", cost.method),
    ]


def duration(seconds: float) -> str:
    """A duration as text: "48 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if seconds >= 9.95 else f"{seconds:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _range(span: Span, times: float = 1.0) -> str:
    low, high = _amount(span.low * times), _amount(span.high * times)
    return low if low == high else f"{low} to {high}"


def _amount(value: float) -> str:
    """A number with two significant digits."""
    if value == 0:
        return "0"
    text = f"{value:.2g}"
    return f"{float(text):,.0f}" if abs(value) >= 10 else text if "e" not in text else f"{float(text):.6f}".rstrip("0")


#: The unit of "seen" for families that are not trained on pictures or points.
UNITS = {"language": "tokens", "lora": "tokens"}
MOST_RUNS = 6


def run_cost(asked: Any) -> dict[str, Any]:
    """A view's question {"runs": ids}; several are added up. It reads two small files of each.

    Returns {"rows": [[name, text]], "sources": [{"text", "title", "url"}], "ended"} or {"error"}.
    """
    try:
        runs = asked.get("runs") if isinstance(asked, dict) else None
        if not isinstance(runs, list) or not 0 < len(runs) <= MOST_RUNS:
            raise PlaygroundError(f"What was trained? Name 1 to {MOST_RUNS} runs.")
        known = [(store.spec_of(str(run)), store.state_of(store.run_dir(str(run)))) for run in runs]
        total = _total_cost([spec for spec, _ in known], [state for _, state in known])
    except PlaygroundError as error:
        return {"error": str(error)}
    rows = [list(row) for row in cost_rows(total)]
    if len(runs) > 1:
        rows.insert(0, ["Runs", f"all {len(runs)} that are shown, added up"])
    return {
        "rows": rows,
        "sources": [vars(source) for source in energy_sources()],
        "ended": all(state.status in store.ENDED for _, state in known),
    }


def _total_cost(specs: Sequence[store.RunSpec], states: Sequence[store.RunState]) -> RunCost:
    """The cost of runs together, measured only if all of them were."""
    measured = [state.measured_kwh for state in states if state.measured_kwh is not None]
    return estimate_cost(
        sum(state.seconds for state in states),
        sum(state.cpu_seconds for state in states),
        sum(state.step for state in states),
        sum(state.seen for state in states),
        UNITS.get(specs[0].family, "pictures" if specs[0].dataset in trainer_registry.PICTURES else "points"),
        sum(measured) if len(measured) == len(states) else None,
    )
