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
from typing import Final, Literal, NotRequired, TypedDict

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from explorer.encodings import PartName
from explorer.ghosts import Ghost
from explorer.notes import Note, NoteSequence
from explorer.trio import PART_NAMES, part_of

VERSION = 3  # of PlayerData; contract.js holds the same number

GHOST_VELOCITY = 80  # ghosts are seen, not heard; a note has to have one


class PlayerNote(TypedDict):
    """One note to play."""

    pitch: int
    start_step: int
    end_step: int
    velocity: int
    certainty: NotRequired[float]  # model's probability of this note, 0..1
    part: NotRequired[PartName]  # absent: melody


class PlayerData(TypedDict):
    """A loop: what the dock plays round and round."""

    version: int
    id: str  # the same id means the same sound
    title: str  # shown beside the piano roll
    notes: list[PlayerNote]
    ghosts: list[PlayerNote]  # nearly written: drawn hollow, never heard
    total_steps: int
    qpm: float  # quarter notes per minute, until the listener sets a tempo
    program: int  # General MIDI program, until the listener picks an instrument
    parts: list[str]  # names in order, also of parts that rest throughout
    autoplay: bool  # start to play when this loop arrives
    play_id: int  # a change plays the loop again even if its id is the same


class PlayerEvent(TypedDict):
    """What the listener set in the dock; None where the loop's own value holds."""

    qpm: float | None
    program: int | None
    instrument: str | None  # name of the instrument in the sound bank
    beat: str | None  # title of the beat under loops without drums; None: no beat
    key: str | None  # that all notes are moved into; None: as they were written
    octave: int  # up, of the melody
    drone: bool


class DockSettings(TypedDict):
    """What a shared link sets in the dock, taken over once for each id."""

    id: str
    qpm: float | None
    instrument: str | None
    beat: str | None
    key: str | None
    octave: int
    drone: bool


class Work(TypedDict):
    """What somebody did in a visit, as text that only Python reads."""

    visit: str  # which one
    text: str | None  # None: nothing yet


FEWEST_STEPS: Final = 2  # tiles of a strip whose ends are pulled; as in pull.js
MOST_STEPS: Final = 16
CLOSEST: Final = 0.4  # share of the width that the fewest take; the most take all of it


def strip_share(count: int) -> float:
    """Share of the page's width that a strip of so many tiles takes, as in pull.js."""
    return CLOSEST + (1 - CLOSEST) * (count - FEWEST_STEPS) / (
        MOST_STEPS - FEWEST_STEPS
    )


class Tile(TypedDict):
    """One picture of a strip, and what sounds when it is chosen."""

    label: str  # said by screen readers and shown under the tile
    loop: PlayerData


class Cell(TypedDict):
    """One cell of a square."""

    index: int  # row by row from the top left
    loop: PlayerData


class Paint(TypedDict):
    """What the cells of a square are painted with, in place of corners' colours."""

    values: list[tuple[float, float] | None]  # how much of either axis, 0..1, by cell
    of: Literal["x", "y", "both"]  # which axis is painted
    scale: list[str]  # colours from little to much, of one axis
    axes: tuple[str, str]  # what grows to the right, and upwards
    words: str  # beside the legend


class SliderData(TypedDict):
    """One slider of a bench."""

    name: str
    label: str
    help: str
    note: str  # how far it can be believed
    is_weak: bool  # whether the note is a warning
    value: float
    before: float  # the value before the last change
    is_locked: bool
    got: float  # the change that was measured, on the slider's scale


class SlidersEvent(TypedDict):
    """Where all sliders are after a gesture."""

    values: dict[str, float]
    locked: list[str]
    nth: int  # which gesture of the visit it was


class StripEvent(TypedDict):
    """The tile on which a gesture came to rest."""

    index: int
    id: str  # of the tile's loop
    nth: int  # which gesture of the visit it was


class JourneyBlock(TypedDict):
    """One block of an arrangement: a stop, a blend between two, or the ending."""

    kind: Literal["stop", "blend", "home", "hold"]
    label: str
    stop: int  # the stop it is, or comes from
    next: int  # the stop it goes to; of others than blends the same
    share: float  # of the way between them
    start_step: int  # in the first round
    steps: int


class JourneyStop(TypedDict):
    """A stop of an arrangement."""

    id: str  # the same exactly if it sounds the same
    title: str


class StopsEvent(TypedDict):
    """Which stops there are to be after a gesture, in order."""

    stops: list[str]  # ids
    nth: int  # which gesture of the visit it was


class MapName(TypedDict):
    """The name of a region of the map, in its middle."""

    text: str
    x: float
    y: float


class MapPin(TypedDict):
    """A stop of the journey on the map."""

    label: str
    x: float
    y: float


class MapPath(TypedDict):
    """The line that was drawn over the map, and the stops it made."""

    line: list[tuple[float, float]]
    pins: list[MapPin]


class MapWish(TypedDict, total=False):
    """What somebody did on the map that is no click on a dot."""

    kind: Literal["hover", "place", "step", "view", "path"]
    nth: int  # goes up
    row: int  # hover: of the dot under the pointer
    x: float | list[float]  # place: there; view: least and greatest; path: along it
    y: float | list[float]
    dx: int  # step: -1 is left
    dy: int  # step: -1 is up


