"""The attributes of a checkpoint anew: its vectors, what they do, and its map's values.

What is measured on phrases grows, and so does what is known of good vectors. Weights,
codes and everything else of the folder stay as they are, byte by byte.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from explorer import cards, checkpoint, codes, figures, library, map_building
from explorer.attributes import attributes_of, measure
from explorer.checkpoint import Checkpoint
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.evaluate import held_out_phrases, vector_figures
from explorer.promote import EVALUATED_SPLIT
from explorer.trained_model import pack_vectors
from explorer.vectors import find_vectors


def renew_attributes(
    found: Checkpoint,
    data: Dataset,
    *,
    seed: int = 0,
    on_stage: Callable[[str], None] = lambda _: None,
) -> Checkpoint:
    """Find the attribute vectors of a promoted checkpoint again and measure them.

    Parameters
    ----------
    found
        The checkpoint.
    data
        What it was trained on: vectors are found on its training phrases and measured
        on its test phrases.
    seed
        The one it was promoted with.
    on_stage
        Told what is being done, for a progress display.

    Raises
    ------
    CheckpointError
        If the folder is damaged or was not promoted.
    DataError
        If the data, or the seed, is another one than the checkpoint's.
    """
    if found.data.get("sha256") != data.sha256:
        raise DataError(
            f"{found.path} was trained on other data (hash "
            f"{str(found.data.get('sha256'))[:12]}, this is {data.sha256[:12]}). Give "
            "the data it was trained on."
        )
    on_stage("measuring the phrases of the map")
    _measure_map(found, data, seed)
    found = checkpoint.load(found.path)
    on_stage("finding the attribute vectors")
    vectors = find_vectors(found.model, data, seed=seed)
    on_stage("moving held-out phrases along them")
    held_out = held_out_phrases(
        found.model, data, split=EVALUATED_SPLIT, seed=seed, limit=None
    )
    mu = codes.encode(found.model, held_out.tokens).mu
    metrics = _with(found.metrics, vector_figures(found.model, vectors, mu, seed=seed))
    described = dataclasses.replace(found, metrics=metrics)
    card = cards.write(
        described,
        data,
        library.read(found),
        half=checkpoint.is_half(found),
        figures=[name for name in _drawn() if name in found.files],
    )
    checkpoint.renew(
        found,
        {
            **_others(found),
            **pack_vectors(vectors),
            checkpoint.METRICS: checkpoint.to_json(metrics),
            checkpoint.CARD: card.encode(),
        },
    )
    return checkpoint.load(found.path)


def _measure_map(found: Checkpoint, data: Dataset, seed: int) -> None:
    """Measure the map's phrases, chosen again as the promotion chose them."""
    listing = found.read_json(library.PHRASES)
    arrays = found.read_arrays(library.LATENTS)
    chosen = map_building.choose_phrases(
        data, len(listing["titles"]), np.random.default_rng([seed, 2])
    )
    phrases = map_building.phrases_of(data, chosen)
    if (phrases.titles, phrases.bars) != (
        tuple(listing["titles"]),
        tuple(listing["bars"]),
    ):
        raise DataError(
            f"{found.path} has a map of other phrases than this data and the seed "
            f"{seed} give. Name the seed it was promoted with."
        )
    encoding = found.config.encoding
    listing["attributes"] = list(attributes_of(encoding))
    arrays["attributes"] = measure(phrases.tokens, encoding).astype(np.float32)
    checkpoint.renew(
        found,
        {
            **_others(found),
            library.PHRASES: checkpoint.to_json(listing),
            library.LATENTS: checkpoint.to_safetensors(arrays),
        },
    )


def _with(metrics: Mapping[str, Any], measured: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics with what was measured, in the order of those measured today."""
    renewed: dict[str, Any] = {}
    for name, figures_of in metrics.items():
        if name == next(iter(measured)):
            renewed |= measured
        elif name not in measured:
            renewed[name] = figures_of
    renewed |= measured
    return renewed


def _others(found: Checkpoint) -> dict[str, bytes]:
    """All files but the weights."""
    return {
        file: found.read(file) for file in found.files if file != checkpoint.WEIGHTS
    }


def _drawn() -> list[str]:
    """Names that the files of figures have."""
    return [f"{drawing.name}.svg" for drawing in figures.DRAWINGS]
