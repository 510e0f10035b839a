"""Tiny models and data made by code, for tests of the parts that learn."""

import dataclasses

import numpy as np

from explorer.config import Config, ModelConfig, TrainConfig
from explorer.dataset import Dataset, SourceInfo, Split, TuneInfo
from explorer.encodings import ENCODINGS

TINY_MODEL = ModelConfig(
    num_bars=2, enc_rnn_size=(24,), dec_rnn_size=(24, 24), z_size=8
)
TINY_BAR = ModelConfig(num_bars=1, enc_rnn_size=(10,), dec_rnn_size=(8,), z_size=5)
TINY_HIERARCHY = ModelConfig(
    num_bars=2,
    bar_enc_rnn_size=(10,),
    enc_rnn_size=(12,),
    conductor_rnn_size=(14,),
    conductor_output_size=5,
    dec_rnn_size=(8,),
    z_size=6,
)
"""A model of two bars whose bar level has the sizes of `TINY_BAR`."""

TINY_DRUMS = ModelConfig(
    num_bars=2, encoding="drums", enc_rnn_size=(24,), dec_rnn_size=(24, 24), z_size=8
)
TINY_TRIO = dataclasses.replace(TINY_HIERARCHY, encoding="trio", z_size=8)
TINY_MODELS = {"melody": TINY_MODEL, "drums": TINY_DRUMS, "trio": TINY_TRIO}

TINY_TRAIN = TrainConfig(
    batch_size=8,
    num_steps=6,
    learning_rate=5e-3,
    initialisation="chrono",
    max_beta=0.01,
    beta_rate=0.5,
    max_transpose=3,
    word_dropout=0.1,
    ema_decay=0.9,
    warmup_steps=2,
)


def tiny_config(model=TINY_MODEL, **train):
    """A model small enough to train within a second."""
    training = dataclasses.replace(TINY_TRAIN, **train)
    return Config(name="tiny", model=model, train=training)


def tiny_tokens(num, seed=0, *, encoding="melody"):
    """Phrases of two bars with something at the start, and many steps of nothing."""
    rng = np.random.default_rng(seed)
    music = ENCODINGS[encoding]
    parts = [_tiny_part(part, num, rng) for part in music.parts]
    tokens = np.stack(parts, axis=-1) if music.part_shape else parts[0]
    return tokens.astype(music.dtype)


def _tiny_part(part, num, rng):
    """A melody of a few notes, a bass two octaves below, or drums of all kinds."""
    low, high, first = {
        "melody": (30, 50, 40),
        "bass": (6, 26, 16),
        "drums": (1, 512, 5),
    }[part.name]
    tokens = rng.integers(low, high, size=(num, 32)).astype(np.int16)
    tokens[rng.random(tokens.shape) < 0.6] = 0
    tokens[:, 0] = first
    return tokens


def tiny_dataset(num=24, num_sources=2, weights=(0.75, 0.25), *, encoding="melody"):
    """Prepared data in memory: `num` phrases of as many tunes in each split."""
    splits = {}
    for seed, name in enumerate(("train", "validation", "test")):
        rows = np.arange(num)
        splits[name] = Split(
            tokens=tiny_tokens(num, seed, encoding=encoding),
            tune=rows.astype(np.int32),
            bar=np.zeros(num, np.int32),
            source=(rows % num_sources).astype(np.uint8),
        )
    return Dataset(
        num_bars=2,
        encoding=encoding,
        splits=splits,
        tunes=tuple(
            TuneInfo(
                title=f"Tune {row}",
                source=f"source-{row % num_sources}",
                licence="CC0-1.0",
                file=f"{row}.mid",
                split="train",
                key="C major",
            )
            for row in range(num)
        ),
        sources=tuple(
            SourceInfo(
                name=f"source-{index}",
                licence="CC0-1.0",
                citation="",
                url="",
                weight=weights[index],
                num_tunes=num // num_sources,
                num_windows={"train": num // num_sources, "validation": 0, "test": 0},
            )
            for index in range(num_sources)
        ),
        sha256="0" * 64,
        manifest={"num_bars": 2},
    )