def loop_of(
    tune: NoteSequence,
    *,
    title: str | None = None,
    certainty: Float[ndarray, " steps *parts"]
    | Sequence[float]
    | Sequence[Sequence[float]]
    | None = None,
    autoplay: bool = False,
    id: str | None = None,
    play_id: int = 0,
    parts: Sequence[str] | None = None,
    ghosts: Sequence[Ghost] = (),
) -> PlayerData:
    """Loop of the tune, for the player.

    Parameters
    ----------
    tune
        What to play; its length is the length of the loop.
    title
        Words beside the piano roll; None takes the tune's own.
    certainty
        The model's probability of each step's event, (steps,) or (steps, parts); a
        note takes its part's value at the step it starts on and is drawn that opaque.
    autoplay
        Start to play when the loop arrives, not only when Play is pressed.
    id
        Name of the loop; None derives it from what sounds.
    play_id
        Count it up to play the same loop again.
    parts
        Names of the parts, top lane first. None derives them from the notes: drums
        alone, or with a bass to drums a trio, else a melody. A note of a part that is
        not named is drawn with the first.
    ghosts
        Notes the model nearly wrote, drawn hollow. They do not sound, so they change
        no loop's `id`.

    Raises
    ------
    ValueError
        If `certainty` has fewer steps than a note needs, or not a column a part; or
        a ghost lasts longer than the tune.
    """
    lanes = _parts_of(tune.notes) if parts is None else list(parts)
    sure = None if certainty is None else np.asarray(certainty, float)
    if sure is not None:
        _check_certainty(sure, tune.notes, len(lanes))
    notes: list[PlayerNote] = []
    for note in tune.notes:
        part = _lane(note, lanes)
        entry: PlayerNote = {
            "pitch": note.pitch,
            "start_step": note.start_step,
            "end_step": note.end_step,
            "velocity": note.velocity,
        }
        if sure is not None:
            row = np.atleast_1d(sure[note.start_step])
            column = lanes.index(part) if part in lanes and len(row) > 1 else 0
            entry["certainty"] = round(float(row[column]), 3)
        if part != "melody":
            entry["part"] = part
        notes.append(entry)
    melodic = [n for n in tune.notes if _lane(n, lanes) == "melody"]
    program = melodic[0].program if melodic else 0
    return {
        "version": VERSION,
        "id": id or _identity(notes, tune.total_steps, tune.qpm, program),
        "title": tune.title if title is None else title,
        "notes": notes,
        "ghosts": _ghost_notes(ghosts, tune.total_steps),
        "total_steps": max(tune.total_steps, 1),
        "qpm": float(tune.qpm),
        "program": program,
        "parts": lanes,
        "autoplay": autoplay,
        "play_id": play_id,
    }


def _ghost_notes(ghosts: Sequence[Ghost], total_steps: int) -> list[PlayerNote]:
    last_end = max((ghost.end_step for ghost in ghosts), default=0)
    if last_end > total_steps:
        raise ValueError(
            f"a ghost ends at step {last_end}, after the tune's end ({total_steps}); "
            "give the ghosts of this tune"
        )
    notes: list[PlayerNote] = []
    for ghost in ghosts:
        entry: PlayerNote = {
            "pitch": ghost.pitch,
            "start_step": ghost.start_step,
            "end_step": ghost.end_step,
            "velocity": GHOST_VELOCITY,
            "certainty": round(ghost.probability, 3),
        }
        if ghost.part != "melody":
            entry["part"] = ghost.part
        notes.append(entry)
    return notes


def _parts_of(notes: Sequence[Note]) -> list[str]:
    """Parts of music of which nobody says what it is."""
    found = {part_of(note) for note in notes}
    if found == {"drums"}:
        return ["drums"]
    return list(PART_NAMES) if {"bass", "drums"} <= found else ["melody"]


def _lane(note: Note, parts: list[str]) -> PartName:
    """Part a note sounds in: a bass that plays alone is a melody."""
    part = part_of(note)
    return "melody" if part == "bass" and part not in parts else part


def _check_certainty(
    certainty: Float[ndarray, " steps *parts"], notes: Sequence[Note], num_parts: int
) -> None:
    last_start = max((note.start_step for note in notes), default=-1)
    if len(certainty) <= last_start:
        raise ValueError(
            f"certainty has {len(certainty)} steps, but a note starts at step "
            f"{last_start}; give one value per step"
        )
    if certainty.ndim > 1 and certainty.shape[1] != num_parts:
        raise ValueError(
            f"certainty has {certainty.shape[1]} columns for {num_parts} parts; give "
            "one per part, or one value per step for all"
        )


def _identity(
    notes: list[PlayerNote], total_steps: int, qpm: float, program: int
) -> str:
    """Short name that two loops share exactly if they sound the same."""
    sounding = [
        [n["pitch"], n["start_step"], n["end_step"], n["velocity"], n.get("part")]
        for n in notes
    ]
    text = json.dumps([sounding, total_steps, float(qpm), program])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
