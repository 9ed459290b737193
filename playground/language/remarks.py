"""What to notice in a result: one sentence, which its numbers support; "" where there is nothing to say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.core.catalogue import say
from playground.core.numbers import percent
from playground.language.beam_search import BeamSearch
from playground.language.comparison import first_difference
from playground.language.endings import Endings, first_tokens
from playground.language.generation import Generation
from playground.language.perplexity import TextScore
from playground.language.token_display import Token

_SIGNS = {" ": "·", "\n": "↵", "\r": "↵", "\t": "⇥"}
_CONTROL = re.compile(r"[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def shown(text: str, bytes_: str = "") -> str:
    """A token's text in quotation marks, without the spaces around it; signs where it is nothing but spaces.

    bytes_: in hex, of a token that is no whole character.
    """
    if not text:
        return f"“⟨{bytes_}⟩”"
    word = text.strip() or "".join(_SIGNS.get(character, character) for character in text)
    word = "".join(_SIGNS.get(character, character) if character in "\n\r\t" else character for character in word)
    return f"“{_CONTROL.sub(lambda found: f'⟨{ord(found[0]):04x}⟩', word)}”"


def least_sure_place(tokens: Sequence[Token]) -> int | None:
    """Where the model's first choice had the lowest probability; None with fewer than two tokens to compare."""
    places = [place for place, token in enumerate(tokens) if token.alternatives]
    return min(places, key=lambda place: tokens[place].alternatives[0].probability) if len(places) > 1 else None


def least_sure(text: Generation) -> str:
    """What the text has where the model was least sure, and that a darker token is unlikely for another reason."""
    place = least_sure_place(text.tokens)
    if place is None:
        return ""
    token, first = text.tokens[place], text.tokens[place].alternatives[0]
    values = {"position": place + 1, "first": shown(first.text), "share": percent(first.probability)}
    if token.id != first.id:
        sentence = say("text.remark.least_sure", token=_shown(token), **values)
    else:
        sentence = say("text.remark.least_sure_first", **values)
    rarest = min((one for one in text.tokens if one.alternatives), key=lambda one: one.probability or 0.0)
    if rarest is token or rarest.id == rarest.alternatives[0].id:
        return sentence
    unlikely = say("text.remark.unlikely", token=_shown(rarest), share=percent(rarest.probability or 0.0))
    return f"{sentence} {unlikely}"


def most_surprising(score: TextScore) -> str:
    """The token with the highest surprisal."""
    scored = [token for token in score.tokens if token.surprisal_bits is not None]
    if not scored:
        return ""
    token = max(scored, key=lambda token: token.surprisal_bits or 0.0)
    return say("text.remark.most_surprising", token=_shown(token), bits=token.surprisal_bits or 0.0)


def parting(first: Generation, second: Generation) -> str:
    """What two texts have where they first differ; "" if they are the same."""
    place = first_difference(first, second)
    if place is None:
        return ""
    here, there = (_token_or_end(text.tokens, place) for text in (first, second))
    return say("text.compare.different", position=place + 1, a=here, b=there)


def _token_or_end(tokens: Sequence[Token], place: int) -> str:
    return _shown(tokens[place]) if place < len(tokens) else say("text.remark.end")


def likeliest_start(endings: Endings) -> str:
    """How often the likeliest first token came, beside what chance allows. Binomial, central 95 %.

    The likeliest, not the commonest: one that is chosen for its count would seem to come too often.
    """
    from scipy.stats import binom

    row = max(first_tokens(endings.texts), key=lambda row: row["probability"])
    texts, share = sum(bool(text.tokens) for text in endings.texts), row["sampled_probability"]
    if share is None or share >= 1:
        return ""
    low, high = (int(end) for end in binom.interval(0.95, texts, share))
    values = {"token": shown(row["text"]), "count": row["count"], "share": percent(share)}
    return say("text.remark.likeliest_start", low=low, high=high, **values)


def shared_start(search: BeamSearch) -> str:
    """How many tokens all finished texts of a search begin with."""
    ids = [beam.ids for beam in search.results]
    if len(ids) < 2:
        return ""
    count = next((place for place, tokens in enumerate(zip(*ids, strict=False)) if len(set(tokens)) > 1), None)
    count = min(map(len, ids)) if count is None else count
    return say("text.remark.shared_start", count=count) if count else say("text.remark.no_shared_start")


def _shown(token: Token) -> str:
    return shown(token.text, token.bytes)
