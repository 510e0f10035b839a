"""Training batches: drawn by source weight, transposed anew each time.

The batch of a step is a function of (seed, step) alone, the same on every device, so
nothing of the data's order needs saving. Examples are drawn with replacement; Magenta
goes through its data in epochs and caches the first transposition it draws. The
tokens lie on the device as bytes; only row numbers and shifts are sent there.
"""

import numpy as np
import torch
from jaxtyping import Int, UInt8
from numpy import ndarray
from torch import Tensor

from explorer.config import TrainConfig
from explorer.converters import MELODY_DEPTH, NUM_SPECIAL_EVENTS
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.notes import STEPS_PER_BAR


class Batches:
    """Draws the batch of any step, without a memory of the steps before.

    Phrases longer than `num_bars` are cut into pieces of that length.

    Raises
    ------
    DataError
        If the data has no training phrases, or not of a length that can be cut.
    """

    def __init__(
        self, data: Dataset, config: TrainConfig, *, num_bars: int, device: torch.device
    ) -> None:
        split = data.split("train")
        if data.num_bars % num_bars:
            raise DataError(
                f"The data has phrases of {data.num_bars} bars and the model reads "
                f"{num_bars}. Prepare with --bars {num_bars}, or a multiple of it."
            )
        tokens = cut(split.tokens, num_bars)
        source = np.repeat(split.source, data.num_bars // num_bars)
        rows = [np.flatnonzero(source == i) for i in range(len(data.sources))]
        weights = np.array([source.weight for source in data.sources], float)
        weights[[len(r) == 0 for r in rows]] = 0
        if not weights.sum() > 0:
            raise DataError(
                "The prepared data has no training phrases. Prepare it again."
            )
        self.config = config
        self.rows = rows
        self.weights = weights / weights.sum()
        self.lowest, self.highest = room(tokens)
        self.tokens = torch.from_numpy(tokens).to(device)

    def draw(self, step: int) -> UInt8[Tensor, "batch steps"]:
        """Tokens of the batch of `step`, transposed, on the device."""
        rng = np.random.default_rng([self.config.seed, step])
        counts = rng.multinomial(self.config.batch_size, self.weights)
        picks = np.concatenate(
            [
                rows[rng.integers(len(rows), size=count)]
                for rows, count in zip(self.rows, counts, strict=True)
                if count
            ]
        )
        most = self.config.max_transpose
        down = np.minimum(most, self.lowest[picks])
        up = np.minimum(most, self.highest[picks])
        shift = rng.integers(-down, up + 1)
        device = self.tokens.device
        tokens = self.tokens[torch.from_numpy(picks).to(device)]
        return transpose_tokens(tokens, torch.from_numpy(shift).to(device))


def cut(
    tokens: UInt8[ndarray, "n steps"], num_bars: int
) -> UInt8[ndarray, "pieces steps_per_piece"]:
    """Phrases cut into pieces of `num_bars` bars, in order."""
    return tokens.reshape(-1, num_bars * STEPS_PER_BAR)


def room(
    tokens: UInt8[ndarray, "n steps"],
) -> tuple[Int[ndarray, " n"], Int[ndarray, " n"]]:
    """Semitones each phrase can move (down, up) and stay on the keyboard.

    A phrase without a note can move anywhere: nothing of it moves.
    """
    pitched = tokens >= NUM_SPECIAL_EVENTS
    lowest = np.where(pitched, tokens, 255).min(axis=1).astype(np.int64)
    highest = np.where(pitched, tokens, 0).max(axis=1).astype(np.int64)
    return lowest - NUM_SPECIAL_EVENTS, MELODY_DEPTH - 1 - highest


def transpose_tokens(
    tokens: UInt8[Tensor, "batch steps"], shift: Int[Tensor, " batch"]
) -> UInt8[Tensor, "batch steps"]:
    """Each phrase moved by its own number of semitones, which must fit (`room`).

    Magenta deletes the notes that leave the keyboard instead.
    """
    moved = (tokens.long() + shift[:, None]).to(torch.uint8)
    return torch.where(tokens >= NUM_SPECIAL_EVENTS, moved, tokens)
