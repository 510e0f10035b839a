"""Commands on music files: sample, reconstruct, interpolate, shape, render, inspect.

What is read of a file is what the model writes: a melody, the drums, or both and a
bass. Each computes on one thread, so that the same command writes the same bytes on the
same machine.
"""

import os
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from jaxtyping import Integer
from numpy import ndarray

from explorer import attributes, checkpoint, midi, slider_file, synth, trained_model
from explorer.attributes import attributes_of
from explorer.caps import MAX_SLIDER_BYTES
from explorer.commands import Report
from explorer.commands.numbers import finite
from explorer.commands.reading import (
    named_parts,
    read_bytes,
    read_phrase,
    read_song,
    track_index,
)
from explorer.compare import compare
from explorer.errors import ExplorerError
from explorer.notes import NoteSequence, sequence
from explorer.nouns import NOUNS
from explorer.trained_model import DecodedTune, TrainedModel

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"
_Value = TypeVar("_Value")


def sample(arguments: Namespace) -> Report:
    """Write new tunes."""
    model = load_model(arguments.checkpoint)
    z = model.sample(
        arguments.num,
        seed=arguments.seed,
        spread=arguments.spread,
        near_real=not arguments.prior,
    )
    tunes = model.decode(
        z,
        temperature=arguments.temperature,
        seed=arguments.seed,
        qpm=arguments.qpm,
    )
    files = _write_all(arguments.out, [decoded.tune for decoded in tunes])
    rows = [
        {"file": str(file), **_figures(model, decoded)}
        for file, decoded in zip(files, tunes, strict=True)
    ]
    drawn = "prior" if arguments.prior else "between real phrases"
    return Report(
        values={"checkpoint": model.name, "drawn": drawn, "tunes": rows},
        text=f"{len(files)} {NOUNS[model.encoding].many} ({drawn}) in {arguments.out}",
    )


def reconstruct(arguments: Namespace) -> Report:
    """Write the model's version of a tune and count the notes it kept."""
    model = load_model(arguments.checkpoint)
    tune = read_phrase(arguments.file, model, arguments.track, arguments.bar)
    z = model.encode([tune]).mu
    (decoded,) = _decode(model, z, arguments, [tune.qpm])
    write_file(arguments.out, midi.write_midi(decoded.tune))
    kept = _compared(model, tune, decoded)
    return Report(
        values={
            "checkpoint": model.name,
            "file": str(arguments.out),
            **kept,
            **_figures(model, decoded),
        },
        text=f"{arguments.out}: kept {kept['kept']} of {kept['num_notes_before']} "
        f"{NOUNS[model.encoding].note}s ({kept['moved']} moved, {kept['lost']} lost, "
        f"{kept['added']} added)",
    )


def interpolate(arguments: Namespace) -> Report:
    """Write the tunes from one tune to another."""
    model = load_model(arguments.checkpoint)
    tracks = _for_both("--track", arguments.track)
    bars = _for_both("--bar", arguments.bar)
    ends = [
        read_phrase(path, model, track, bar)
        for path, track, bar in zip(
            (arguments.a, arguments.b), tracks, bars, strict=True
        )
    ]
    codes = model.encode(ends).mu
    path = model.interpolate(
        codes[0], codes[1], arguments.steps, spherical=arguments.spherical
    )
    tempos = np.linspace(ends[0].qpm, ends[1].qpm, arguments.steps)
    tunes = _decode(model, path, arguments, [float(qpm) for qpm in tempos])
    files = _write_all(arguments.out, [decoded.tune for decoded in tunes])
    rows = [
        {"file": str(file), **_figures(model, decoded)}
        for file, decoded in zip(files, tunes, strict=True)
    ]
    kept = {
        "a": _compared(model, ends[0], tunes[0]),
        "b": _compared(model, ends[1], tunes[-1]),
    }
    return Report(
        values={"checkpoint": model.name, "ends": kept, "steps": rows},
        text=f"{len(files)} {NOUNS[model.encoding].many} in {arguments.out}; the ends "
        f"keep {kept['a']['kept']} of {kept['a']['num_notes_before']} and "
        f"{kept['b']['kept']} of {kept['b']['num_notes_before']} "
        f"{NOUNS[model.encoding].note}s",
    )


