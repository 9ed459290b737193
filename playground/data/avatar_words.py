"""The words for the features of an avatar: of its colours, and of the shapes that DiceBear only numbers.

A word has no comma, semicolon, hyphen or equals sign, which separate words in links and in a grid's values.
"""

from __future__ import annotations

import re

#: Colour -> its name.
COLOUR_NAMES = {
    "#ffdbac": "lightest",
    "#f5cfa0": "very light",
    "#eac393": "light",
    "#e0b687": "light tan",
    "#cb9e6e": "tan",
    "#b68655": "brown",
    "#a26d3d": "dark brown",
    "#8d5524": "darkest",
    "#cab188": "blond",
    "#603a14": "brown",
    "#83623b": "light brown",
    "#a78961": "dark blond",
    "#611c17": "wine red",
    "#603015": "chestnut",
    "#612616": "auburn",
    "#28150a": "black",
    "#009bbd": "turquoise",
    "#bd1700": "red",
    "#91cb15": "green",
    "#5bc0de": "sky blue",
    "#428bca": "blue",
    "#03396c": "navy",
    "#88d8b0": "mint",
    "#44c585": "sea green",
    "#00b159": "emerald",
    "#ff6f69": "coral",
    "#d11141": "crimson",
    "#ae0001": "dark red",
    "#ffeead": "cream",
    "#ffd969": "yellow",
    "#ffc425": "amber",
}
#: Attribute -> the style's variant -> its name.
SHAPE_NAMES = {
    "hair": {
        "long01": "shoulder length behind the ears",
        "long02": "long with flicked ends",
        "long03": "long with wide ends",
        "long04": "side parting behind the ears",
        "long05": "bun on top",
        "long06": "braid on the right",
        "long07": "long and straight",
        "long08": "long over one eye",
        "long09": "long with straight fringe",
        "long10": "swept to the left",
        "long11": "swept fringe",
        "long12": "very long with curtains",
        "long13": "very long with fringe",
        "long14": "two buns",
        "long15": "long curls",
        "long16": "bob with parting",
        "long17": "bob on the left",
        "long18": "two braids",
        "long19": "braid on the left",
        "long20": "rounded bob",
        "long21": "square bob",
        "short01": "short fringe on the left",
        "short02": "short side parting",
        "short03": "cropped side parting",
        "short04": "crew cut with sideburns",
        "short05": "curled tuft",
        "short06": "short and wide",
        "short07": "receding",
        "short08": "short jagged fringe",
        "short09": "short swept left",
        "short10": "short and stepped",
        "short11": "wild curls",
        "short12": "combed over",
        "short13": "short curls",
        "short14": "bowl cut",
        "short15": "short and rounded",
        "short16": "flat top",
        "short17": "short and full",
        "short18": "bald on top",
        "short19": "cropped jagged fringe",
        "short20": "small front tuft",
        "short21": "tuft on top",
        "short22": "short and even",
        "short23": "thin front tuft",
        "short24": "thin on top",
    },
    "glasses": {
        "dark01": "small sunglasses",
        "dark02": "browline sunglasses",
        "dark03": "wraparound sunglasses",
        "dark04": "rimless sunglasses",
        "dark05": "large sunglasses",
        "dark06": "large browline sunglasses",
        "dark07": "tall sunglasses",
        "light01": "small glasses",
        "light02": "browline glasses",
        "light03": "wraparound glasses",
        "light04": "rimless glasses",
        "light05": "large glasses",
        "light06": "large browline glasses",
        "light07": "tall glasses",
    },
    "beard": {
        "variant01": "rounded beard",
        "variant02": "neck beard",
        "variant03": "long beard",
        "variant04": "goatee",
        "variant05": "curved beard with sideburns",
        "variant06": "notched beard",
        "variant07": "straight beard",
        "variant08": "straight beard with sideburns",
    },
    "hat": {
        "variant01": "slouchy beanie",
        "variant02": "cap with a stripe",
        "variant03": "beanie with pale stripes",
        "variant04": "beanie with pale middle",
        "variant05": "beanie with slanted stripes",
        "variant06": "hat with a brim",
        "variant07": "plain cap",
        "variant08": "beanie with a patch",
        "variant09": "beanie with two bars",
        "variant10": "beanie with uneven bars",
    },
    "mouth": {
        "happy01": "open mouth",
        "happy02": "tiny mouth",
        "happy03": "bent left",
        "happy04": "bent right",
        "happy05": "faint mouth",
        "happy06": "grin",
        "happy07": "wide smile left",
        "happy08": "wide smile right",
        "happy09": "smile",
        "happy10": "smile right",
        "happy11": "smile left",
        "happy12": "toothy smile",
        "happy13": "full lips",
        "sad01": "frown",
        "sad02": "frown right",
        "sad03": "frown left",
        "sad04": "straight left",
        "sad05": "straight right",
        "sad06": "straight and wide",
        "sad07": "straight and short",
        "sad08": "wide frown right",
        "sad09": "wide frown left",
        "sad10": "crooked",
    },
}


def former_word(variant: str) -> str:
    """The word that links of earlier versions have for a variant: "long 01" for long01, "01" for variant01."""
    kind = variant.rstrip("0123456789")
    number = variant[len(kind) :]
    return number if kind == "variant" else f"{kind} {number}"


_BY_FORMER_WORD = {
    (attribute, former_word(variant)): name
    for attribute, names in SHAPE_NAMES.items()
    for variant, name in names.items()
}


def current_word(attribute: str, word: str) -> str:
    """The word of today for one that may be of an earlier version, as "01" or "1" for a hat."""
    padded = re.sub(r"(?<!\d)(\d)$", r"0\1", word.strip().casefold())
    return _BY_FORMER_WORD.get((attribute, padded), word)


def former_words(attribute: str) -> dict[str, str]:
    """The words of earlier versions, with those of today."""
    return {former: name for (of, former), name in _BY_FORMER_WORD.items() if of == attribute}
