"""Start: two tunes blended, one click away."""

import streamlit as st

from explorer.ui import blending, controls, failures, words
from explorer.ui.player import big_play

nouns = controls.nouns()
doors = (
    (
        "blend",
        f"Blend two {nouns.many}",
        f"Pick any two {nouns.many} and walk from one to the other.",
    ),
    ("map", "Wander the map", "Thousands of real phrases; nearby ones sound alike."),
    ("my_music", "Use my own music", "Bring a MIDI file and hear the model's version."),
)

first, second = blending.ends()
st.title(f"What lies between two {nouns.many}?", anchor=False)
st.markdown(
    f"**{words.plain(first.title)}** on the left, "
    f"**{words.plain(second.title)}** on the right. Everything in "
    "between was never written by anyone: a neural network makes it up."
)
path = controls.blend_strip("start_strip")
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption("Drag the slider, or click a picture. The music never stops.")
    st.button("Try another pair", on_click=failures.guarded(blending.next_pair))

front = blending.tiles(path)[blending.front(path)]
play, *columns = st.columns([4, 5, 5, 5], vertical_alignment="center")
with play:
    big_play("Play", front["loop"], key="big_play")
for column, (name, title, text) in zip(columns, doors, strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link(f"../../pages/{name}.py", label=f"**{title} →**")
        st.caption(text)
