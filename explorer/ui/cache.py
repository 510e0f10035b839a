"""The only caches of the app, every one bounded.

Models and figures are shared by all visitors and are never changed. What the
model answers is kept by (model, code), so going back to a sound costs nothing.
"""

import logging
import os
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from jaxtyping import Float
from numpy import ndarray

from explorer import attributes, charts, checkpoint, synth, trained_model
from explorer.attributes import ATTRIBUTES
from explorer.errors import ExplorerError
from explorer.notes import NoteSequence, slice_steps
from explorer.trained_model import DecodedTune, TrainedModel

ROOT = Path(__file__).parents[2]
PREFERRED = "mel_2bar_small"  # shown first where several checkpoints work
logger = logging.getLogger("explorer")


def checkpoints_root() -> Path:
    """Folder of the checkpoints: $EXPLORER_CHECKPOINTS, or the repository's own."""
    return Path(os.environ.get("EXPLORER_CHECKPOINTS") or ROOT / "checkpoints")


@st.cache_resource(max_entries=1, show_spinner=False)
def checkpoints() -> tuple[tuple[str, str | None], ...]:
    """(name, what is wrong with it or None) of every checkpoint, working ones first."""
    found = checkpoint.available(checkpoints_root())
    return tuple(
        sorted(
            found, key=lambda item: (item[1] is not None, item[0] != PREFERRED, item[0])
        )
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def model(name: str) -> TrainedModel:
    """One checkpoint with its map, read once for all visitors."""
    return trained_model.load(checkpoints_root() / name)


@st.cache_data(max_entries=512, show_spinner=False)
def encode(name: str, tune: NoteSequence) -> tuple[float, ...]:
    """The model's code of a tune."""
    return _as_code(model(name).encode([tune]).mu[0])


def one_phrase(name: str, tune: NoteSequence) -> NoteSequence:
    """The start of a tune, as long as one phrase of the model."""
    return slice_steps(tune, 0, model(name).num_steps)


@st.cache_data(max_entries=1024, show_spinner=False)
def decode(name: str, z: tuple[float, ...], qpm: float = 120.0) -> DecodedTune:
    """The tune a code stands for."""
    return model(name).decode(_as_rows([z]), qpm=qpm)[0]


@st.cache_data(max_entries=128, show_spinner=False)
def blend(
    name: str,
    ends: tuple[tuple[float, ...], tuple[float, ...]],
    num_steps: int,
    spherical: bool,
    qpm: float = 120.0,
) -> tuple[tuple[tuple[float, ...], DecodedTune], ...]:
    """(code, tune) of each step from one end to the other."""
    z_a, z_b = _as_rows(list(ends))
    codes = model(name).interpolate(z_a, z_b, num_steps, spherical=spherical)
    tunes = model(name).decode(codes, qpm=qpm)
    return tuple((_as_code(z), tune) for z, tune in zip(codes, tunes, strict=True))


@st.cache_data(max_entries=256, show_spinner=False)
def surprise(name: str, seed: int) -> tuple[float, ...]:
    """A code drawn by `seed`, near the codes of real music."""
    return _as_code(model(name).sample(1, seed=seed)[0])


@st.cache_data(max_entries=512, show_spinner=False)
def moved(
    name: str, z: tuple[float, ...], amounts: tuple[float, ...]
) -> tuple[float, ...]:
    """A code moved along each attribute, in the order of `ATTRIBUTES`."""
    vectors = model(name).attribute_vectors
    wishes = dict(zip(ATTRIBUTES, amounts, strict=True))
    return _as_code(vectors.move(_as_rows([z]), wishes)[0])


@st.cache_data(max_entries=512, show_spinner=False)
def measure(name: str, tune: NoteSequence) -> Float[ndarray, " attributes"]:
    """The attributes of a tune, in the order of `ATTRIBUTES`; 0 for silence."""
    if not tune.notes:
        return np.zeros(len(ATTRIBUTES))
    return attributes.measure(model(name).converter.to_melody(tune))


@st.cache_data(max_entries=256, show_spinner="Finding the place on the map…")
def place(name: str, z: tuple[float, ...], projection: str) -> tuple[float, float]:
    """Where a code lies on a map: `pca` at once, `tsne` in a second or so at first."""
    library, code = model(name).library, _as_rows([z])
    if projection == "pca":
        x, y = library.projection.transform(code)[0, :2]
    else:
        x, y = library.place(code)[projection][0]
    return float(x), float(y)


@st.cache_data(max_entries=512, show_spinner=False)
def neighbours(name: str, z: tuple[float, ...], count: int) -> tuple[int, ...]:
    """Rows of the tunes most like a code, nearest first, by all its numbers."""
    return tuple(
        int(row) for row in model(name).library.neighbours(_as_rows([z])[0], count)
    )


@st.cache_data(max_entries=8, show_spinner=False)
def wav(tune: NoteSequence, program: int) -> bytes:
    """Stereo sound of a tune."""
    return synth.render_wav(tune, program=program)


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def no_wav_because() -> str | None:
    """Why sound files cannot be made on this computer; None if they can."""
    return synth.available()


def warm_up() -> None:
    """Load what the first visitor needs; what is missing is said on the page."""
    torch.set_num_threads(1)
    import pandas  # noqa: F401  (loaded now so that it is frozen too)

    charts.tune_map(
        np.zeros((1, 2), np.float32),
        [""],
        colours=np.zeros(1, np.float32),
        palette=charts.DARK,
    ).to_json()
    synth.available()
    if loaded := _first_model():
        loaded.decode(loaded.sample(1, seed=0))


def warm_up_later() -> None:
    """Load what takes seconds and is not needed at once: the neighbour map."""
    if loaded := _first_model():
        loaded.library.place(loaded.sample(1, seed=0))


def _first_model() -> TrainedModel | None:
    """The checkpoint a visitor meets first, if it works."""
    try:
        names = [name for name, problem in checkpoints() if problem is None]
        return model(names[0]) if names else None
    except ExplorerError as error:
        logger.warning("the model could not be loaded: %s", error)
        return None


def _as_code(z: Float[ndarray, " z_size"]) -> tuple[float, ...]:
    """A code as a plain value, rounded so that equal sounds share a cache entry."""
    return tuple(round(float(value), 4) for value in z)


def _as_rows(codes: list[tuple[float, ...]]) -> Float[ndarray, "n z_size"]:
    return np.array(codes, np.float32)
