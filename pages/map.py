"""Map: thousands of real phrases, one dot each."""

import streamlit as st

from explorer.ui import tune_map

st.title("The tune map", anchor=False)
st.caption(tune_map.HONESTY)
left, right = st.columns([2, 1], gap="medium")
with left:
    tune_map.chart()
    tune_map.twin()
with right:
    tune_map.card()
