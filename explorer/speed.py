"""How fast training is beside what the device could do: phrases and arithmetic.

**Conventions.** Rates in FLOP/s, a multiplication and an addition counted as two. Only
matrix products count, as in most published figures; what the gates cost is overhead.
"""

import re
import time
from typing import Literal

import torch

from explorer.model import MusicVAE
from explorer.notes import STEPS_PER_BAR

SIZE = 2048  # of the square matrices that the device is measured with
FORWARD, TRAINED = 2, 6  # FLOP for each weight and use; backward costs two forwards


def training_work(model: MusicVAE, objective: Literal["events", "bar_codes"]) -> float:
    """FLOP of one training step for each phrase.

    A weight matrix counts as often as it is applied: the bottom decoder's once an
    event, the conductor's once a bar.
    """
    config = model.config
    segments = config.num_bars if config.is_hierarchical else 1
    read = config.num_bars if config.bar_enc_rnn_size else config.num_steps
    uses = {
        "encoder.bar_lstm": config.num_bars * STEPS_PER_BAR,
        "encoder.lstm": read,
        "encoder": 1,
        "conductor.initial_state": 1,
        "conductor": config.num_bars,
        "decoder.initial_state": segments,
        "decoder": config.num_steps,
    }
    cost = dict.fromkeys(uses, TRAINED)
    if objective == "bar_codes":  # bars are read, not written
        cost |= {"encoder.bar_lstm": FORWARD, "decoder.initial_state": 0, "decoder": 0}
    total = 0
    for name, weights in model.named_parameters():
        if weights.ndim == 2:
            own = re.sub(r"^decoder\.\d+", "decoder", name)  # one of several parts
            part = next(part for part in uses if own.startswith(f"{part}."))
            total += weights.numel() * uses[part] * cost[part]
    return float(total)


def matrix_rate(device: torch.device, *, bf16: bool, runs: int = 5) -> float:
    """FLOP/s of a large matrix product on the device, the best of several."""
    dtype = torch.bfloat16 if bf16 else torch.float32
    left = torch.ones(SIZE, SIZE, device=device, dtype=dtype)
    right = torch.ones_like(left)
    best = 0.0
    for _ in range(runs):
        _wait(device)
        started = time.perf_counter()
        torch.mm(left, right)
        _wait(device)
        best = max(best, 2 * SIZE**3 / (time.perf_counter() - started))
    return best


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
