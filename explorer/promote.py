"""A training run to a checkpoint people can use: measured, mapped and described.

Weights are rounded to half precision *first*, so every figure, code and vector comes
from the very weights that are stored. All files are made in memory and the folder
appears at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from explorer import (
    card_results,
    cards,
    charts,
    checkpoint,
    figures,
    library,
    map_building,
)
from explorer.checkpoint import Checkpoint
from explorer.dataset import SPLITS, Dataset
from explorer.errors import DataError, PictureError
from explorer.evaluate import evaluate
from explorer.map_building import NUM_PHRASES
from explorer.trained_model import pack_vectors
from explorer.vectors import find_vectors

EVALUATED_SPLIT: Final = "test"

Draw = Callable[[Mapping[str, Any]], Mapping[str, bytes]]
"""Plotly figures by name to the files that show them, or `PictureError`."""


def promote(
    run: Path,
    data: Dataset,
    name: str,
    *,
    root: Path,
    date: str,
    seed: int = 0,
    half: bool = True,
    limit: int | None = None,
    num_phrases: int = NUM_PHRASES,
    draw: Draw | None = None,
    on_stage: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write `root/name` from a training run, and return that folder.

    Parameters
    ----------
    run
        The run's folder, or a checkpoint of weights only, such as its `export`.
    data
        What it was trained on; its test split is what it is measured on.
    name
        Of the checkpoint.
    root
        Folder of the checkpoints.
    date
        Of the promotion, for the card: `2018-03-13`.
    seed
        Of all draws: evaluation, phrases, map.
    half
        Store the weights as float16.
    limit
        Measure on at most this many phrases; None takes all.
    num_phrases
        Phrases on the map, if the data has that many.
    draw
        Makes the files of the card's figures; None leaves them out, and so does a
        failure: `redraw` can add them later.
    on_stage
        Told what is being done, for a progress display.

    Raises
    ------
    CheckpointError
        If the run cannot be read or the name is not allowed.
    DataError
        If the run was trained on other data, or there is too little of it.
    """
    checkpoint.check_name(name)
    on_stage("reading the run")
    export = run / "export"
    trained = checkpoint.load(export if export.is_dir() else run)
    if trained.data.get("sha256") != data.sha256:
        raise DataError(
            f"{run} was trained on other data (hash "
            f"{str(trained.data.get('sha256'))[:12]}, this is {data.sha256[:12]}), so "
            "its test tunes may be ones it knows. Give the data it was trained on."
        )
    if half:
        trained.model.half().float()
    on_stage("finding the attribute vectors")
    vectors = find_vectors(trained.model, data, seed=seed)
    metrics = evaluate(
        trained.model,
        data,
        split=EVALUATED_SPLIT,
        seed=seed,
        limit=limit,
        vectors=vectors,
        on_stage=on_stage,
    )
    chosen = map_building.choose_phrases(
        data, num_phrases, np.random.default_rng([seed, 2])
    )
    shelf = map_building.build(
        trained, map_building.phrases_of(data, chosen), seed=seed, on_stage=on_stage
    )
    on_stage("drawing the figures")
    try:
        pictures = _pictures(name, metrics, draw)
    except PictureError:
        pictures = {}
    on_stage("writing the folder")
    training = {**trained.training, "date": date}
    described = replace(trained, name=name, training=training, metrics=metrics)
    card = cards.write(described, data, shelf, half=half, figures=tuple(pictures))
    return checkpoint.save(
        root / name,
        trained.model,
        name=name,
        preset=trained.preset,
        training=training,
        data=_data_facts(trained, data),
        half=half,
        extra={
            checkpoint.METRICS: checkpoint.to_json(metrics),
            checkpoint.CARD: card.encode(),
            **pack_vectors(vectors),
            **library.pack(shelf),
            **pictures,
        },
    )


def redraw(folder: Path, draw: Draw) -> list[str]:
    """Draw the figures of a checkpoint anew from its `metrics.json`; their files.

    Weights, figures' numbers and everything else of the folder stay as they are; the
    card shows the new figures if it has a place for them.

    Raises
    ------
    CheckpointError
        If the folder is damaged.
    PictureError
        If the figures cannot be drawn here.
    """
    found = checkpoint.load(folder)
    pictures = _pictures(found.name, found.metrics, draw)
    names = {f"{drawing.name}.svg" for drawing in figures.DRAWINGS}
    kept = {
        file: found.read(file)
        for file in found.files
        if file != checkpoint.WEIGHTS and file not in names
    }
    if checkpoint.CARD in kept:
        card = kept[checkpoint.CARD].decode("utf-8")
        kept[checkpoint.CARD] = card_results.with_figures(card, list(pictures)).encode()
    checkpoint.renew(found, {**kept, **pictures})
    return sorted(pictures)


def _pictures(
    name: str, metrics: Mapping[str, Any], draw: Draw | None
) -> dict[str, bytes]:
    """The files of all figures that the metrics give."""
    if draw is None:
        return {}
    return dict(draw(figures.draw_all({name: metrics}, charts.LIGHT)))


def _data_facts(trained: Checkpoint, data: Dataset) -> dict[str, Any]:
    """What the config says of the data."""
    return {
        **trained.data,
        "num_tunes": len(data.tunes),
        "num_windows": {name: len(data.split(name).tokens) for name in SPLITS},
        "sources": [
            {"name": source.name, "licence": source.licence, "url": source.url}
            for source in data.sources
        ],
    }
