"""Commands that draw what was measured: figures, compare. Nothing is decoded again."""

from argparse import Namespace
from pathlib import Path

from explorer import charts, checkpoint, pictures, side_by_side
from explorer.commands import Report
from explorer.commands.tunes import checkpoint_folder
from explorer.errors import PictureError
from explorer.figures import draw_all
from explorer.promote import redraw

NUMBERS = "comparison.json"


def figures(arguments: Namespace) -> Report:
    """Draw the figures of a checkpoint anew from its `metrics.json`."""
    folder = checkpoint_folder(arguments.checkpoint)
    files = redraw(folder, pictures.svg_files)
    return Report(
        values={"checkpoint": str(folder), "figures": files},
        text=f"{folder}: {', '.join(files)}",
    )


def compare(arguments: Namespace) -> Report:
    """Put checkpoints side by side: a table, figures and the numbers behind them."""
    found = [
        checkpoint.load(checkpoint_folder(named)) for named in arguments.checkpoints
    ]
    models = side_by_side.numbers(found)
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    (out / NUMBERS).write_bytes(checkpoint.to_json(models))
    notes = []
    files: dict[str, bytes] = {}
    try:
        files = pictures.svg_files(draw_all(models, charts.LIGHT))
    except PictureError as error:
        notes.append(f"Figures were left out: {error}")
    for name, content in files.items():
        (out / name).write_bytes(content)
    if not side_by_side.same_phrases(models):
        notes.append(
            "The checkpoints were not measured on the same phrases: differences "
            "between them can be differences between the phrases."
        )
    written = [NUMBERS, *sorted(files)]
    tables = [side_by_side.comparison_table(models), side_by_side.parts_table(models)]
    said = [*filter(None, tables), *notes, f"{out}: {', '.join(written)}"]
    return Report(
        values={"out": str(out), "files": written, "notes": notes, "models": models},
        text="\n\n".join(said),
    )
