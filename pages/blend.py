"""Blend: walk from one tune to another."""

import streamlit as st

from explorer.ui import blending, controls, failures, state

first, second = blending.ends()
st.title("Blend two tunes", anchor=False)
left, right = st.columns(2)
with left:
    controls.pick_end("a", "Tune A")
with right:
    controls.pick_end("b", "Tune B")

path = controls.blend_strip("blend_strip")

front = blending.front(path)
st.markdown(f"**Next to tune A:** {blending.changes(path[front])}.")
st.caption("Paler notes: the model was less sure of them.")
name = controls.file_name(path[front].title)
one, journey = st.columns(2)
with one:
    controls.downloads(path[front].tune, name=name, label="This one", key="one")
with journey:
    whole = blending.whole(path)
    controls.downloads(
        whole, name="journey", label=f"All {len(path)} in a row", key="journey"
    )

with st.expander("More"):
    steps, ends, shape = st.columns(3)
    steps.slider(
        "Tunes from A to B, both included",
        3,
        16,
        key=state.BLEND_STEPS,
        persist_state="session",
    )
    ends.segmented_control(
        "At the two ends, play",
        state.BLEND_ENDS_KINDS,
        key=state.BLEND_ENDS,
        required=True,
        persist_state="session",
        help="The model plays back its own version of a tune; often a note differs.",
    )
    shape.segmented_control(
        "Path",
        state.BLEND_PATHS,
        key=state.BLEND_PATH,
        required=True,
        persist_state="session",
        help="Round the sphere on which typical tunes lie, or straight through it.",
    )
    st.button("Swap A and B", key="swap_ends", on_click=failures.guarded(blending.swap))
