"""Single knobs: one number of the recipe at a time, around the tune being bent."""

from typing import Final

import numpy as np
import streamlit as st

from explorer import knobs
from explorer.attributes import measure
from explorer.ui import cache, controls, picks, shaping, state, words
from explorer.ui.failures import guarded
from explorer.ui.knob_chart import knob_chart
from explorer.ui.player import Tile, strip
from explorer.ui.shaping import Bent
from explorer.ui.state import Pick

STRIP: Final = "shape_knob_strip"  # the strip's own state
KNOB: Final = "shape_knob"  # which number of the code; a model's own
PLOT: Final = "shape_knob_plot"
FRONT: Final = "shape_knob_front"  # (codes of all stops, index); the stop in front
SIGMA: Final = "\N{GREEK SMALL LETTER SIGMA}"
LEAST_CHANGE: Final = 0.25  # spans of an attribute; less is no change worth a name


def single(found: Bent) -> None:
    """Bars to choose a knob from, what it does to the tune, and what that is."""
    metrics = cache.model(controls.model_name()).checkpoint.metrics
    nouns = controls.nouns()
    bits, least = knobs.bits(metrics), knobs.least_bits(metrics)
    order = np.argsort(-bits, kind="stable").tolist()
    st.markdown(
        f"A {nouns.one}'s recipe has **{len(bits)} knobs** that the model found by "
        f"itself. Choose one to hear what it does to this {nouns.one} alone."
    )
    knob = _choose(bits.tolist(), order, least)
    st.plotly_chart(
        knob_chart(bits, order, chosen=knob, least=least, palette=controls.palette()),
        key=controls.of_model(PLOT),
        on_select=guarded(_clicked),
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False},
        alt="Bits that each knob carries, the most used first; the list above has them",
    )
    stops = _stops(found.pick, knob)
    codes = tuple(pick.z for pick in stops)
    of, front = st.session_state.get(FRONT) or (codes, knobs.SWEEP)
    front = front if of == codes else knobs.SWEEP  # others start with the tune itself

    def chosen() -> None:
        index = state.take_gesture(STRIP)
        st.session_state[FRONT] = (codes, index)
        picks.offer(controls.model_name(), stops[index])
        shaping.redraw()

    strip(
        [
            Tile(label=_label(stop), loop=picks.loop(controls.model_name(), pick))
            for stop, pick in zip(knobs.stops(), stops, strict=True)
        ],
        index=front,
        key=STRIP,
        ends=("turned down", "turned up"),
        gesture=state.gesture(),
        on_change=guarded(chosen),
    )
    st.markdown(_told(stops))
    controls.use_as_ends(stops[front], key="shape_knob_use", then=shaping.redraw)
    st.caption(_papers_words(least))


def _choose(bits: list[float], order: list[int], least: float | None) -> int:
    """The knob that is chosen; the most used one at first."""

    def label(knob: int) -> str:
        silent = least is not None and bits[knob] < least
        return f"Knob {knob}, {bits[knob]:.2f} bits{', silent' if silent else ''}"

    return int(
        st.selectbox(
            "Knob",
            order,
            format_func=label,
            key=controls.of_model(KNOB),
            persist_state="session",
            width=320,
        )
    )


def _clicked() -> None:
    """A bar was clicked; a second click on it changes nothing."""
    points = st.session_state[controls.of_model(PLOT)]["selection"]["points"]
    if points:
        data = points[0]["customdata"]
        knob = int(data[0] if isinstance(data, list | tuple) else data)
        st.session_state[controls.of_model(KNOB)] = knob


def _label(stop: int) -> str:
    """What a stop is called, in standard deviations."""
    return f"{shaping.signed(stop, 0)} {SIGMA}" if stop else "as it is"


def _stops(pick: Pick, knob: int) -> list[Pick]:
    """The tune with the knob turned, from far down to far up."""
    model = controls.model_name()
    sigma = float(cache.model(model).library.mu[:, knob].std())
    codes = [
        cache.as_code(z) for z in knobs.sweep(np.array(pick.z, np.float32), knob, sigma)
    ]
    codes[knobs.SWEEP] = pick.z  # exactly, so that it is the very sound
    cache.decode_all(model, codes)
    return [
        shaping.bent_pick(z, f"{pick.title}, knob {knob} {_label(stop)}")
        for z, stop in zip(codes, knobs.stops(), strict=True)
    ]


def _told(stops: list[Pick]) -> str:
    """Which attribute changes most along the way, as it was measured."""
    used = cache.model(controls.model_name())
    tunes = cache.decode_all(controls.model_name(), [pick.z for pick in stops])
    values = measure(np.stack([tune.tokens for tune in tunes]), used.encoding)
    vectors = used.attribute_vectors
    which, spans = knobs.most_changed(values, vectors.top - vectors.bottom)
    if spans < LEAST_CHANGE:
        return (
            "**None of the measures changes much along this knob.** Most knobs mean "
            "little by themselves; a slider turns nearly all of them a little."
        )
    said = words.told(values, used.encoding)
    low, high = int(values[:, which].argmin()), int(values[:, which].argmax())
    label = words.slider_names(used.encoding)[which]
    return (
        f"**“{label}” changes most along this knob:** {said[low][which]} at "
        f"{_label(knobs.stops()[low])}, {said[high][which]} at "
        f"{_label(knobs.stops()[high])}."
    )


def _papers_words(least: float | None) -> str:
    """The field's own names for what is shown."""
    line = (
        f" The dashed line is where “active” begins, {least:.3f} bits." if least else ""
    )
    return (
        "In the paper's words: a knob is a *latent dimension*, its bits its *KL "
        f"divergence* from the prior, a silent knob an *inactive unit*. {SIGMA} is its "
        f"standard deviation over all phrases of the map (*aggregate posterior*).{line}"
    )
