"""Lines of events that wait for their turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import coroutines
import gradio as gr
import pytest

from playground.ui.lines import MOST_OF_ONE, MOST_OF_ONE_BRIEFLY, MOST_WAITING, limit_lines, refusal


def test_a_line_takes_some_from_each_and_not_too_many_from_all() -> None:
    assert refusal([], "a") == ""
    assert refusal(["a"] * (MOST_OF_ONE - 1), "a") == ""
    assert "of yours" in refusal(["a"] * MOST_OF_ONE, "a") and refusal(["a"] * MOST_OF_ONE, "b") == ""
    assert "others" in refusal([str(number) for number in range(MOST_WAITING)], "b")


@pytest.fixture
def page() -> gr.Blocks:
    with gr.Blocks() as page:
        box = gr.Textbox()
        box.submit(lambda text: text, box, box, concurrency_id="model", concurrency_limit=1)
        box.change(lambda text: text, box, box, concurrency_id="other", concurrency_limit=1)
        box.select(lambda text: text, box, box)
    page.queue(max_size=None)
    limit_lines(page)
    return page


def test_a_full_line_refuses_with_a_sentence_and_other_lines_go_on(page: gr.Blocks) -> None:
    queue: Any = page._queue

    def join(fn_index: int, address: str) -> Any:
        request = SimpleNamespace(client=SimpleNamespace(host=address))
        body = SimpleNamespace(
            fn_index=fn_index,
            session_hash=None,
            data=["a"],
            request=request,
            event_id=None,
            api_name=None,
            batched=False,
        )
        return coroutines.run(queue.push(body, request, None))

    for number in range(MOST_OF_ONE):
        assert join(0, "10.0.0.1")[0], number
    success, sentence, state = join(0, "10.0.0.1")
    assert not success and "of yours" in sentence and state == "queue_full"
    for number in range(MOST_WAITING - MOST_OF_ONE):
        assert join(0, f"10.0.1.{number}")[0]
    assert "others" in join(0, "10.0.0.2")[1]
    assert join(1, "10.0.0.1")[0], "another line"
    assert all(join(2, "10.0.0.1")[0] for _ in range(MOST_OF_ONE_BRIEFLY)), "a class opens the page"
    assert "of yours" in join(2, "10.0.0.1")[1] and join(2, "10.0.0.2")[0]
