"""Which phrases of the map are in question: by name, source, key and sound."""

from typing import Final

import numpy as np
import streamlit as st
from jaxtyping import Bool, Int
from numpy import ndarray

from explorer.library import Library
from explorer.ui import cache, controls, words

SEARCH: Final = "map_search"  # Streamlit's keys of the widgets
SOURCES: Final = "map_sources"
KEYS: Final = "map_keys"
QUALITY: Final = "map_quality"
RANGE: Final = "map_range"
_SEARCHED: Final = {"melody": "waltz", "drums": "funk", "trio": "love"}  # to search for
EVERYTHING: Final = (0, 100)


def _key(widget: str) -> str:
    """Key of a widget whose options are a model's own."""
    return f"{widget}_{controls.model_name()}"


def choose() -> Int[ndarray, " rows"]:
    """A field to search by name and a panel of filters; the rows that pass them all."""
    encoding, nouns = controls.encoding(), controls.nouns()
    library = _library()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            f"Find a {nouns.one} by name",
            key=SEARCH,
            placeholder=f"Find a {nouns.one} by name, such as {_SEARCHED[encoding]}",
            label_visibility="collapsed",
            persist_state="session",
        )
        with st.popover("Filter"):
            sources = list(dict.fromkeys(library.sources))
            st.multiselect(
                "Source",
                sources,
                format_func=words.source_name,
                key=_key(SOURCES),
                placeholder="All",
                persist_state="session",
            )
            if any(library.keys):
                st.multiselect(
                    "Key",
                    sorted({key for key in library.keys if key}),
                    key=_key(KEYS),
                    placeholder="All",
                    persist_state="session",
                )
            st.selectbox(
                "Quality",
                words.slider_names(encoding),
                index=words.first_colour(encoding),
                key=_key(QUALITY),
                persist_state="session",
            )
            st.slider(
                "From little to much",
                *EVERYTHING,
                EVERYTHING,
                format="%d %%",
                key=_key(RANGE),
                help=f"All {nouns.many} in order of the quality, little to much.",
                persist_state="session",
            )
        if is_set():
            st.button("Clear", on_click=clear)
    rows = np.nonzero(_passing(library))[0]
    if not len(rows):
        st.info(f"No {nouns.many} match. Try a shorter word, or “Clear”.")
    return rows


def is_set() -> bool:
    """Whether anything is asked for."""
    low, high = st.session_state.get(_key(RANGE), EVERYTHING)
    return bool(
        st.session_state.get(SEARCH)
        or st.session_state.get(_key(SOURCES))
        or st.session_state.get(_key(KEYS))
        or (low, high) != EVERYTHING
    )


def clear() -> None:
    """Ask for everything again."""
    st.session_state[SEARCH] = ""
    st.session_state[_key(SOURCES)] = []
    if any(_library().keys):
        st.session_state[_key(KEYS)] = []
    st.session_state[_key(RANGE)] = EVERYTHING


def _library() -> Library:
    return cache.model(controls.model_name()).library


def _passing(library: Library) -> Bool[ndarray, " tunes"]:
    """Whether each phrase passes what is asked for."""
    passing = np.ones(len(library), bool)
    parts = (st.session_state.get(SEARCH) or "").casefold().split()
    if parts:
        titles = [title.casefold() for title in library.titles]
        passing &= np.array([all(part in title for part in parts) for title in titles])
    for widget, labels in ((SOURCES, library.sources), (KEYS, library.keys)):
        if wanted := st.session_state.get(_key(widget)):
            passing &= np.isin(np.array(labels, str), wanted)
    low, high = st.session_state.get(_key(RANGE), EVERYTHING)
    if (low, high) != EVERYTHING:
        names = words.slider_names(controls.encoding())
        column = library.attributes[:, names.index(st.session_state[_key(QUALITY)])]
        least, most = np.percentile(column, [low, high])
        passing &= (column >= least) & (column <= most)
    return passing
