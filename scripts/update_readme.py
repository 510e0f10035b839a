"""Fill the README's table of checkpoints from what `evaluate` measured.

`python -m scripts.update_readme` rewrites the lines between the two markers;
`--check` only says whether they are up to date. A test does the same.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from explorer.cards import stages
from explorer.config import model_config_from_json
from explorer.model import MusicVAE

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- checkpoints -->", "<!-- /checkpoints -->"
HEAD = (
    "| Checkpoint | Music | Bars | Parameters | Teacher-forced | Sampled | KL "
    "| Trained |\n"
    "|---|---|---|---|---|---|---|---|"
)


def row(folder: Path) -> str:
    """One checkpoint: sizes from its config, figures from its metrics."""
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    metrics: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    model = MusicVAE(model_config_from_json(config["model"]))
    reconstruction = metrics["reconstruction"]
    training = config["training"]
    cells = [
        f"[{folder.name}](checkpoints/{folder.name}/README.md)",
        model.config.encoding,
        str(model.config.num_bars),
        f"{model.num_parameters() / 1e6:.1f} M",
        accuracy(reconstruction["teacher_forced"]),
        accuracy(reconstruction["sampled"]),
        f"{metrics['kl_bits']:.0f} bits",
        f"{sum(stage['minutes'] for stage in stages(training)):.0f} minutes on "
        f"{training['hardware']}",
    ]
    return f"| {' | '.join(cells)} |"


def accuracy(score: dict[str, Any]) -> str:
    """The share of right events, or that of each part."""
    parts = score.get("by_part") or {"": score}
    return " / ".join(f"{part['accuracy']:.3f}" for part in parts.values())


def table(checkpoints: Path) -> str:
    """The table of every checkpoint that has figures, by name."""
    folders = sorted(path.parent for path in checkpoints.glob("*/metrics.json"))
    return "\n".join([HEAD, *map(row, folders)])


def filled(readme: str, new_table: str) -> str:
    """The README with the table between its markers replaced."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{new_table}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args()
    path = ROOT / "README.md"
    old = path.read_text()
    new = filled(old, table(ROOT / "checkpoints"))
    if options.check and new != old:
        sys.exit("README.md is out of date: run `python -m scripts.update_readme`.")
    if not options.check:
        path.write_text(new)


if __name__ == "__main__":
    main()
