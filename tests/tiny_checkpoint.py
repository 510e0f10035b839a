"""A promoted checkpoint with random weights, made in a second, for tests of the app."""

import dataclasses

import numpy as np
import torch

from explorer import attributes, checkpoint, latent, library, projection, trained_model
from explorer.checkpoint import Checkpoint
from explorer.converters import melody_to_tokens
from explorer.encodings import ENCODINGS
from explorer.model import MusicVAE
from explorer.notes import NO_EVENT
from tests.helpers import TINY_HIERARCHY, TINY_MODELS, TINY_TRIO

TINY_LONG = dataclasses.replace(TINY_HIERARCHY, num_bars=16)
TINY_LONG_FLAT = dataclasses.replace(
    TINY_LONG, conductor_rnn_size=(), conductor_output_size=None
)
TINY_LONG_TRIO = dataclasses.replace(TINY_TRIO, num_bars=16)
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
KICK, SNARE, HAT, CRASH = 1, 2, 4, 128  # tokens of single drums
WAYS = ("teacher_forced", "sampled", "sampled_from_mu", "argmax_from_mu")
PLACE = {"num_near": 15, "trustworthiness": 0.9, "neighbours_kept": 0.5}


def write(
    root, name="tiny", *, encoding="melody", num=60, seed=0, config=None, accuracy=0.5
):
    """Write the folder `root/name` with a map of `num` phrases; its path.

    The model is `config`, or the tiny one of `encoding`.
    """
    rng = np.random.default_rng(seed)
    config = config or TINY_MODELS[encoding]
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(seed)
        model = MusicVAE(config).eval()
    tokens = phrases(config.encoding, num, config.num_steps, rng)
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
    mu = trained_model.encode_tokens(unsaved, tokens).mu
    measured = attributes.measure(tokens, config.encoding).astype(np.float32)
    pca = projection.fit_pca(mu, 4)
    keys = ("",) if config.encoding == "drums" else ("C major", "G major", "")
    shelf = library.Library(
        encoding=config.encoding,
        mu=mu,
        titles=tuple(f"Tune {row}" for row in range(num)),
        sources=tuple(("Folk", "Hymns")[row % 2] for row in range(num)),
        licences=tuple(("CC0-1.0", "CC BY-SA 4.0")[row % 2] for row in range(num)),
        bars=tuple(row % 8 for row in range(num)),
        keys=tuple(keys[row % len(keys)] for row in range(num)),
        splits=("train",) * num,
        attributes=measured,
        positions={
            "pca": pca.transform(mu)[:, :2],
            **{
                name: rng.normal(size=(num, 2)).astype(np.float32)
                for name in projection.PERPLEXITIES
            },
        },
        projection=pca,
        trust=dict.fromkeys(projection.MAPS, PLACE),
        accuracy=np.linspace(0, 1, num).astype(np.float32),
        certainty=np.linspace(1, 0.5, num).astype(np.float32),
    )
    names = tuple(attributes.attributes_of(config.encoding))
    vectors = latent.attribute_vectors(mu, measured, names, rng)
    others = {"onset_f1": 0.5, "exact_bars": 0.1, "exact_phrases": 0.1}
    score = {"accuracy": accuracy, **others}
    if config.music.part_shape:
        part = {"accuracy": accuracy, "onset_f1": 0.5}
        score["by_part"] = {p.name: part for p in config.music.parts}
    metrics = {
        "reconstruction": {way: score for way in WAYS},
        "kl_bits": 12.0,
        "kl_bits_by_dimension": [1.5] * config.z_size,
        "active_units": config.z_size,
        "eval": {"num_tunes": 3, "num_windows": 30, "temperature": 1.0, "seed": 0},
    }
    if config.encoding != "melody":
        metrics["encoding"] = config.encoding
    return checkpoint.save(
        root / name,
        model,
        name=name,
        preset="tiny",
        training={"seed": seed},
        data={"name": "made by code"},
        extra={
            **library.pack(shelf),
            **trained_model.pack_vectors(vectors),
            "metrics.json": checkpoint.to_json(metrics),
            "README.md": b"# Model card\n\nRandom weights, for tests.\n",
        },
    )


def phrases(encoding, num, num_steps, rng):
    """Tokens of made-up music, each phrase with a pace of its own."""
    every = rng.choice([1, 2, 4], size=num)
    music = ENCODINGS[encoding]
    parts = []
    for part in music.parts:
        if part.is_pitched:
            octaves = 24 if part.name == "bass" else 0
            parts.append(_lines(every, num_steps, octaves, rng))
        else:
            parts.append(_beats(every, num_steps, rng))
    tokens = np.stack(parts, axis=-1) if music.part_shape else parts[0]
    return tokens.astype(music.dtype)


def _lines(every, num_steps, semitones_down, rng):
    """Notes of a scale, one at every so many steps."""
    melody = np.full((len(every), num_steps), NO_EVENT, np.int16)
    for row, pace in zip(melody, every, strict=True):
        row[::pace] = rng.choice(SCALE, size=len(row[::pace])) - semitones_down
    return melody_to_tokens(melody)


def _beats(every, num_steps, rng):
    """Kick on one and three, snare on two and four, hats, and a crash by chance."""
    tokens = np.zeros((len(every), num_steps), np.int16)
    for row, pace in zip(tokens, every, strict=True):
        row[::8] |= KICK
        row[4::8] |= SNARE
        row[::pace] |= HAT
        row[rng.choice(num_steps, 2, replace=False)] |= rng.choice([KICK, CRASH])
    return tokens
