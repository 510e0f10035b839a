"""Many phrases through a model, in batches: tokens to codes and codes to tokens.

Arrays in, arrays out; the model's device is nobody else's business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Integer
from numpy import ndarray

from explorer.model import MusicVAE

BATCH_SIZE: Final = (
    256  # phrases computed together; results do not depend on the caller
)

Writer = Callable[[ndarray], ndarray]
"""Codes (n, z_size) to the tokens (n, steps, *parts) that a model writes from them."""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The posterior of each phrase."""

    mu: Float[ndarray, "n z_size"]
    sigma: Float[ndarray, "n z_size"]  # standard deviation


@torch.inference_mode()
def encode(model: MusicVAE, tokens: Integer[ndarray, "n steps *parts"]) -> Codes:
    """Codes of phrases given as tokens."""
    device = next(model.parameters()).device
    mu = [np.empty((0, model.config.z_size), np.float32)]
    sigma = mu.copy()
    for rows in batches(tokens):
        posterior = model.encode(torch.from_numpy(rows).to(device))
        mu.append(posterior.mu.cpu().numpy())
        sigma.append(posterior.sigma.cpu().numpy())
    return Codes(mu=np.concatenate(mu), sigma=np.concatenate(sigma))


@torch.inference_mode()
def write(
    model: MusicVAE,
    z: Float[ndarray, "n z_size"],
    *,
    temperature: float | None,
    generator: torch.Generator,
) -> Integer[ndarray, "n steps *parts"]:
    """Phrases of codes; the draws, in batches, are from `generator`."""
    device = next(model.parameters()).device
    music = model.config.music
    shape = (0, model.config.num_steps, *music.part_shape)
    written = [np.empty(shape, music.dtype)]
    for rows in batches(z):
        codes = torch.from_numpy(rows.astype(np.float32)).to(device)
        decoded = model.decode(codes, temperature=temperature, generator=generator)
        written.append(decoded.tokens.cpu().numpy().astype(music.dtype))
    return np.concatenate(written)


def batches(rows: ndarray) -> Iterator[ndarray]:
    """`BATCH_SIZE` rows at a time."""
    return (
        rows[start : start + BATCH_SIZE] for start in range(0, len(rows), BATCH_SIZE)
    )
