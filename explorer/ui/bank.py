"""The sound bank the browser plays from: which instruments, which files.

The bank is a folder of audio sprites with an `index.json`; a script renders it once
from a SoundFont (see the folder's README).
"""

import functools
import json
from pathlib import Path
from typing import Any

BANK = Path(__file__).parents[2] / "assets" / "bank"
INDEX = "index.json"


@functools.lru_cache(maxsize=1)
def index() -> dict[str, Any]:
    """The bank's index; empty when the bank is missing."""
    try:
        read: dict[str, Any] = json.loads((BANK / INDEX).read_text("utf-8"))
    except (OSError, ValueError):
        return {"instruments": {}}
    return read


def path_of(name: str) -> Path | None:
    """Where a file of the bank lies; None unless the index names it."""
    files = {entry["file"] for entry in index()["instruments"].values()}
    if name != INDEX and name not in files:
        return None
    path = BANK / name
    return path if path.is_file() else None
