"""Held-out evaluation: what a checkpoint's card and `metrics.json` say.

Follows section 5 of the paper [1]_: held-out phrases written back with true previous
events (teacher-forced, likeliest next event) and alone (drawn at temperature 1.0),
blends of pairs of them, what attribute vectors do. Added are signs of posterior
collapse and the quality of new phrases. This file decides what is measured on which
phrases; each measure has a file of its own.

References
----------
.. [1] Roberts et al. (2018), arXiv:1803.05428, section 5.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float, Integer, UInt8
from numpy import ndarray

from explorer import codes, copying, language_model, latent, sample_quality
from explorer.attribute_changes import NUM_CODES, attribute_changes
from explorer.attribute_success import attribute_success
from explorer.codes import Writer
from explorer.dataset import Dataset, SourceInfo, Split
from explorer.encodings import Encoding
from explorer.errors import DataError
from explorer.interpolation import interpolation_curves
from explorer.latent import AttributeVectors
from explorer.metrics import (
    accuracy_of_phrases,
    active_units,
    kl_bits_by_dimension,
    num_onsets,
    reconstruction_score,
)
from explorer.model import MusicVAE, likeliest
from explorer.posterior import posterior_figures
from explorer.vectors import find_vectors

TEMPERATURE: Final = 1.0
NUM_SAMPLES: Final = 1024  # of each way to draw new phrases
NUM_NEAR: Final = 5000  # training phrases between which the app's way draws
NUM_TRIED: Final = 1200  # held-out phrases; some cannot follow a vector
MIN_ONSETS: Final = 4  # of those phrases
WAYS: Final = (
    "teacher_forced",
    "teacher_forced_from_mu",
    "sampled",
    "sampled_from_mu",
    "argmax_from_mu",
)
SPLITS: Final = {
    "validation": ("validation",),
    "test": ("test",),
    "all": ("validation", "test"),
}


Tokens = Integer[ndarray, "batch steps *parts"]


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """Phrases written back in every way we measure."""

    teacher_forced: Tokens  # likeliest event after true ones
    teacher_forced_from_mu: Tokens  # the same from z = mu
    teacher_forced_from_other: Tokens  # with another's code
    sampled: Tokens  # drawn at temperature 1 from a drawn z
    sampled_from_mu: Tokens  # the same from z = mu
    argmax_from_mu: Tokens  # what the app plays
    mu: Float[ndarray, "batch z_size"]
    sigma: Float[ndarray, "batch z_size"]

    @property
    def kl_bits(self) -> float:
        """Mean KL of a phrase, in bits."""
        return float(kl_bits_by_dimension(self.mu, self.sigma).sum())


@torch.inference_mode()
def reconstruct(model: MusicVAE, tokens: Tokens, *, seed: int) -> Reconstruction:
    """Encode phrases and write them back; the same for any caller and seed."""
    device = next(model.parameters()).device
    music = model.config.music
    generator = torch.Generator(device).manual_seed(seed)
    batches: dict[str, list[ndarray]] = {}
    for rows in codes.batches(tokens):
        truth = torch.from_numpy(rows).to(device)
        posterior = model.encode(truth)
        z = posterior.sample(generator)
        other = z.roll(max(len(z) // 2, 1), dims=0)  # far off: neighbours share a tune
        draw = functools.partial(
            model.decode, temperature=TEMPERATURE, generator=generator
        )
        after_truth = functools.partial(_after_truth, model, truth)
        found = {
            "teacher_forced": after_truth(z),
            "teacher_forced_from_mu": after_truth(posterior.mu),
            "teacher_forced_from_other": after_truth(other),
            "sampled": draw(z).tokens,
            "sampled_from_mu": draw(posterior.mu).tokens,
            "argmax_from_mu": model.decode(posterior.mu).tokens,
        }
        for key, value in found.items():
            batches.setdefault(key, []).append(value.cpu().numpy().astype(music.dtype))
        for key, value in (("mu", posterior.mu), ("sigma", posterior.sigma)):
            batches.setdefault(key, []).append(value.cpu().numpy())
    return Reconstruction(
        **{key: np.concatenate(value) for key, value in batches.items()}
    )


def _after_truth(model: MusicVAE, truth: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    """The likeliest event of each step after the true ones."""
    return likeliest(model.teacher_forced(truth, z), model.config.music)


def evaluate(
    model: MusicVAE,
    data: Dataset,
    *,
    split: str = "test",
    seed: int = 0,
    limit: int | None = None,
    vectors: AttributeVectors | None = None,
    on_stage: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Every figure of a model card, as JSON values; `encoding` unless of melodies.

    Parameters
    ----------
    model
        In evaluation mode.
    data
        Prepared phrases of the model's music and length.
    split
        `validation`, `test`, or `all`: both together. Training phrases are never
        counted.
    seed
        Of all draws.
    limit
        At most this many phrases, drawn with the seed, and as many pairs and new
        phrases; None takes all.
    vectors
        The model's attribute vectors; None finds them.
    on_stage
        Told what is being done, for a progress display.

    Raises
    ------
    DataError
        If the split is empty or of other music or phrase length than the model's.
    ValueError
        If the split is unknown or the limit not positive.
    """
    held_out = held_out_phrases(model, data, split=split, seed=seed, limit=limit)
    tokens, sources = held_out.tokens, held_out.source
    music = model.config.music
    weights = share_weights(sources, data.sources)
    writer = functools.partial(_writer, model, seed)

    on_stage(f"writing {len(tokens):,} phrases back")
    written = reconstruct(model, tokens, seed=seed)
    scores = {
        way: _scores(tokens, getattr(written, way), music, weights) for way in WAYS
    }
    kl_by_dimension = kl_bits_by_dimension(written.mu, written.sigma)
    other = float((written.teacher_forced_from_other == tokens).mean())

    on_stage("counting 5-grams of the training tunes")
    usual = language_model.train_on_split(data.split("train"), music)
    on_stage("blending pairs")
    interpolation = interpolation_curves(
        tokens,
        written.mu,
        written.sampled_from_mu,
        language_model=usual,
        write=writer(3),
        generator=np.random.default_rng([seed, 3]),
    )
    del usual
    if vectors is None:
        on_stage("finding the attribute vectors")
        vectors = find_vectors(model, data, seed=seed)
    on_stage("drawing new phrases")
    generator = np.random.default_rng([seed, 4])
    num = min(NUM_SAMPLES, len(tokens))
    prior = latent.sample_prior(num, model.config.z_size, generator)
    train = _training_phrases(data, music, generator)
    real_codes = codes.encode(model, train).mu
    near = latent.sample_near(real_codes, num, generator)
    drawn = {"samples": writer(4)(prior), "near": writer(5)(near)}
    on_stage("moving along the attribute vectors")
    moved = vector_figures(model, vectors, written.mu, seed=seed)
    on_stage("looking for copies of training tunes")
    known = copying.known_windows(data.split("train"), music)
    copies = {name: copying.copied(drawn[name], known) for name in drawn}
    copies["data"] = copying.copied(tokens, known, weights)
    return {
        **({} if music.name == "melody" else {"encoding": music.name}),
        "reconstruction": scores,
        "by_source": _by_source(held_out, data.sources, written, music),
        "kl_bits": written.kl_bits,
        "kl_bits_by_dimension": [round(float(v), 4) for v in kl_by_dimension],
        "active_units": active_units(written.mu),
        "posterior": posterior_figures(
            written.mu,
            written.sigma,
            own_accuracy=scores["teacher_forced"]["accuracy"],
            other_accuracy=other,
        ),
        "interpolation": interpolation,
        **moved,
        "samples": {
            "num": num,
            "temperature": TEMPERATURE,
            **sample_quality.compare(
                {**drawn, "train": train[:num]}, tokens, weights, music
            ),
            "copies": copies,
            "held_out_also_in_train": _share_left_out(data),
        },
        "eval": {
            "split": split,
            "num_tunes": len(np.unique(held_out.tune)),
            "num_windows": len(tokens),
            "temperature": TEMPERATURE,
            "seed": seed,
            "data_sha256": data.sha256,
        },
    }


