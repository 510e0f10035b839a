"""My music: bring a MIDI file, hear the model's version, put it to use."""

import streamlit as st

from explorer.ui import bringing, controls

st.title("Use my own music", anchor=False)
st.caption(
    "The file stays on the computer that runs this app, and is gone when you leave."
)
bringing.upload()
song = bringing.song()
if song is None:
    st.stop()
if lack := bringing.lacking(song):
    st.warning(lack)
    st.stop()

left, right = st.columns([2, 3], gap="large")
with left:
    bringing.choose_place(song)
picked = bringing.picked(song)
with right:
    versions = bringing.versions(picked)
    controls.gallery(versions, key="my_gallery")
    st.markdown(bringing.verdict(versions))
    controls.use_as_ends(picked, key="my_use")
    bringing.on_the_map(picked)
