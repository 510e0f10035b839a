"""What the command line does: one function a command, nothing printed here.

`parser` says which arguments there are, `tunes` works on music files, `training` on
corpora and runs. A command takes the parsed arguments and returns a `Report`.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a command found out."""

    values: dict[str, Any]  # printed with --json
    text: str  # printed without