def vector_figures(
    model: MusicVAE,
    vectors: AttributeVectors,
    mu: Float[ndarray, "n z_size"],
    *,
    seed: int,
) -> dict[str, Any]:
    """What attribute vectors do, as `metrics.json` has it.

    Parameters
    ----------
    model
        In evaluation mode.
    vectors
        The model's.
    mu
        Codes of held-out phrases.
    seed
        Of the choice among them, and of draws from the prior.
    """
    music = model.config.music
    generator = np.random.default_rng([seed, 6])
    order = generator.permutation(len(mu))
    held_out = mu[order[:NUM_CODES]]
    prior = latent.sample_prior(len(held_out), model.config.z_size, generator)
    starts = {"prior": prior, "held_out": held_out}
    changes = {}
    for stream, (name, z) in enumerate(starts.items(), start=6):
        write = _writer(model, seed, stream)
        changes[name] = attribute_changes(z, write(z), vectors, write, music.name)
    likeliest_phrases = functools.partial(
        codes.write, model, temperature=None, generator=torch.Generator()
    )
    return {
        "attribute_changes": {
            "names": list(vectors.names),
            "ways": list(vectors.ways),
            **changes,
        },
        "attribute_success": attribute_success(
            mu[order[:NUM_TRIED]], vectors, likeliest_phrases, music.name
        ),
    }


