"""A quick look at held-out phrases during training; `evaluate` measures in full."""

import torch
from jaxtyping import Integer
from numpy import ndarray

from explorer.encodings import Encoding
from explorer.metrics import kl_bits_by_dimension, reconstruction_score
from explorer.model import MusicVAE, likeliest

BATCH_SIZE = 256  # phrases written together
TEMPERATURE = 1.0


@torch.inference_mode()
def validate(
    model: MusicVAE, tokens: Integer[ndarray, "n steps *parts"], *, seed: int
) -> dict[str, float]:
    """Teacher-forced and sampled accuracy from a drawn z, exact phrases and KL.

    Each phrase is written twice, not in all the ways of `evaluate`: a long flat
    decoder would otherwise spend a good part of a run on being looked at.
    """
    device = next(model.parameters()).device
    music = model.config.music
    generator = torch.Generator(device).manual_seed(seed)
    forced, sampled, mu, sigma = [], [], [], []
    for part in torch.split(torch.from_numpy(tokens).to(device), BATCH_SIZE):
        posterior = model.encode(part)
        z = posterior.sample(generator)
        forced.append(likeliest(model.teacher_forced(part, z), music))
        written = model.decode(z, temperature=TEMPERATURE, generator=generator)
        sampled.append(written.tokens)
        mu.append(posterior.mu)
        sigma.append(posterior.sigma)
    free = reconstruction_score(tokens, _tokens(sampled, music), music)
    kl = kl_bits_by_dimension(
        torch.cat(mu).cpu().numpy(), torch.cat(sigma).cpu().numpy()
    )
    return {
        "teacher_forced": float((_tokens(forced, music) == tokens).mean()),
        "sampled": free.accuracy,
        "exact_phrases": free.exact_phrases,
        "kl_bits": float(kl.sum()),
    }


def _tokens(
    parts: list[torch.Tensor], music: Encoding
) -> Integer[ndarray, "n steps *parts"]:
    return torch.cat(parts).cpu().numpy().astype(music.dtype)
