"""Training batches: drawn by source weight, transposed anew each time.

The batch of a step is a function of (seed, step) alone, so nothing of the data's
order needs saving. Examples are drawn with replacement; Magenta goes through its
data in epochs and caches the first transposition it draws.
"""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from explorer.config import TrainConfig
from explorer.converters import MELODY_DEPTH, NUM_SPECIAL_EVENTS
from explorer.dataset import Dataset
from explorer.errors import DataError


class Batches:
    """Draws the batch of any step, without a memory of the steps before."""

    def __init__(self, data: Dataset, config: TrainConfig) -> None:
        split = data.split("train")
        self.tokens = split.tokens
        self.config = config
        rows = [np.flatnonzero(split.source == i) for i in range(len(data.sources))]
        weights = np.array([source.weight for source in data.sources], float)
        weights[[len(r) == 0 for r in rows]] = 0
        if not weights.sum() > 0:
            raise DataError(
                "The prepared data has no training phrases. Prepare it again."
            )
        self.rows = rows
        self.weights = weights / weights.sum()

    def draw(self, step: int) -> UInt8[ndarray, "batch steps"]:
        """Tokens of the batch of `step`, transposed."""
        rng = np.random.default_rng([self.config.seed, step])
        counts = rng.multinomial(self.config.batch_size, self.weights)
        picks = [
            rows[rng.integers(len(rows), size=count)]
            for rows, count in zip(self.rows, counts, strict=True)
            if count
        ]
        tokens = self.tokens[np.concatenate(picks)]
        return transpose_tokens(tokens, self.config.max_transpose, rng)


def transpose_tokens(
    tokens: UInt8[ndarray, "batch steps"], max_semitones: int, rng: np.random.Generator
) -> UInt8[ndarray, "batch steps"]:
    """Each phrase moved by its own whole number of semitones.

    Drawn evenly from -max..max, as far as the phrase stays on the keyboard
    (Magenta deletes the notes that leave it instead).
    """
    if max_semitones == 0:
        return tokens
    pitched = tokens >= NUM_SPECIAL_EVENTS
    lowest = np.where(pitched, tokens, 255).min(axis=1)
    highest = np.where(pitched, tokens, 0).max(axis=1)
    down = np.minimum(
        max_semitones, np.maximum(lowest.astype(int) - NUM_SPECIAL_EVENTS, 0)
    )
    up = np.minimum(
        max_semitones, np.maximum(MELODY_DEPTH - 1 - highest.astype(int), 0)
    )
    shift = rng.integers(-down, up + 1)
    moved = tokens.astype(np.int16) + shift[:, None]
    return np.where(pitched, moved, tokens).astype(np.uint8)
