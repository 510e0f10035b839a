"""The frame around every page: menu, player, and what happens when a page fails."""

import logging
import secrets

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import blending, cache, controls, state
from explorer.ui.player import loop_of, player

PAGES = (
    ("start", "Start", ""),
    ("blend", "Blend", "blend"),
    ("map", "Map", "map"),
    ("shape", "Shape", "shape"),
    ("my_music", "My music", "my-music"),
    ("under_the_hood", "Under the hood", "under-the-hood"),
)
logger = logging.getLogger("explorer")


@st.fragment(key=state.DOCK_FRAGMENT)
def dock() -> None:
    """The one owner of sound; mounted first, so no page can silence it."""
    now = state.playing()
    loop = now and loop_of(
        now.tune,
        title=now.title,
        certainty=now.certainty,
        autoplay=now.autoplay,
        play_id=now.play_id,
    )
    player(loop or None, key=state.DOCK)


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
with body:
    ready = controls.choose_model(cache.checkpoints())
if ready:
    blending.set_table()
dock()
with body:
    if notice := state.take_notice():
        st.warning(notice)
    try:
        if ready:
            page.run()
    except ExplorerError as error:
        st.error(str(error), title="That did not work")
    except Exception:
        reference = secrets.token_hex(2).upper()
        logger.exception("page %s failed (ref %s)", page.title, reference)
        st.error(
            "Something went wrong on our side. Your tunes are safe. Try again, or "
            f"choose another page. (Ref {reference})"
        )
