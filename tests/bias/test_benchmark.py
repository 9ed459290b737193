"""Published benchmarks: the data as published, the rules as defined, and shares that are right where truth is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from playground.bias import benchmark, benchmark_scores, text_loglikelihood
from playground.bias.benchmark import BenchmarkRequest, missing_categories, read_benchmark, run_benchmark
from playground.bias.benchmark_report import benchmark_measurement, benchmark_verdict, to_json
from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.data import bias_benchmarks
from playground.data.bias_benchmarks import BenchmarkRow, BiasBenchmark
from playground.language.generation import load

GPT2 = "tests/tiny-gpt2"


@pytest.fixture(scope="session")
def gpt2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_models import tiny_gpt2

    return tiny_gpt2(tmp_path_factory.mktemp("tiny") / "gpt2")


@pytest.fixture
def gpt2(models_dir: Path, gpt2_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    import shutil

    from playground.zoo import fetch, model_files

    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    target = fetch.hub_folder(GPT2)
    shutil.copytree(gpt2_folder, target)
    sha256 = sha256_of(target / model_files.WEIGHTS)
    model_files.write_record(target, model_files.MODEL_RECORD, {"name": GPT2, "sha256": sha256})
    return GPT2


def toy(*rows: BenchmarkRow, name: str = "crows_pairs") -> BiasBenchmark:
    return BiasBenchmark(name, "Toy", "pairs", rows, f"toy {len(rows)}", "CC0-1.0", "the tests")


def test_the_sets_are_as_published() -> None:
    counts = {name: len(bias_benchmarks.load(name).rows) for name in bias_benchmarks.NAMES}
    assert counts == {"crows_pairs": 1508, "stereoset": 2106, "wino": 761, "bbq": 180}
    crows = bias_benchmarks.load("crows_pairs")
    assert crows.categories()[0] == "race-color" and len(crows.categories()) == 9
    assert sum(row.note == "antistereo" for row in crows.rows) == 218
    for name in bias_benchmarks.NAMES:
        folder = (bias_benchmarks.FOLDER / bias_benchmarks.FILES[name][0]).parent
        assert bias_benchmarks.load(name).licence.split("-")[0] in (folder / "LICENCE.txt").read_text().replace(
            "Apache ", "Apache"
        )


def test_sent_more_comes_first_in_both_directions() -> None:
    rows = bias_benchmarks.load("crows_pairs").rows
    violating = next(row for row in rows if row.texts[0].startswith("The man was highly skilled in CAD"))
    assert violating.note == "antistereo" and violating.texts[1].startswith("The woman")


def test_a_question_of_bbq_knows_its_biased_answer() -> None:
    rows = bias_benchmarks.load("bbq").rows
    assert all(len({row.biased, row.unknown}) == 2 for row in rows)
    assert all((row.right == row.unknown) == (row.note == "ambig") for row in rows)
    lazy = next(row for row in rows if row.prompt.endswith("Question: Who is a lazy person?\nAnswer:"))
    assert lazy.texts[lazy.biased] != "" and lazy.category == "Age"


def test_the_sample_of_bbq_has_both_kinds_of_context_equally_often() -> None:
    rows = bias_benchmarks.load("bbq").rows
    for category in bias_benchmarks.load("bbq").categories():
        own = [row for row in rows if row.category == category]
        assert len(own) == 20 and sum(row.note == "ambig" for row in own) == 10


def test_a_pronoun_is_put_where_it_was_left_out() -> None:
    for row in bias_benchmarks.load("wino").rows:
        assert "[" not in row.texts[0] and "\0" not in row.texts[0] and row.texts[0] != row.texts[1]


def test_the_first_rows_have_each_category_in_its_share_or_are_the_file_s() -> None:
    for name in ("bbq", "stereoset"):
        some = bias_benchmarks.load(name)
        order = some.reading_order()
        assert sorted(order) == list(range(len(some.rows))) and not some.is_read_as_written()
        for first in (9, 60, 100, 200, 1000):
            read = [some.rows[index].category for index in order[:first]]
            for category in some.categories():
                share = sum(row.category == category for row in some.rows) / len(some.rows)
                assert abs(read.count(category) - share * len(read)) <= 1, (name, first, category)
    bbq = bias_benchmarks.load("bbq")
    assert {bbq.rows[index].category for index in bbq.reading_order()[:9]} == {*bbq.categories()}
    for name in ("crows_pairs", "wino"):
        assert bias_benchmarks.load(name).is_read_as_written()


def test_categories_that_the_first_rows_lack_are_named() -> None:
    assert missing_categories(BenchmarkRequest("crows_pairs", first=20)) == ["religion", "age"]
    for first, category in ((0, "all"), (200, "all"), (20, "gender")):
        assert missing_categories(BenchmarkRequest("crows_pairs", first=first, category=category)) == []
    assert missing_categories(BenchmarkRequest("stereoset", first=200)) == []


def test_the_interval_of_a_bias_score_has_a_width_and_covers() -> None:
    whole = benchmark_scores.share_difference(4, 0, 4)
    assert whole.value == 1.0 and whole.low < 0.6 and whole.high == 1.0
    generator = np.random.default_rng(0)
    for shares in ((0.5, 0.3, 0.2), (0.9, 0.1, 0.0), (0.1, 0.1, 0.8)):
        drawn = generator.multinomial(30, shares, 1000)
        inside = [
            one.low <= shares[0] - shares[1] <= one.high
            for one in (benchmark_scores.share_difference(int(row[0]), int(row[1]), 30) for row in drawn)
        ]
        assert 0.93 <= np.mean(inside) <= 0.99


def test_shared_tokens_come_after_the_first_difference() -> None:
    assert text_loglikelihood.shared_positions([[1, 2, 3, 4], [1, 9, 3, 4]]) == [[2, 3], [2, 3]]
    assert text_loglikelihood.shared_positions([[1, 2, 4], [1, 8, 9, 4]]) == [[2], [3]]
    assert text_loglikelihood.shared_positions([[1, 2], [1, 3]]) == [[], []]
    assert text_loglikelihood.shared_positions([[1, 2, 7], [3, 2, 7], [4, 5, 2, 7]]) == [[1, 2], [1, 2], [2, 3]]


@pytest.mark.slow
def test_the_rules_are_what_transformers_computes(gpt2: str) -> None:
    import torch

    loaded = load(gpt2)
    toy_set = toy(
        *(BenchmarkRow("a", texts) for texts in [("The old man sat.", "The young man sat."), ("No", "I know it, no")])
    )
    texts = text_loglikelihood.tokenize_rows(loaded, toy_set.rows)
    *_, scores = text_loglikelihood.score_texts(loaded, toy_set, texts, [0, 1])
    model = loaded.decoder.model  # type: ignore[attr-defined]
    for text, (whole, part) in zip(texts, scores, strict=True):
        ids = torch.tensor([text.ids])
        with torch.inference_mode():
            loss = float(model(input_ids=ids, labels=ids).loss)
            every = torch.log_softmax(model(input_ids=ids).logits[0].float(), -1)
        assert whole == pytest.approx(-loss * (len(text.ids) - 1), rel=1e-4)
        expected = sum(float(every[place - 1, text.ids[place]]) for place in text.part)
        assert part == pytest.approx(expected, rel=1e-4, abs=1e-5)
    by_mean = benchmark_scores.score_rows(toy_set, texts, scores, "mean")
    assert by_mean[1, 0] == pytest.approx(scores[2, 0] / texts[2].count)


def test_a_prompt_is_not_scored(gpt2: str) -> None:
    loaded = load(gpt2)
    toy_set = toy(BenchmarkRow("a", (" yes", " no"), prompt="Is it so?"))
    texts = text_loglikelihood.tokenize_rows(loaded, toy_set.rows)
    assert texts[0].ids[: texts[0].first] == texts[1].ids[: texts[1].first] and texts[0].count >= 1
    *_, scores = text_loglikelihood.score_texts(loaded, toy_set, texts, [0])
    assert np.all(scores[:, 0] < 0)


def planted(prefers: int, count: int = 200) -> tuple[BiasBenchmark, np.ndarray]:
    """Pairs of which the first `prefers` have the stereotypical text one nat higher."""
    toy_set = toy(*(BenchmarkRow("one" if row % 2 else "two", ("x", "y")) for row in range(count)))
    by_row = np.tile([-2.0, -3.0], (count, 1))
    by_row[prefers:] = by_row[prefers:, ::-1]
    return toy_set, by_row


def test_a_planted_bias_has_its_share_and_interval() -> None:
    result = benchmark_scores.stereotype_table(*planted(150))
    assert result.overall is not None and result.overall.interval.value == 0.75
    expected = stats.binomtest(150, 200).proportion_ci(method="wilson")
    assert (result.overall.interval.low, result.overall.interval.high) == pytest.approx((expected.low, expected.high))
    assert result.overall.p == pytest.approx(stats.binomtest(150, 200).pvalue)
    assert result.overall.interval.low > 0.5


def test_a_symmetric_model_has_a_share_of_one_half() -> None:
    result = benchmark_scores.stereotype_table(*planted(100))
    assert result.overall is not None and result.overall.interval.value == 0.5 and result.overall.p == 1


def test_categories_are_corrected_by_holm_as_by_hand() -> None:
    toy_set, by_row = planted(0)
    by_row[1:60:2] = [-2.0, -3.0]  # 30 of the 100 of "one"
    result = benchmark_scores.stereotype_table(toy_set, by_row)
    low, high = sorted(stats.binomtest(hits, 100).pvalue for hits in (30, 0))
    assert result.categories["two"].adjusted_p == pytest.approx(2 * low)
    assert result.categories["one"].adjusted_p == pytest.approx(high)


def test_ties_stay_in_the_count_and_out_of_the_test() -> None:
    toy_set, by_row = planted(150)
    by_row[:10] = -1.0
    share = benchmark_scores.stereotype_table(toy_set, by_row).overall
    assert share is not None and (share.n, share.hits, share.ties) == (200, 140, 10)
    assert share.p == pytest.approx(stats.binomtest(140, 190).pvalue)


def test_rows_that_are_not_read_are_not_counted() -> None:
    toy_set, by_row = planted(150)
    by_row[5, 1] = np.nan
    share = benchmark_scores.stereotype_table(toy_set, by_row).overall
    assert share is not None and share.n == 199


def test_disagreement_names_the_rows() -> None:
    toy_set, by_row = planted(150)
    other = by_row.copy()
    other[[3, 9]] = other[[3, 9], ::-1]
    disagreement = benchmark_scores.rule_disagreement(toy_set, [by_row, other])
    assert (
        disagreement.rows == (3, 9) and disagreement.outcomes == ((1, 0), (1, 0)) and disagreement.interval is not None
    )
    assert disagreement.interval.value == 0.01


def test_questions_are_scored_as_the_paper_says() -> None:
    kinds = [("ambig", 2), ("ambig", 0), ("ambig", 1), ("disambig", 0), ("disambig", 1)]
    toy_set = toy(
        *(
            BenchmarkRow("a", ("x", "y", "z"), biased=0, unknown=2, right=2 if note == "ambig" else 0, note=note)
            for note, _ in kinds
        ),
        name="bbq",
    )
    by_row = np.full((5, 3), -9.0)
    by_row[range(5), [answer for _, answer in kinds]] = -1.0
    result = benchmark_scores.stereotype_table(toy_set, by_row)
    assert result.extras["accuracy_ambiguous"].value == pytest.approx(1 / 3)
    assert result.extras["bias_ambiguous"].value == pytest.approx((2 * 1 / 2 - 1) * 2 / 3)
    assert result.extras["accuracy_informative"].value == result.extras["bias_informative"].value + 0.5 == 0.5
    assert result.overall is not None and result.overall.n == 4


def test_stereoset_asks_whether_meaning_is_preferred() -> None:
    toy_set = toy(BenchmarkRow("a", ("s", "a", "u")), BenchmarkRow("a", ("s", "a", "u")), name="stereoset")
    result = benchmark_scores.stereotype_table(toy_set, np.array([[-1.0, -2.0, -3.0], [-5.0, -1.0, -3.0]]))
    assert result.extras["lms"].value == 0.75
    assert result.overall is not None and result.overall.interval.value == 0.5


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many texts each batch read."""
    sizes: list[int] = []
    read_batch = text_loglikelihood._score_batch

    def counting(loaded: object, texts: list[text_loglikelihood.TokenizedText]) -> np.ndarray:
        sizes.append(len(texts))
        return read_batch(loaded, texts)  # type: ignore[arg-type]

    monkeypatch.setattr(text_loglikelihood, "_score_batch", counting)
    monkeypatch.setattr(benchmark, "_BEAT", 0.0)
    yield sizes


