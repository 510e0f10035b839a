"""Training batches: drawn by source weight, transposed anew each time.

The batch of a step is a function of (seed, step) alone, the same on every device, so
nothing of the data's order needs saving. Examples are drawn with replacement; Magenta
goes through its data in epochs and caches the first transposition it draws. The
tokens lie on the device as they are stored; only row numbers and shifts are sent
there.
"""

import numpy as np
import torch
from jaxtyping import Int, Integer
from numpy import ndarray
from torch import Tensor

from explorer.config import TrainConfig
from explorer.dataset import Dataset
from explorer.encodings import NUM_SPECIAL_EVENTS, PITCHED_DEPTH, Encoding
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
        self.music = data.music
        self.lowest, self.highest = room(tokens, self.music)
        self.tokens = torch.from_numpy(tokens).to(device)

    def draw(self, step: int) -> Integer[Tensor, "batch steps *parts"]:
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
        return transpose_tokens(tokens, torch.from_numpy(shift).to(device), self.music)


def cut(
    tokens: Integer[ndarray, "n steps *parts"], num_bars: int
) -> Integer[ndarray, "pieces steps_per_piece *parts"]:
    """Phrases cut into pieces of `num_bars` bars, in order."""
    return tokens.reshape(-1, num_bars * STEPS_PER_BAR, *tokens.shape[2:])


def room(
    tokens: Integer[ndarray, "n steps *parts"], music: Encoding
) -> tuple[Int[ndarray, " n"], Int[ndarray, " n"]]:
    """Semitones each phrase can move (down, up) with all its parts on the keyboard.

    A phrase without a note can move anywhere: nothing of it moves. So can drums.
    """
    by_part = music.by_part(tokens)
    down = np.full(len(tokens), 255)
    up = down.copy()
    for part in music.parts:
        if part.is_pitched:
            own = by_part[part.name]
            pitched = own >= NUM_SPECIAL_EVENTS
            lowest = np.where(pitched, own, 255).min(axis=1).astype(np.int64)
            highest = np.where(pitched, own, 0).max(axis=1).astype(np.int64)
            down = np.minimum(down, lowest - NUM_SPECIAL_EVENTS)
            up = np.minimum(up, PITCHED_DEPTH - 1 - highest)
    return down, up


def transpose_tokens(
    tokens: Integer[Tensor, "batch steps *parts"],
    shift: Int[Tensor, " batch"],
    music: Encoding,
) -> Integer[Tensor, "batch steps *parts"]:
    """The pitches of each phrase moved by its own semitones, which must fit (`room`).

    Drums stay. Magenta deletes the notes that leave the keyboard instead.
    """
    is_pitched = torch.tensor(
        [part.is_pitched for part in music.parts], device=tokens.device
    )
    moves = is_pitched if music.part_shape else is_pitched[0]
    by_row = shift.view(-1, *[1] * (tokens.ndim - 1))
    moved = (tokens.long() + by_row).to(tokens.dtype)
    return torch.where(moves & (tokens >= NUM_SPECIAL_EVENTS), moved, tokens)
