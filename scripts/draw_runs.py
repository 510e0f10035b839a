"""Draw accuracy against KL along training runs: `python -m scripts.draw_runs`.

Reads `docs/runs.json`, the looks at validation tunes that are worth keeping, and writes
`docs/images/accuracy_against_kl.svg`. After a run, `--add runs/<name>` takes those of
its log in.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from explorer import charts, pictures
from explorer.figures import run_curves

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "docs/runs.json"
PICTURE = ROOT / "docs/images/accuracy_against_kl.svg"
DIGITS = 4  # of an accuracy: more is noise on 512 phrases


def looks(log: str) -> list[dict[str, Any]]:
    """What a log says of the validation tunes, look by look."""
    found = []
    for line in filter(None, map(str.strip, log.splitlines())):
        progress = json.loads(line)
        if (seen := progress["validation"]) is None:
            continue
        found.append(
            {
                "examples": progress["examples"],
                "beta": round(progress["beta"], DIGITS),
                "kl_bits": round(seen["kl_bits"], 1),
                "teacher_forced": round(seen["teacher_forced"], DIGITS),
                "sampled": round(seen["sampled"], DIGITS),
                "exact_phrases": round(seen["exact_phrases"], DIGITS),
            }
        )
    return found


def drawing() -> go.Figure:
    """The figure of the kept runs."""
    return run_curves(json.loads(RUNS.read_text()), charts.LIGHT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--add", type=Path, nargs="*", default=[], help="folders of runs to take in"
    )
    options = parser.parse_args()
    kept = json.loads(RUNS.read_text())
    for run in options.add:
        kept[run.name] = looks((run / "log.jsonl").read_text())
    RUNS.write_text(json.dumps(kept, indent=1) + "\n")
    (content,) = pictures.svg_files({PICTURE.stem: drawing()}).values()
    PICTURE.write_bytes(content)


if __name__ == "__main__":
    main()
