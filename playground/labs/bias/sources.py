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
    "coin": Source(
        "50 % is what a coin gives: a model that knows no language scores it too, so it is no proof of fairness.",
        "Nadeem, Bethke and Reddy 2021, section 4",
        "https://arxiv.org/abs/2004.09456",
    ),
    "pronouns": Source(
        "A model that writes “he” more often everywhere looks stereotypical of one half and the contrary of the other: "
        "read both.",
        "Rudinger, Naradowsky, Leonard and Van Durme 2018",
        "https://arxiv.org/abs/1804.09301",
    ),
    "answers": Source(
        "Written for models that answer questions, in American English: a small model picks answers by how common "
        "their words are.",
        "Parrish et al. 2022, section 8",
        "https://arxiv.org/abs/2110.08193",
    ),
}
