"""What fails is said in a sentence, wherever it fails."""

import logging
import re

from streamlit.testing.v1 import AppTest

from tests.pages import PATIENCE


def app_whose_callbacks_fail():
    import streamlit as st

    from explorer.errors import DataError
    from explorer.ui import failures

    def known():
        raise DataError("There are 2 bars; 16 are needed.")

    def unknown():
        raise KeyError("secret")

    @st.fragment
    def part():
        st.button("known", on_click=failures.guarded(known))
        st.button("unknown", on_click=failures.guarded(unknown))

    part()


def clicked(label):
    app = AppTest.from_function(
        app_whose_callbacks_fail, default_timeout=PATIENCE
    ).run()
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return [toast.value for toast in app.toast]


def test_a_failed_callback_of_a_fragment_is_said():
    (said,) = clicked("known")
    assert said == r"There are 2 bars; 16 are needed\."


def test_an_unexpected_failure_is_said_with_a_reference_that_the_log_has(caplog):
    with caplog.at_level(logging.ERROR, "explorer"):
        (said,) = clicked("unknown")
    assert "secret" not in said
    (reference,) = re.findall(r"\(Ref ([0-9A-F]{4})\)", said)
    assert reference in caplog.text
