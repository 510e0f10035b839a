"""The command that makes kept music again."""

from argparse import Namespace

import torch

from explorer import checkpoint, kept_files, recipe, trained_model
from explorer.caps import MAX_RECIPE_BYTES
from explorer.commands import Report
from explorer.commands.reading import read_bytes
from explorer.commands.tunes import CHECKPOINTS, write_file
from explorer.errors import RecipeError
from explorer.kept_files import Kept


def remake(arguments: Namespace) -> Report:
    """Decode the codes of a recipe again and write the music: the same MIDI bytes."""
    torch.set_num_threads(1)
    read = recipe.read(read_bytes(arguments.recipe, MAX_RECIPE_BYTES))
    folder = checkpoint.find(read.checkpoint, arguments.root or CHECKPOINTS)
    model = trained_model.load(folder)
    is_same = model.checkpoint.sha256 == read.sha256
    if not is_same and not arguments.anyway:
        raise RecipeError(
            f"The recipe was made with {read.checkpoint} of other weights (hash "
            f"{read.sha256[:12]}; here they are {model.checkpoint.sha256[:12]}), so "
            "the music would be another. Put that checkpoint into "
            f"{folder.parent}, or add --anyway."
        )
    tune = recipe.remake(read, model)
    kept = Kept(tune=tune, title=read.title, recipe=read)
    out = arguments.out or arguments.recipe.with_suffix(".mid")
    made = {out: kept_files.midi_file(kept)}
    if arguments.wav:
        made[arguments.wav] = kept_files.wav_file(kept)
    for path, data in made.items():
        write_file(path, data)
    return Report(
        values={
            "checkpoint": model.name,
            "same_weights": is_same,
            "files": [str(path) for path in made],
            "bars": tune.num_bars,
            "qpm": tune.qpm,
            "licences": list(read.licences),
        },
        text=f"{', '.join(map(str, made))}: {tune.num_bars} bars at {tune.qpm:g} "
        f"beats a minute"
        + ("" if is_same else ". The weights are others: it may sound different"),
    )
