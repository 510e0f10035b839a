"""A promoted checkpoint small enough to make in a test, with made-up phrases."""

import numpy as np
import torch

from explorer import checkpoint, library, projection
from explorer.attributes import attributes_of, measure
from explorer.config import ModelConfig
from explorer.converters import melody_to_tokens
from explorer.initialisation import initialise
from explorer.latent import attribute_vectors
from explorer.model import MusicVAE
from explorer.trained_model import encode_tokens, pack_vectors

NUM_PHRASES = 60
SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72])


def tiny_config(**changes):
    sizes = {
        "num_bars": 2,
        "enc_rnn_size": (16,),
        "dec_rnn_size": (12, 12),
        "z_size": 20,
    }
    return ModelConfig(**{**sizes, **changes})


def tiny_model(seed=0, **changes):
    model = MusicVAE(tiny_config(**changes))
    initialise(model, "chrono", torch.Generator().manual_seed(seed))
    return model.eval().requires_grad_(False)


def phrases(num=NUM_PHRASES, seed=0):
    """Melodies of two bars, each with a note at the start."""
    rng = np.random.default_rng(seed)
    melody = np.full((num, 32), -2, np.int16)
    onset = rng.random((num, 32)) < rng.uniform(0.1, 0.7, (num, 1))
    onset[:, 0] = True
    melody[onset] = rng.choice(SCALE, onset.sum()) + rng.integers(0, 2, onset.sum())
    return melody


def save_tiny_run(folder, seed=0, **changes):
    """What training leaves in `export/`: weights and config only."""
    checkpoint.save(
        folder,
        tiny_model(seed, **changes),
        name=folder.name,
        preset="tiny",
        training={"steps": 0, "seed": seed},
        data={"sha256": "0" * 64},
    )
    return folder


def save_tiny_checkpoint(folder, seed=0):
    """A complete checkpoint with random weights."""
    run = checkpoint.load(save_tiny_run(folder, seed))
    tokens = melody_to_tokens(phrases())
    codes = encode_tokens(run, tokens).mu
    codes = codes.astype(np.float16).astype(np.float32)
    values = measure(tokens, "melody")
    pca = projection.fit_pca(codes, 8)
    positions = pca.transform(codes)[:, :2]
    shelf = library.Library(
        mu=codes,
        titles=tuple(f"Tune {i}" for i in range(NUM_PHRASES)),
        sources=tuple("AB"[i % 2] for i in range(NUM_PHRASES)),
        licences=tuple(("CC0-1.0", "CC-BY-4.0")[i % 2] for i in range(NUM_PHRASES)),
        bars=tuple(range(NUM_PHRASES)),
        keys=tuple("C major" for _ in range(NUM_PHRASES)),
        splits=tuple(("train", "test")[i % 2] for i in range(NUM_PHRASES)),
        attributes=values.astype(np.float32),
        positions={"pca": positions, "tsne": positions * 10},
        projection=pca,
        trust={name: {"trustworthiness": 0.5} for name in ("pca", "tsne")},
    )
    vectors = attribute_vectors(
        codes, values, tuple(attributes_of("melody")), np.random.default_rng(0)
    )
    checkpoint.save(
        folder,
        run.model,
        name=folder.name,
        preset="tiny",
        training=run.training,
        data=run.data,
        half=True,
        extra={
            **library.pack(shelf),
            **pack_vectors(vectors),
            "metrics.json": checkpoint.to_json({"kl_bits": 1.0}),
        },
    )
    return folder
