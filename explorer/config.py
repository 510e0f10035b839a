"""What a model is made of and how it is trained: dataclasses and named presets.

Presets carry Magenta's names and sizes. Those of one bar, and the `small` and `medium`
ones of 16 bars, are this project's: small learns on two CPU cores, medium fits a
quarter of an hour of a GPU, and 60 MB in half precision. Where the paper and Magenta's
code differ, the paper's own figures are the `paper-*` presets: a flat decoder of 2 x
2048 (Magenta: 3 x 2048) and a conductor projected to 512 outputs (Magenta: used
directly at its width, 1024). The paper's 130 melody classes (128 pitches, note-off,
rest) are 90 here, as in Magenta, so that one encoding serves every preset.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 4 and appendix.
.. [2] magenta/magenta 526d3eb1, `models/music_vae/configs.py`.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.converters import MELODY_DEPTH
from explorer.errors import CheckpointError
from explorer.notes import STEPS_PER_BAR


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Sizes of one MusicVAE."""

    num_bars: int  # 4/4 bars in one phrase
    depth: int = MELODY_DEPTH  # token classes per step
    enc_rnn_size: tuple[
        int, ...
    ]  # units of each bidirectional encoder layer, a direction
    dec_rnn_size: tuple[int, ...]  # units of each bottom decoder layer
    z_size: int  # latent dimensions
    bar_enc_rnn_size: tuple[
        int, ...
    ] = ()  # units of each layer that reads one bar; () reads the phrase in one go
    conductor_rnn_size: tuple[
        int, ...
    ] = ()  # units of each conductor layer; () is flat
    conductor_output_size: int | None = None  # None: the conductor's state itself

    def __post_init__(self) -> None:
        if self.num_bars < 1 or not self.enc_rnn_size or not self.dec_rnn_size:
            raise ValueError("a model needs at least 1 bar and 1 layer on each side")
        for sizes in self.lstm_sizes:
            if len(set(sizes)) > 1:
                raise ValueError(f"layers of one LSTM differ in size: {sizes}")
        if self.conductor_output_size is not None and not self.conductor_rnn_size:
            raise ValueError("conductor_output_size is set but there is no conductor")

    @property
    def lstm_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The layers of every LSTM; () for one this model does not have."""
        return (
            self.bar_enc_rnn_size,
            self.enc_rnn_size,
            self.conductor_rnn_size,
            self.dec_rnn_size,
        )

    @property
    def num_steps(self) -> int:
        """Sixteenths in one phrase."""
        return self.num_bars * STEPS_PER_BAR

    @property
    def is_hierarchical(self) -> bool:
        """Whether a conductor writes one embedding per bar."""
        return bool(self.conductor_rnn_size)


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How a model is trained. Every field is a flag of `train`."""

    batch_size: int = field(default=512, metadata={"help": "examples per step"})
    learning_rate: float = field(default=1e-3, metadata={"help": "of Adam, at step 0"})
    min_learning_rate: float = field(default=1e-5, metadata={"help": "lower bound"})
    lr_schedule: Literal["exponential", "cosine", "trapezoid"] = field(
        default="exponential",
        metadata={
            "help": "exponential by decay_rate, cosine over the run, or trapezoid: "
            "level, then straight down over the last third"
        },
    )
    decay_rate: float = field(default=0.9999, metadata={"help": "per step"})
    warmup_steps: int = field(default=0, metadata={"help": "linear rise of the rate"})
    clip_norm: float = field(default=1.0, metadata={"help": "global gradient norm"})
    max_beta: float = field(default=0.2, metadata={"help": "final weight of the KL"})
    beta_rate: float = field(
        default=0.0,
        metadata={
            "help": "beta = (1 - beta_rate^step) max_beta; 0 is max_beta at once"
        },
    )
    free_bits: float = field(
        default=0.0, metadata={"help": "KL in bits left unpunished"}
    )
    sampling_schedule: Literal["constant", "inverse_sigmoid", "exponential"] = field(
        default="constant", metadata={"help": "share of sampled inputs over the steps"}
    )
    sampling_rate: float = field(
        default=0.0,
        metadata={"help": "rate of the schedule; constant 0 is teacher forcing"},
    )
    word_dropout: float = field(
        default=0.0,
        metadata={"help": "share of the decoder's previous events blanked out"},
    )
    initialisation: Literal["magenta", "chrono"] = field(
        default="magenta",
        metadata={
            "help": "magenta: glorot; chrono: orthogonal, long open forget gates"
        },
    )
    max_transpose: int = field(
        default=0, metadata={"help": "semitones, drawn per example and epoch"}
    )
    objective: Literal["events", "bar_codes"] = field(
        default="events",
        metadata={
            "help": "events: the whole model; bar_codes: only what is above the bars "
            "of the model to start from"
        },
    )
    num_steps: int = field(
        default=50_000, metadata={"help": "length of the run (paper: 50k, 100k)"}
    )
    ema_decay: float = field(
        default=0.0, metadata={"help": "averaged weights for the export; 0 is none"}
    )
    seed: int = field(default=0, metadata={"help": "of weights, order, noise"})


@dataclass(frozen=True, kw_only=True)
class Config:
    """One preset: a model and the training it was published with."""

    name: str
    model: ModelConfig
    train: TrainConfig


