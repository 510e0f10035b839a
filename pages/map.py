"""Map: thousands of real phrases, one dot each."""

import streamlit as st

from explorer.ui import controls, map_card, map_filter, tune_map

heading, search = st.columns(2, gap="medium", vertical_alignment="center")
with heading, st.container(horizontal=True, vertical_alignment="center"):
    st.title(f"The {controls.nouns().one} map", anchor=False, width="content")
    st.caption(tune_map.HONESTY)
with search:
    rows = map_filter.choose()
left, right = st.columns([2, 1], gap="medium")
with left:
    tune_map.chart(rows)
    tune_map.twin(rows)
with right:
    map_card.card()
