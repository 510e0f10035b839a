"""The arguments of every command.

Loads neither torch nor a MIDI library, so that `--help` and a wrong argument are
answered at once.
"""

import argparse
import dataclasses
import itertools
import os
import typing
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from explorer.attributes import attributes_of
from explorer.commands.numbers import (
    at_least,
    between,
    finite,
    not_negative,
    positive,
    track_numbers,
)
from explorer.config import TrainConfig
from explorer.encodings import ENCODINGS
from explorer.presets import CONFIGS, RECIPES

PROGRAM = "python -m explorer"
_ATTRIBUTES = {
    encoding.name: list(attributes_of(encoding.name)) for encoding in ENCODINGS.values()
}


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with code 2."""
        line = " ".join(message.split())
        self.exit(2, f"{self.prog}: {line}. See `{self.prog} --help`.\n")


def build() -> Parser:
    """The whole parser. A command's function is `arguments.command`."""
    parser = Parser(
        prog=PROGRAM,
        description="Train a MusicVAE on real music and play in its latent space.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, module: str, summary: str) -> Parser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(command=(module, name))
        command.add_argument(
            "--json", action="store_true", help="print figures as JSON"
        )
        return command

    _prepare(add("prepare", "training", "read music files, write training data"))
    _train(add("train", "training", "train a preset, or resume its run"))
    _evaluate(add("evaluate", "training", "measure a checkpoint on held-out tunes"))
    _promote(add("promote", "training", "make a checkpoint of a training run"))
    renewed = add(
        "attributes", "training", "find and measure a checkpoint's sliders again"
    )
    _checkpoint(renewed)
    _data(renewed)
    _seed(renewed, "that it was promoted with")
    _threads(renewed)
    drawn = add("figures", "figures", "draw a checkpoint's figures from its metrics")
    _checkpoint(drawn)
    _compare(add("compare", "figures", "put checkpoints side by side"))
    _index(add("index", "indexing", "make a map of your own files for the app"))
    _sample(add("sample", "tunes", "write new tunes"))
    _reconstruct(add("reconstruct", "tunes", "write the model's version of a tune"))
    _interpolate(add("interpolate", "tunes", "write the tunes between two tunes"))
    _shape(add("shape", "tunes", "write a tune with more or less of an attribute"))
    _render(add("render", "tunes", "make a WAV file of a MIDI file"))
    _remake(add("remake", "keeping", "make the music of a recipe again"))
    inspected = add(
        "inspect", "tunes", "say what the app makes of a MIDI file, or what a model is"
    )
    inspected.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a MIDI file, or a checkpoint's folder or name",
    )
    return parser


def _prepare(command: Parser) -> None:
    command.add_argument(
        "corpora",
        metavar="CORPUS",
        type=Path,
        nargs="+",
        help="folder of MIDI, MusicXML and ABC files",
    )
    _out(command, "folder of the prepared data")
    command.add_argument(
        "--bars", type=at_least(1), default=2, help="4/4 bars in a phrase (2)"
    )
    command.add_argument(
        "--music",
        choices=ENCODINGS,
        default="melody",
        help="what is taken: melodies, drum beats, or trios of melody, bass and drums "
        "(melody)",
    )
    command.add_argument(
        "--arrange",
        action="store_true",
        help="with --music trio: also arrange lead sheets and quartets with Groove",
    )
    _workers(command, "data")
    _seed(command, "of the split into train, validation and test")


def _train(command: Parser) -> None:
    command.add_argument(
        "preset", metavar="PRESET", choices=CONFIGS, help=", ".join(CONFIGS)
    )
    _data(command)
    command.add_argument(
        "--name", help="of the run and its checkpoint (the preset's name)"
    )
    command.add_argument("-o", "--out", type=Path, help="folder of the run (runs/NAME)")
    command.add_argument(
        "--minutes", type=positive, default=120.0, help="of this sitting (120)"
    )
    command.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="auto",
        help="auto takes a GPU that is there (auto)",
    )
    command.add_argument(
        "--start_from",
        help="checkpoint or run/export whose weights are taken as far as they fit",
    )
    command.add_argument(
        "--bf16",
        choices=("auto", "on", "off"),
        default="auto",
        help="train in bfloat16; auto measures whether it is faster",
    )
    command.add_argument(
        "--save_minutes",
        type=positive,
        default=5.0,
        help="between saved states, and looks at held-out tunes (5)",
    )
    command.add_argument(
        "--recipe",
        choices=RECIPES,
        help="settings to start from instead of the preset's own",
    )
    settings = command.add_argument_group(
        "settings, each the preset's, or the recipe's, unless given"
    )
    for field in dataclasses.fields(TrainConfig):
        choices = typing.get_args(field.type)  # of a Literal
        settings.add_argument(
            f"--{field.name}",
            type=str if choices else _setting(field),
            choices=choices or None,
            metavar=None if choices else field.name.upper(),
            help=field.metadata["help"].replace("%", "%%"),
        )


