"""README is true: front matter for a hosted Space, commands and pictures that exist."""

from __future__ import annotations

import re

from app_server import ROOT

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


def test_make_targets_and_local_links_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"make (run|test|check|bench)\b", README)):
        assert f"\n{target}:" in makefile
    for link in re.findall(r"(?:\]\(|src=\")((?!http)[\w./-]+)", README):
        assert (ROOT / link).exists(), link
