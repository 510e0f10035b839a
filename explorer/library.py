"""The phrases of a map: their codes, titles, measures and places.

The music itself is not in it, only what a model made of it and where it comes from;
a dot plays the model's version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int, Integer
from numpy import ndarray

from explorer import latent
from explorer.attributes import attributes_of
from explorer.checkpoint import Checkpoint, to_json, to_safetensors
from explorer.config import ModelConfig
from explorer.encodings import EncodingName
from explorer.errors import CheckpointError
from explorer.projection import MAPS, PCA, TSNEMap

LATENTS: Final = "latents.safetensors"
PHRASES: Final = "phrases.json"
LAYOUTS: Final = "maps.safetensors"  # what maps made before it was do not have
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
_ALWAYS: Final = ("pca", "tsne")  # layouts that every map has
_FARES: Final = ("accuracy", "certainty")
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
    positions: Mapping[str, Float[ndarray, "n 2"]]  # by map, of `MAPS`
    projection: PCA
    trust: Mapping[str, Mapping[str, float]]  # by map: how far to believe it
    accuracy: Float[ndarray, " n"] | None = None  # share of tokens played back right
    certainty: Float[ndarray, " n"] | None = None  # mean probability of those played
    tokens: Integer[ndarray, "n steps *parts"] | None = None  # as they were written
    _guests: Mapping[str, TSNEMap] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        guests = {
            name: TSNEMap(self.mu, positions)
            for name, positions in self.positions.items()
            if name != "pca"
        }
        object.__setattr__(self, "_guests", guests)

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
        self, z: Float[ndarray, "queries z_size"], name: str
    ) -> Float[ndarray, "queries 2"]:
        """Where codes lie on a map; the dots stay."""
        if name == "pca":
            return self.projection.transform(z)[:, :2]
        return self._guests[name].place(z)


def pack(library: Library) -> dict[str, bytes]:
    """A library as files of a checkpoint; codes are stored as float16.

    What other layouts than the first two there are, how the phrases fare and how they
    were written is a file of its own, so that it can be added to a checkpoint whose
    codes stay as they are.
    """
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
    further: dict[str, ndarray | None] = {
        name: positions
        for name, positions in library.positions.items()
        if name not in _ARRAYS
    }
    further |= {name: getattr(library, name) for name in (*_FARES, "tokens")}
    present = {name: array for name, array in further.items() if array is not None}
    files = {LATENTS: to_safetensors(arrays), PHRASES: to_json(phrases)}
    return files | ({LAYOUTS: to_safetensors(present)} if present else {})


@runtime_checkable
class FileReader(Protocol):
    """A folder whose files are read whole and checked, such as a `Checkpoint`."""

    @property
    def path(self) -> Path:
        """The folder."""

    @property
    def files(self) -> Mapping[str, str]:
        """Its files with their hashes."""

    def read_json(self, file: str) -> dict[str, Any]:
        """A JSON object."""

    def read_arrays(self, file: str) -> dict[str, ndarray]:
        """Arrays, all of them finite."""


def read(checkpoint: Checkpoint) -> Library:
    """The library of a promoted checkpoint.

    Raises
    ------
    CheckpointError
        If its files are missing, damaged or do not fit the model.
    """
    return unpack(checkpoint, checkpoint.config, "Promote the run again.")


def unpack(reader: FileReader, config: ModelConfig, remedy: str) -> Library:
    """The library that a folder holds.

    Parameters
    ----------
    reader
        The folder.
    config
        Of the model whose codes these are.
    remedy
        Said where something is wrong.

    Raises
    ------
    CheckpointError
        If its files are missing, damaged or do not fit the model.
    """
    arrays = reader.read_arrays(LATENTS)
    phrases = reader.read_json(PHRASES)
    further = reader.read_arrays(LAYOUTS) if LAYOUTS in reader.files else {}
    try:
        _check(config, arrays, phrases)
        _check_further(config, further, len(phrases["titles"]))
        shown = {*_ALWAYS, *further} & set(MAPS)
        if missing := sorted(shown - phrases["trust"].keys()):
            raise _Misfit(f"does not say how far to trust {', '.join(missing)}")
    except _Misfit as error:
        raise CheckpointError(f"The map in {reader.path} {error}. {remedy}") from error
    sources = [phrases["sources"][i] for i in phrases["source"]]
    return Library(
        encoding=config.encoding,
        mu=arrays["mu"].astype(np.float32),
        titles=tuple(phrases["titles"]),
        sources=tuple(source["name"] for source in sources),
        licences=tuple(source["licence"] for source in sources),
        bars=tuple(phrases["bars"]),
        keys=tuple(phrases["keys"]),
        splits=tuple(_SPLITS[i] for i in phrases["split"]),
        attributes=arrays["attributes"],
        positions={
            name: (arrays | further)[name]
            for name in MAPS
            if name in arrays or name in further
        },
        projection=PCA(
            mean=arrays["pca_mean"],
            components=arrays["pca_components"],
            explained_variance_ratio=arrays["pca_explained_variance_ratio"],
            scale=float(arrays["pca_scale"][0]),
        ),
        trust=phrases["trust"],
        accuracy=further.get("accuracy"),
        certainty=further.get("certainty"),
        tokens=further.get("tokens"),
    )


class _Misfit(Exception):  # noqa: N818 (never leaves this file)
    """What is wrong with a map, told of it."""


def _check_further(
    config: ModelConfig, further: Mapping[str, ndarray], num: int
) -> None:
    """Raise _Misfit unless what may be there besides has the sizes it must have."""
    written = (num, config.num_steps, *config.music.part_shape)
    shapes: dict[str, tuple[int, ...]] = {
        name: (num, 2) for name in MAPS if name not in _ARRAYS
    }
    shapes |= {name: (num,) for name in _FARES} | {"tokens": written}
    if strange := sorted(further.keys() - shapes.keys()):
        raise _Misfit(f"holds {', '.join(strange)}, which is no part of a map")
    _check_shapes(further, {name: shapes[name] for name in further})
    tokens = further.get("tokens")
    if tokens is not None and tokens.dtype != config.music.dtype:
        raise _Misfit(f"holds phrases of {tokens.dtype}, not {config.music.dtype}")


def _check_shapes(
    arrays: Mapping[str, ndarray], shapes: Mapping[str, Sequence[int]]
) -> None:
    for name, shape in shapes.items():
        if arrays[name].shape != tuple(shape):
            raise _Misfit(f"holds {name} of shape {arrays[name].shape}, not {shape}")


def _check(
    config: ModelConfig, arrays: Mapping[str, ndarray], phrases: Mapping[str, Any]
) -> None:
    """Raise _Misfit unless all parts have the sizes they must have."""
    wanted = {*_PER_PHRASE, "sources", "trust", "attributes"}
    lacking = sorted(set(_ARRAYS) - arrays.keys()) + sorted(wanted - phrases.keys())
    if lacking:
        raise _Misfit(f"lacks {', '.join(lacking)}")
    if not (
        all(isinstance(phrases[name], list) for name in (*_PER_PHRASE, "sources"))
        and isinstance(phrases["trust"], dict)
    ):
        raise _Misfit("has a single value where a list must be")
    known = list(attributes_of(config.encoding))
    if phrases["attributes"] != known:
        raise _Misfit(f"measures {phrases['attributes']}; this program knows {known}")
    num = len(phrases["titles"])
    components = len(arrays["pca_components"])
    shapes = {
        "mu": (num, config.z_size),
        "attributes": (num, len(known)),
        "pca": (num, 2),
        "tsne": (num, 2),
        "pca_mean": (config.z_size,),
        "pca_components": (components, config.z_size),
        "pca_explained_variance_ratio": (components,),
        "pca_scale": (1,),
    }
    _check_shapes(arrays, shapes)
    for name in _PER_PHRASE:
        if len(phrases[name]) != num:
            raise _Misfit(f"has {len(phrases[name])} {name} for {num} titles")
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
        raise _Misfit(
            "has a title, source, bar, key or split that is none, or names a source it "
            "does not list"
        )