def _setting(field: dataclasses.Field[typing.Any]) -> Callable[[str], float]:
    """The numbers a field of `TrainConfig` can be: none of them may be negative."""
    if field.type is float:
        return not_negative
    return at_least(1 if field.name in ("batch_size", "num_steps") else 0)


def _evaluate(command: Parser) -> None:
    _checkpoint(command)
    _data(command)
    command.add_argument(
        "--split",
        choices=("validation", "test", "all"),
        default="test",
        help="which held-out tunes (test); all is both",
    )
    command.add_argument(
        "--limit",
        type=at_least(1),
        help="at most this many phrases, pairs of them and new phrases (all)",
    )
    _seed(command, "of all draws")
    _threads(command)


def _promote(command: Parser) -> None:
    command.add_argument("run", metavar="RUN", type=Path, help="folder of the run")
    _data(command)
    command.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="of the checkpoint, which is replaced if there is one (the run's name)",
    )
    command.add_argument(
        "--root", type=Path, help="folder of the checkpoints (checkpoints)"
    )
    command.add_argument(
        "--full", action="store_true", help="store float32 weights, not float16"
    )
    command.add_argument(
        "--limit", type=at_least(1), help="measure on at most this many phrases (all)"
    )
    command.add_argument(
        "--phrases", type=at_least(1), default=5000, help="on the map (5000)"
    )
    _seed(command, "of all draws")
    _threads(command)


def _index(command: Parser) -> None:
    command.add_argument(
        "folders",
        metavar="FOLDER",
        type=Path,
        nargs="+",
        help="folder of MIDI files; for melodies also MusicXML and ABC",
    )
    command.add_argument(
        "--checkpoint",
        metavar="CHECKPOINT",
        required=True,
        help="whose map it is: a folder, or a name in checkpoints/",
    )
    command.add_argument(
        "-o",
        "--out",
        required=True,
        help="name of the map, which goes to maps/NAME; with a slash, its folder",
    )
    command.add_argument(
        "--phrases",
        type=between(1, 100_000),
        default=5000,
        help="at most, on the map: 1 to 100000 (5000)",
    )
    _workers(command, "map")
    _seed(command, "of the choice of phrases and the layouts")


def _remake(command: Parser) -> None:
    command.add_argument(
        "recipe", metavar="RECIPE", type=Path, help="recipe.json, as the app keeps it"
    )
    command.add_argument(
        "-o", "--out", type=Path, help="MIDI file to write (the recipe's name)"
    )
    command.add_argument("--wav", type=Path, help="WAV file to write as well")
    command.add_argument(
        "--root", type=Path, help="folder of the checkpoints (checkpoints)"
    )
    command.add_argument(
        "--anyway",
        action="store_true",
        help="use a checkpoint of that name even if its weights are others",
    )


def _compare(command: Parser) -> None:
    command.add_argument(
        "checkpoints",
        metavar="CHECKPOINT",
        nargs="+",
        help="folder of a checkpoint, or its name in checkpoints/",
    )
    _out(command, "folder of the figures and of comparison.json, their numbers")


def _sample(command: Parser) -> None:
    _checkpoint(command)
    command.add_argument(
        "-n", "--num", type=at_least(1), default=4, help="how many tunes (4)"
    )
    _out(command, "folder of the tunes")
    command.add_argument(
        "--prior",
        action="store_true",
        help="draw from the model's prior instead of between real phrases",
    )
    command.add_argument(
        "--spread",
        type=positive,
        default=1.0,
        help="how far from a real phrase, 1 being about half of the way to another; "
        "with --prior the standard deviation (1)",
    )
    _temperature(command)
    _qpm(command)
    _seed(command, "of all draws")


def _reconstruct(command: Parser) -> None:
    _checkpoint(command)
    _tune(command)
    _out(command, "MIDI file to write")
    _temperature(command)
    _seed(command, "of the draws, with --temperature")


