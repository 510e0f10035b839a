"""Start: two tunes blended, one click away."""

import streamlit as st

from explorer.ui import blending, controls, failures, words
from explorer.ui.player import big_play

DOORS = (
    ("blend", "Blend two tunes", "Pick any two tunes and walk from one to the other."),
    ("map", "Wander the map", "Thousands of real phrases; nearby ones sound alike."),
    ("my_music", "Use my own music", "Bring a MIDI file and hear the model's version."),
)

first, second = blending.ends()
st.title("What lies between two tunes?", anchor=False)
st.markdown(
    f"**{words.plain(first.title)}** on the left, "
    f"**{words.plain(second.title)}** on the right. Everything in "
    "between was never written by anyone: a neural network makes it up."
)
path = blending.steps()
play, other = st.columns([1, 3], vertical_alignment="center")
with play:
    front = blending.tiles(path)[blending.front(path)]
    big_play("Play", front["loop"], key="big_play")
other.button("Try another pair", on_click=failures.guarded(blending.next_pair))
controls.blend_strip("start_strip")
st.caption("Drag the slider, or click a picture. The music never stops.")

for column, (name, title, text) in zip(st.columns(3), DOORS, strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link(f"../../pages/{name}.py", label=f"**{title} →**")
        st.caption(text)
