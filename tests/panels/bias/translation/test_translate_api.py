"""The endpoint /translate of the running app, as a program calls it."""

from __future__ import annotations

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

TABS = ""
pytestmark = [
    pytest.mark.weights,
    # The client leaves its own event loop and sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.mark.slow
def test_a_program_translates_and_a_bad_request_explains_itself(app: str) -> None:
    client = Client(app, verbose=False)
    try:
        answer = client.predict("The nurse said that she was tired.", api_name="/translate")
        assert answer["text"] == "A enfermeira disse que estava cansada."
        assert answer["tokens"][-1]["text"] == "" and answer["recipe"]["model"] == "marian-en-pt"
        assert answer["gendered"][0]["word"] == "A" and answer["gendered"][0]["other"] == "O"
        back = client.predict("Ela é secretária e trabalha muito.", "pt-en", api_name="/translate")
        assert back["text"] == "She is a desk and works a lot."
        with pytest.raises(AppError, match="direction must be one of"):
            client.predict("a", "en-de", api_name="/translate")
    finally:
        client.close()
