"""The button that shares: a link, and the same as a code for a phone's camera."""

import io
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import segno
import streamlit as st

from explorer.errors import SharedLinkError
from explorer.ui import sharing, words

LOCAL: Final = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
QR_SIDE: Final = 220  # pixels
HOW: Final = (
    "Everything is in the link itself; nothing is stored anywhere. It opens the same "
    "{what} wherever this app runs with the same model."
)
ONLY_HERE: Final = (
    "You opened the app by an address of this computer alone, so the link and its code "
    "work on it alone. Open the app by the computer's address in your network to reach "
    "others, or keep the music as a file."
)


def share(
    make: Callable[[], dict[str, str]], *, what: str, key: str, page: str = ""
) -> None:
    """A button with a link to what is heard.

    Parameters
    ----------
    make
        What the link holds; asked only while the button is open.
    what
        What it opens: "blend".
    key
        Streamlit's name of the button.
    page
        Address of the page it opens; "" is this one.
    """
    popover = st.popover(
        "Share",
        icon=":material/link:",
        key=key,
        on_change="rerun",
        help=f"A link to exactly this {what}.",
    )
    if popover.open:
        with popover:
            _link(make, what, page)


def address(url: str, page: str) -> str:
    """The address of another page of the app, from that of one.

    Parameters
    ----------
    url
        Address of a page that is not the first one, if `page` is given.
    page
        Its last part; "" leaves the page.
    """
    bare = url.split("?")[0].split("#")[0]
    return f"{bare.rstrip('/').rsplit('/', 1)[0]}/{page}" if page else bare


def qr_code(text: str) -> bytes:
    """A picture (SVG) of a text, for a camera; dark on light in every theme."""
    picture = io.BytesIO()
    segno.make(text, error="l", micro=False).save(
        picture, kind="svg", border=4, dark="#000", light="#fff", scale=4
    )
    return picture.getvalue()


def _link(make: Callable[[], dict[str, str]], what: str, page: str) -> None:
    url = address(str(st.context.url or ""), page)
    try:
        link = sharing.link(url, make())
    except SharedLinkError as error:
        st.info(words.plain(str(error)))
        return
    st.caption(HOW.format(what=what))
    st.code(link, language=None, wrap_lines=True)
    st.image(qr_code(link).decode(), width=QR_SIDE)
    is_local = urlsplit(url).hostname in LOCAL
    st.caption(ONLY_HERE if is_local else "Point a phone's camera at it.")
