"""Shape: bend a tune with sliders, and see whether it obeyed."""

import streamlit as st

from explorer import charts
from explorer.ui import controls, failures, shaping, words

st.title("Bend a tune", anchor=False)
chosen = shaping.current()
left, right = st.columns([2, 3], gap="large")
with left:
    controls.pick_tune("Tune", "choice_shape", chosen, shaping.choose)
    shaping.sliders()
    with st.container(horizontal=True):
        st.button(
            "Back to the middle",
            key="shape_reset",
            on_click=failures.guarded(shaping.reset),
        )

bent = shaping.bent()
with right:
    controls.gallery(shaping.before_and_after(bent), key="shape_gallery")
    st.markdown(f"**What changed:** {words.changes(bent.before, bent.after)}.")
    st.plotly_chart(
        charts.wanted_and_got(
            words.slider_names(), bent.wanted, bent.got, palette=controls.palette()
        ),
        theme=None,
        config={"displayModeBar": False},
        alt="For each slider, what it asked for and what the music did",
    )
    for sentence in shaping.disobeyed(bent):
        st.caption(sentence)
    controls.downloads(
        bent.pick.tune,
        name=controls.file_name(bent.pick.title),
        label="Save it",
        key="shape_save",
    )
