"""Bending a tune: where the sliders are, the tune they make, and what was measured.

**Conventions.** A slider counts in half attribute vectors, so that its end is 1.5
of them, as far as the paper goes. The measured change is put on the same scale:
1 is half of what parts the top quarter of all tunes from the bottom quarter. Of a
taught slider the code of what was written, read anew, is measured along its vector.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
import streamlit as st
from jaxtyping import Float
from numpy import ndarray

from explorer.attributes import attributes_of, measure
from explorer.errors import SharedLinkError
from explorer.measured import works
from explorer.trained_model import DecodedTune, encode_tokens
from explorer.ui import blending, cache, controls, picks, state, taught, words
from explorer.ui.cache import Code
from explorer.ui.state import Pick

PAGE: Final = "shape_page"  # the page's fragment
SETTINGS: Final = "shape_settings"  # Settings; where the sliders are
SURPRISE: Final = "shape_surprise"  # (size, seed) of the last surprise; None: none yet

REACH: Final = 3.0  # of each slider, to both sides
STEP: Final = 0.25  # between two places of a slider
PER_SLIDER: Final = 0.5  # attribute vectors per unit of a slider

Size = Literal["small", "large"]
SURPRISES: Final[dict[Size, float]] = {"small": 1.0, "large": REACH}
"""How far from its middle a surprise puts a slider at most."""


@dataclass(frozen=True, kw_only=True)
class Slider:
    """One thing that a tune can be asked for more or less of."""

    name: str
    label: str
    help: str
    works: float | None  # how often it was seen to work, 0..1; None: not measured
    vector: Float[ndarray, " z_size"]  # two units of the slider
    span: float | None  # the same in what is measured; None: read along the vector
    note: str | None = None  # how it fared, where that was not measured as above


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where one slider is."""

    value: float = 0.0
    before: float = 0.0  # the value before the last change, for Undo
    is_locked: bool = False  # surprises and "back to the middle" leave it


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where all sliders are, for one tune."""

    z: Code  # of the tune; for another one all are in the middle
    of: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Bent:
    """A tune before and after the sliders."""

    original: Pick  # the model's version, all sliders in the middle
    pick: Pick
    before: Float[ndarray, " attributes"]  # measured, in the attributes' own units
    after: Float[ndarray, " attributes"]
    got: Mapping[str, float]  # the measured change by slider, in its unit


def sliders() -> tuple[Slider, ...]:
    """The model's attributes, and what the visitor has taught it."""
    used = cache.model(controls.model_name())
    vectors, metrics = used.attribute_vectors, used.checkpoint.metrics
    spoken = words.words_of(used.encoding)
    spans = dict(zip(vectors.names, vectors.top - vectors.bottom, strict=True))
    of_model = [
        Slider(
            name=name,
            label=attribute.label,
            help=spoken[name].help,
            works=works(metrics, name),
            vector=vectors.vector(name),
            span=max(float(spans[name]), 1e-6),
        )
        for name, attribute in attributes_of(used.encoding).items()
    ]
    of_visitor = [
        Slider(
            name=slider.key,
            label=slider.label,
            help="A slider that you have taught.",
            works=slider.works,
            note=slider.note,
            vector=np.array(slider.vector, np.float32),
            span=None,
        )
        for slider in taught.sliders()
    ]
    return (*of_model, *of_visitor)


def on_scale(value: float) -> float:
    """The nearest place of a slider; within a tenth of the middle, the middle."""
    if not math.isfinite(value):
        return 0.0
    return round(min(REACH, max(-REACH, value)) / STEP) * STEP


def signed(value: float, digits: int = 2) -> str:
    """A place of a slider as it is written: "+1.50", or "0" in the middle."""
    sign = "+" if value > 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(value):.{digits}f}" if value else "0"


def current() -> Pick:
    """The tune being bent; at first the one at end A."""
    return state.shape_pick() or blending.ends()[0]


def settings() -> dict[str, Setting]:
    """Where each slider is, in their order."""
    kept: Settings | None = st.session_state.get(SETTINGS)
    of = kept.of if kept is not None and kept.z == current().z else {}
    return {slider.name: of.get(slider.name, Setting()) for slider in sliders()}


def amounts() -> dict[str, float]:
    """How far each slider is from its middle; those in the middle are left out."""
    return {name: set_.value for name, set_ in settings().items() if set_.value}


def restore(pick: Pick, amounts: Mapping[str, float]) -> None:
    """Bend a tune by so much, as `amounts` told it; sliders that are gone are left."""
    state.set_shape_pick(pick)
    _keep({name: Setting() for name in settings()})
    move(amounts)
    offer()


