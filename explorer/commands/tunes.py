"""Commands on music files: sample, reconstruct, interpolate, shape, render, inspect.

Each computes on one thread, so that the same command writes the same bytes on the
same machine.
"""

import os
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from numpy import ndarray

from explorer import checkpoint, midi, synth, trained_model
from explorer.attributes import ATTRIBUTES
from explorer.commands import Report
from explorer.compare import compare
from explorer.errors import ConversionError, ExplorerError
from explorer.notes import STEPS_PER_BAR, NoteSequence, sequence
from explorer.song import Song
from explorer.trained_model import DecodedTune, TrainedModel

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"


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
        {"file": str(file), **_figures(decoded)}
        for file, decoded in zip(files, tunes, strict=True)
    ]
    drawn = "prior" if arguments.prior else "between real phrases"
    return Report(
        values={"checkpoint": model.name, "drawn": drawn, "tunes": rows},
        text=f"{len(files)} tunes ({drawn}) in {arguments.out}",
    )


def reconstruct(arguments: Namespace) -> Report:
    """Write the model's version of a tune and count the notes it kept."""
    model = load_model(arguments.checkpoint)
    tune = read_phrase(arguments.file, model, arguments.track, arguments.bar)
    z = model.encode([tune]).mu
    (decoded,) = _decode(model, z, arguments, [tune.qpm])
    _write(arguments.out, midi.write_midi(decoded.tune))
    kept = _compared(model, tune, decoded)
    return Report(
        values={
            "checkpoint": model.name,
            "file": str(arguments.out),
            **kept,
            **_figures(decoded),
        },
        text=f"{arguments.out}: kept {kept['kept']} of {kept['num_notes_before']} notes"
        f" ({kept['moved']} moved, {kept['lost']} lost, {kept['added']} added)",
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
        {"file": str(file), **_figures(decoded)}
        for file, decoded in zip(files, tunes, strict=True)
    ]
    kept = {
        "a": _compared(model, ends[0], tunes[0]),
        "b": _compared(model, ends[1], tunes[-1]),
    }
    return Report(
        values={"checkpoint": model.name, "ends": kept, "steps": rows},
        text=f"{len(files)} tunes in {arguments.out}; the ends keep "
        f"{kept['a']['kept']} of {kept['a']['num_notes_before']} and "
        f"{kept['b']['kept']} of {kept['b']['num_notes_before']} notes",
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
    tune = read_phrase(arguments.file, model, arguments.track, arguments.bar)
    z = model.encode([tune]).mu
    moved = model.attribute_vectors.move(z, wanted)
    (before,) = _decode(model, z, arguments, [tune.qpm])
    (after,) = _decode(model, moved, arguments, [tune.qpm])
    _write(arguments.out, midi.write_midi(after.tune))
    original = _measured(model.converter.to_melody(tune))
    values = {
        name: {
            "amount": wanted.get(name, 0.0),
            "original": original[name],
            "before": _measured(before.melody)[name],
            "after": _measured(after.melody)[name],
        }
        for name in ATTRIBUTES
    }
    lines = [f"{arguments.out}, the model's version before and after:"] + [
        f"  {name}: {row['before']:.3f} -> {row['after']:.3f} {ATTRIBUTES[name].unit}"
        for name, row in values.items()
    ]
    return Report(
        values={
            "checkpoint": model.name,
            "file": str(arguments.out),
            "attributes": values,
            **_figures(after),
        },
        text="\n".join(lines),
    )


def render(arguments: Namespace) -> Report:
    """Make a WAV file of a MIDI file."""
    song = _song(arguments.file)
    tracks = song.tracks
    if arguments.track is not None:
        tracks = (tracks[_track_index(song, arguments.track, arguments.file)],)
    tune = sequence(
        [note for track in tracks for note in track.notes],
        total_steps=song.total_steps,
        qpm=song.qpm,
        title=song.title,
    )
    sound = synth.render_wav(tune, program=arguments.program, loops=arguments.loops)
    _write(arguments.out, sound)
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
    """Say what the uploader makes of a file; a refused file is an answer too."""
    found = midi.inspect(midi.file_bytes(arguments.file), arguments.file.name)
    return Report(values=found, text=f"{found['outcome']}: {found['message']}")


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


def read_phrase(
    path: Path, model: TrainedModel, track: int | None, bar: int | None
) -> NoteSequence:
    """The part of a file that the model reads, from `bar` on.

    Raises
    ------
    MidiError
        If the file cannot be read.
    ConversionError
        If it has no such track or bar, or only drums.
    """
    song = _song(path)
    if track is None:
        track = midi.melody_track(song)
        if track is None:
            raise ConversionError(
                f"{path.name} has drums only, and the model reads melodies. "
                "Choose another file."
            )
    index = _track_index(song, track, path)
    num_bars = song.total_steps // STEPS_PER_BAR
    if (bar or 0) >= num_bars:
        raise ConversionError(
            f"{path.name} has {num_bars} bars, so --bar can be 0 to {num_bars - 1}; "
            f"it is {bar}."
        )
    return midi.track_tune(song, index, bar or 0, model.num_bars)


def _song(path: Path) -> Song:
    return midi.read_midi(midi.file_bytes(path), name=path.name)


def _track_index(song: Song, track: int, path: Path) -> int:
    if track >= len(song.tracks):
        raise ConversionError(
            f"{path.name} has {len(song.tracks)} tracks, so --track can be 0 to "
            f"{len(song.tracks) - 1}; it is {track}."
        )
    return track


def _for_both(option: str, values: list[int] | None) -> Sequence[int | None]:
    """One number for each of two tunes."""
    match values:
        case None:
            return (None, None)
        case [both]:
            return (both, both)
        case [a, b]:
            return (a, b)
    raise ExplorerError(f"{option} has {len(values)} numbers; give one, or one each.")


def _decode(
    model: TrainedModel, z: ndarray, arguments: Namespace, tempos: list[float]
) -> list[DecodedTune]:
    """Tunes of codes, each at its tempo."""
    decoded = model.decode(z, temperature=arguments.temperature, seed=arguments.seed)
    return [
        replace(found, tune=replace(found.tune, qpm=qpm))
        for found, qpm in zip(decoded, tempos, strict=True)
    ]


def _figures(decoded: DecodedTune) -> dict[str, Any]:
    """What is said of every tune written."""
    return {
        "num_notes": len(decoded.tune.notes),
        "certainty": round(float(decoded.certainty.mean()), 4),
        "measured": _measured(decoded.melody),
    }


def _measured(melody: Int[ndarray, " steps"]) -> dict[str, float]:
    return {
        name: round(float(attribute.function(melody)), 4)
        for name, attribute in ATTRIBUTES.items()
    }


def _compared(
    model: TrainedModel, tune: NoteSequence, decoded: DecodedTune
) -> dict[str, Any]:
    """What became of the notes that the model reads of a tune."""
    melody = model.converter.to_melody(tune)
    before = model.converter.from_tokens(model.converter.to_tokens(tune))
    found = compare(before, decoded.tune)
    return {
        "num_notes_before": len(before.notes),
        "kept": found.kept,
        "moved": found.moved,
        "lost": found.lost,
        "added": found.added,
        "accuracy": round(float((melody == decoded.melody).mean()), 4),
    }


def _write_all(folder: Path, tunes: list[NoteSequence]) -> list[Path]:
    """MIDI files 00.mid and on."""
    digits = max(2, len(str(len(tunes) - 1)))
    paths = [folder / f"{index:0{digits}}.mid" for index in range(len(tunes))]
    for path, tune in zip(paths, tunes, strict=True):
        _write(path, midi.write_midi(tune))
    return paths


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ExplorerError(
            f"{path} cannot be written ({error.strerror}). Give another place with -o."
        ) from error
