"""The only caches of the app, every one bounded.

Models and figures are shared by all visitors and are never changed. What the
model answers is kept by (model, code), so going back to a sound costs nothing.
"""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from jaxtyping import Float, Int
from numpy import ndarray

from explorer import attributes, charts, map_chart, own_map, synth, trained_model
from explorer.errors import ExplorerError
from explorer.notes import NoteSequence, fill_bars
from explorer.own_map import OwnMap
from explorer.trained_model import DecodedTune, TrainedModel
from explorer.ui import shelf
from explorer.ui.player import loop_of
from explorer.ui.shelf import Offer

ROOT = Path(__file__).parents[2]
MOST_TUNES = 2048  # decoded ones kept, of all models together
USUAL_TUNES = 24  # of a map, decoded to know how sure the model usually is
logger = logging.getLogger("explorer")
Code = tuple[float, ...]  # of one model; equal sounds have equal ones (`as_code`)


def checkpoints_root() -> Path:
    """Folder of the checkpoints: $EXPLORER_CHECKPOINTS, or the repository's own."""
    return Path(os.environ.get("EXPLORER_CHECKPOINTS") or ROOT / "checkpoints")


def maps_root() -> Path:
    """Folder of maps of one's own files: $EXPLORER_MAPS, or `maps` beside the app."""
    return Path(os.environ.get("EXPLORER_MAPS") or ROOT / "maps")


@st.cache_resource(max_entries=1, show_spinner=False)
def offers() -> tuple[Offer, ...]:
    """Every checkpoint as it is offered, the one to start with first.

    A map of one's own files that is named in $EXPLORER_MAP comes before all.
    """
    named = os.environ.get("EXPLORER_MAP")
    found = shelf.offers(checkpoints_root())
    return shelf.with_maps(
        found, checkpoints_root(), maps_root(), Path(named) if named else None
    )


def checkpoints() -> tuple[tuple[str, str | None], ...]:
    """(name, what is wrong with it or None) of every checkpoint, working ones first."""
    return tuple((offer.name, offer.problem) for offer in offers())


@st.cache_resource(max_entries=4, show_spinner=False)
def model(name: str) -> TrainedModel:
    """One checkpoint with its map, or another map of it, read once for all visitors."""
    own = own_map_of(name)
    if own is None:
        return trained_model.load(checkpoints_root() / name)
    base = model(own.checkpoint)
    return replace(base, library=own_map.load(own, base.checkpoint))


def own_map_of(name: str) -> OwnMap | None:
    """The map of one's own files that an entry shows; None for a checkpoint."""
    return next((offer.own_map for offer in offers() if offer.name == name), None)


def parts(name: str) -> list[str]:
    """Names of the parts that a model writes."""
    return [part.name for part in model(name).music.parts]


@st.cache_data(max_entries=512, show_spinner=False)
def encode(name: str, tune: NoteSequence) -> Code:
    """The model's code of a tune."""
    return as_code(model(name).encode([tune]).mu[0])


def one_phrase(name: str, tune: NoteSequence) -> NoteSequence:
    """The start of a tune, as long as one phrase of the model; short ones go round."""
    return fill_bars(tune, model(name).num_bars)


def decode(name: str, z: Code, qpm: float = 120.0) -> DecodedTune:
    """The tune a code stands for."""
    return decode_all(name, (z,), qpm)[0]


def decode_all(
    name: str, codes: Sequence[Code], qpm: float = 120.0
) -> tuple[DecodedTune, ...]:
    """The tunes codes stand for; those not heard lately are computed in one go."""
    kept = _decoded_tunes()
    found = {z: kept.get(name, z) for z in codes}
    if new := [z for z, decoded in found.items() if decoded is None]:
        for z, decoded in zip(new, model(name).decode(_as_rows(new)), strict=True):
            found[z] = decoded
            kept.put(name, z, decoded)
    return tuple(_at_tempo(found[z], qpm) for z in codes)


def _at_tempo(decoded: DecodedTune | None, qpm: float) -> DecodedTune:
    assert decoded is not None, "what was not kept has just been computed"
    return replace(decoded, tune=replace(decoded.tune, qpm=qpm))


