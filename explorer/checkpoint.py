"""A checkpoint folder: written whole, checked byte by byte when read.

`config.json` says what the model is and names every other file with its SHA-256;
`model.safetensors` holds the weights. A promoted checkpoint has `metrics.json`,
`README.md` (the card), `attributes.safetensors`, `latents.safetensors` and
`phrases.json` besides. Nothing is ever unpickled, and the same model gives the same
bytes. Weights may be stored as float16; they are always computed with as float32.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import safetensors
import torch
from numpy import ndarray
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from explorer.config import (
    ModelConfig,
    model_config_from_json,
    model_config_to_json,
)
from explorer.errors import CheckpointError
from explorer.model import MusicVAE
from explorer.sealed_folder import (
    NAME,
    Kind,
    SealedFolder,
    check_files,
    hashes,
    read_listing,
    replace_folder,
    to_json,
    to_safetensors,
)

__all__ = [
    "CARD",
    "CONFIG",
    "METRICS",
    "WEIGHTS",
    "Checkpoint",
    "available",
    "check_name",
    "find",
    "load",
    "renew",
    "save",
    "to_json",
    "to_safetensors",
]

FORMAT_VERSION: Final = 1
CONFIG: Final = "config.json"
WEIGHTS: Final = "model.safetensors"
METRICS: Final = "metrics.json"
CARD: Final = "README.md"

_FIELDS = ("model", "converter", "training", "data", "versions", "files")  # objects
_MAX_LAYERS = 16
_PROMOTE_AGAIN = "Copy the checkpoint again, or promote the run again."
_KIND: Final = Kind(
    listing=CONFIG,
    what=f"A checkpoint is a folder with {CONFIG} and {WEIGHTS}",
    remedy=_PROMOTE_AGAIN,
    remedy_for_less="Promote the run to get a complete checkpoint.",
    max_bytes=4 * 1024**3,
)


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A model read from disk, and what its folder says of it."""

    name: str
    path: Path
    model: MusicVAE  # float32, evaluation mode
    config: ModelConfig
    preset: str
    training: dict[str, Any]
    data: dict[str, Any]
    metrics: dict[str, Any]  # empty for a run that was not promoted
    files: dict[str, str]  # name -> SHA-256
    sha256: str  # of the weights

    def read(self, file: str) -> bytes:
        """A file of the folder, checked against its hash.

        Raises
        ------
        CheckpointError
            If it is not listed, missing or damaged.
        """
        return _sealed(self.path, self.files).read(file)

    def read_json(self, file: str) -> dict[str, Any]:
        """A JSON object of the folder, checked against its hash."""
        return _sealed(self.path, self.files).read_json(file)

    def read_arrays(self, file: str) -> dict[str, ndarray]:
        """Arrays of a safetensors file of the folder, checked and finite."""
        return _sealed(self.path, self.files).read_arrays(file)


