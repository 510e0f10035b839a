"""Shape: bend a tune with sliders, and see whether it obeyed."""

import streamlit as st

from explorer import charts
from explorer.ui import controls, failures, saving, shaping

noun = controls.nouns().one
st.title(f"Bend a {noun}", anchor=False)
chosen = shaping.current()
left, right = st.columns([2, 3], gap="large")
with left:
    controls.pick_tune(noun.capitalize(), "choice_shape", chosen, shaping.choose)
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
    st.markdown(f"**What changed:** {shaping.changes(bent)}.")
    st.plotly_chart(
        charts.wanted_and_got(
            shaping.names(), bent.wanted, bent.got, palette=controls.palette()
        ),
        theme=None,
        config={"displayModeBar": False},
        alt="For each slider, what it asked for and what the music did",
    )
    for sentence in shaping.disobeyed(bent):
        st.caption(sentence)
    saving.downloads(
        bent.pick.tune,
        name=saving.file_name(bent.pick.title),
        label="Save it",
        key="shape_save",
    )
