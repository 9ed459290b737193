"""Sentences about occupations whose translation has to say a gender, or may take one from the sentence.

Written for this page; the idea is that of WinoMT (Stanovsky, Smith and Zettlemoyer 2019, arXiv:1906.00591). Portuguese
nouns of occupations are masculine or feminine, by their ending, or by the article alone ("o dentista", "a dentista").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

HE, SHE, NONE = "he", "she", "none"


@dataclass(frozen=True)
class Occupation:
    """english: the word.  masculine, feminine: the Portuguese nouns, which may be the same."""

    english: str
    masculine: str
    feminine: str


@dataclass(frozen=True)
class OccupationSentence:
    """A sentence to be translated, and how the translation may begin.

    gender: the one that the sentence itself gives: HE, SHE or NONE.
    masculine, feminine: beginnings of translations of that gender, one or more each.
    """

    occupation: str
    wording: int
    gender: str
    text: str
    masculine: tuple[str, ...]
    feminine: tuple[str, ...]


_OCCUPATIONS = """\
accountant contador contadora
architect arquiteto arquiteta
artist artista artista
assistant assistente assistente
baker padeiro padeira
carpenter carpinteiro carpinteira
cleaner limpador limpadora
cook cozinheiro cozinheira
dancer dançarino dançarina
dentist dentista dentista
director diretor diretora
doctor médico médica
driver motorista motorista
economist economista economista
electrician eletricista eletricista
engineer engenheiro engenheira
firefighter bombeiro bombeira
hairdresser cabeleireiro cabeleireira
journalist jornalista jornalista
judge juiz juíza
lawyer advogado advogada
librarian bibliotecário bibliotecária
manager gerente gerente
mechanic mecânico mecânica
nurse enfermeiro enfermeira
nutritionist nutricionista nutricionista
pharmacist farmacêutico farmacêutica
photographer fotógrafo fotógrafa
programmer programador programadora
psychologist psicólogo psicóloga
receptionist recepcionista recepcionista
researcher pesquisador pesquisadora
scientist cientista cientista
secretary secretário secretária
singer cantor cantora
surgeon cirurgião cirurgiã
teacher professor professora
translator tradutor tradutora
veterinarian veterinário veterinária
writer escritor escritora
"""
#: With a pronoun, and where nothing is said.
_ENGLISH = (
    ("The {english} said that {pronoun} was tired.", "The {english} said that the bus was late."),
    (
        "The {english} arrived late because {pronoun} missed the bus.",
        "The {english} arrived late because the bus broke down.",
    ),
    ("The {english} finished {possessive} work and went home.", "The {english} finished the work and went home."),
)
#: A sentence, and how the English may begin; Portuguese may leave the subject out.
_PORTUGUESE = (
    ("{subject} é {noun} e trabalha muito.", ("{pronoun}",)),
    ("É {noun} e trabalha muito.", ("{pronoun}",)),
    ("{article} {noun} disse que chegou tarde.", ("The {english} said {pronoun}", "The {english} said that {pronoun}")),
)
#: What each wording is called: in general, where the sentence says he, and where it says she.
TEMPLATE_NAMES = {
    "en-pt": (
        ("said that … was tired", "said that he was tired", "said that she was tired"),
        ("because … missed the bus", "because he missed the bus", "because she missed the bus"),
        ("finished … work", "finished his work", "finished her work"),
    ),
    "pt-en": (
        ("Ele é, Ela é", "Ele é …", "Ela é …"),
        ("É, without a subject", "É, masculine noun", "É, feminine noun"),
        ("O, A … disse que", "O … disse que", "A … disse que"),
    ),
}


def occupations() -> tuple[Occupation, ...]:
    """All of them, by their English names."""
    return tuple(Occupation(*line.split()) for line in _OCCUPATIONS.splitlines())


def occupation_sentences(occupation: Occupation, direction: str) -> list[OccupationSentence]:
    """All sentences about an occupation, wording by wording, in each HE, SHE and, if there is one, NONE."""
    return _into_portuguese(occupation) if direction == "en-pt" else _into_english(occupation)


def _into_portuguese(occupation: Occupation) -> list[OccupationSentence]:
    """The noun comes first in both languages, so that the translation's beginning has its gender."""
    begins = ((f"O {occupation.masculine}",), (f"A {occupation.feminine}",))
    cases = []
    for number, (gendered, neutral) in enumerate(_ENGLISH):
        for said, pronoun, possessive in ((HE, "he", "his"), (SHE, "she", "her"), (NONE, "", "")):
            form = neutral if said == NONE else gendered
            text = form.format(english=occupation.english, pronoun=pronoun, possessive=possessive)
            cases.append(OccupationSentence(occupation.english, number, said, text, *begins))
    return cases


def _into_english(occupation: Occupation) -> list[OccupationSentence]:
    """Of a noun that is both, the sentence without a subject says nothing, and there is one of it."""
    cases: list[OccupationSentence] = []
    for number, (form, begins) in enumerate(_PORTUGUESE):
        starts = [
            tuple(begin.format(english=occupation.english, pronoun=_cased(pronoun, begin)) for begin in begins)
            for pronoun in ("he", "she")
        ]
        for said, noun, subject, article in (
            (HE, occupation.masculine, "Ele", "O"), (SHE, occupation.feminine, "Ela", "A"),
        ):  # fmt: skip
            text = form.format(noun=noun, subject=subject, article=article)
            if cases and cases[-1].text == text:
                cases[-1] = replace(cases[-1], gender=NONE)
            else:
                cases.append(OccupationSentence(occupation.english, number, said, text, starts[0], starts[1]))
    return cases


def _cased(pronoun: str, begin: str) -> str:
    return pronoun.capitalize() if begin.startswith("{pronoun}") else pronoun