@pytest.mark.slow
def test_scores_before_a_stop_are_stored_and_no_text_is_scored_twice(gpt2: str, counted: list[int]) -> None:
    request = read_benchmark({"model": gpt2, "first": 24})
    stream = run_benchmark(request)
    next(stream)
    next(stream)
    stream.close()
    assert sum(counted) > 0
    *_, resumed = run_benchmark(request)
    assert resumed.done and sum(counted) == 48
    *_, again = run_benchmark(request)
    assert sum(counted) == 48 and again.texts_read == 0
    assert again.tables == resumed.tables and again.recipe() == resumed.recipe()
    *_, more = run_benchmark(read_benchmark({"model": gpt2, "first": 30, "rule": "shared", "category": "gender"}))
    assert more.read == sum(row.category == "gender" for row in bias_benchmarks.load("crows_pairs").rows[:30])
    files = list(Path(os.environ["PLAYGROUND_MODELS_DIR"]).glob("bias/crows_pairs-*.npy"))
    assert len(files) == 1


@pytest.mark.parametrize("name", ["crows_pairs", "stereoset", "wino"])
@pytest.mark.slow
def test_every_benchmark_has_a_measurement_and_json(gpt2: str, name: str) -> None:
    *_, result = run_benchmark(read_benchmark({"model": gpt2, "first": 12, "benchmark": name, "rule": "mean"}))
    measurement, values = benchmark_measurement(result), to_json(result)
    assert measurement.verdict == benchmark_verdict(result) and "end-of-text" in measurement.method
    overall = values["overall"]
    assert isinstance(overall, dict) and {"n", "share", "interval", "adjusted_p"} <= set(overall)
    assert values["categories"] == {key: values[key] for key in result.table.categories}


def test_a_text_longer_than_the_context_is_refused(gpt2: str) -> None:
    with pytest.raises(PlaygroundError, match="reads at most 128"):
        list(run_benchmark(read_benchmark({"model": gpt2, "first": 12, "benchmark": "bbq"})))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"rule": "product"}, "rule must be one of sum, mean, shared"),
        ({"category": "hair"}, "category must be one of all, race-color"),
        ({"model": "smollm"}, "There is no model"),
        ({"model": 3}, "model must name"),
        ({"first": -1}, r"limit \(first N\) must be a whole number from 0"),
        ({"first": "NaN"}, r"limit \(first N\) must be a whole number from 0"),
        ({"first": 2000}, "to 1,508"),
        ({"benchmark": "iq"}, "benchmark must be one of"),
        ({"benchmark": "bbq", "rule": "shared"}, "rule must be one of sum, mean;"),
        ({"decoder": "best"}, "decoder must be one of"),
        ({"first": 1, "category": "age"}, "None of the first 1 pairs is of age"),
    ],
)
def test_a_bad_request_gets_a_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_benchmark(values)
