"""A promoted checkpoint with random weights, made in a second, for tests of the app."""

import dataclasses

import numpy as np
import torch

from explorer import attributes, checkpoint, latent, library, projection, trained_model
from explorer.attributes import ATTRIBUTES
from explorer.checkpoint import Checkpoint
from explorer.converters import melody_to_tokens
from explorer.model import MusicVAE
from explorer.notes import NO_EVENT
from tests.helpers import TINY_HIERARCHY, TINY_MODEL

TINY_LONG = dataclasses.replace(TINY_HIERARCHY, num_bars=16)
TINY_LONG_FLAT = dataclasses.replace(
    TINY_LONG, conductor_rnn_size=(), conductor_output_size=None
)
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
WAYS = ("teacher_forced", "sampled", "sampled_from_mu", "argmax_from_mu")
PLACE = {"trustworthiness": 0.9, "neighbours_kept": 0.5}


def write(root, name="tiny", *, num=60, seed=0, config=TINY_MODEL, accuracy=0.5):
    """Write the folder `root/name` with a map of `num` phrases; its path."""
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(seed)
        model = MusicVAE(config).eval()
    melody = np.full((num, config.num_steps), NO_EVENT, np.int16)
    for row, every in zip(melody, rng.choice([1, 2, 4], size=num), strict=True):
        row[::every] = rng.choice(SCALE, size=len(row[::every]))
    unsaved = Checkpoint(
        name=name,
        path=root / name,
        model=model,
        config=config,
        preset="tiny",
        training={},
        data={},
        metrics={},
        files={},
        sha256="",
    )
    mu = trained_model.encode_tokens(unsaved, melody_to_tokens(melody)).mu
    measured = attributes.measure(melody).astype(np.float32)
    pca = projection.fit_pca(mu, 4)
    phrases = library.Library(
        mu=mu,
        titles=tuple(f"Tune {row}" for row in range(num)),
        sources=tuple(("Folk", "Hymns")[row % 2] for row in range(num)),
        licences=tuple(("CC0-1.0", "CC BY-SA 4.0")[row % 2] for row in range(num)),
        bars=tuple(row % 8 for row in range(num)),
        keys=tuple(("C major", "G major", "")[row % 3] for row in range(num)),
        splits=("train",) * num,
        attributes=measured,
        positions={
            "pca": pca.transform(mu)[:, :2],
            "tsne": rng.normal(size=(num, 2)).astype(np.float32),
        },
        projection=pca,
        trust={"pca": PLACE, "tsne": PLACE},
    )
    vectors = latent.attribute_vectors(mu, measured, tuple(ATTRIBUTES), rng)
    others = {"onset_f1": 0.5, "exact_bars": 0.1, "exact_phrases": 0.1}
    score = {"accuracy": accuracy, **others}
    metrics = {
        "reconstruction": {way: score for way in WAYS},
        "kl_bits": 12.0,
        "kl_bits_by_dimension": [1.5] * config.z_size,
        "active_units": config.z_size,
        "eval": {"num_tunes": 3, "num_windows": 30, "temperature": 1.0, "seed": 0},
    }
    return checkpoint.save(
        root / name,
        model,
        name=name,
        preset="tiny",
        training={"seed": seed},
        data={"name": "made by code"},
        extra={
            **library.pack(phrases),
            **trained_model.pack_vectors(vectors),
            "metrics.json": checkpoint.to_json(metrics),
            "README.md": b"# Model card\n\nRandom weights, for tests.\n",
        },
    )
