"""Many phrases through a model, in batches: tokens to codes and codes to tokens.

Arrays in, arrays out; the model's device is nobody else's business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy import ndarray

from explorer.model import MusicVAE, one_hot

BATCH_SIZE: Final = (
    256  # phrases computed together; results do not depend on the caller
)

Writer = Callable[[ndarray], ndarray]
"""Codes (n, z_size) to the tokens (n, steps) that a model writes from them."""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The posterior of each phrase."""

    mu: Float[ndarray, "n z_size"]
    sigma: Float[ndarray, "n z_size"]  # standard deviation


@torch.inference_mode()
def encode(model: MusicVAE, tokens: UInt8[ndarray, "n steps"]) -> Codes:
    """Codes of phrases given as tokens."""
    device = next(model.parameters()).device
    mu = [np.empty((0, model.config.z_size), np.float32)]
    sigma = mu.copy()
    for rows in batches(tokens):
        x = one_hot(torch.from_numpy(rows).to(device), model.config.depth)
        posterior = model.encode(x)
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
) -> UInt8[ndarray, "n steps"]:
    """Phrases of codes; the draws, in batches, are from `generator`."""
    device = next(model.parameters()).device
    written = [np.empty((0, model.config.num_steps), np.uint8)]
    for rows in batches(z):
        codes = torch.from_numpy(rows.astype(np.float32)).to(device)
        decoded = model.decode(codes, temperature=temperature, generator=generator)
        written.append(decoded.tokens.cpu().numpy().astype(np.uint8))
    return np.concatenate(written)


def batches(rows: ndarray) -> Iterator[ndarray]:
    """`BATCH_SIZE` rows at a time."""
    return (
        rows[start : start + BATCH_SIZE] for start in range(0, len(rows), BATCH_SIZE)
    )
