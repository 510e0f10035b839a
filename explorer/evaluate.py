"""Held-out evaluation: what a checkpoint's card and `metrics.json` say.

Follows the paper [1]_: reconstruction of held-out phrases from a sampled z, with
true previous events (teacher-forced, most likely next event) and free-running
(sampled at temperature 1.0). Statistics of samples are compared with the data.

References
----------
.. [1] Roberts et al. (2018), arXiv:1803.05428, section 5.
"""

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy import ndarray

from explorer.attributes import ATTRIBUTES
from explorer.converters import NUM_SPECIAL_EVENTS, tokens_to_melody
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.metrics import (
    active_units,
    kl_bits_by_dimension,
    reconstruction_score,
)
from explorer.model import MusicVAE, one_hot

BATCH_SIZE = 256  # phrases decoded together; results do not depend on the caller
TEMPERATURE = 1.0


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """Phrases written back in every way we measure."""

    teacher_forced: UInt8[ndarray, "batch steps"]  # likeliest event after true ones
    sampled: UInt8[ndarray, "batch steps"]  # drawn at temperature 1 from a drawn z
    sampled_from_mu: UInt8[ndarray, "batch steps"]  # the same from z = mu
    argmax_from_mu: UInt8[ndarray, "batch steps"]  # what the app plays
    mu: Float[ndarray, "batch z_size"]
    sigma: Float[ndarray, "batch z_size"]

    @property
    def kl_bits(self) -> float:
        """Mean KL of a phrase, in bits."""
        return float(kl_bits_by_dimension(self.mu, self.sigma).sum())


@torch.inference_mode()
def reconstruct(
    model: MusicVAE, tokens: UInt8[ndarray, "batch steps"], *, seed: int
) -> Reconstruction:
    """Encode phrases and write them back; the same for any caller and seed."""
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    parts: dict[str, list[ndarray]] = {}
    for part in _batches(tokens):
        truth = torch.from_numpy(part).to(device)
        x = one_hot(truth, model.config.depth)
        posterior = model.encode(x)
        z = posterior.sample(generator)
        draw = functools.partial(
            model.decode, temperature=TEMPERATURE, generator=generator
        )
        found = {
            "teacher_forced": model.teacher_forced(x, z).argmax(dim=2),
            "sampled": draw(z).tokens,
            "sampled_from_mu": draw(posterior.mu).tokens,
            "argmax_from_mu": model.decode(posterior.mu).tokens,
        }
        for key, value in found.items():
            parts.setdefault(key, []).append(value.cpu().numpy().astype(np.uint8))
        for key, value in (("mu", posterior.mu), ("sigma", posterior.sigma)):
            parts.setdefault(key, []).append(value.cpu().numpy())
    return Reconstruction(
        **{key: np.concatenate(value) for key, value in parts.items()}
    )


def _batches(
    tokens: UInt8[ndarray, "batch steps"],
) -> Iterator[UInt8[ndarray, "n steps"]]:
    for start in range(0, len(tokens), BATCH_SIZE):
        yield tokens[start : start + BATCH_SIZE]


def evaluate(
    model: MusicVAE,
    data: Dataset,
    *,
    split: str = "test",
    seed: int = 0,
    limit: int | None = None,
) -> dict[str, Any]:
    """Every figure of a model card, as JSON values.

    Parameters
    ----------
    model
        In evaluation mode.
    data
        Prepared phrases of the model's length.
    split
        `validation`, `test`, or `all`: both together. Training phrases are never
        counted.
    seed
        Of all draws.
    limit
        At most this many phrases, drawn with the seed; None takes all.

    Raises
    ------
    DataError
        If the split is empty or of another phrase length than the model's.
    ValueError
        If the split is unknown or the limit not positive.
    """
    names = {
        "validation": ["validation"],
        "test": ["test"],
        "all": ["validation", "test"],
    }
    if split not in names:
        raise ValueError(f"split {split!r} is not one of {', '.join(names)}")
    if limit is not None and limit < 1:
        raise ValueError(f"limit {limit} must be at least 1")
    splits = [data.split(name) for name in names[split]]
    tokens = np.concatenate([part.tokens for part in splits])
    tunes = np.concatenate([part.tune for part in splits])
    sources = np.concatenate([part.source for part in splits])
    if not len(tokens):
        raise DataError(f"The {split} split has no phrases. Prepare more tunes.")
    if tokens.shape[1] != model.config.num_steps:
        raise DataError(
            f"The data has phrases of {tokens.shape[1]} steps and the model reads "
            f"{model.config.num_steps}. Prepare with --bars {model.config.num_bars}."
        )
    if limit is not None and limit < len(tokens):
        rows = np.sort(
            np.random.default_rng(seed).choice(len(tokens), limit, replace=False)
        )
        tokens, tunes, sources = tokens[rows], tunes[rows], sources[rows]
    written = reconstruct(model, tokens, seed=seed)
    kl_by_dimension = kl_bits_by_dimension(written.mu, written.sigma)
    return {
        "reconstruction": {
            way: dataclasses.asdict(reconstruction_score(tokens, getattr(written, way)))
            for way in (
                "teacher_forced",
                "sampled",
                "sampled_from_mu",
                "argmax_from_mu",
            )
        },
        "by_source": {
            source.name: {
                "num_windows": int((sources == index).sum()),
                "teacher_forced": float(
                    (written.teacher_forced == tokens)[sources == index].mean()
                ),
                "sampled": float((written.sampled == tokens)[sources == index].mean()),
            }
            for index, source in enumerate(data.sources)
            if (sources == index).any()
        },
        "kl_bits": written.kl_bits,
        "kl_bits_by_dimension": [round(float(v), 4) for v in kl_by_dimension],
        "active_units": active_units(written.mu),
        "samples": sample_statistics(model, tokens, seed=seed),
        "eval": {
            "split": split,
            "num_tunes": len(np.unique(tunes)),
            "num_windows": len(tokens),
            "temperature": TEMPERATURE,
            "seed": seed,
            "data_sha256": data.sha256,
        },
    }


@torch.inference_mode()
def sample_statistics(
    model: MusicVAE,
    tokens: UInt8[ndarray, "batch steps"],
    *,
    seed: int,
    num: int = 1024,
) -> dict[str, Any]:
    """Attributes of samples from the prior beside those of real phrases."""
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    z = torch.randn(num, model.config.z_size, generator=generator, device=device)
    drawn = [
        model.decode(part, temperature=TEMPERATURE, generator=generator).tokens
        for part in torch.split(z, BATCH_SIZE)
    ]
    samples = torch.cat(drawn).cpu().numpy().astype(np.uint8)
    return {
        "num": num,
        "temperature": TEMPERATURE,
        "samples": _statistics(samples),
        "data": _statistics(tokens),
    }


def _statistics(tokens: UInt8[ndarray, "batch steps"]) -> dict[str, float]:
    melody = tokens_to_melody(tokens)
    pitched = melody[tokens >= NUM_SPECIAL_EVENTS]
    means = {name: float(a.function(melody).mean()) for name, a in ATTRIBUTES.items()}
    means["mean_pitch"] = float(pitched.mean()) if len(pitched) else 0.0
    means["unique_phrases"] = len(np.unique(tokens, axis=0)) / len(tokens)
    return {name: round(value, 4) for name, value in means.items()}