def share_weights(
    source: UInt8[ndarray, " n"], sources: Sequence[SourceInfo]
) -> Float[ndarray, " n"]:
    """How much each phrase counts if sources count as in training; adds up to 1.

    All alike where no source has a share.
    """
    counts = np.bincount(source, minlength=len(sources))
    shares = np.array([info.weight for info in sources], float)
    weights = (shares / np.maximum(counts, 1))[source]
    if not weights.sum() > 0:
        weights = np.ones(len(source))
    return weights / weights.sum()


def held_out_phrases(
    model: MusicVAE, data: Dataset, *, split: str, seed: int, limit: int | None
) -> Split:
    """The phrases that `evaluate` measures on, with its arguments."""
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is not one of {', '.join(SPLITS)}")
    if limit is not None and limit < 1:
        raise ValueError(f"limit {limit} must be at least 1")
    parts = [data.split(name) for name in SPLITS[split]]
    found = Split(
        tokens=np.concatenate([part.tokens for part in parts]),
        tune=np.concatenate([part.tune for part in parts]),
        bar=np.concatenate([part.bar for part in parts]),
        source=np.concatenate([part.source for part in parts]),
    )
    if not len(found):
        raise DataError(f"The {split} split has no phrases. Prepare more tunes.")
    if data.encoding != model.config.encoding:
        raise DataError(
            f"The data holds {data.encoding} phrases and the model writes "
            f"{model.config.encoding}. Prepare with --music {model.config.encoding}."
        )
    if found.tokens.shape[1] != model.config.num_steps:
        raise DataError(
            f"The data has phrases of {found.tokens.shape[1]} steps and the model "
            f"reads {model.config.num_steps}. Prepare with --bars "
            f"{model.config.num_bars}."
        )
    if limit is None or limit >= len(found):
        return found
    generator = np.random.default_rng(seed)
    rows = np.sort(generator.choice(len(found), limit, replace=False))
    return Split(
        tokens=found.tokens[rows],
        tune=found.tune[rows],
        bar=found.bar[rows],
        source=found.source[rows],
    )


def _training_phrases(
    data: Dataset, music: Encoding, generator: np.random.Generator
) -> Integer[ndarray, "n steps *parts"]:
    """Training phrases with notes, drawn by the shares of their sources, in any order.

    All phrases, where none has notes enough.
    """
    split = data.split("train")
    rows = np.flatnonzero(num_onsets(split.tokens, music) >= MIN_ONSETS)
    rows = rows if len(rows) else np.arange(len(split))
    weights = share_weights(split.source[rows], data.sources)
    num = min(NUM_NEAR, int((weights > 0).sum()))
    return split.tokens[generator.choice(rows, num, replace=False, p=weights)]


def _writer(model: MusicVAE, seed: int, stream: int) -> Writer:
    """The model drawing at temperature 1, with draws of its own for each stream."""
    state = np.random.SeedSequence([seed, stream]).generate_state(1, np.uint64)
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(int(state[0]) >> 1)
    return functools.partial(
        codes.write, model, temperature=TEMPERATURE, generator=generator
    )


def _scores(
    truth: Integer[ndarray, "n steps *parts"],
    written: Integer[ndarray, "n steps *parts"],
    music: Encoding,
    weights: Float[ndarray, " n"],
) -> dict[str, Any]:
    """How well phrases were written back, plain and counted by weight."""
    accuracy = accuracy_of_phrases(truth, written)
    score = reconstruction_score(truth, written, music).to_json()
    return score | {"weighted_accuracy": float(accuracy @ weights)}


def _by_source(
    held_out: Split,
    sources: Sequence[SourceInfo],
    written: Reconstruction,
    music: Encoding,
) -> dict[str, Any]:
    """Accuracy of the phrases of each source, and of each of their parts if several."""
    ways = {"teacher_forced": written.teacher_forced, "sampled": written.sampled}
    right = {way: tokens == held_out.tokens for way, tokens in ways.items()}
    found: dict[str, dict[str, Any]] = {}
    for index, source in enumerate(sources):
        own = held_out.source == index
        if not own.any():
            continue
        found[source.name] = {
            "num_windows": int(own.sum()),
            **{way: float(steps[own].mean()) for way, steps in right.items()},
        }
        if music.part_shape:
            found[source.name]["by_part"] = {
                part.name: {
                    way: float(music.by_part(steps)[part.name][own].mean())
                    for way, steps in right.items()
                }
                for part in music.parts
            }
    return found


def _share_left_out(data: Dataset) -> float | None:
    """Share of held-out windows that `prepare` left out: they stand in train as well.

    In any key. At least this: exact copies are counted as duplicates there, which
    they can be of other windows too. None for data that does not say.
    """
    counts = data.manifest.get("windows")
    if not isinstance(counts, dict):
        return None
    left_out = sum(count.get("also in train", 0) for count in counts.values())
    kept = sum(len(data.split(name)) for name in ("validation", "test"))
    return round(left_out / max(left_out + kept, 1), 4)
