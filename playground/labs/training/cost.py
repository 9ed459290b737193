"""What a run cost: time, steps, and energy and CO2 as a range with its method; never a single number that nobody knows.

Measured by codecarbon's offline tracker only where that package is installed and the processor tells of its energy;
else from stated assumptions, each with its source. It knows nothing of runs' folders and pages.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from playground.errors import PlaygroundError

#: Watts of one busy core. Low: a thread of an AMD EPYC (2nd generation) at full load. High: the largest per core in
#: the table of Green Algorithms (Core i7-6700K, 95 W over 4 cores).
CORE_WATTS = (1.64, 23.8)
#: Watts of the rest, per GB of memory that a run holds (2 GB are assumed). Low: nothing, it is on anyway.
MEMORY_WATTS_PER_GIGABYTE, MEMORY_GIGABYTES = (0.0, 0.3725), 2.0
#: What cooling and conversion add. Low: a computer at home. High: an average data centre.
OVERHEAD = (1.0, 1.67)
#: Grams of CO2 equivalents a kWh. Low: France 2023. High: India 2023. The world's mean was 481.
GRID_GRAMS_PER_KWH = (56.0, 713.0)
#: A new car in the European Union, Iceland and Norway, 2023, grams a km.
CAR_GRAMS_PER_KM = 106.6
#: To heat water: joules a gram and kelvin; a cup of 250 g from 20 to 100 degrees.
WATER_JOULES, CUP_GRAMS, CUP_KELVIN = 4.18, 250.0, 80.0
CUP_KWH = WATER_JOULES * CUP_GRAMS * CUP_KELVIN / 3.6e6


@dataclass(frozen=True)
class Source:
    """Where an assumption is from. url: https."""

    text: str
    title: str
    url: str


SOURCES = (
    Source(
        "A busy core draws 1.64 to 23.8 W: low, a thread of an AMD EPYC server (2nd generation) at full load; high, "
        "the hungriest core of the table of Green Algorithms.",
        "Cloud Carbon Footprint, methodology; Green Algorithms, TDP_cpu.csv",
        "https://github.com/GreenAlgorithms/green-algorithms-tool/blob/master/data/latest/TDP_cpu.csv",
    ),
    Source(
        "Memory draws up to 0.3725 W a GB, 2 GB are assumed; cooling and conversion add nothing at home, and 67 % in "
        "an average data centre.",
        "Lannelongue, Grealey and Inouye 2021, Green Algorithms, Advanced Science 8, 2100707",
        "https://doi.org/10.1002/advs.202100707",
    ),
    Source(
        "A kWh made 56 g of CO2 equivalents in France and 713 g in India in 2023.",
        "Ember and Energy Institute, by Our World in Data",
        "https://ourworldindata.org/grapher/carbon-intensity-electricity",
    ),
    Source(
        "New cars in the EU, Iceland and Norway made 106.6 g of CO2 a km in 2023, in the laboratory.",
        "European Environment Agency, CO2 emissions of new passenger cars",
        "https://www.eea.europa.eu/en/analysis/indicators/co2-performance-of-new-passenger/",
    ),
)


@dataclass(frozen=True)
class Span:
    """A range. low <= high."""

    low: float
    high: float


@dataclass(frozen=True)
class Cost:
    """seconds: of training.  cpu_seconds: of all cores together.  steps, seen: done and shown; unit: of seen.

    energy_kwh, grams: ranges.  car_metres, cups: the same, as driving a new car and as heating cups of water.
    method: how the energy is known, in a sentence.  measured: by an instrument.
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


