"""A link whose settings are junk says so, each of them, with or without the others: nothing is left out in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.paths import EXAMPLES
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


#: Links of other panels, and names that only former links had.
MORE_LINKS = """
tab=text&model=smollm2-135m-instruct&seed=3&panel=compare&prompt=a&b_model=austen-3000&b_temperature=0&b_top_k=5
tab=text&view=beam&prompt=a&beams=3&beam_steps=9&length_penalty=1.0&logit_bias=&stage_order=&system=&history=&forced=
tab=text&panel=chat&chat_system=a&chat_model=smollm2-135m-instruct&endings=8&score_text=a&scale=bits&running=1
tab=images&panel=words&source=fooocus&prompt=a&negative_prompt=b&width=64&height=64&dtype=float32&device=cpu
tab=images&model=gan-avatars&seed=0&truncation=0.7&prior=mixture&weights=0&result=0
tab=bias&panel=weat&part=test&targets_x=a&targets_y=b&attributes_a=c&attributes_b=d
tab=bias&panel=prefix&prefix=a&neutral=b&a=c&b=d&templates=e&beginnings=f&each=4&groups=g&tokens=9
tab=train&panel=arena&family=gan&shape=brush&brush=0.1,0.2&d_rate=0.1&g_rate=0.1&run=a
tab=train&panel=failures&failure=plane
tab=train&panel=runs&runs=[]
""".split()
#: What sites, and Gradio itself, put into a link.
FOREIGN = "__theme=dark&embed=true&utm_source=mail&fbclid=a&gclid=b&ref=c"


def said_of_settings(site: gr.Blocks, query: str) -> str:
    """What a page that is opened with a link says of settings that it does not know."""
    opened = [event.fn for event in site.fns.values() if getattr(event.fn, "__name__", "") == "on_open"]
    found = [value for on_open in opened for value in on_open(query) if isinstance(value, dict) and "text" in value]
    return " ".join(value["text"] for value in found if "no panel here knows" in value["text"])


def test_every_panels_own_links_have_known_settings(whole_site: gr.Blocks) -> None:
    stored = {
        link for path in EXAMPLES.glob("*.json") for link in re.findall(r"tab=\w+&[^\"\\\\]+", path.read_text("utf-8"))
    }
    assert len(stored) > 20
    for link in (*LINKS, *MORE_LINKS, *stored):
        assert not said_of_settings(whole_site, f"{link}&{FOREIGN}"), link
        assert "'nosuch'" in said_of_settings(whole_site, f"{link}&nosuch=1"), link


def test_a_setting_that_no_panel_knows_is_named(whole_site: gr.Blocks) -> None:
    assert said_of_settings(whole_site, "tab=text&nosuch=1") == (
        "This link has a setting that no panel here knows, and that was ignored: 'nosuch'."
    )
    many = "&".join(f"{'n' * 100}{number}=1" for number in range(9))
    assert "9 settings" in (said := said_of_settings(whole_site, f"tab=latent&panel=walk&{many}")) and len(said) < 300