def save(
    folder: Path,
    model: MusicVAE,
    *,
    name: str,
    preset: str,
    training: Mapping[str, Any],
    data: Mapping[str, Any],
    half: bool = False,
    extra: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a checkpoint folder; the one before is replaced only once all is written.

    Parameters
    ----------
    folder
        Where it goes; its parent is made if needed.
    model
        Its weights are stored.
    name
        Letters, digits, `.`, `_` and `-`, at most 64.
    preset, training, data
        What the config says about the model's origin, as JSON values.
    half
        Store float16: half the size, values rounded to 11 significant bits.
    extra
        Further files and their content.

    Raises
    ------
    CheckpointError
        If the name is not allowed or a weight is not finite.
    """
    check_name(name)
    tensors = {
        key: tensor.detach().cpu().to(torch.float16 if half else torch.float32)
        for key, tensor in sorted(model.state_dict().items())
    }
    for key, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise CheckpointError(
                f"{key} has values that are not numbers"
                f"{' in half precision' if half else ''}. The model is not saved; "
                "use an earlier state of the run."
            )
    weights = save_tensors(
        {key: tensor.contiguous() for key, tensor in tensors.items()}, {"format": "pt"}
    )
    contents = {WEIGHTS: weights, **(extra or {})}
    config = {
        "format_version": FORMAT_VERSION,
        "name": name,
        "preset": preset,
        "weights": "float16" if half else "float32",
        "model": model_config_to_json(model.config),
        "converter": {"type": "melody", "num_bars": model.config.num_bars},
        "training": dict(training),
        "data": dict(data),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "safetensors": safetensors.__version__,
        },
        "files": hashes(contents),
    }
    contents[CONFIG] = to_json(config)
    replace_folder(folder, contents)
    return folder


def renew(found: Checkpoint, others: Mapping[str, bytes]) -> Path:
    """Write a checkpoint's folder anew: the same weights, and these files beside them.

    Raises
    ------
    CheckpointError
        If a weight is not finite.
    """
    return save(
        found.path,
        found.model,
        name=found.name,
        preset=found.preset,
        training=found.training,
        data=found.data,
        half=is_half(found),
        extra=others,
    )


def is_half(found: Checkpoint) -> bool:
    """Whether the weights are stored as float16."""
    return bool(read_listing(found.path, _KIND)["weights"] == "float16")


def load(path: Path) -> Checkpoint:
    """The checkpoint in a folder.

    Raises
    ------
    CheckpointError
        If anything is missing, damaged, of another version or not as the config
        says.
    """
    config = _read_config(path)
    model_config = model_config_from_json(config["model"])
    most_layers = max(map(len, model_config.lstm_sizes))
    if most_layers > _MAX_LAYERS:
        raise CheckpointError(
            f"{path} describes an LSTM of {most_layers} layers; at most "
            f"{_MAX_LAYERS} are read. Use another checkpoint."
        )
    files = config["files"]
    with torch.device("meta"):
        model = MusicVAE(model_config)
    tensors = _read_weights(path, files)
    expected = {key: tuple(t.shape) for key, t in model.state_dict().items()}
    _check_weights(path, tensors, expected)
    model.load_state_dict(tensors, strict=True, assign=True)
    model.eval()
    metrics = {}
    if METRICS in files:
        metrics = _sealed(path, files).read_json(METRICS)
    return Checkpoint(
        name=config["name"],
        path=path,
        model=model,
        config=model_config,
        preset=config["preset"],
        training=config["training"],
        data=config["data"],
        metrics=metrics,
        files=files,
        sha256=files[WEIGHTS],
    )


def available(root: Path) -> list[tuple[str, str | None]]:
    """(name, what is wrong with it or None) of every checkpoint folder, by name.

    Reads configs only; `load` checks the rest. Links and odd names are left out.
    """
    found: list[tuple[str, str | None]] = []
    if not root.is_dir():
        return found
    for folder in sorted(root.iterdir()):
        if folder.is_symlink() or not folder.is_dir():
            continue
        if not NAME.fullmatch(folder.name) or folder.name.endswith(".tmp"):
            continue
        try:
            config = _read_config(folder)
            missing = [f for f in config["files"] if not (folder / f).is_file()]
            problem = None
            if missing:
                problem = f"{folder.name} lacks {', '.join(missing)}. {_PROMOTE_AGAIN}"
        except CheckpointError as error:
            problem = str(error)
        found.append((folder.name, problem))
    return found


def find(name: str, root: Path) -> Path:
    """The folder of a checkpoint named by somebody else, always inside `root`.

    Raises
    ------
    CheckpointError
        If the name is not allowed or no such checkpoint is there.
    """
    check_name(name)
    names = [known for known, _ in available(root)]
    if name not in names:
        raise CheckpointError(
            f"There is no checkpoint {name!r} in {root}. "
            f"There: {', '.join(names) or 'none'}."
        )
    return root / name


def check_name(name: str) -> None:
    """Raise CheckpointError unless `name` can be a checkpoint's folder."""
    if not NAME.fullmatch(name):
        raise CheckpointError(
            f"{name[:80]!r} cannot name a checkpoint. Use up to 64 letters, digits, "
            "dots, dashes and underscores, with a letter or digit first."
        )


def _read_config(path: Path) -> dict[str, Any]:
    """The config of a folder, its fields checked but not the model's sizes."""
    config = read_listing(path, _KIND)
    version = config.get("format_version")
    if version != FORMAT_VERSION:
        raise CheckpointError(
            f"{path} has format version {version!r}; this program reads "
            f"{FORMAT_VERSION}. Update the program or promote the run again."
        )
    wrong = [key for key in _FIELDS if not isinstance(config.get(key), dict)]
    wrong += [key for key in ("name", "preset") if not isinstance(config.get(key), str)]
    if wrong:
        raise CheckpointError(
            f"{path / CONFIG} lacks {', '.join(wrong)}. {_PROMOTE_AGAIN}"
        )
    check_name(config["name"])
    check_files(path, config["files"], _KIND)
    return config


def _read_weights(path: Path, files: Mapping[str, str]) -> dict[str, Tensor]:
    content = _sealed(path, files).read(WEIGHTS)
    try:
        tensors = load_tensors(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{path / WEIGHTS} is not a safetensors file. {_PROMOTE_AGAIN}"
        ) from error
    return {key: tensor.float() for key, tensor in tensors.items()}


def _check_weights(
    path: Path,
    tensors: Mapping[str, Tensor],
    expected: Mapping[str, tuple[int, ...]],
) -> None:
    """Raise CheckpointError unless names, shapes and values are as they must be."""
    if missing := sorted(expected.keys() - tensors.keys()):
        raise CheckpointError(
            f"{path / WEIGHTS} lacks {_some(missing)}. {_PROMOTE_AGAIN}"
        )
    if unknown := sorted(tensors.keys() - expected.keys()):
        raise CheckpointError(
            f"{path / WEIGHTS} holds {_some(unknown)}, which its config has no place "
            f"for. {_PROMOTE_AGAIN}"
        )
    for key, tensor in tensors.items():
        shape = tuple(tensor.shape)
        if shape != expected[key]:
            raise CheckpointError(
                f"{key} in {path / WEIGHTS} has shape {shape}; the config asks for "
                f"{expected[key]}. {_PROMOTE_AGAIN}"
            )
        if not torch.isfinite(tensor).all():
            raise CheckpointError(
                f"{key} in {path / WEIGHTS} has values that are not numbers. "
                f"{_PROMOTE_AGAIN}"
            )


def _some(names: list[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _sealed(path: Path, files: Mapping[str, str]) -> SealedFolder:
    return SealedFolder(path=path, files=files, kind=_KIND)
