"""Published criticism of each way of measuring bias: the fine print of every number cites it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """text: the criticism, in a sentence of our own.  title: who and when.  url: of the publication."""

    text: str
    title: str
    url: str


CITATIONS: dict[str, Citation] = {
    "wording": Citation(
        "Rewording the template alone, with the same meaning, moved such scores by −81 % to +162 %.",
        "Seshadri, Pezeshkpour and Singh 2022",
        "https://arxiv.org/abs/2210.04337",
    ),
    "pairs": Citation(
        "Many pairs of CrowS-Pairs and StereoSet are unclear, ungrammatical, or state no stereotype at all.",
        "Blodgett, Lopez, Olteanu, Sim and Wallach 2021",
        "https://aclanthology.org/2021.acl-long.81/",
    ),
    "rules": Citation(
        "How sentences are scored changes who comes out ahead, and such scores say little about behaviour in use.",
        "Pikuliak, Beňová and Bachratý 2023",
        "https://arxiv.org/abs/2302.12640",
    ),
    "sentiment": Citation(
        "Dictionaries and classifiers of sentiment score sentences differently when only a name in them changes: the "
        "measure has leanings of its own.",
        "Kiritchenko and Mohammad 2018",
        "https://aclanthology.org/S18-2005/",
    ),
    "groups": Citation(
        "A difference in generated words need not be a harm, and equal words need not be fair: say what is wrong, "
        "and for whom.",
        "Blodgett, Barocas, Daumé III and Wallach 2020",
        "https://aclanthology.org/2020.acl-main.485/",
    ),
    "attributes": Citation(
        "It overestimates bias, and by the choice of attribute words almost any word can be made to look biased.",
        "Ethayarajh, Duvenaud and Hirst 2019",
        "https://arxiv.org/abs/1908.06361",
    ),
    "comparing": Citation(
        "The size of d does not compare between models: two embeddings with one d need not be equally biased, and a "
        "small d does not mean little bias.",
        "Schröder, Schulz, Kenneweg, Feldhans, Hinder and Hammer 2021",
        "https://arxiv.org/abs/2111.07864",
    ),
    "applications": Citation(
        "Over hundreds of models, such measures did not reliably go together with what the models do wrong in use.",
        "Goldfarb-Tarrant, Marchant, Muñoz Sánchez, Pandya and Lopez 2021",
        "https://arxiv.org/abs/2012.15859",
    ),
    "frequency": Citation(
        "Rare words lie near unpleasant ones and frequent words near pleasant ones: how often names occur can make "
        "such a difference by itself.",
        "Van Loon, Giorgi, Willer and Eichstaedt 2022",
        "https://arxiv.org/abs/2201.08451",
    ),
    "bleached": Citation(
        "In sentences, the test reacts to its templates in ways that suggest it does not measure what it means to.",
        "May, Wang, Bordia, Bowman and Rudinger 2019",
        "https://arxiv.org/abs/1903.10561",
    ),
    "hidden": Citation(
        "Taking out a direction mostly hides the association: it can be found again from how the words lie to each "
        "other. (That study does not compare with arbitrary directions; this page does.)",
        "Gonen and Goldberg 2019",
        "https://arxiv.org/abs/1903.03862",
    ),
    "lipstick": Citation(
        "Methods that remove a leaning by one measure often leave it to be read off by another.",
        "Gonen and Goldberg 2019",
        "https://arxiv.org/abs/1903.03862",
    ),
    "made up": Citation(
        "Sentences made from a pattern are not those that people have translated, and bring biases of their own.",
        "Stanovsky, Smith and Zettlemoyer 2019 (WinoMT)",
        "https://arxiv.org/abs/1906.00591",
    ),
    "two genders": Citation(
        "Only two genders are looked for: people who are neither, and forms that avoid the choice, are not seen.",
        "Savoldi, Gaido, Bentivogli, Negri and Turchi 2021",
        "https://arxiv.org/abs/2104.06001",
    ),
    "coin": Citation(
        "50 % is what a coin gives: a model that knows no language scores it too, so it is no proof of fairness.",
        "Nadeem, Bethke and Reddy 2021, section 4",
        "https://arxiv.org/abs/2004.09456",
    ),
    "pronouns": Citation(
        "A model that writes “he” more often everywhere looks stereotypical of one half and the contrary of the other: "
        "read both.",
        "Rudinger, Naradowsky, Leonard and Van Durme 2018",
        "https://arxiv.org/abs/1804.09301",
    ),
    "answers": Citation(
        "Written for models that answer questions, in American English: a small model picks answers by how common "
        "their words are.",
        "Parrish et al. 2022, section 8",
        "https://arxiv.org/abs/2110.08193",
    ),
    "reader": Citation(
        "A classifier reads the pictures. It errs, here more often on dark tones; its errors on real pictures are "
        "undone, those that only drawn pictures provoke are not.",
        "Rogan and Gladen 1978",
        "https://doi.org/10.1093/oxfordjournals.aje.a112510",
    ),
    "one_training": Citation(
        "One training is one draw: how much bias is amplified varies with capacity, data, and in the course of "
        "training. The interval holds the chance of drawing pictures, not that of training.",
        "Hall, van der Maaten, Gustafson, Jones and Adcock 2022",
        "https://arxiv.org/abs/2201.11706",
    ),
    "amplification": Citation(
        "That models amplify was shown of labels that they predict (cooking and women); a gap between shares is a "
        "simpler measure, and another one can come to another verdict.",
        "Zhao, Wang, Yatskar, Ordonez and Chang 2017",
        "https://arxiv.org/abs/1707.09457",
    ),
    "direction": Citation(
        "Measures of amplification mix its causes and depend on how frequent the groups are.",
        "Wang and Russakovsky 2021",
        "https://arxiv.org/abs/2102.12594",
    ),
    "drawn_people": Citation(
        "Drawn faces belong to nobody, and have no gender or ethnicity: a rater's word says what the rater sees.",
        "Luccioni, Akiki, Mitchell and Jernite 2023",
        "https://arxiv.org/abs/2303.11408",
    ),
    "machine_gender": Citation(
        "Services that name a gender from a face do worse on transgender people, and know no non-binary gender at all: "
        "here no machine names one.",
        "Scheuerman, Paul and Brubaker 2019",
        "https://doi.org/10.1145/3359246",
    ),
}