def shape(arguments: Namespace) -> Report:
    """Write a tune moved along attribute vectors, and measure what it did."""
    amounts = arguments.amount or [1.0] * len(arguments.attribute)
    if len(amounts) != len(arguments.attribute):
        raise ExplorerError(
            f"{len(arguments.attribute)} --attribute and {len(amounts)} --amount were "
            "given. Give one amount for each attribute."
        )
    wanted: dict[str, float] = dict.fromkeys(arguments.attribute, 0.0)
    for name, amount in zip(arguments.attribute, amounts, strict=True):
        wanted[name] += amount
    model = load_model(arguments.checkpoint)
    known = attributes_of(model.encoding)
    if unknown := [name for name in wanted if name not in known]:
        raise ExplorerError(
            f"{model.name} has no {' and no '.join(unknown)}. Its attributes are "
            f"{', '.join(known)}."
        )
    if not wanted and not arguments.slider:
        raise ExplorerError(
            "Nothing to change was given. Name an --attribute, or a --slider that was "
            "taught in the app."
        )
    tune = read_phrase(arguments.file, model, arguments.track, arguments.bar)
    z = model.encode([tune]).mu
    moved = model.attribute_vectors.move(z, wanted)
    for path, amount in arguments.slider:
        slider = slider_file.read(read_bytes(Path(path), MAX_SLIDER_BYTES))
        slider_file.check_model(slider, model)
        moved = moved + _amount(amount) * np.array([slider.vector], np.float32)
    (before,) = _decode(model, z, arguments, [tune.qpm])
    (after,) = _decode(model, moved, arguments, [tune.qpm])
    write_file(arguments.out, midi.write_midi(after.tune))
    tokens = (model.converter.to_tokens(tune), before.tokens, after.tokens)
    original, found, bent = (_measured(model, each) for each in tokens)
    values = {
        name: {
            "amount": wanted.get(name, 0.0),
            "original": original[name],
            "before": found[name],
            "after": bent[name],
        }
        for name in known
    }
    lines = [f"{arguments.out}, the model's version before and after:"] + [
        f"  {name}: {row['before']:.3f} -> {row['after']:.3f} {known[name].unit}"
        for name, row in values.items()
    ]
    return Report(
        values={
            "checkpoint": model.name,
            "file": str(arguments.out),
            "attributes": values,
            **_figures(model, after),
        },
        text="\n".join(lines),
    )


def _amount(text: str) -> float:
    try:
        return finite(text)
    except ArgumentTypeError as error:
        raise ExplorerError(
            f"--slider was given the amount {text!r}. Give a number, such as 1 or -0.5."
        ) from error


def render(arguments: Namespace) -> Report:
    """Make a WAV file of a MIDI file."""
    song = read_song(arguments.file)
    tracks = song.tracks
    if arguments.track is not None:
        tracks = (tracks[track_index(song, arguments.track, arguments.file)],)
    tune = sequence(
        [note for track in tracks for note in track.notes],
        total_steps=song.total_steps,
        qpm=song.qpm,
        title=song.title,
    )
    sound = synth.render_wav(tune, program=arguments.program, loops=arguments.loops)
    write_file(arguments.out, sound)
    seconds = round((len(sound) - 44) / 4 / synth.SAMPLE_RATE, 3)
    return Report(
        values={
            "file": str(arguments.out),
            "num_notes": len(tune.notes),
            "seconds": seconds,
            "sample_rate": synth.SAMPLE_RATE,
        },
        text=f"{arguments.out}: {len(tune.notes)} notes, {seconds:.1f} seconds",
    )


def inspect(arguments: Namespace) -> Report:
    """Say what the uploader makes of a file, or what a checkpoint is.

    A refused file is an answer too.
    """
    if _names_checkpoint(arguments.file):
        return _described(load_model(str(arguments.file)))
    found = midi.inspect(midi.file_bytes(arguments.file), arguments.file.name)
    return Report(values=found, text=f"{found['outcome']}: {found['message']}")


def _names_checkpoint(path: Path) -> bool:
    """Whether a path is a checkpoint's folder or its name, not a music file."""
    if path.is_dir():
        return True
    return not path.exists() and path.suffix.lower() not in (".mid", ".midi")