_SCHEDULED = TrainConfig(
    max_beta=0.2,
    beta_rate=0.99999,
    sampling_schedule="inverse_sigmoid",
    sampling_rate=1000,
    max_transpose=5,
)
_LONG = TrainConfig(free_bits=256, max_beta=0.2)
_SMALL = TrainConfig(
    batch_size=64,
    learning_rate=2e-3,
    lr_schedule="trapezoid",
    warmup_steps=200,
    initialisation="chrono",
    max_beta=0.02,
    beta_rate=0.9995,
    word_dropout=0.2,
    ema_decay=0.999,
    max_transpose=5,
)


CONFIGS: dict[str, Config] = {
    config.name: config
    for config in (
        Config(
            name="cat-mel_2bar_small",
            train=_SCHEDULED,
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(512,),
                dec_rnn_size=(256, 256),
                z_size=256,
            ),
        ),
        Config(
            name="cat-mel_2bar_big",
            train=dataclasses.replace(_SCHEDULED, max_beta=0.5),
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(2048,),
                dec_rnn_size=(2048, 2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="flat-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                dec_rnn_size=(2048, 2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="hierdec-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                conductor_rnn_size=(1024, 1024),
                dec_rnn_size=(1024, 1024),
                z_size=512,
            ),
        ),
        Config(
            name="hier-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(1024,),
                enc_rnn_size=(1024,),
                conductor_rnn_size=(1024, 1024),
                dec_rnn_size=(1024, 1024),
                z_size=512,
            ),
        ),
        Config(
            name="cat-mel_1bar_small",
            train=_SMALL,
            model=ModelConfig(
                num_bars=1,
                enc_rnn_size=(192,),
                dec_rnn_size=(192, 192),
                z_size=128,
            ),
        ),
        Config(
            name="hier-mel_16bar_small",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(192,),
                enc_rnn_size=(512,),
                conductor_rnn_size=(512, 512),
                conductor_output_size=128,
                dec_rnn_size=(192, 192),
                z_size=512,
            ),
        ),
        Config(
            name="hierenc-mel_16bar_small",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(192,),
                enc_rnn_size=(512,),
                dec_rnn_size=(480, 480),
                z_size=512,
            ),
        ),
        Config(
            name="cat-mel_2bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(1024,),
                dec_rnn_size=(512, 512),
                z_size=256,
            ),
        ),
        Config(
            name="cat-mel_1bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=1,
                enc_rnn_size=(512,),
                dec_rnn_size=(512, 512),
                z_size=256,
            ),
        ),
        Config(
            name="hier-mel_16bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(512,),
                enc_rnn_size=(768,),
                conductor_rnn_size=(768, 768),
                conductor_output_size=256,
                dec_rnn_size=(512, 512),
                z_size=512,
            ),
        ),
        Config(
            name="hierenc-mel_16bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(512,),
                enc_rnn_size=(768,),
                dec_rnn_size=(880, 880),
                z_size=512,
            ),
        ),
        Config(
            name="paper-flat-mel_2bar",
            train=dataclasses.replace(_SCHEDULED, free_bits=48, sampling_rate=2000),
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(2048, 2048),
                dec_rnn_size=(2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="paper-flat-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                dec_rnn_size=(2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="paper-hierdec-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                conductor_rnn_size=(1024, 1024),
                conductor_output_size=512,
                dec_rnn_size=(1024, 1024),
                z_size=512,
            ),
        ),
    )
}

RECIPES: dict[str, TrainConfig] = {
    # What two CPU cores can learn in two hours; docs/training.md has the runs.
    "two-cores": TrainConfig(
        batch_size=64,
        learning_rate=2e-3,
        lr_schedule="cosine",
        num_steps=20_000,
        warmup_steps=200,
        initialisation="chrono",
        max_beta=0.2,
        beta_rate=0.99999,
        word_dropout=0.2,
        ema_decay=0.999,
        max_transpose=5,
    ),
}
"""Trainings other than the published ones, by name."""


def model_config_to_json(config: ModelConfig) -> dict[str, Any]:
    """The config as JSON values; tuples become lists."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in dataclasses.asdict(config).items()
    }


def model_config_from_json(values: dict[str, Any]) -> ModelConfig:
    """The config that JSON values describe.

    Raises
    ------
    CheckpointError
        If a field is unknown, missing, of the wrong type or contradicts another.
    """
    fields = {f.name: f for f in dataclasses.fields(ModelConfig)}
    if unknown := sorted(set(values) - set(fields)):
        raise CheckpointError(
            f"The model config has unknown fields: {', '.join(unknown)}. "
            f"Known are {', '.join(sorted(fields))}."
        )
    required = {n for n, f in fields.items() if f.default is dataclasses.MISSING}
    if missing := sorted(required - set(values)):
        raise CheckpointError(f"The model config lacks {', '.join(missing)}.")
    read: dict[str, Any] = {}
    for key, value in values.items():
        sizes = value if isinstance(value, list) else [value]
        optional = key == "conductor_output_size" and value is None
        whole = all(type(n) is int and 1 <= n <= 65_536 for n in sizes)
        if isinstance(value, list) != key.endswith("rnn_size") or not (
            whole or optional
        ):
            raise CheckpointError(
                f"The model config's {key} is {value!r}; sizes are whole numbers "
                "from 1 to 65536."
            )
        read[key] = tuple(value) if isinstance(value, list) else value
    try:
        return ModelConfig(**read)
    except ValueError as error:
        raise CheckpointError(
            f"The model config contradicts itself: {error}."
        ) from error
