"""Published criticism of each way of measuring bias, cited in the fine print of every number."""

from __future__ import annotations

from dataclasses import dataclass

from playground.core.catalogue import say


@dataclass(frozen=True)
class Citation:
    """name: of the criticism in the catalogue's bias.citations.  title: who and when.  url: of the publication."""

    name: str
    title: str
    url: str

    @property
    def text(self) -> str:
        """The criticism, in a sentence of our own."""
        return say(f"bias.citations.{self.name}")


_PUBLICATIONS = {
    "wording": ("Seshadri, Pezeshkpour and Singh 2022", "https://arxiv.org/abs/2210.04337"),
    "pairs": ("Blodgett, Lopez, Olteanu, Sim and Wallach 2021", "https://aclanthology.org/2021.acl-long.81/"),
    "rules": ("Pikuliak, Beňová and Bachratý 2023", "https://arxiv.org/abs/2302.12640"),
    "sentiment": ("Kiritchenko and Mohammad 2018", "https://aclanthology.org/S18-2005/"),
    "groups": ("Blodgett, Barocas, Daumé III and Wallach 2020", "https://aclanthology.org/2020.acl-main.485/"),
    "attributes": ("Ethayarajh, Duvenaud and Hirst 2019", "https://arxiv.org/abs/1908.06361"),
    "comparing": ("Schröder, Schulz, Kenneweg, Feldhans, Hinder and Hammer 2021", "https://arxiv.org/abs/2111.07864"),
    "applications": (
        "Goldfarb-Tarrant, Marchant, Muñoz Sánchez, Pandya and Lopez 2021",
        "https://arxiv.org/abs/2012.15859",
    ),
    "frequency": ("Van Loon, Giorgi, Willer and Eichstaedt 2022", "https://arxiv.org/abs/2201.08451"),
    "bleached": ("May, Wang, Bordia, Bowman and Rudinger 2019", "https://arxiv.org/abs/1903.10561"),
    "hidden": ("Gonen and Goldberg 2019", "https://arxiv.org/abs/1903.03862"),
    "lipstick": ("Gonen and Goldberg 2019", "https://arxiv.org/abs/1903.03862"),
    "made_up": ("Stanovsky, Smith and Zettlemoyer 2019 (WinoMT)", "https://arxiv.org/abs/1906.00591"),
    "two_genders": ("Savoldi, Gaido, Bentivogli, Negri and Turchi 2021", "https://arxiv.org/abs/2104.06001"),
    "coin": ("Nadeem, Bethke and Reddy 2021, section 4", "https://arxiv.org/abs/2004.09456"),
    "pronouns": ("Rudinger, Naradowsky, Leonard and Van Durme 2018", "https://arxiv.org/abs/1804.09301"),
    "answers": ("Parrish et al. 2022, section 8", "https://arxiv.org/abs/2110.08193"),
    "reader": ("Rogan and Gladen 1978", "https://doi.org/10.1093/oxfordjournals.aje.a112510"),
    "one_training": ("Hall, van der Maaten, Gustafson, Jones and Adcock 2022", "https://arxiv.org/abs/2201.11706"),
    "amplification": ("Zhao, Wang, Yatskar, Ordonez and Chang 2017", "https://arxiv.org/abs/1707.09457"),
    "direction": ("Wang and Russakovsky 2021", "https://arxiv.org/abs/2102.12594"),
    "drawn_people": ("Luccioni, Akiki, Mitchell and Jernite 2023", "https://arxiv.org/abs/2303.11408"),
    "machine_gender": ("Scheuerman, Paul and Brubaker 2019", "https://doi.org/10.1145/3359246"),
}
#: Citations by name.
CITATIONS: dict[str, Citation] = {name: Citation(name, *publication) for name, publication in _PUBLICATIONS.items()}