def _described(model: TrainedModel) -> Report:
    """What a checkpoint reads and writes."""
    config = model.checkpoint.config
    parts = [part.name for part in model.music.parts]
    known = list(attributes_of(model.encoding))
    conductor = "with a conductor" if config.is_hierarchical else "without a conductor"
    bars = f"{config.num_bars} {'bar' if config.num_bars == 1 else 'bars'}"
    return Report(
        values={
            "checkpoint": model.name,
            "encoding": model.encoding,
            "parts": parts,
            "num_bars": config.num_bars,
            "z_size": config.z_size,
            "is_hierarchical": config.is_hierarchical,
            "num_phrases": len(model.library.mu),
            "attributes": known,
        },
        text=f"{model.name} reads and writes {named_parts(parts)}, {bars} at a time, "
        f"{conductor}; a code has {config.z_size} numbers. Attributes: "
        f"{', '.join(known)}.",
    )


def load_model(named: str) -> TrainedModel:
    """The checkpoint a person means: a folder, or a name under `checkpoints/`.

    Raises
    ------
    CheckpointError
        If there is none, or it is damaged.
    """
    torch.set_num_threads(1)
    return trained_model.load(checkpoint_folder(named))


def checkpoint_folder(named: str) -> Path:
    """The folder a person means by a path or a name.

    Raises
    ------
    CheckpointError
        If there is none.
    """
    path = Path(named)
    if path.is_dir():
        return path
    root = Path(os.environ.get("EXPLORER_CHECKPOINTS") or CHECKPOINTS)
    return checkpoint.find(named, root)


def _for_both(option: str, values: list[_Value] | None) -> Sequence[_Value | None]:
    """One value for each of two tunes."""
    match values:
        case None:
            return (None, None)
        case [both]:
            return (both, both)
        case [a, b]:
            return (a, b)
    raise ExplorerError(f"{option} has {len(values)} values; give one, or one each.")


def _decode(
    model: TrainedModel, z: ndarray, arguments: Namespace, tempos: list[float]
) -> list[DecodedTune]:
    """Tunes of codes, each at its tempo."""
    decoded = model.decode(z, temperature=arguments.temperature, seed=arguments.seed)
    return [
        replace(found, tune=replace(found.tune, qpm=qpm))
        for found, qpm in zip(decoded, tempos, strict=True)
    ]


def _figures(model: TrainedModel, decoded: DecodedTune) -> dict[str, Any]:
    """What is said of every tune written."""
    return {
        "num_notes": len(decoded.tune.notes),
        "certainty": round(float(decoded.certainty.mean()), 4),
        "measured": _measured(model, decoded.tokens),
    }


def _measured(
    model: TrainedModel, tokens: Integer[ndarray, " steps *parts"]
) -> dict[str, float]:
    values = attributes.measure(tokens, model.encoding)
    return {
        name: round(float(value), 4)
        for name, value in zip(attributes_of(model.encoding), values, strict=True)
    }


def _compared(
    model: TrainedModel, tune: NoteSequence, decoded: DecodedTune
) -> dict[str, Any]:
    """What became of the notes that the model reads of a tune."""
    tokens = model.converter.to_tokens(tune)
    before = model.converter.from_tokens(tokens)
    found = compare(before, decoded.tune, model.encoding)
    return {
        "num_notes_before": len(before.notes),
        "kept": found.kept,
        "moved": found.moved,
        "lost": found.lost,
        "added": found.added,
        "accuracy": round(float((tokens == decoded.tokens).mean()), 4),
    }


def _write_all(folder: Path, tunes: list[NoteSequence]) -> list[Path]:
    """MIDI files 00.mid and on."""
    digits = max(2, len(str(len(tunes) - 1)))
    paths = [folder / f"{index:0{digits}}.mid" for index in range(len(tunes))]
    for path, tune in zip(paths, tunes, strict=True):
        write_file(path, midi.write_midi(tune))
    return paths


def write_file(path: Path, content: bytes) -> None:
    """Write a file and the folders it lies in, or say why that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ExplorerError(
            f"{path} cannot be written ({error.strerror}). Give another place with -o."
        ) from error
