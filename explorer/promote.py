"""A training run to a checkpoint people can use: measured, mapped and described.

Weights are rounded to half precision *first*, so every figure, code and vector comes
from the very weights that are stored. All files are made in memory and the folder
appears at once.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float, Int, Integer, UInt8
from numpy import ndarray

from explorer import (
    card_results,
    cards,
    charts,
    checkpoint,
    figures,
    library,
    projection,
)
from explorer.attributes import measure
from explorer.checkpoint import Checkpoint
from explorer.dataset import SPLITS, Dataset
from explorer.errors import DataError, PictureError
from explorer.evaluate import evaluate
from explorer.library import Library
from explorer.metrics import num_onsets
from explorer.trained_model import encode_tokens, pack_vectors
from explorer.vectors import find_vectors

NUM_PHRASES: Final = 5000  # on the map
MIN_ONSETS: Final = 4  # of a phrase on the map: fewer make nothing to listen to
EVALUATED_SPLIT: Final = "test"


Draw = Callable[[Mapping[str, Any]], Mapping[str, bytes]]
"""Plotly figures by name to the files that show them, or `PictureError`."""


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Windows of a dataset, from any split."""

    tokens: Integer[ndarray, "n steps *parts"]
    tune: Int[ndarray, " n"]  # row of `Dataset.tunes`
    bar: Int[ndarray, " n"]
    source: UInt8[ndarray, " n"]  # index into `Dataset.sources`
    split: Int[ndarray, " n"]  # index into `SPLITS`

    def rows(self, chosen: Int[ndarray, " k"] | Bool[ndarray, " n"]) -> "Phrases":
        """Some of the windows."""
        return Phrases(
            tokens=self.tokens[chosen],
            tune=self.tune[chosen],
            bar=self.bar[chosen],
            source=self.source[chosen],
            split=self.split[chosen],
        )


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
    on_stage("drawing the maps")
    shelf = build_library(trained, data, num_phrases, seed=seed)
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
    config = json.loads((folder / checkpoint.CONFIG).read_text("utf-8"))
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
    checkpoint.save(
        folder,
        found.model,
        name=found.name,
        preset=found.preset,
        training=found.training,
        data=found.data,
        half=config["weights"] == "float16",
        extra={**kept, **pictures},
    )
    return sorted(pictures)


def _pictures(
    name: str, metrics: Mapping[str, Any], draw: Draw | None
) -> dict[str, bytes]:
    """The files of all figures that the metrics give."""
    if draw is None:
        return {}
    return dict(draw(figures.draw_all({name: metrics}, charts.LIGHT)))


def build_library(
    trained: Checkpoint, data: Dataset, num_phrases: int, *, seed: int
) -> Library:
    """The map: chosen phrases, their codes, both projections and their trust."""
    phrases = choose_phrases(data, num_phrases, np.random.default_rng([seed, 2]))
    least = max(projection.NUM_COMPONENTS, 2 * projection.NUM_NEAR)
    if len(phrases.tokens) <= least:
        raise DataError(
            f"The data has {len(phrases.tokens)} phrases of {MIN_ONSETS} onsets or "
            f"more; a map takes more than {least}. Prepare more tunes."
        )
    stored = encode_tokens(trained, phrases.tokens).mu.astype(np.float16)
    codes = stored.astype(np.float32)
    pca = projection.fit_pca(codes)
    positions = {
        "pca": pca.transform(codes)[:, :2],
        "tsne": projection.fit_tsne(codes, seed=seed),
    }
    trust = {name: projection.map_trust(codes, xy) for name, xy in positions.items()}
    tunes = [data.tunes[row] for row in phrases.tune]
    sources = [data.sources[i] for i in phrases.source]
    encoding = trained.config.encoding
    return Library(
        encoding=encoding,
        mu=codes,
        titles=tuple(tune.title for tune in tunes),
        sources=tuple(source.name for source in sources),
        licences=tuple(tune.licence for tune in tunes),
        bars=tuple(int(bar) for bar in phrases.bar),
        keys=tuple(tune.key for tune in tunes),
        splits=tuple(SPLITS[i] for i in phrases.split),
        attributes=measure(phrases.tokens, encoding).astype(np.float32),
        positions=positions,
        projection=pca,
        trust={
            name: {
                "num_near": found.num_near,
                "trustworthiness": round(found.trustworthiness, 4),
                "neighbours_kept": round(found.neighbours_kept, 4),
            }
            for name, found in trust.items()
        },
    )


def choose_phrases(data: Dataset, num: int, generator: np.random.Generator) -> Phrases:
    """Phrases for the map, from all splits, each source by its weight.

    A second phrase of a tune is taken only when its source has no other tune left.
    What a source cannot fill goes to the others.
    """
    pool = _all_phrases(data)
    pool = pool.rows(num_onsets(pool.tokens, data.music) >= MIN_ONSETS)
    order = generator.permutation(len(pool.tune))
    turn = np.empty(len(order), np.int64)  # how many of the tune come before, in order
    turn[order] = _occurrence(pool.tune[order])
    ranked = order[np.argsort(turn[order], kind="stable")]
    queues = [ranked[pool.source[ranked] == i] for i in range(len(data.sources))]
    weights = np.array([source.weight for source in data.sources], float)
    counts = quotas(weights, np.array([len(queue) for queue in queues]), num)
    taken = [queue[:count] for queue, count in zip(queues, counts, strict=True)]
    return pool.rows(np.sort(np.concatenate(taken)))


def quotas(
    weights: Float[ndarray, " n"], limits: Int[ndarray, " n"], num: int
) -> Int[ndarray, " n"]:
    """Whole numbers near `weights`, none over its limit, that add up to `num`.

    Less than `num` only if the limits add up to less.
    """
    counts = np.zeros(len(weights), np.int64)
    while (left := min(num, int(limits.sum())) - int(counts.sum())) > 0:
        open_weights = np.where(counts < limits, weights, 0)
        if not open_weights.sum() > 0:
            open_weights = (counts < limits).astype(float)
        share = left * open_weights / open_weights.sum()
        added = np.minimum(share.astype(np.int64), limits - counts)
        if not added.any():
            added[np.argmax(share)] = 1
        counts += added
    return counts


def _all_phrases(data: Dataset) -> Phrases:
    splits = [data.split(name) for name in SPLITS]
    sizes = [len(split.tokens) for split in splits]
    return Phrases(
        tokens=np.concatenate([split.tokens for split in splits]),
        tune=np.concatenate([split.tune for split in splits]),
        bar=np.concatenate([split.bar for split in splits]),
        source=np.concatenate([split.source for split in splits]),
        split=np.repeat(np.arange(len(SPLITS)), sizes),
    )


def _occurrence(values: Int[ndarray, " n"]) -> Int[ndarray, " n"]:
    """How often each value came before, position by position."""
    order = np.argsort(values, kind="stable")
    grouped = values[order]
    starts = np.flatnonzero(np.append(True, grouped[1:] != grouped[:-1])[: len(order)])
    lengths = np.diff(np.append(starts, len(order)))
    counted = np.empty(len(order), np.int64)
    counted[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return counted


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
