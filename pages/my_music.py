"""My music: bring music files, hear the model's version, put it to use."""

import streamlit as st

from explorer.ui import bringing, controls, placing

st.title("Use my own music", anchor=False)
st.caption(
    "The files stay on the computer that runs this app, and are gone when you leave."
)
left, right = st.columns([2, 3], gap="large")
with left:
    bringing.upload()
    song = bringing.song()
    if song is None:
        st.stop()
    if lack := bringing.lacking(song):
        st.warning(lack)
        st.stop()
    placing.choose_tracks(song, lambda: bringing.follow(song))
with right:
    placing.choose_bars(song, lambda: bringing.follow(song))
    picked = bringing.picked(song)
    versions = bringing.versions(picked)
    controls.gallery(versions, key="my_gallery")
    bringing.difference(versions)
    controls.use_as_ends(picked, key="my_use")
    bringing.keep_or_share(picked, versions)
    bringing.on_the_map(picked)
