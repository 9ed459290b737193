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
    "reader": Source(
        "A classifier reads the pictures. It errs, here more often on dark tones; its errors on real pictures are "
        "undone, those that only drawn pictures provoke are not.",
        "Rogan and Gladen 1978",
        "https://doi.org/10.1093/oxfordjournals.aje.a112510",
    ),
    "one_training": Source(
        "One training is one draw: how much bias is amplified varies with capacity, data, and in the course of "
        "training. The interval holds the chance of drawing pictures, not that of training.",
        "Hall, van der Maaten, Gustafson, Jones and Adcock 2022",
        "https://arxiv.org/abs/2201.11706",
    ),
    "amplification": Source(
        "That models amplify was shown of labels that they predict (cooking and women); a gap between shares is a "
        "simpler measure, and another one can come to another verdict.",
        "Zhao, Wang, Yatskar, Ordonez and Chang 2017",
        "https://arxiv.org/abs/1707.09457",
    ),
    "direction": Source(
        "Measures of amplification mix its causes and depend on how frequent the groups are.",
        "Wang and Russakovsky 2021",
        "https://arxiv.org/abs/2102.12594",
    ),
    "drawn_people": Source(
        "Drawn faces belong to nobody, and have no gender or ethnicity: a rater's word says what the rater sees.",
        "Luccioni, Akiki, Mitchell and Jernite 2023",
        "https://arxiv.org/abs/2303.11408",
    ),
    "machine_gender": Source(
        "Services that name a gender from a face do worse on transgender people, and know no non-binary gender at all: "
        "here no machine names one.",
        "Scheuerman, Paul and Brubaker 2019",
        "https://doi.org/10.1145/3359246",
    ),
}
