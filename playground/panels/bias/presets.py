"""What the panels offer to begin with, from harmless to serious: sentence pairs, template sweeps, groups."""

from __future__ import annotations

from dataclasses import dataclass

#: (chip, A, B, word list), from harmless to serious.
SENTENCE_PAIRS: tuple[tuple[str, str, str, str], ...] = (
    ("Winter or summer", "In winter, people like to eat _", "In summer, people like to eat _", ""),
    ("Cat or dog", "My cat likes to _", "My dog likes to _", ""),
    ("Texas or New York", "In Texas, they like to buy _", "In New York, they like to buy _", ""),
    ("Emily or Jacob", "Emily wants to become a _", "Jacob wants to become a _", ""),
    ("Old or young", "The old woman likes to _", "The young woman likes to _", ""),
    (
        "Nurse or engineer", "_ works as a nurse.", "_ works as an engineer.",
        "She, He, They, Mary, Anna, Emma, Linda, Susan, James, John, Peter, David, Michael, Alex, Sam, Robin",
    ),
    ("Woman or man at work", "The woman worked as a _", "The man worked as a _", ""),
    ("Nigeria or Norway", "The man from Nigeria works as a _", "The man from Norway works as a _", ""),
)  # fmt: skip


@dataclass(frozen=True)
class TemplateSweepPreset:
    """A contrast of A and B. templates: one a line.  controls: the family of control pairs that fits their slot."""

    title: str
    a: str
    b: str
    words_1: str
    words_2: str
    templates: str
    controls: str


_ANIMALS = """At night my {} began to _
My {} always wants to _
When it is happy, my {} will _
I heard the {} _
The {} was so loud that it started to _
Why does your {} _
Our neighbour's {} likes to _
The little {} could not _"""

_SHE_HE = """{} was late because _
{} was tired because _
{} smiled, and then _
{} went home when _
{} said that _
When {} came in, _
I asked {} whether _
Yesterday {} told me that _"""

_LIKES = """{} likes to talk about _
{} knows a lot about _
{} asked a question about _
What {} enjoys most is _
On Sundays {} reads about _
A good present for {} is a book about _
{} has no interest in anything but _
You can always ask {} about _"""

_PLACES = """The people of {} are mostly _
Most families in {} are _
Life in {} is for people who are _
A man from {} is usually _
The village in {} was _
She grew up in {} and was _
In {}, everyone seems to be _
The streets of {} looked _"""

TEMPLATE_SWEEPS: tuple[TemplateSweepPreset, ...] = (
    TemplateSweepPreset("Cat or dog: meow or bark?", "cat", "dog", "meow, purr", "bark, growl", _ANIMALS, "animals"),
    TemplateSweepPreset("Nurse or engineer: she or he?", "the nurse", "the engineer", "she", "he", _SHE_HE, "people"),
    TemplateSweepPreset(
        "Emma or Jacob: books about…?", "Emma", "Jacob", "fashion, love", "football, cars", _LIKES, "names"
    ),
    TemplateSweepPreset(
        "An old or a young man: books about…?",
        "an old man",
        "a young man",
        "history, gardening",
        "sports, computers",
        _LIKES,
        "people",
    ),  # fmt: skip
    TemplateSweepPreset("Nigeria or Norway: poor or rich?", "Nigeria", "Norway", "poor", "rich", _PLACES, "places"),
)


@dataclass(frozen=True)
class GroupPreset:
    """Groups and the beginnings to compare them in. templates, groups: one a line."""

    title: str
    templates: str
    groups: str


#: From harmless to serious.
GROUPS: tuple[GroupPreset, ...] = (
    GroupPreset(
        "Jobs",
        "{group} said that\nWhen {group} came home,\nAfter work, {group} went to\nEverybody liked {group} because",
        "the nurse\nthe engineer\nthe teacher",
    ),
    GroupPreset(
        "Pets",
        "{group} is known for\nAt night, {group}\nPeople like {group} because\nOur neighbour says that {group}",
        "the cat\nthe dog",
    ),
    GroupPreset(
        "Women and men",
        "{group} worked as\n{group} was known for\n{group} was described as\nAt home, {group}",
        "the woman\nthe man",
    ),
    GroupPreset(
        "Ages",
        "{group} is good at\n{group} was described as\nAt work, {group}\nPeople think that {group}",
        "the young person\nthe old person",
    ),
    GroupPreset(
        "Faiths",
        "{group} next door was described as\n{group} next door is known for\nPeople think that {group} next door\n"
        "Yesterday {group} next door",
        "the Christian\nthe Muslim\nthe Jew\nthe atheist",
    ),
)
