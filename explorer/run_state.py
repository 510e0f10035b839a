"""Where a training run stands, on disk: complete or not there at all.

A state is a folder `step_<n>` with one safetensors file and a JSON file that holds
its hash. It is written beside its final name, flushed to disk and renamed, so a
kill at any moment leaves the state before it. `newest` walks back to the newest
state whose hash verifies.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from explorer.errors import DataError

KEEP = 2  # states kept on disk


def write(
    folder: Path, step: int, tensors: Mapping[str, Tensor], facts: dict[str, Any]
) -> Path:
    """Write the state of `step` under `folder` and drop all but the last two.

    Parameters
    ----------
    folder
        The run's folder.
    step
        Training steps done.
    tensors
        Weights and optimiser moments, by name.
    facts
        JSON values: configuration, counters, fingerprints.
    """
    final = folder / f"step_{step:08d}"
    staging = folder / f"step_{step:08d}.tmp"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    contiguous = {
        name: tensor.detach().contiguous() for name, tensor in tensors.items()
    }
    save_file(contiguous, staging / "state.safetensors")
    digest = _sha256(staging / "state.safetensors")
    text = json.dumps(
        {**facts, "step": step, "sha256": digest}, indent=1, sort_keys=True
    )
    (staging / "state.json").write_text(text)
    for path in (*staging.iterdir(), staging):
        _sync(path)
    shutil.rmtree(final, ignore_errors=True)
    staging.rename(final)
    _sync(folder)
    for old in _steps(folder)[:-KEEP]:
        shutil.rmtree(old)
    return final


def newest(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """(tensors, facts) of the newest state that verifies; None for a new run.

    Raises
    ------
    DataError
        If there are states and none of them verifies.
    """
    for leftover in folder.glob("step_*.tmp"):
        shutil.rmtree(leftover, ignore_errors=True)
    states = _steps(folder)
    for state in reversed(states):
        try:
            facts = json.loads((state / "state.json").read_text())
            if facts["sha256"] == _sha256(state / "state.safetensors"):
                return load_file(state / "state.safetensors"), facts
        except (OSError, ValueError, KeyError, SafetensorError):
            continue  # damaged: the one before it may be whole
    if states:
        raise DataError(
            f"None of the {len(states)} saved states in {folder} is whole. "
            "Start again with another --name, or copy a backup of the run there."
        )
    return None


def _steps(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("step_*") if p.suffix != ".tmp")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
