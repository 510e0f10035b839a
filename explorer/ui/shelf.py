"""What is on offer: checkpoints and maps of one's own files, and which comes first.

Names are made from what a model is, never from what its folder is called, so that
somebody's own checkpoint is offered as well as a shipped one. Only the small files
are read here; `trained_model.load` reads and checks the rest.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer import checkpoint, own_map
from explorer.config import ModelConfig, model_config_from_json
from explorer.encodings import ENCODINGS, EncodingName
from explorer.errors import CheckpointError
from explorer.own_map import OwnMap

KINDS: Final[dict[EncodingName, str]] = {
    "melody": "Melody",
    "drums": "Drums",
    "trio": "Band (melody, bass, drums)",
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One checkpoint, or a map of one's own files, as a visitor chooses it."""

    name: str  # of its folder; of a map `checkpoint@map`
    problem: str | None  # why it cannot be used
    label: str = ""  # what it is, in plain words, and its name
    encoding: EncodingName | None = None  # what it writes; None: cannot be told
    own_map: OwnMap | None = None  # of somebody's own files, in place of its own map


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


def with_maps(
    found: Sequence[Offer], checkpoints: Path, maps: Path, named: Path | None = None
) -> tuple[Offer, ...]:
    """The checkpoints, and the maps of one's own files that are made with them.

    Parameters
    ----------
    found
        The checkpoints, as `offers` gives them.
    checkpoints
        Their folder.
    maps
        Folder of maps.
    named
        One more map, wherever it is. It comes first: somebody asked for it.
    """
    good = [offer for offer in found if offer.problem is None]
    broken = [offer for offer in found if offer.problem is not None]
    first: list[Offer] = []
    for folder in own_map.folders(maps, named):
        offer = _map_offer(folder, {each.name: each for each in good}, checkpoints)
        if offer.problem is not None:
            broken.append(offer)
        elif named is not None and folder == named.resolve():
            first.append(offer)
        else:
            good.append(offer)
    return (*first, *good, *broken)


def _map_offer(folder: Path, works: Mapping[str, Offer], checkpoints: Path) -> Offer:
    """A map as it is offered; all its files are checked."""
    name = f"@{folder.name}"
    try:
        found = own_map.read(folder)
        name = f"{found.checkpoint}@{folder.name}"
        base = works.get(found.checkpoint)
        own_map.check(found, _weights(checkpoints / base.name) if base else None)
    except CheckpointError as error:
        return Offer(name=name, problem=str(error))
    assert base is not None, "a map without its checkpoint has just been refused"
    return Offer(
        name=name,
        problem=None,
        label=f"{base.label.rpartition(' · ')[0]} · {folder.name} (your files)",
        encoding=base.encoding,
        own_map=found,
    )


def _weights(folder: Path) -> str:
    """SHA-256 of a working checkpoint's weights, as its config says."""
    config = json.loads((folder / checkpoint.CONFIG).read_text("utf-8"))
    return str(config["files"].get(checkpoint.WEIGHTS))


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