def cost(
    seconds: float, cpu_seconds: float, steps: int, seen: int, unit: str = "pictures", measured_kwh: float | None = None
) -> Cost:
    """What a run cost. measured_kwh: by `meter()`, if there was one: then only the grid is a range.

    Raises PlaygroundError for times or counts that are negative or no numbers.
    """
    for value in (seconds, cpu_seconds, steps, seen, measured_kwh or 0.0):
        if not 0 <= value < 1e15:
            raise PlaygroundError("This run's notes hold a time or a count that cannot be: delete it.")
    if measured_kwh is not None:
        energy = Span(measured_kwh, measured_kwh)
        method = "Energy measured by codecarbon's offline tracker from the processor's own counter (RAPL)."
    else:
        energy = _assumed(seconds, cpu_seconds)
        method = (
            "Energy not measured: processor time x assumed watts a core, with memory, cooling and conversion in the "
            "high value. CO2: energy x the grid's grams a kWh."
        )
    grams = Span(energy.low * GRID_GRAMS_PER_KWH[0], energy.high * GRID_GRAMS_PER_KWH[1])
    metres = Span(*(value / CAR_GRAMS_PER_KM * 1000 for value in (grams.low, grams.high)))
    cups = Span(energy.low / CUP_KWH, energy.high / CUP_KWH)
    return Cost(seconds, cpu_seconds, steps, seen, unit, energy, grams, metres, cups, method, measured_kwh is not None)


def _assumed(seconds: float, cpu_seconds: float) -> Span:
    """Kilowatt-hours. Source of the formula: Lannelongue et al. 2021, equation 1."""
    low, high = (
        (cpu_seconds * CORE_WATTS[end] + seconds * MEMORY_GIGABYTES * MEMORY_WATTS_PER_GIGABYTE[end])
        * OVERHEAD[end] / 3.6e6
        for end in (0, 1)
    )  # fmt: skip
    return Span(low, high)


def can_measure() -> bool:
    """Whether codecarbon is installed and the processor's energy counter can be read."""
    if find_spec("codecarbon") is None:
        return False
    return any(os.access(path, os.R_OK) for path in glob.glob("/sys/class/powercap/intel-rapl*/energy_uj"))


class Meter:
    """Measures from start() to stop(), for a worker that trains alone: the counter is of the whole processor."""

    def __init__(self) -> None:
        """Raises PlaygroundError where nothing can be measured."""
        if not can_measure():
            raise PlaygroundError("Energy cannot be measured here: codecarbon or the processor's counter is missing.")
        self._tracker: Any = import_module("codecarbon").OfflineEmissionsTracker(
            country_iso_code="FRA", measure_power_secs=5, save_to_file=False, log_level="error"
        )

    def start(self) -> None:
        """Begin."""
        self._tracker.start()

    def stop(self) -> float:
        """Kilowatt-hours since start()."""
        self._tracker.stop()
        return float(self._tracker.final_emissions_data.energy_consumed)


def told(cost: Cost) -> list[tuple[str, str]]:
    """The cost in rows of (name, words), for the page."""
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
    """A time in words: "48 s", "3 min 20 s", "2 h 5 min"."""
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
    """Two digits that count."""
    if value == 0:
        return "0"
    text = f"{value:.2g}"
    return f"{float(text):,.0f}" if abs(value) >= 10 else text if "e" not in text else f"{float(text):.6f}".rstrip("0")


#: What a family has seen, in words.
UNITS = {"language": "tokens", "lora": "tokens"}
_ENDED = ("done", "stopped", "failed")


def priced(asked: Any) -> dict[str, Any]:
    """What a view asks: {"run"}. Returns {"rows": [[name, words]], "sources": [{"text", "title", "url"}], "ended"} or

    {"error"}. It reads one small file.
    """
    from playground.runs import store

    try:
        folder = store.folder_of(str(asked.get("run", "")) if isinstance(asked, dict) else "")
        spec, state = store.spec_of(folder.name), store.state_of(folder)
        pictures = "pictures" if spec.dataset in ("avatars", "fashion", "folder") else "points"
        made = cost(state.seconds, state.cpu_seconds, state.step, state.seen, UNITS.get(spec.family, pictures))
    except PlaygroundError as error:
        return {"error": str(error)}
    return {
        "rows": [list(row) for row in told(made)],
        "sources": [vars(source) for source in SOURCES],
        "ended": state.status in _ENDED,
    }
