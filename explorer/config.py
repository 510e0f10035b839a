"""What a model is made of and how it is trained: dataclasses, and their JSON.

Named ones are in `explorer.presets`.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.encodings import ENCODINGS, Encoding, EncodingName
from explorer.errors import CheckpointError
from explorer.notes import STEPS_PER_BAR


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Sizes of one MusicVAE.

    A model of several parts has one bottom decoder a part, all of `dec_rnn_size`.
    """

    num_bars: int  # 4/4 bars in one phrase
    encoding: EncodingName = "melody"  # what a step is
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
        if self.encoding not in ENCODINGS:
            raise ValueError(
                f"encoding {self.encoding!r} is not one of {', '.join(ENCODINGS)}"
            )
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
    def music(self) -> Encoding:
        """What a step of this model's music is."""
        return ENCODINGS[self.encoding]

    @property
    def depth(self) -> int:
        """Logits a step: the classes of all parts."""
        return self.music.depth

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
    values = _without_depth(values)
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
        if key == "encoding":
            if value not in ENCODINGS:
                raise CheckpointError(
                    f"The model config's encoding is {value!r}; known are "
                    f"{', '.join(ENCODINGS)}."
                )
            read[key] = value
            continue
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


def _without_depth(values: dict[str, Any]) -> dict[str, Any]:
    """The values without `depth`, which melody models of older files state."""
    melody = ENCODINGS["melody"].depth
    if "depth" not in values or "encoding" in values:
        return values
    if values["depth"] != melody:
        raise CheckpointError(
            f"The model config's depth is {values['depth']!r}; melody models have "
            f"{melody} classes, and other models state their encoding."
        )
    return {key: value for key, value in values.items() if key != "depth"}
