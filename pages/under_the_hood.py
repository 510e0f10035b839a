"""Under the hood: what the model is, how good it is, whose music it heard."""

import streamlit as st

from explorer.ui import about

st.title("Under the hood", anchor=False)
numbers, card, music, words = st.tabs(
    ["How good is it?", "The model", "The music", "Words"]
)
with numbers:
    about.quality()
with card:
    about.card()
with music:
    about.licences()
with words:
    about.glossary()
