"""A group of phrases that somebody drew a line around on the map."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import streamlit as st

from explorer import caps
from explorer.notes import NoteSequence, concatenate
from explorer.ui import (
    cache,
    controls,
    failures,
    map_ground,
    picks,
    region_names,
    saving,
    state,
    teaching,
    words,
)
from explorer.ui.state import Pick

GROUP: Final = "map_group"  # rows; of a model's own
MOST_HEARD: Final = 8  # phrases of the medley, taken evenly from all over the group


def _key() -> str:
    return f"{GROUP}_{controls.model_name()}"


def take(rows: list[int]) -> None:
    """Make these phrases the group, and let a medley of it sound."""
    st.session_state[_key()] = tuple(sorted(rows))
    play()


def let_go() -> None:
    """Have no group."""
    st.session_state[_key()] = ()


def members() -> tuple[int, ...]:
    """The rows of the group; none without one."""
    rows: tuple[int, ...] = st.session_state.get(_key(), ())
    return rows


def play() -> None:
    """Hear some phrases of the group, one after the other."""
    tune = _medley(_heard())
    state.play(tune.title, tune)


def card(
    *,
    play_again: Callable[[], None],
    end: Callable[[], None],
    marked: Callable[[], None],
) -> None:
    """What is common in the group, and how it sounds.

    Parameters
    ----------
    play_again, end, marked
        Called after the medley was asked for, after the group was let go, and after
        its phrases were marked to teach a slider.
    """
    model = controls.model_name()
    st.subheader(_title(), anchor=False)
    found = map_ground.regions(model, "pca").describe(np.array(members()))
    common = region_names.name(found, controls.encoding()) if found else ""
    st.markdown(
        f"Common here and rare elsewhere: {words.plain(common)}."
        if common
        else "Nothing is common here that is rare elsewhere."
    )
    heard = _heard()
    controls.gallery(heard, key="map_group_gallery")

    def played() -> None:
        play()
        play_again()

    def ended() -> None:
        let_go()
        end()

    with st.container(horizontal=True):
        st.button(
            "Play as a medley", key="map_group_play", on_click=failures.guarded(played)
        )
        st.button("Let go", key="map_group_end", on_click=failures.guarded(ended))
    library = cache.model(model).library
    codes = library.mu[list(members()[: caps.MAX_MARKS])].tolist()
    titles = (library.titles[row] for row in members())
    phrases = [(title, tuple(z)) for title, z in zip(titles, codes, strict=False)]
    teaching.thumbs_for_all(phrases, "map_group_thumb", then=marked)
    saving.keep(
        [picks.passage(pick) for pick in heard],
        title=_title(),
        label="Keep the medley",
        key="map_group_save",
    )


def _medley(heard: Sequence[Pick]) -> NoteSequence:
    return concatenate([pick.tune for pick in heard], title=_title())


def _heard() -> list[Pick]:
    """Some of the group, evenly from all over it in the order of the rows."""
    rows = members()
    chosen = np.linspace(0, len(rows) - 1, min(MOST_HEARD, len(rows))).astype(int)
    return picks.dots(controls.model_name(), [rows[index] for index in chosen])


def _title() -> str:
    num = len(members())
    library = cache.model(controls.model_name()).library
    return f"A group of {num:,} of {len(library):,} phrases"