def check_amounts(model: str, amounts: Mapping[str, float]) -> None:
    """Refuse sliders that a model has not, or that cannot be so far.

    Raises
    ------
    SharedLinkError
        If there is one.
    """
    known = attributes_of(cache.model(model).encoding)
    for name, value in amounts.items():
        if name not in known or abs(value) > REACH:
            raise SharedLinkError(
                f"The link has the slider {name} at {value:g}; sliders go from "
                f"{-REACH:g} to {REACH:g}, and this model has {', '.join(known)}. Copy "
                "the whole link again, or ask for a new one."
            )


def choose(pick: Pick) -> None:
    """Bend another tune, from the middle."""
    state.set_shape_pick(pick)
    _keep({name: Setting() for name in settings()})
    offer()


def move(values: Mapping[str, float]) -> None:
    """Put sliders somewhere; the others stay."""
    found = settings()
    for name in found.keys() & values.keys():
        value, before = on_scale(values[name]), found[name].value
        if value != before:
            found[name] = replace(found[name], value=value, before=before)
    _keep(found)


def lock(names: Collection[str]) -> None:
    """Keep these sliders, and no others, from surprises and from the middle."""
    _keep({n: replace(s, is_locked=n in names) for n, s in settings().items()})


def reset() -> None:
    """All sliders back to the middle that are not locked."""
    move({name: 0.0 for name, set_ in settings().items() if not set_.is_locked})


def surprise(size: Size, seed: int) -> None:
    """Put sliders anywhere that are not locked; the same seed, the same places.

    A lock on one slider does not change where the others go.
    """
    found = settings()
    draws = np.random.default_rng(seed).uniform(-1, 1, len(found))
    move(
        {
            name: float(draw) * SURPRISES[size]
            for (name, set_), draw in zip(found.items(), draws, strict=True)
            if not set_.is_locked
        }
    )
    st.session_state[SURPRISE] = (size, seed)


def last_surprise() -> tuple[Size, int] | None:
    """Size and seed of the last surprise."""
    return st.session_state.get(SURPRISE)


def code(wanted: Mapping[str, float]) -> Code:
    """The code of the tune with its sliders at these places."""
    found = np.array(current().z, np.float64)
    for slider in sliders():
        found += PER_SLIDER * wanted.get(slider.name, 0.0) * slider.vector
    return cache.as_code(found)


def bent() -> Bent:
    """The tune the sliders make, measured."""
    model, chosen = controls.model_name(), current()
    original = picks.of_model(model, chosen)
    if wanted := amounts():
        pick = bent_pick(code(wanted))
    else:
        pick = replace(original, origin="shape")
    before, after = (cache.measure(model, tune) for tune in (original.tune, pick.tune))
    shown = sliders()
    (found,) = got([cache.decode(model, pick.z)], shown)
    return Bent(
        original=original,
        pick=pick,
        before=before,
        after=after,
        got={s.name: float(x) for s, x in zip(shown, found, strict=True)},
    )


def got(
    tunes: Sequence[DecodedTune], asked: Sequence[Slider]
) -> Float[ndarray, "tunes sliders"]:
    """How far tunes are from the one being bent, in each slider's unit.

    Measured on what was written; for a taught slider that is read anew by the model.
    """
    used = cache.model(controls.model_name())
    original = cache.decode(controls.model_name(), current().z)
    tokens = np.stack([original.tokens, *(tune.tokens for tune in tunes)])
    measured = measure(tokens, used.encoding)
    names = list(attributes_of(used.encoding))
    columns = []
    for slider in asked:
        if slider.span is not None:
            along = measured[:, names.index(slider.name)] / slider.span
        else:
            length = max(float(slider.vector @ slider.vector), 1e-12)
            along = encode_tokens(used.checkpoint, tokens).mu @ slider.vector / length
        columns.append((along[1:] - along[0]) / PER_SLIDER)
    return np.stack(columns, axis=1)


def bent_pick(z: Code, title: str | None = None) -> Pick:
    """What a code near the tune being bent sounds like, at the tune's tempo."""
    chosen = current()
    title = title or f"{chosen.title}, bent"
    found = picks.decoded(controls.model_name(), title, z, "shape")
    return replace(found, tune=replace(found.tune, qpm=chosen.tune.qpm))


def changes(found: Bent) -> str:
    """What a listener can notice."""
    return words.changes(found.before, found.after, controls.encoding())


def before_and_after(found: Bent) -> list[Pick]:
    """Both tunes, to hear in turn."""
    return [
        replace(found.original, title="Before", origin="blend"),
        replace(found.pick, title="After"),
    ]


def offer() -> None:
    """Hand the dock the tune the sliders make; it sounds only if something does."""
    model, pick = controls.model_name(), bent().pick
    title = pick.title if amounts() else current().title
    picks.offer(model, replace(pick, title=title))


def redraw() -> None:
    """Run the dock and the page again, and nothing else."""
    st.rerun([state.DOCK_FRAGMENT, PAGE])


def _keep(found: Mapping[str, Setting]) -> None:
    st.session_state[SETTINGS] = Settings(z=current().z, of=found)
