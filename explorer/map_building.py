"""The making of a map: which phrases, their codes and places, and how they fare.

A map is made once, when a run is promoted or somebody's own files are indexed; showing
it computes nothing of this again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Integer, UInt8
from numpy import ndarray

from explorer import projection
from explorer.attributes import measure
from explorer.checkpoint import Checkpoint
from explorer.codes import batches
from explorer.dataset import SPLITS, Dataset
from explorer.errors import DataError
from explorer.library import Library
from explorer.metrics import num_onsets
from explorer.trained_model import certainty_of, encode_tokens

NUM_PHRASES: Final = 5000  # on a map, unless another number is asked for
MIN_ONSETS: Final = 4  # of a phrase on the map: fewer make nothing to listen to


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


@dataclass(frozen=True, kw_only=True)
class MapPhrases:
    """What a map is made of: phrases of a model's length and what is known of them."""

    tokens: Integer[ndarray, "n steps *parts"]
    titles: tuple[str, ...]  # of the tune
    sources: tuple[str, ...]  # name of the collection
    licences: tuple[str, ...]
    bars: tuple[int, ...]  # first bar of the phrase in its tune, from 0
    keys: tuple[str, ...]  # of the tune; "" where unknown, or without a key
    splits: tuple[str, ...]  # "train", "validation" or "test"


def phrases_of(data: Dataset, chosen: Phrases) -> MapPhrases:
    """Windows of a dataset with what the dataset knows of them."""
    tunes = [data.tunes[row] for row in chosen.tune]
    return MapPhrases(
        tokens=chosen.tokens,
        titles=tuple(tune.title for tune in tunes),
        sources=tuple(data.sources[i].name for i in chosen.source),
        licences=tuple(tune.licence for tune in tunes),
        bars=tuple(int(bar) for bar in chosen.bar),
        keys=tuple(tune.key for tune in tunes),
        splits=tuple(SPLITS[i] for i in chosen.split),
    )


def build(
    trained: Checkpoint,
    phrases: MapPhrases,
    *,
    seed: int,
    keep_tokens: bool = False,
    on_stage: Callable[[str], None] = lambda _: None,
) -> Library:
    """The map of phrases in the latent space of a model.

    Parameters
    ----------
    trained
        The model; the codes are those of its weights as they are stored.
    phrases
        What becomes a dot each.
    seed
        Of the layouts that take one.
    keep_tokens
        Whether the map keeps the phrases as they were written, to hear them beside the
        model's version.
    on_stage
        Told what is being done, for a progress display.

    Raises
    ------
    DataError
        If there are too few phrases to make a map of and to judge it.
    """
    least = max(projection.NUM_COMPONENTS, 2 * projection.NUM_NEAR)
    if len(phrases.tokens) <= least:
        raise DataError(
            f"There are {len(phrases.tokens)} phrases of {MIN_ONSETS} onsets or more; "
            f"a map takes more than {least}. Give more tunes."
        )
    on_stage("finding the codes")
    codes = encode_tokens(trained, phrases.tokens).mu.astype(np.float16)
    codes = codes.astype(np.float32)  # as they are stored
    on_stage("playing every phrase back")
    accuracy, certainty = play_back(trained, codes, phrases.tokens)
    on_stage("drawing the straight map")
    pca = projection.fit_pca(codes)
    positions = {"pca": pca.transform(codes)[:, :2]}
    for name, perplexity in projection.perplexities(len(codes)).items():
        on_stage(f"drawing a neighbour map (perplexity {perplexity:g})")
        positions[name] = projection.fit_tsne(codes, seed=seed, perplexity=perplexity)
    on_stage("judging the maps")
    encoding = trained.config.encoding
    return Library(
        encoding=encoding,
        mu=codes,
        titles=phrases.titles,
        sources=phrases.sources,
        licences=phrases.licences,
        bars=phrases.bars,
        keys=phrases.keys,
        splits=phrases.splits,
        attributes=measure(phrases.tokens, encoding).astype(np.float32),
        positions=positions,
        projection=pca,
        trust={name: judge(codes, xy) for name, xy in positions.items()},
        accuracy=accuracy,
        certainty=certainty,
        tokens=phrases.tokens if keep_tokens else None,
    )


@torch.inference_mode()
def play_back(
    trained: Checkpoint,
    codes: Float[ndarray, "n z_size"],
    tokens: Integer[ndarray, "n steps *parts"],
) -> tuple[Float[ndarray, " n"], Float[ndarray, " n"]]:
    """How well each phrase comes back from its code, and how sure the model is of it.

    Returns
    -------
    Share of tokens that the likeliest event of each step gives back; mean probability
    of the tokens written. Both are float32 in [0, 1].
    """
    accuracy, certainty = [], []
    for z, wanted in zip(batches(codes), batches(tokens), strict=True):
        decoded = trained.model.decode(torch.from_numpy(z), temperature=None)
        sure = certainty_of(decoded, trained.config.music)
        rows = len(z)
        right = decoded.tokens.numpy() == wanted
        accuracy.append(right.reshape(rows, -1).mean(axis=1))
        certainty.append(sure.reshape(rows, -1).mean(dim=1).numpy())
    return (
        np.concatenate(accuracy).astype(np.float32),
        np.concatenate(certainty).astype(np.float32),
    )


def judge(
    codes: Float[ndarray, "n z_size"], positions: Float[ndarray, "n 2"]
) -> dict[str, float]:
    """How far to believe a layout, as it is stored."""
    found = projection.map_trust(codes, positions)
    return {
        "num_near": found.num_near,
        "trustworthiness": round(found.trustworthiness, 4),
        "neighbours_kept": round(found.neighbours_kept, 4),
    }


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
