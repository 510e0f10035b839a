"""The phrases of a map: their codes, titles, measures and places.

The music itself is not in it, only what a model made of it and where it comes from;
a dot plays the model's version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from explorer import latent
from explorer.attributes import attributes_of
from explorer.checkpoint import Checkpoint, to_json, to_safetensors
from explorer.encodings import EncodingName
from explorer.errors import CheckpointError
from explorer.projection import PCA, TSNEMap

LATENTS: Final = "latents.safetensors"
PHRASES: Final = "phrases.json"
MAPS: Final = ("pca", "tsne")
NEAR: Final = 10  # others that a typical phrase has near it

_MAX_TEXT = 256
_ARRAYS: Final = (
    "mu",
    "attributes",
    "pca",
    "tsne",
    "pca_mean",
    "pca_components",
    "pca_explained_variance_ratio",
    "pca_scale",
)
_PER_PHRASE: Final = ("titles", "source", "bars", "keys", "split")
_SPLITS: Final = ("train", "validation", "test")


@dataclass(frozen=True, kw_only=True)
class Library:
    """Phrases of real music in the latent space of one model, a row each."""

    encoding: EncodingName = "melody"  # what the phrases are
    mu: Float[ndarray, "n z_size"]  # float32; the centre of q(z|x)
    titles: tuple[str, ...]  # of the tune
    sources: tuple[str, ...]  # name of the collection
    licences: tuple[str, ...]
    bars: tuple[int, ...]  # first bar of the phrase in its tune, from 0
    keys: tuple[str, ...]  # of the tune; "" where unknown, or without a key
    splits: tuple[str, ...]  # "train", "validation" or "test"
    attributes: Float[ndarray, "n attributes"]  # `attributes_of(encoding)`
    positions: Mapping[str, Float[ndarray, "n 2"]]  # by map, "pca" and "tsne"
    projection: PCA
    trust: Mapping[str, Mapping[str, float]]  # by map: how far to believe it
    _tsne: TSNEMap = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tsne = TSNEMap(self.mu, self.positions["tsne"])
        object.__setattr__(self, "_tsne", tsne)

    def __len__(self) -> int:
        return len(self.mu)

    def neighbours(self, z: Float[ndarray, " z_size"], k: int) -> Int[ndarray, " k"]:
        """Rows of the `k` phrases nearest to a code, nearest first."""
        return latent.neighbours(self.mu, z[None], k)[0]

    @cached_property
    def near_radius(self) -> float:
        """How far "near" reaches: a typical phrase has `NEAR` others within it."""
        return latent.near_radius(self.mu, NEAR)

    def support(self, z: Float[ndarray, "n z_size"]) -> Int[ndarray, " n"]:
        """How many phrases lie near each code; a phrase of the library counts itself.

        None near is what "off the map" means: the model never learnt that place from
        music. In hundreds of dimensions nearly all of space is like that: of 300
        draws from the prior not one had a phrase near, in any of four models. Ways
        between two phrases mostly are not: spherical ones keep about as many near as
        phrases have, but for a gap in the middle of some (1 in 6 of a flat 16-bar
        model's); straight ones cut through the middle of all codes, which is near to
        many, and have 5 to 200 times as many there. So more near is not better music.
        """
        return latent.count_near(self.mu, z, self.near_radius)

    def place(
        self, z: Float[ndarray, "queries z_size"]
    ) -> dict[str, Float[ndarray, "queries 2"]]:
        """Where codes lie on each map; the dots stay."""
        return {
            "pca": self.projection.transform(z)[:, :2],
            "tsne": self._tsne.place(z),
        }


def pack(library: Library) -> dict[str, bytes]:
    """A library as the two files of a checkpoint; codes are stored as float16."""
    arrays: dict[str, ndarray] = {
        "mu": library.mu.astype(np.float16),
        "attributes": library.attributes.astype(np.float32),
        "pca": library.positions["pca"],
        "tsne": library.positions["tsne"],
        "pca_mean": library.projection.mean,
        "pca_components": library.projection.components,
        "pca_explained_variance_ratio": library.projection.explained_variance_ratio,
        "pca_scale": np.array([library.projection.scale], np.float32),
    }
    sources = list(dict.fromkeys(zip(library.sources, library.licences, strict=True)))
    index = {source: i for i, source in enumerate(sources)}
    phrases = {
        "sources": [{"name": name, "licence": licence} for name, licence in sources],
        "attributes": list(attributes_of(library.encoding)),
        "trust": {name: dict(values) for name, values in library.trust.items()},
        "titles": [title[:_MAX_TEXT] for title in library.titles],
        "source": [
            index[source]
            for source in zip(library.sources, library.licences, strict=True)
        ],
        "bars": list(library.bars),
        "keys": list(library.keys),
        "split": [_SPLITS.index(split) for split in library.splits],
    }
    return {LATENTS: to_safetensors(arrays), PHRASES: to_json(phrases)}


def read(checkpoint: Checkpoint) -> Library:
    """The library of a promoted checkpoint.

    Raises
    ------
    CheckpointError
        If its files are missing, damaged or do not fit the model.
    """
    arrays = checkpoint.read_arrays(LATENTS)
    phrases = checkpoint.read_json(PHRASES)
    _check(checkpoint, arrays, phrases)
    sources = [phrases["sources"][i] for i in phrases["source"]]
    return Library(
        encoding=checkpoint.config.encoding,
        mu=arrays["mu"].astype(np.float32),
        titles=tuple(phrases["titles"]),
        sources=tuple(source["name"] for source in sources),
        licences=tuple(source["licence"] for source in sources),
        bars=tuple(phrases["bars"]),
        keys=tuple(phrases["keys"]),
        splits=tuple(_SPLITS[i] for i in phrases["split"]),
        attributes=arrays["attributes"],
        positions={name: arrays[name] for name in MAPS},
        projection=PCA(
            mean=arrays["pca_mean"],
            components=arrays["pca_components"],
            explained_variance_ratio=arrays["pca_explained_variance_ratio"],
            scale=float(arrays["pca_scale"][0]),
        ),
        trust=phrases["trust"],
    )


def _check(
    checkpoint: Checkpoint, arrays: Mapping[str, ndarray], phrases: Mapping[str, Any]
) -> None:
    """Raise CheckpointError unless all parts have the sizes they must have."""
    z_size = checkpoint.config.z_size
    where = checkpoint.path
    wanted = {*_PER_PHRASE, "sources", "trust", "attributes"}
    lacking = sorted(set(_ARRAYS) - arrays.keys()) + sorted(wanted - phrases.keys())
    if lacking:
        raise CheckpointError(
            f"The map in {where} lacks {', '.join(lacking)}. Promote the run again."
        )
    if not all(isinstance(phrases[name], list) for name in (*_PER_PHRASE, "sources")):
        raise CheckpointError(
            f"{where / PHRASES} has a single value where a list must be. "
            "Promote the run again."
        )
    known = list(attributes_of(checkpoint.config.encoding))
    if phrases["attributes"] != known:
        raise CheckpointError(
            f"The map in {where} measures {phrases['attributes']}; this program knows "
            f"{known}. Promote the run again."
        )
    num = len(phrases["titles"])
    components = len(arrays["pca_components"])
    shapes = {
        "mu": (num, z_size),
        "attributes": (num, len(known)),
        "pca": (num, 2),
        "tsne": (num, 2),
        "pca_mean": (z_size,),
        "pca_components": (components, z_size),
        "pca_explained_variance_ratio": (components,),
        "pca_scale": (1,),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise CheckpointError(
                f"{name} in {where / LATENTS} has shape {arrays[name].shape}, not "
                f"{shape}. Promote the run again."
            )
    for name in _PER_PHRASE:
        if len(phrases[name]) != num:
            raise CheckpointError(
                f"{where / PHRASES} has {len(phrases[name])} {name} for {num} titles. "
                "Promote the run again."
            )
    sources, splits = range(len(phrases["sources"])), range(len(_SPLITS))
    if not (
        all(type(i) is int and i in sources for i in phrases["source"])
        and all(type(i) is int and i in splits for i in phrases["split"])
        and all(type(bar) is int and bar >= 0 for bar in phrases["bars"])
        and all(type(text) is str for text in (*phrases["titles"], *phrases["keys"]))
        and all(
            isinstance(source, dict)
            and type(source.get("name")) is str
            and type(source.get("licence")) is str
            for source in phrases["sources"]
        )
    ):
        raise CheckpointError(
            f"{where / PHRASES} has a title, source, bar, key or split that is none, "
            "or names a source it does not list. Promote the run again."
        )