class DecodedTunes:
    """Tunes by model and code, the `most` last used; shared by all visitors.

    `st.cache_data` takes one code or one batch as a key. Here a batch fills the
    entries of its codes, so that a tile of a strip is not computed again alone.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tunes: OrderedDict[tuple[str, Code], DecodedTune] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str, z: Code) -> DecodedTune | None:
        """The tune, if it is kept."""
        with self._lock:
            if (name, z) not in self._tunes:
                return None
            self._tunes.move_to_end((name, z))
            return self._tunes[name, z]

    def put(self, name: str, z: Code, decoded: DecodedTune) -> None:
        """Keep a tune and let the one go that was used longest ago."""
        with self._lock:
            self._tunes[name, z] = decoded
            while len(self._tunes) > self._most:
                self._tunes.popitem(last=False)


@st.cache_resource(max_entries=1, show_spinner=False)
def _decoded_tunes() -> DecodedTunes:
    return DecodedTunes(MOST_TUNES)


@st.cache_data(max_entries=128, show_spinner=False)
def blend(
    name: str,
    ends: tuple[Code, Code],
    num_steps: int,
    spherical: bool,
    qpm: float = 120.0,
) -> tuple[tuple[Code, DecodedTune], ...]:
    """(code, tune) of each step from one end to the other."""
    z_a, z_b = _as_rows(list(ends))
    path = model(name).interpolate(z_a, z_b, num_steps, spherical=spherical)
    codes = tuple(as_code(z) for z in path)
    return tuple(zip(codes, decode_all(name, codes, qpm), strict=True))


@st.cache_data(max_entries=64, show_spinner=False)
def square(
    name: str, corners: tuple[Code, ...], size: int, spherical: bool
) -> tuple[Code, ...]:
    """Codes between four corners, row by row."""
    codes = model(name).square(_as_rows(list(corners)), size, spherical=spherical)
    return tuple(as_code(z) for z in codes)


@st.cache_data(max_entries=256, show_spinner=False)
def support(name: str, codes: tuple[Code, ...]) -> Int[ndarray, " codes"]:
    """How many real tunes are near each code."""
    return model(name).library.support(_as_rows(list(codes)))


@st.cache_data(max_entries=16, show_spinner=False)
def usual_certainty(name: str) -> tuple[float, float]:
    """How sure the model is of most of what it plays: the middle 80 % of real codes.

    Of a tune it is the mean over its notes, as the player shows them.
    """
    used = model(name)
    rows = np.linspace(0, len(used.library) - 1, USUAL_TUNES).round().astype(int)
    means: list[float] = []
    for decoded in used.decode(used.library.mu[np.unique(rows)]):
        loop = loop_of(
            decoded.tune, certainty=decoded.certainty, parts=list(parts(name))
        )
        sure = [note["certainty"] for note in loop["notes"]]
        means.append(float(np.mean(sure)) if sure else 1.0)
    low, high = np.quantile(means, (0.1, 0.9))
    return round(float(low), 3), round(float(high), 3)


@st.cache_data(max_entries=256, show_spinner=False)
def surprise(name: str, seed: int) -> Code:
    """A code drawn by `seed`, near the codes of real music."""
    return as_code(model(name).sample(1, seed=seed)[0])


@st.cache_data(max_entries=512, show_spinner=False)
def measure(name: str, tune: NoteSequence) -> Float[ndarray, " attributes"]:
    """The attributes of a tune, in the order of the model's; 0 of a silent part."""
    used = model(name)
    tokens = used.converter.to_tokens(tune, may_rest=True)
    return attributes.measure(tokens, used.encoding)


@st.cache_data(max_entries=256, show_spinner="Finding the place on the map…")
def place(name: str, z: Code, projection: str) -> tuple[float, float]:
    """Where a code lies on a map: the first time on a t-SNE map takes a second."""
    x, y = model(name).library.place(_as_rows([z]), projection)[0]
    return float(x), float(y)


@st.cache_data(max_entries=512, show_spinner=False)
def neighbours(name: str, z: Code, count: int) -> tuple[int, ...]:
    """Rows of the tunes most like a code, nearest first, by all its numbers."""
    return tuple(
        int(row) for row in model(name).library.neighbours(_as_rows([z])[0], count)
    )


@st.cache_data(max_entries=8, max_size="128 MB", show_spinner=False)
def wav(tune: NoteSequence) -> bytes:
    """Stereo sound of a tune, each note on its own instrument."""
    return synth.render_wav(tune)


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def no_wav_because() -> str | None:
    """Why sound files cannot be made on this computer; None if they can."""
    return synth.available()


def warm_up() -> None:
    """Load what the first visitor needs; what is missing is said on the page."""
    torch.set_num_threads(1)
    import pandas  # noqa: F401  (loaded now so that it is frozen too)

    map_chart.tune_map(
        np.zeros((1, 2), np.float32),
        [""],
        colours=np.zeros(1, np.float32),
        palette=charts.DARK,
    ).to_json()
    synth.available()
    if first := _first_model():
        name, loaded = first
        loaded.decode(loaded.sample(1, seed=0))
        usual_certainty(name)


def warm_up_later() -> None:
    """Load what takes seconds and is not needed at once: the neighbour map."""
    if first := _first_model():
        _, loaded = first
        loaded.library.place(loaded.sample(1, seed=0), "tsne")


def _first_model() -> tuple[str, TrainedModel] | None:
    """The entry a visitor meets first, if it works, and its name."""
    try:
        names = [name for name, problem in checkpoints() if problem is None]
        return (names[0], model(names[0])) if names else None
    except ExplorerError as error:
        logger.warning("the model could not be loaded: %s", error)
        return None


def as_code(z: Float[ndarray, " z_size"]) -> Code:
    """A code as a plain value, rounded so that equal sounds share a cache entry."""
    return tuple(round(float(value), 4) for value in z)


def _as_rows(codes: list[Code]) -> Float[ndarray, "n z_size"]:
    return np.array(codes, np.float32)
