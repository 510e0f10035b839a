"""Phrases of no meaning, to time a model with."""

import numpy as np
import torch
from torch import Generator, Tensor

from explorer.config import ModelConfig


def random_tokens(
    config: ModelConfig, batch: int, *, device: torch.device | str = "cpu"
) -> Tensor:
    """Tokens (batch, steps, *parts), each class as likely as any other."""
    generator = Generator(device).manual_seed(0)
    parts = [
        torch.randint(
            depth, (batch, config.num_steps), generator=generator, device=device
        )
        for depth in config.music.depths
    ]
    tokens = parts[0] if len(parts) == 1 else torch.stack(parts, dim=2)
    return tokens.to(torch.from_numpy(np.empty(0, config.music.dtype)).dtype)
