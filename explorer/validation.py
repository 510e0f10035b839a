"""A quick look at held-out phrases during training; `evaluate` measures in full."""

import numpy as np
import torch
from jaxtyping import UInt8
from numpy import ndarray

from explorer.metrics import kl_bits_by_dimension, reconstruction_score
from explorer.model import MusicVAE, one_hot

BATCH_SIZE = 256  # phrases written together
TEMPERATURE = 1.0


@torch.inference_mode()
def validate(
    model: MusicVAE, tokens: UInt8[ndarray, "n steps"], *, seed: int
) -> dict[str, float]:
    """Teacher-forced and sampled accuracy from a drawn z, exact phrases and KL.

    Each phrase is written twice, not in all the ways of `evaluate`: a long flat
    decoder would otherwise spend a good part of a run on being looked at.
    """
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    forced, sampled, mu, sigma = [], [], [], []
    for part in torch.split(torch.from_numpy(tokens).to(device), BATCH_SIZE):
        x = one_hot(part, model.config.depth)
        posterior = model.encode(x)
        z = posterior.sample(generator)
        forced.append(model.teacher_forced(x, z).argmax(dim=2))
        written = model.decode(z, temperature=TEMPERATURE, generator=generator)
        sampled.append(written.tokens)
        mu.append(posterior.mu)
        sigma.append(posterior.sigma)
    free = reconstruction_score(tokens, _tokens(sampled))
    kl = kl_bits_by_dimension(
        torch.cat(mu).cpu().numpy(), torch.cat(sigma).cpu().numpy()
    )
    return {
        "teacher_forced": float((_tokens(forced) == tokens).mean()),
        "sampled": free.accuracy,
        "exact_phrases": free.exact_phrases,
        "kl_bits": float(kl.sum()),
    }


def _tokens(parts: list[torch.Tensor]) -> UInt8[ndarray, "n steps"]:
    return torch.cat(parts).cpu().numpy().astype(np.uint8)
