"""The frame around every page: menu, player, and what happens when a page fails."""

import streamlit as st

from explorer.ui import blending, cache, controls, failures, state, switching
from explorer.ui.player import loop_of, player

PAGES = (  # file, name in the menu, address
    ("start", "Start", ""),
    ("blend", "Blend", "blend"),
    ("map", "Map", "map"),
    ("shape", "Shape", "shape"),
    ("my_music", "My music", "my-music"),
    ("under_the_hood", "Under the hood", "under-the-hood"),
)


@st.fragment(key=state.DOCK_FRAGMENT)
def dock() -> None:
    """The one owner of sound."""
    now = state.playing()
    if now is None:
        player(None, key=state.DOCK)
        return
    loop = loop_of(
        now.tune,
        title=now.title,
        certainty=now.certainty,
        autoplay=now.autoplay,
        play_id=now.play_id,
    )
    player(loop, key=state.DOCK, on_change=st.rerun)


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
    if name := controls.choose_model(cache.offers()):
        switching.use(name)
        blending.set_table()
        ready = True
dock()  # before the page, so that no page can silence it
with body, failures.said():
    if notice := state.take_notice():
        st.warning(notice)
    if ready:
        page.run()
