"""Check files that are about to be committed: `check_files.py FILE...`.

TOML and JSON parse. Outside `checkpoints/` and `assets/`, which hold weights and
sounds written by scripts, text ends in exactly one newline and no file is over 1 MB.
"""

import json
import sys
import tomllib
from pathlib import Path

MAX_BYTES = 1_000_000
GENERATED = ("checkpoints", "assets")
TEXT = {".py", ".js", ".mjs", ".css", ".md", ".toml", ".json", ".yaml", ".txt", ""}


def complaint(path: Path) -> str | None:
    """One sentence about what is wrong with a file, or None."""
    content = path.read_bytes()
    by_hand = path.parts[0] not in GENERATED
    if by_hand and len(content) > MAX_BYTES:
        return f"is {len(content):,} bytes; {MAX_BYTES:,} are accepted here"
    if by_hand and path.suffix in TEXT and content:
        if not content.endswith(b"\n"):
            return "does not end in a newline"
        if content.endswith(b"\n\n"):
            return "ends in blank lines"
    try:
        if path.suffix == ".json":
            json.loads(content)
        if path.suffix == ".toml":
            tomllib.loads(content.decode())
    except ValueError as error:
        return f"does not parse: {error}"
    return None


def main(names: list[str]) -> int:
    """Print one line per complaint; 1 if there was any."""
    complaints = [(name, complaint(Path(name))) for name in names]
    for name, found in complaints:
        if found:
            print(f"{name} {found}")
    return int(any(found for _, found in complaints))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
