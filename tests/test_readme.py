"""README is true: front matter for a hosted Space, commands and pictures that exist."""

from __future__ import annotations

import json
import re
import tomllib

from app_server import ROOT

from playground.ui.stored_results import read_stored
from playground.zoo.cards import DEFAULT_MODEL

README = (ROOT / "README.md").read_text("utf-8")


def test_the_front_matter_lets_the_repository_run_as_a_space() -> None:
    front = dict(re.findall(r"^(\w+): (.+)$", README.split("---")[1], re.MULTILINE))
    assert front["sdk"] == "gradio" and front["app_file"] == "app.py" and front["license"] == "apache-2.0"
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    assert front["sdk_version"] == pins["gradio"]


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            wanted = line.split("#")[0].strip()
            assert not wanted or wanted.startswith("-r ") or re.fullmatch(r"[\w-]+==[\w.]+", wanted), line
    assert "torchvision==" not in (ROOT / "requirements.txt").read_text("utf-8")


def test_the_sizes_of_what_is_fetched_are_those_of_the_cards() -> None:
    cards = tomllib.loads((ROOT / "playground" / "zoo" / "cards.toml").read_text("utf-8"))
    sizes = {name: card["size_bytes"] for name, card in cards.items()}
    first = sizes.pop(DEFAULT_MODEL)
    assert f"fetches one model ({first / 1e6:.0f} MB)" in README
    assert f": {sum(sizes.values()) / 1e6:.0f} MB in all" in " ".join(README.split())


def test_the_numbers_of_the_bias_document_are_those_of_the_stored_results() -> None:
    document = " ".join((ROOT / "docs" / "bias.md").read_text("utf-8").split())
    sweep = json.dumps(read_stored("bias.template_sweep.json"))
    assert f"cat and dog p {re.findall(r'p (= [0-9.]+) uncorrected', sweep)[0]}," in document
    table = json.dumps(read_stored("bias.translation.json"), ensure_ascii=False)
    followed = {
        word: [int(share) for share in re.findall(rf'"label": "[^"]*\b(?:{word})\b[^"]*"[^}}]*?"text": "(\d+)', table)]
        for word in ("he|his", "she|her")
    }
    he, she = (f"{min(shares)} to {max(shares)} %" for shares in followed.values())
    assert (
        f"“He” is followed in {he} of the occupations, “she” in {she}".replace("“", '"').replace("”", '"') in document
    )


def test_make_targets_and_local_links_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"make (run|test|check|bench)\b", README)):
        assert f"\n{target}:" in makefile
    for link in re.findall(r"(?:\]\(|src=\")((?!http)[\w./-]+)", README):
        assert (ROOT / link).exists(), link