def _interpolate(command: Parser) -> None:
    _checkpoint(command)
    command.add_argument(
        "a", metavar="A", type=Path, help="MIDI file of the first tune"
    )
    command.add_argument("b", metavar="B", type=Path, help="MIDI file of the last tune")
    command.add_argument(
        "--steps", type=at_least(2), default=9, help="tunes, both ends counted (9)"
    )
    _out(command, "folder of the tunes, 00.mid and on")
    ways = command.add_mutually_exclusive_group()
    ways.add_argument(
        "--spherical",
        action="store_true",
        default=True,
        help="turn from code to code at an even pace (the default)",
    )
    ways.add_argument(
        "--straight",
        action="store_false",
        dest="spherical",
        help="go along the straight line",
    )
    for option, kind, what in (
        ("--track", track_numbers, _TRACK),
        ("--bar", at_least(0), _BAR),
    ):
        command.add_argument(
            option,
            type=kind,
            nargs="+",
            metavar="N",
            help=f"{what}; one value for both tunes, or one each",
        )
    _temperature(command)
    _seed(command, "of the draws, with --temperature")


def _shape(command: Parser) -> None:
    _checkpoint(command)
    _tune(command)
    command.add_argument(
        "--attribute",
        choices=list(dict.fromkeys(itertools.chain(*_ATTRIBUTES.values()))),
        metavar="ATTRIBUTE",
        action="append",
        default=[],
        help="what to change; may be repeated. "
        + "; ".join(
            f"{kind}: {', '.join(names)}" for kind, names in _ATTRIBUTES.items()
        )
        + ".",
    )
    command.add_argument(
        "--amount",
        type=finite,
        action="append",
        help="how much, one for each --attribute: 1 is from tunes with little of it to "
        "tunes with much, negative is less (1)",
    )
    command.add_argument(
        "--slider",
        nargs=2,
        metavar=("FILE", "AMOUNT"),
        action="append",
        default=[],
        help="a slider that was taught in the app, and how much of it: 1 is as far as "
        "the middle of the phrases marked down lies from that of those marked up; may "
        "be repeated",
    )
    _out(command, "MIDI file to write")
    _temperature(command)
    _seed(command, "of the draws, with --temperature")


def _render(command: Parser) -> None:
    command.add_argument("file", metavar="FILE", type=Path, help="a MIDI file")
    _out(command, "WAV file to write")
    command.add_argument(
        "--track", type=at_least(0), help="only this track, 0 the first"
    )
    command.add_argument(
        "--program",
        type=between(0, 127),
        help="General MIDI program to play all but drums with (the file's own)",
    )
    command.add_argument(
        "--loops", type=at_least(1), default=1, help="times played (1)"
    )


_TRACK = (
    "track to read, 0 the first, as `inspect` lists them; for a trio three with "
    "commas, melody,bass,drums (the likeliest, and all drums)"
)
_BAR = "bar to start at, 0 the first (0)"


def _checkpoint(command: Parser) -> None:
    command.add_argument(
        "checkpoint",
        metavar="CHECKPOINT",
        help="folder of a checkpoint, or its name in checkpoints/",
    )


def _data(command: Parser) -> None:
    command.add_argument(
        "data", metavar="DATA", type=Path, help="folder that `prepare` wrote"
    )


def _tune(command: Parser) -> None:
    command.add_argument("file", metavar="A", type=Path, help="MIDI file of the tune")
    command.add_argument("--track", type=track_numbers, metavar="N", help=_TRACK)
    command.add_argument("--bar", type=at_least(0), metavar="N", help=_BAR)


def _out(command: Parser, what: str) -> None:
    command.add_argument("-o", "--out", type=Path, required=True, help=what)


def _workers(command: Parser, what: str) -> None:
    command.add_argument(
        "--workers",
        type=at_least(1),
        default=os.cpu_count() or 1,
        help=f"processes that read files (one a core); the {what} does not depend on "
        "it",
    )


def _seed(command: Parser, what: str) -> None:
    command.add_argument("--seed", type=at_least(0), default=0, help=f"{what} (0)")


def _threads(command: Parser) -> None:
    command.add_argument(
        "--threads",
        type=at_least(1),
        default=1,
        help="of the computation; figures are the same bit by bit only for one number "
        "of threads (1)",
    )


def _temperature(command: Parser) -> None:
    command.add_argument(
        "--temperature",
        type=positive,
        help="draw each event, the more adventurously the higher (take the likeliest)",
    )


def _qpm(command: Parser) -> None:
    command.add_argument(
        "--qpm", type=positive, default=120.0, help="quarter notes a minute (120)"
    )
