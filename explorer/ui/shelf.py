"""The checkpoints on offer: what each is called, and which one a visit starts with.

Names are made from what a model is, never from what its folder is called, so that
somebody's own checkpoint is offered as well as a shipped one. Only the small files
are read here; `trained_model.load` reads and checks the rest.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer import checkpoint
from explorer.config import ModelConfig, model_config_from_json
from explorer.encodings import ENCODINGS, EncodingName
from explorer.errors import CheckpointError

KINDS: Final[dict[EncodingName, str]] = {
    "melody": "Melody",
    "drums": "Drums",
    "trio": "Band (melody, bass, drums)",
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One checkpoint, as a visitor chooses it."""

    name: str  # of its folder
    problem: str | None  # why it cannot be used
    label: str = ""  # what it is, in plain words, and its name
    encoding: EncodingName | None = None  # what it writes; None: cannot be told


@dataclass(frozen=True, kw_only=True)
class _Described:
    name: str
    config: ModelConfig
    accuracy: float  # share of sixteenths played back right, sampled; 0: unknown


def offers(root: Path) -> tuple[Offer, ...]:
    """The checkpoints of a folder, those that work first.

    Melodies come first, then drums, then trios. Of one kind short phrases come first,
    because they answer at once and are soon heard to the end; among models of one
    length the one that plays music back best.
    """
    works: list[_Described] = []
    broken: list[Offer] = []
    for name, problem in checkpoint.available(root):
        try:
            if problem is not None:
                raise CheckpointError(problem)
            works.append(_describe(root / name))
        except CheckpointError as error:
            broken.append(Offer(name=name, problem=str(error)))
    kinds = list(ENCODINGS)
    works.sort(
        key=lambda each: (
            kinds.index(each.config.encoding),
            each.config.num_bars,
            -each.accuracy,
            each.name,
        )
    )
    configs = [each.config for each in works]
    good = [
        Offer(
            name=each.name,
            problem=None,
            label=f"{plain_name(each.config, configs)} · {each.name}",
            encoding=each.config.encoding,
        )
        for each in works
    ]
    return (*good, *broken)


def plain_name(config: ModelConfig, others: Sequence[ModelConfig]) -> str:
    """What a model is, such as "Melody, 16 bars, conductor".

    The kind of music is said only where there are several. A model without a conductor
    says so only where one with a conductor and phrases as long, of the same music, is
    among the others: there it is the one to compare with.
    """
    bars = f"{config.num_bars} bar{'' if config.num_bars == 1 else 's'}"
    if len({other.encoding for other in others} | {config.encoding}) > 1:
        bars = f"{KINDS[config.encoding]}, {bars}"
    if config.is_hierarchical:
        return f"{bars}, conductor"
    if any(_is_alike(other, config) and other.is_hierarchical for other in others):
        return f"{bars}, no conductor (for comparison)"
    return bars


def _is_alike(one: ModelConfig, other: ModelConfig) -> bool:
    return (one.encoding, one.num_bars) == (other.encoding, other.num_bars)


def _describe(folder: Path) -> _Described:
    config = json.loads((folder / checkpoint.CONFIG).read_text("utf-8"))
    return _Described(
        name=folder.name,
        config=model_config_from_json(config["model"]),
        accuracy=_accuracy(folder / checkpoint.METRICS),
    )


def _accuracy(path: Path) -> float:
    try:
        metrics = json.loads(path.read_text("utf-8"))
        return float(metrics["reconstruction"]["sampled"]["accuracy"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return 0.0
