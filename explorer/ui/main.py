"""The frame around every page: menu, player, and what happens when a page fails."""

import streamlit as st

from explorer import examples
from explorer.ui import (
    asked_map,
    cache,
    controls,
    failures,
    memory,
    opening,
    state,
    switching,
    table,
)
from explorer.ui.player import PlayerData, loop_of, player

PAGES = (  # file, name in the menu, address
    ("start", "Start", ""),
    ("blend", "Blend", "blend"),
    ("map", "Map", "map"),
    ("shape", "Shape", "shape"),
    ("journey", "Journey", "journey"),
    ("my_music", "My music", "my-music"),
    ("under_the_hood", "Under the hood", "under-the-hood"),
)


@st.cache_data(max_entries=1, show_spinner=False)
def beats() -> list[PlayerData]:
    """The beats one can put under a melody."""
    return [loop_of(beat.tune) for beat in examples.beat_loops()]


def take_up() -> None:
    """Go on with what another visit left in the browser."""
    memory.restore(st.session_state[state.DOCK]["kept"])
    st.rerun()


@st.fragment(key=state.DOCK_FRAGMENT)
def dock() -> None:
    """The one owner of sound."""
    now = state.playing()
    name = state.model_name()
    if now is None or name is None:
        player(None, key=state.DOCK)
        return
    loop = loop_of(
        now.tune,
        title=now.title,
        certainty=now.certainty,
        ghosts=now.ghosts,
        autoplay=now.autoplay,
        play_id=now.play_id,
        parts=cache.lanes(name, now.tune),
    )
    player(
        loop,
        beats=beats(),
        usual=cache.usual_certainty(name),
        settings=state.dock_settings(),
        gesture=state.gesture(),
        work=memory.work(),
        key=state.DOCK,
        on_change=st.rerun,
        on_kept=failures.guarded(take_up),
    )


st.set_page_config(
    page_title="Tune explorer",
    page_icon="🎵",
    layout="wide",
    menu_items={"About": None},
)
state.initialise()
page = st.navigation(
    [
        st.Page(
            f"../../pages/{name}.py",
            title=title,
            url_path=path,
            default=name == "start",
        )
        for name, title, path in PAGES
    ],
    position="top",
)
body = st.container()
ready = False
with body, failures.said():
    opening.shared_link()
    asked_map.say_once()
    if name := controls.choose_model(cache.offers()):
        switching.use(name)
        table.lay()
        ready = True
dock()  # before the page, so that no page can silence it
with body, failures.said():
    if notice := state.take_notice():
        st.warning(notice)
    controls.say_remark()
    if ready:
        page.run()
