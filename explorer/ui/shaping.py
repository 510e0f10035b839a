"""Bending a tune: sliders, the tune they make, and what was measured.

**Conventions.** A slider counts in half attribute vectors, so that its end is 1.5
of them, as far as the paper goes. The measured change is put on the same scale:
1 is half of what parts the top quarter of all tunes from the bottom quarter.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import streamlit as st
from jaxtyping import Float
from numpy import ndarray

from explorer.attributes import Attribute, attributes_of
from explorer.ui import blending, cache, controls, failures, picks, state, words
from explorer.ui.state import Pick

REACH: Final = 3.0  # of each slider, to both sides
PER_SLIDER: Final = 0.5  # attribute vectors per unit of a slider
OBEYED: Final = 0.5  # share of the wish that counts as done
WEAK_WISH: Final = 0.5  # smaller wishes are not judged


@dataclass(frozen=True, kw_only=True)
class Bent:
    """A tune before and after the sliders."""

    original: Pick  # the model's version, all sliders in the middle
    pick: Pick
    before: Float[ndarray, " attributes"]  # measured, in the attributes' own units
    after: Float[ndarray, " attributes"]
    wanted: Float[ndarray, " attributes"]  # the sliders
    got: Float[ndarray, " attributes"]  # measured change, in the sliders' unit


def slider_key(name: str) -> str:
    """Session key of one slider."""
    return f"shape_{name}"


def _attributes() -> dict[str, Attribute]:
    """What the model in use can be asked for."""
    return attributes_of(cache.model(controls.model_name()).encoding)


def names() -> list[str]:
    """What is written beside each slider."""
    return [attribute.label for attribute in _attributes().values()]


def current() -> Pick:
    """The tune being bent; at first the one at end A."""
    return state.shape_pick() or blending.ends()[0]


def choose(pick: Pick) -> None:
    """Bend another tune, from the middle."""
    state.set_shape_pick(pick)
    reset()


def reset() -> None:
    """All sliders back to the middle."""
    for name in _attributes():
        st.session_state[slider_key(name)] = 0.0
    _offer()


def sliders() -> None:
    """One slider an attribute; the music follows when it is let go."""
    spoken = words.words_of(controls.encoding())
    for name, attribute in _attributes().items():
        st.slider(
            attribute.label,
            -REACH,
            REACH,
            value=0.0,
            step=0.25,
            format="%+.2f",
            key=slider_key(name),
            help=spoken[name].help,
            persist_state="session",
            on_change=failures.guarded(_offer),
        )


def bent() -> Bent:
    """The tune the sliders make, measured."""
    model_name, chosen = controls.model_name(), current()
    model = cache.model(model_name)
    wanted = np.array(
        [float(st.session_state.get(slider_key(n)) or 0) for n in _attributes()],
        np.float32,
    )
    vectors = model.attribute_vectors
    unit = PER_SLIDER * np.maximum(vectors.top - vectors.bottom, 1e-6)
    original = picks.of_model(model_name, chosen)
    if wanted.any():
        amounts = tuple(PER_SLIDER * float(value) for value in wanted)
        z = cache.moved(model_name, chosen.z, amounts)
        bent_pick = picks.decoded(model_name, f"{chosen.title}, bent", z, "shape")
        bent_pick = replace(
            bent_pick, tune=replace(bent_pick.tune, qpm=chosen.tune.qpm)
        )
    else:
        bent_pick = replace(original, origin="shape")
    before = cache.measure(model_name, original.tune)
    after = cache.measure(model_name, bent_pick.tune)
    return Bent(
        original=original,
        pick=bent_pick,
        before=before,
        after=after,
        wanted=wanted,
        got=((after - before) / unit).astype(np.float32),
    )


def changes(found: Bent) -> str:
    """What a listener can notice."""
    encoding = cache.model(controls.model_name()).encoding
    return words.changes(found.before, found.after, encoding)


def before_and_after(found: Bent) -> list[Pick]:
    """Both tunes, to hear in turn."""
    return [
        replace(found.original, title="Before", origin="blend"),
        replace(found.pick, title="After"),
    ]


def disobeyed(found: Bent) -> list[str]:
    """One sentence for each slider that did not do what was wanted."""
    said = []
    many = controls.nouns().many
    for attribute, wish, done in zip(
        _attributes().values(), found.wanted, found.got, strict=True
    ):
        if abs(wish) < WEAK_WISH or done * np.sign(wish) >= OBEYED * abs(wish):
            continue
        said.append(
            f"“{attribute.label}” did not do what you asked. The model knows too few "
            f"such {many}, or another slider pulls against it. Try a smaller step."
        )
    return said


def _offer() -> None:
    """Hand the dock the tune the sliders make."""
    found = bent()
    model = controls.model_name()
    title = f"{current().title}, bent" if found.wanted.any() else current().title
    state.offer(title, found.pick.tune, picks.certainty(model, found.pick))
