"""What a computation takes if nothing measures it: energy as a range, from stated assumptions, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

#: Watts of one busy core. Low: a thread of an AMD EPYC (2nd generation) at full load. High: the largest per core in
#: the table of Green Algorithms (Core i7-6700K, 95 W over 4 cores).
CORE_WATTS = (1.64, 23.8)
#: Watts of the rest, per GB of memory that a run holds (2 GB are assumed). Low: nothing, it is on anyway.
MEMORY_WATTS_PER_GIGABYTE, MEMORY_GIGABYTES = (0.0, 0.3725), 2.0
#: What cooling and conversion add. Low: a computer at home. High: an average data centre.
OVERHEAD = (1.0, 1.67)
#: Grams of CO2 equivalents a kWh. Low: France 2023. High: India 2023. The world's mean was 481.
GRID_GRAMS_PER_KWH = (56.0, 713.0)


@dataclass(frozen=True)
class EnergySource:
    """Where an assumption is from. url: https."""

    text: str
    title: str
    url: str


SOURCES = (
    EnergySource(
        "A busy core draws 1.64 to 23.8 W: low, a thread of an AMD EPYC server (2nd generation) at full load; high, "
        "the hungriest core of the table of Green Algorithms.",
        "Cloud Carbon Footprint, methodology; Green Algorithms, TDP_cpu.csv",
        "https://github.com/GreenAlgorithms/green-algorithms-tool/blob/master/data/latest/TDP_cpu.csv",
    ),
    EnergySource(
        "Memory draws up to 0.3725 W a GB, 2 GB are assumed; cooling and conversion add nothing at home, and 67 % in "
        "an average data centre.",
        "Lannelongue, Grealey and Inouye 2021, Green Algorithms, Advanced Science 8, 2100707",
        "https://doi.org/10.1002/advs.202100707",
    ),
    EnergySource(
        "A kWh made 56 g of CO2 equivalents in France and 713 g in India in 2023.",
        "Ember and Energy Institute, by Our World in Data",
        "https://ourworldindata.org/grapher/carbon-intensity-electricity",
    ),
    EnergySource(
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


def estimate_energy(seconds: float, cpu_seconds: float) -> Span:
    """Kilowatt-hours of so many seconds, in which all cores together were busy for cpu_seconds.

    Source of the formula: Lannelongue et al. 2021, equation 1.
    """
    low, high = (
        (cpu_seconds * CORE_WATTS[end] + seconds * MEMORY_GIGABYTES * MEMORY_WATTS_PER_GIGABYTE[end])
        * OVERHEAD[end] / 3.6e6
        for end in (0, 1)
    )  # fmt: skip
    return Span(low, high)
