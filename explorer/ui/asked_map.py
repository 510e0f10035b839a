"""The map that the app was asked to open with, where it cannot be."""

from typing import Final

import streamlit as st

from explorer.ui import cache, state, words

SAID: Final = "asked_map_said"  # bool; whether this visit has been told


def say_once() -> None:
    """Say on the first page of a visit why that map is not shown, and what to do."""
    if st.session_state.get(SAID) or state.has_notice():
        return  # a notice that waits to be shown is not taken away
    st.session_state[SAID] = True
    asked = cache.asked_map()
    if asked is None:
        return
    name = asked.resolve().name
    refused = (offer for offer in cache.offers() if offer.name.endswith(f"@{name}"))
    problem = next((offer.problem for offer in refused), None)
    if problem is not None:
        state.notify(
            words.plain(
                f"The map “{name}”, with which the app was to open, cannot be shown. "
                f"{problem} What the app comes with is shown instead."
            )
        )
