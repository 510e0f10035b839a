"""What Python hands to the player in the browser: loops, tiles and the answers.

The same names stand as typedefs in `contract.js`; `tests/data/player_data.json`
is the example that both sides are tested against.

**Conventions.** Times are steps of a sixteenth, as everywhere (see
`explorer.notes`). A loop is identified by `id`: two loops with the same id sound
the same, so the player ignores a loop it already has.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from jaxtyping import Float
from numpy import ndarray

from explorer.notes import NoteSequence

VERSION = 1  # of PlayerData; contract.js holds the same number


class PlayerNote(TypedDict):
    """One note to play."""

    pitch: int
    start_step: int
    end_step: int
    velocity: int
    certainty: NotRequired[float]  # model's probability of this note, 0..1
    is_drum: NotRequired[Literal[True]]  # absent: not a drum


class PlayerData(TypedDict):
    """A loop: what the dock plays round and round."""

    version: int
    id: str  # the same id means the same sound
    title: str  # shown beside the piano roll
    notes: list[PlayerNote]
    total_steps: int
    qpm: float  # quarter notes per minute, until the listener sets a tempo
    program: int  # General MIDI program, until the listener picks an instrument
    is_drum: bool  # every note is a drum hit
    autoplay: bool  # start to play when this loop arrives
    play_id: int  # a change plays the loop again even if its id is the same


class PlayerEvent(TypedDict):
    """What the listener set in the dock; None where the loop's own value holds."""

    qpm: float | None
    program: int | None
    instrument: str | None  # name of the instrument in the sound bank


class Tile(TypedDict):
    """One picture of a strip, and what sounds when it is chosen."""

    label: str  # said by screen readers and shown under the tile
    loop: PlayerData


class StripEvent(TypedDict):
    """The tile on which a gesture came to rest."""

    index: int
    id: str  # of the tile's loop


def loop_of(
    tune: NoteSequence,
    *,
    title: str | None = None,
    certainty: Float[ndarray, " steps"] | Sequence[float] | None = None,
    autoplay: bool = False,
    id: str | None = None,
    play_id: int = 0,
) -> PlayerData:
    """Loop of the tune, for the player.

    Parameters
    ----------
    tune
        What to play; its length is the length of the loop.
    title
        Words beside the piano roll; None takes the tune's own.
    certainty
        The model's probability of each step's event; a note takes the value at
        the step it starts on and is drawn that opaque.
    autoplay
        Start to play when the loop arrives, not only when Play is pressed.
    id
        Name of the loop; None derives it from what sounds.
    play_id
        Count it up to play the same loop again.

    Raises
    ------
    ValueError
        If `certainty` has fewer values than a note needs.
    """
    last_start = max((note.start_step for note in tune.notes), default=-1)
    if certainty is not None and len(certainty) <= last_start:
        raise ValueError(
            f"certainty has {len(certainty)} steps, but a note starts at step "
            f"{last_start}; give one value per step"
        )
    notes: list[PlayerNote] = []
    for note in tune.notes:
        entry: PlayerNote = {
            "pitch": note.pitch,
            "start_step": note.start_step,
            "end_step": note.end_step,
            "velocity": note.velocity,
        }
        if certainty is not None:
            entry["certainty"] = round(float(certainty[note.start_step]), 3)
        if note.is_drum:
            entry["is_drum"] = True
        notes.append(entry)
    melodic = [note for note in tune.notes if not note.is_drum]
    program = melodic[0].program if melodic else 0
    return {
        "version": VERSION,
        "id": id or _identity(notes, tune.total_steps, tune.qpm, program),
        "title": tune.title if title is None else title,
        "notes": notes,
        "total_steps": max(tune.total_steps, 1),
        "qpm": float(tune.qpm),
        "program": program,
        "is_drum": bool(tune.notes) and not melodic,
        "autoplay": autoplay,
        "play_id": play_id,
    }


def _identity(
    notes: list[PlayerNote], total_steps: int, qpm: float, program: int
) -> str:
    """Short name that two loops share exactly if they sound the same."""
    sounding = [
        [n["pitch"], n["start_step"], n["end_step"], n["velocity"], "is_drum" in n]
        for n in notes
    ]
    text = json.dumps([sounding, total_steps, float(qpm), program])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
