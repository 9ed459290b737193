"""Energy of a computation, estimated as a range from cited assumptions, because nothing here measures it."""

from __future__ import annotations

from dataclasses import dataclass

from playground.core.catalogue import say

#: Watts of one busy core. Low: a thread of an AMD EPYC (2nd generation) at full load, in Cloud Carbon Footprint's
#: packages/core/src/compute/ComputeProcessorTypes.ts. High: the largest per core in the table of Green Algorithms
#: (data/latest/TDP_cpu.csv: Core i7-6700K, 95 W over 4 cores).
CORE_WATTS = (1.69, 23.8)
#: Watts per GB of memory that a run holds, and an assumed 2 GB. Low: none, because the machine is on anyway.
MEMORY_WATTS_PER_GIGABYTE, MEMORY_GIGABYTES = (0.0, 0.3725), 2.0
#: Factor for cooling and power conversion. Low: a computer at home. High: an average data centre.
OVERHEAD = (1.0, 1.67)
#: Grams of CO2 equivalents a kWh, in the table of EcoLogits 0.11.3 (electricity_mixes.json, 2026). Low: France. High:
#: India. The world's mean is 458.
GRID_GRAMS_PER_KWH = (41.44, 670.13)


@dataclass(frozen=True)
class EnergySource:
    """An assumption, in a sentence, and where it comes from. url: https."""

    text: str
    title: str
    url: str


#: Name in the catalogue -> title and url of the source.
_SOURCES = {
    "core": (
        "Cloud Carbon Footprint, processor types",
        "https://github.com/cloud-carbon-footprint/cloud-carbon-footprint/blob/trunk/packages/core/src/compute/ComputeProcessorTypes.ts",
    ),
    "core_high": (
        "Green Algorithms, TDP_cpu.csv",
        "https://github.com/GreenAlgorithms/green-algorithms-tool/blob/master/data/latest/TDP_cpu.csv",
    ),
    "overhead": (
        "Lannelongue, Grealey and Inouye 2021, Green Algorithms, Advanced Science 8, 2100707",
        "https://doi.org/10.1002/advs.202100707",
    ),
    "grid": ("EcoLogits 0.11.3, electricity mixes", "https://github.com/mlco2/ecologits"),
    "car": (
        "European Environment Agency, CO2 emissions of new passenger cars",
        "https://www.eea.europa.eu/en/analysis/indicators/co2-performance-of-new-passenger/",
    ),
}


def energy_sources() -> tuple[EnergySource, ...]:
    """All assumptions of an estimate, with their sources."""
    ranges = {"core": CORE_WATTS, "core_high": CORE_WATTS, "grid": GRID_GRAMS_PER_KWH}
    return tuple(
        EnergySource(_assumption(name, *ranges.get(name, (0.0, 0.0))), *source) for name, source in _SOURCES.items()
    )


def _assumption(name: str, low: float, high: float) -> str:
    return say(f"images.energy.{name}", low=low, high=high)


@dataclass(frozen=True)
class Span:
    """A range. low <= high."""

    low: float
    high: float


def estimate_energy(seconds: float, cpu_seconds: float) -> Span:
    """Kilowatt-hours of a run. seconds: wall time.  cpu_seconds: busy time, summed over cores.

    Source of the formula: Lannelongue et al. 2021, equation 1.
    """
    low, high = (
        (cpu_seconds * CORE_WATTS[end] + seconds * MEMORY_GIGABYTES * MEMORY_WATTS_PER_GIGABYTE[end])
        * OVERHEAD[end] / 3.6e6
        for end in (0, 1)
    )  # fmt: skip
    return Span(low, high)
