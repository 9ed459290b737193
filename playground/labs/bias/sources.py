"""What is known to be wrong with each way of measuring bias, with its source: shown beside every number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """text: the criticism, in a sentence of our own.  title: who and when.  url: where it stands."""

    text: str
    title: str
    url: str


SOURCES: dict[str, Source] = {
    "wording": Source(
        "Rewording the template alone, with the same meaning, moved such scores by −81 % to +162 %.",
        "Seshadri, Pezeshkpour and Singh 2022",
        "https://arxiv.org/abs/2210.04337",
    ),
    "pairs": Source(
        "Many pairs of CrowS-Pairs and StereoSet are unclear, ungrammatical, or state no stereotype at all.",
        "Blodgett, Lopez, Olteanu, Sim and Wallach 2021",
        "https://aclanthology.org/2021.acl-long.81/",
    ),
    "rules": Source(
        "How sentences are scored changes who comes out ahead, and such scores say little about behaviour in use.",
        "Pikuliak, Beňová and Bachratý 2023",
        "https://arxiv.org/abs/2302.12640",
    ),
    "made up": Source(
        "Sentences made from a pattern are not those that people have translated, and bring biases of their own.",
        "Stanovsky, Smith and Zettlemoyer 2019 (WinoMT)",
        "https://arxiv.org/abs/1906.00591",
    ),
    "two genders": Source(
        "Only two genders are looked for: people who are neither, and forms that avoid the choice, are not seen.",
        "Savoldi, Gaido, Bentivogli, Negri and Turchi 2021",
        "https://arxiv.org/abs/2104.06001",
    ),
}
