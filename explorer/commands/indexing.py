"""The command that makes a map of somebody's own files: index."""

import datetime
import os
import shlex
from argparse import Namespace
from pathlib import Path

import torch

from explorer import checkpoint, indexing, own_map
from explorer.checkpoint import Checkpoint
from explorer.commands import Report
from explorer.commands.progress import files_done, progress_bar, stages
from explorer.commands.tunes import checkpoint_folder
from explorer.errors import CheckpointError
from explorer.nouns import NOUNS
from explorer.trained_model import VECTORS

MAPS = Path(__file__).parents[2] / "maps"


def index(arguments: Namespace) -> Report:
    """Make a map of the phrases of music files."""
    torch.set_num_threads(1)
    folder, is_found = _place(arguments.out)
    own_map.check_place(folder)
    trained = _promoted(arguments.checkpoint)
    with progress_bar("file") as files, progress_bar("stage") as stage:
        indexed = indexing.index(
            arguments.folders,
            trained,
            num_phrases=arguments.phrases,
            seed=arguments.seed,
            workers=arguments.workers,
            on_file=files_done(files),
            on_stage=stages(stage),
        )
    own_map.save(
        folder,
        indexed.library,
        trained,
        seed=arguments.seed,
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        left_out=indexed.left_out,
    )
    num = len(indexed.library)
    one_of_many = f" of {indexed.num_phrases:,}" if num < indexed.num_phrases else ""
    many = NOUNS[trained.config.encoding].many
    return Report(
        values={
            "map": str(folder),
            "checkpoint": trained.path.resolve().name,
            "num_phrases": num,
            "num_phrases_found": indexed.num_phrases,
            "num_tunes": indexed.num_tunes,
        },
        text=f"{folder}: {num:,}{one_of_many} phrases of {indexed.num_tunes:,} {many}; "
        f"what was left out and why is in {folder / own_map.LEFT_OUT}\n"
        f"{_opening(folder, is_found=is_found)}",
    )


def _opening(folder: Path, *, is_found: bool) -> str:
    if is_found:
        shown = f"“{folder.name} (your files)”"
        return f"Open it: `make run`, then choose {shown} under Music model."
    return f"Open it: `make run MAP={shlex.quote(str(folder))}`"


def _place(out: str) -> tuple[Path, bool]:
    """Where a map goes, and whether the app looks there by itself."""
    root = Path(os.environ.get("EXPLORER_MAPS") or MAPS)
    if not {os.sep, os.altsep} & set(out):
        return _shortened(root / out), True
    return Path(out), Path(out).resolve().parent == root.resolve()


def _shortened(path: Path) -> Path:
    """A path as seen from where the command runs, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _promoted(named: str) -> Checkpoint:
    """A checkpoint that the app can play."""
    found = checkpoint.load(checkpoint_folder(named))
    if VECTORS not in found.files:
        raise CheckpointError(
            f"{found.path} is no promoted checkpoint, so the app cannot play a map of "
            "it. Promote the run first, or name another checkpoint."
        )
    return found
