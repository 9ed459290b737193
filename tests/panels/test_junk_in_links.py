"""A link whose settings are junk says so, each of them, with or without the others: nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.page import TABS
from playground.ui.panel_links import panel_names, read_panel

#: Links that ask for something, with all settings that their panels' own links have.
LINKS = """
tab=images&panel=draw&model=diffusion-avatars&seed=0&count=16&condition=any&scheduler=ddim&steps=20&guidance=2.0
tab=images&panel=denoising&model=diffusion-avatars&seed=0&condition=any&scheduler=ddim&steps=20&guidance=2.0
tab=images&panel=inversion&model=vae-avatars&seed=0&condition=any&temperature=1
tab=images&panel=grid&model=diffusion-avatars&seed=0&rows=steps&row_values=2,5&columns=seed&column_values=0,1&condition=any&guidance=2.0
tab=images&panel=comparison&seed=0&dataset=avatars
tab=images&panel=dataset&dataset=avatars&attribute=hat&value=any&split=all&page=1
tab=latent&panel=walk&model=diffusion-avatars&ends=3,17&frames=8&method=slerp&loop=false&ease=false&steps=20
tab=latent&panel=arithmetic&model=vae-avatars&a=3&b=5&c=7&strength=1.0&condition=any
tab=latent&panel=directions&model=vae-avatars&start=row:12&moves=glasses:2&condition=any
tab=latent&panel=map&model=vae-avatars&projection=pca&colour=hat&x=0&y=0.1&zoom=1&left=-0.7&top=5&draws=normal
tab=latent&panel=seed_plane&model=vae-avatars&x=0&y=0&condition=any
tab=latent&panel=traversal&model=vae-avatars&dimension=18&base=3&position=1&condition=any
tab=latent&panel=words&part=sum&count=10&steps=11&method=slerp
tab=bias&panel=benchmarks&benchmark=crows_pairs&rule=sum&category=all&first=200&decoder=auto
tab=bias&panel=image_bias&part=audit&model=gan-avatars&seed=0&count=1000
tab=bias&panel=image_bias&part=skew&attribute=glasses&dark=0.9&light=0.1&reweighed=true&steps=500&count=1000&seed=0
tab=bias&panel=image_bias&part=faces&count=12&truncation=1&seed=0
tab=bias&panel=sentence_pair&a=The+woman+is+a+_&b=The+man+is+a+_&guess=first
tab=bias&panel=template_sweep&templates=My+{}+is+_%0AThe+{}+is+_%0AA+{}+is+_&controls=animals
tab=bias&panel=translation&part=table&direction=en-pt
tab=bias&panel=translation&direction=en-pt&beams=1
tab=bias&panel=weat&part=test&test=1&alternative=greater
tab=bias&panel=weat&part=debias&pairs=he-she
tab=train&panel=toy_2d&family=vae&shape=moons&seed=3&beta=4.0&steps=500
tab=train&panel=image_model&family=gan&data=avatars&steps=500&seed=1
""".split()
#: What says which panel and which part of it is meant.
HEAD = ("tab", "panel", "part")
#: Settings that are any text, in which junk is a word.
TEXTS = {("sentence_pair", "a"), ("sentence_pair", "b")}


def warns(update: Any) -> bool:
    """Whether an Update holds a notice of an error or a warning."""
    if isinstance(update, dict):
        return update.get("tone") in ("error", "warning") or any(map(warns, update.values()))
    return False


def is_said(query: dict[str, str]) -> bool:
    """Whether a link's panel refuses it, or opens with a warning."""
    tab = next(tab for tab in TABS if query["tab"] == tab.NAME)
    try:
        recipe = read_panel(from_query(query), panel_names(tab.PANELS))
        module = next(module for module in tab.PANELS if recipe.settings["panel"] == module.NAME)
        restore = getattr(module, "restore", None) or getattr(module, "on_restore", None) or module.restore_controls
        return warns(restore(recipe))
    except PlaygroundError:
        return True


def settings() -> Iterator[tuple[dict[str, str], str]]:
    """(the query of a link, one of its settings)."""
    for link in LINKS:
        query = dict(parse_qsl(link))
        yield from ((query, name) for name in query if name not in HEAD and (query["panel"], name) not in TEXTS)


CASES = [pytest.param(query, name, id=f"{query['panel']}-{name}") for query, name in settings()]


@pytest.mark.parametrize("link", LINKS)
def test_the_links_are_valid(link: str) -> None:
    assert not is_said(dict(parse_qsl(link)))


@pytest.mark.parametrize(("query", "name"), CASES)
def test_junk_is_said(query: dict[str, str], name: str) -> None:
    assert is_said({**query, name: "junk,"})
    assert is_said({**{head: query[head] for head in HEAD if head in query}, name: "junk,"}), "without the others"
