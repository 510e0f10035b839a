"""Every value a visit keeps, in one place: its key, its default, who writes it.

Pages call the functions below and never spell a key. Values are small, plain and
immutable, so that an old one can be kept and put back.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from explorer.ghosts import Ghost
from explorer.keeping import Sound
from explorer.notes import NoteSequence
from explorer.ui.player import DockSettings

Certainty = tuple[float, ...] | tuple[tuple[float, ...], ...]
"""The model's probability of what it wrote: of each step, or of each step and part."""
Origin = Literal["example", "map", "upload", "surprise", "blend", "shape"]
End = Literal["a", "b", "c", "d"]

NOW: Final = "now_playing"  # Playing; written by every "play this"
DOCK_FRAGMENT: Final = "dock"  # to rerun the dock alone: st.rerun(DOCK_FRAGMENT)
DOCK: Final = "player"  # the dock's own state: what the listener set in it
ENDS: Final[dict[End, str]] = {  # Pick; Start, Blend, "use as A / B / C / D"
    "a": "end_a",
    "b": "end_b",
    "c": "end_c",  # C and D are corners of the square only
    "d": "end_d",
}
PAIR: Final = "pair_number"  # int, which of the chosen pairs; Start
BLEND_SHARE: Final = "blend_share"  # float, 0 is A, 1 is B; the strip
BLEND_STEPS: Final = "blend_steps"  # int; a slider on Blend
BLEND_PATH: Final = "blend_path"  # one of BLEND_PATHS; on Blend
BLEND_ENDS: Final = "blend_ends"  # one of BLEND_ENDS_KINDS; on Blend
BLEND_VIEW: Final = "blend_view"  # one of BLEND_VIEWS; on Blend
SQUARE_SIZE: Final = "square_size"  # one of SQUARE_SIZES; on Blend
SQUARE_PLACE: Final = "square_place"  # (right, down), each 0..1; the square
DOCK_SETTINGS: Final = "dock_settings"  # dict; what a shared link sets in the dock
MAP_PICK: Final = "map_pick"  # Pick; the dot last clicked on the map
OWN_PICK: Final = "own_pick"  # Pick; the place last looked at on My music
SHAPE_PICK: Final = "shape_pick"  # Pick; the tune being bent
PICKS: Final = (*ENDS.values(), MAP_PICK, OWN_PICK, SHAPE_PICK)
MODEL: Final = "model_name"  # name of the checkpoint in use
SEED: Final = "next_seed"  # int; the seed of the next "surprise me"
RUN: Final = "run_again"  # bool; a fragment asks for a run of the whole page
GESTURE: Final = "gesture"  # int; the last one on a strip or square that is known
LINK: Final = "shared_link"  # str; the share link taken up last
NOTICE: Final = "notice"  # sentence to show once, at the top of the page
REMARK: Final = "remark"  # the same, beside the page

BLEND_PATHS: Final = ("spherical", "straight")
BLEND_ENDS_KINDS: Final = ("my tunes", "the model's version")
BLEND_VIEWS: Final = ("line", "square")
SQUARE_SIZES: Final = (9, 11)

DEFAULTS: Final[dict[str, Any]] = {
    NOW: None,
    **dict.fromkeys(ENDS.values()),
    PAIR: 0,
    BLEND_SHARE: 0.5,
    BLEND_STEPS: 9,
    BLEND_PATH: BLEND_PATHS[0],
    BLEND_ENDS: BLEND_ENDS_KINDS[0],
    BLEND_VIEW: BLEND_VIEWS[0],
    SQUARE_SIZE: SQUARE_SIZES[0],
    SQUARE_PLACE: (0.0, 0.0),
    DOCK_SETTINGS: None,
    MAP_PICK: None,
    OWN_PICK: None,
    SHAPE_PICK: None,
    MODEL: None,
    SEED: 1,
    RUN: False,
    GESTURE: 0,
    LINK: "",
    NOTICE: None,
    REMARK: None,
}


@dataclass(frozen=True, kw_only=True)
class Pick:
    """A tune somebody chose, with its place in the model's space."""

    title: str
    tune: NoteSequence  # as written; for a dot or a surprise, the model's version
    z: tuple[float, ...]  # the model's code of the tune
    origin: Origin
    credit: str = ""  # source and licence, or how it came about
    row: int | None = None  # its row on the map
    whole: NoteSequence | None = None  # a written tune from here on, uncut


@dataclass(frozen=True, kw_only=True)
class Playing:
    """What the dock plays."""

    title: str
    tune: NoteSequence
    certainty: Certainty | None  # the model's; None: not its notes
    ghosts: tuple[Ghost, ...]  # notes it nearly wrote
    play_id: int  # goes up when somebody asks for sound
    autoplay: bool  # whether it starts the sound where there is none
    model: str | None  # the checkpoint in use when it was handed over


@dataclass(frozen=True, kw_only=True)
class BlendSettings:
    """How the blend is made."""

    num_steps: int
    spherical: bool  # along the sphere of typical codes, not straight through it
    own_ends: bool  # the ends are the tunes as written, not the model's version


def initialise() -> None:
    """Give every key its default; called by the frame on each run."""
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)


def playing() -> Playing | None:
    """What the dock plays, if anything yet."""
    return st.session_state.get(NOW)


def play(
    title: str,
    tune: NoteSequence,
    certainty: Certainty | None = None,
    ghosts: tuple[Ghost, ...] = (),
) -> None:
    """Hand the dock a tune and ask it to sound."""
    before = playing()
    st.session_state[NOW] = Playing(
        title=title,
        tune=tune,
        certainty=certainty,
        ghosts=ghosts,
        play_id=before.play_id + 1 if before else 1,
        autoplay=True,
        model=model_name(),
    )


def offer(
    title: str,
    tune: NoteSequence,
    certainty: Certainty | None = None,
    ghosts: tuple[Ghost, ...] = (),
) -> None:
    """Hand the dock a tune; it sounds only if something sounds already."""
    before = playing()
    st.session_state[NOW] = Playing(
        title=title,
        tune=tune,
        certainty=certainty,
        ghosts=ghosts,
        play_id=before.play_id if before else 0,
        autoplay=False,
        model=model_name(),
    )


def sound() -> Sound:
    """How the dock plays, as its listener set it."""
    settings = (st.session_state.get(DOCK) or {}).get("settings") or {}
    return Sound(
        qpm=settings.get("qpm"),
        program=settings.get("program"),
        instrument=settings.get("instrument"),
        beat=settings.get("beat"),
        key=settings.get("key"),
        octave=int(settings.get("octave") or 0),
        drone=bool(settings.get("drone")),
    )


def dock_settings() -> DockSettings | None:
    """What a shared link asks of the dock; None without one."""
    return st.session_state.get(DOCK_SETTINGS)


def set_dock_settings(settings: DockSettings) -> None:
    """Ask something of the dock, once for each `id`."""
    st.session_state[DOCK_SETTINGS] = settings


def end(which: End) -> Pick | None:
    """One end of the line, or corner of the square."""
    return st.session_state.get(ENDS[which])


def set_end(which: End, pick: Pick) -> None:
    """Put a tune at one end of the line, or corner of the square."""
    st.session_state[ENDS[which]] = pick


def pair_number() -> int:
    """Which of the chosen pairs is on the table, or was last."""
    return int(st.session_state.get(PAIR, DEFAULTS[PAIR]))


def set_pair_number(number: int) -> None:
    """Go to another pair."""
    st.session_state[PAIR] = number


def blend_settings() -> BlendSettings:
    """What is set on the Blend page."""
    return BlendSettings(
        num_steps=int(st.session_state.get(BLEND_STEPS) or DEFAULTS[BLEND_STEPS]),
        spherical=st.session_state.get(BLEND_PATH) != BLEND_PATHS[1],
        own_ends=st.session_state.get(BLEND_ENDS) != BLEND_ENDS_KINDS[1],
    )


def blend_share() -> float:
    """How far from A to B the step in front is, 0..1."""
    return float(st.session_state.get(BLEND_SHARE, DEFAULTS[BLEND_SHARE]))


def set_blend_share(share: float) -> None:
    """Move to another place between A and B."""
    st.session_state[BLEND_SHARE] = share


def is_square() -> bool:
    """Whether four tunes are blended in a square, not two in a line."""
    return st.session_state.get(BLEND_VIEW) == BLEND_VIEWS[1]


def square_size() -> int:
    """Cells along a side of the square."""
    return int(st.session_state.get(SQUARE_SIZE) or SQUARE_SIZES[0])


def square_index() -> int:
    """Cell in front, row by row; in a square of another size the nearest."""
    right, down = st.session_state.get(SQUARE_PLACE) or (0.0, 0.0)
    last = square_size() - 1
    return round(down * last) * (last + 1) + round(right * last)


def set_square_index(index: int) -> None:
    """Move to another cell."""
    size = square_size()
    down, right = divmod(index, size)
    st.session_state[SQUARE_PLACE] = (right / (size - 1), down / (size - 1))


def map_pick() -> Pick | None:
    """The dot last chosen on the map."""
    return st.session_state.get(MAP_PICK)


def set_map_pick(pick: Pick) -> None:
    """Choose a dot."""
    st.session_state[MAP_PICK] = pick


def own_pick() -> Pick | None:
    """The tune last looked at on My music."""
    return st.session_state.get(OWN_PICK)


def set_own_pick(pick: Pick) -> None:
    """Keep somebody's own tune at hand for the other pages."""
    st.session_state[OWN_PICK] = pick


def shape_pick() -> Pick | None:
    """The tune on the Shape page."""
    return st.session_state.get(SHAPE_PICK)


def set_shape_pick(pick: Pick) -> None:
    """Choose the tune to bend."""
    st.session_state[SHAPE_PICK] = pick


def model_name() -> str | None:
    """Checkpoint in use."""
    return st.session_state.get(MODEL)


def chosen() -> dict[str, Pick]:
    """The tunes somebody chose with the model in use, by their keys."""
    kept = {key: st.session_state.get(key) for key in PICKS}
    return {key: pick for key, pick in kept.items() if pick is not None}


def set_model_name(name: str) -> None:
    """Change the checkpoint, and take away every code of the one before."""
    if st.session_state.get(MODEL) not in (None, name):
        for key in PICKS:
            st.session_state[key] = None
    st.session_state[MODEL] = name


def put_back(key: str, pick: Pick) -> None:
    """Put a tune back where `set_model_name` took one away."""
    st.session_state[key] = pick


def take_seed() -> int:
    """A seed not used in this visit: 1, 2, 3, …."""
    seed = st.session_state[SEED]
    st.session_state[SEED] = seed + 1
    return int(seed)


def is_new_link(text: str) -> bool:
    """Whether a share link has not been taken up yet in this visit; true once."""
    is_new = st.session_state.get(LINK) != text
    st.session_state[LINK] = text
    return is_new


def set_blend(
    *, is_square: bool, size: int, index: int, spherical: bool, own_ends: bool
) -> None:
    """Set everything on the Blend page but its tunes."""
    st.session_state[BLEND_VIEW] = BLEND_VIEWS[is_square]
    st.session_state[BLEND_PATH] = BLEND_PATHS[not spherical]
    st.session_state[BLEND_ENDS] = BLEND_ENDS_KINDS[not own_ends]
    if is_square:
        st.session_state[SQUARE_SIZE] = size
        set_square_index(index)
    else:
        st.session_state[BLEND_STEPS] = size
        set_blend_share(index / (size - 1))


def gesture() -> int:
    """The last gesture on a strip or square that is known."""
    return int(st.session_state.get(GESTURE, DEFAULTS[GESTURE]))


def take_gesture(key: str) -> int:
    """The tile or cell on which the last gesture on a component came to rest."""
    event = st.session_state[key]["chosen"]
    st.session_state[GESTURE] = max(gesture(), int(event.get("nth", 0)))
    return int(event["index"])


def ask_for_run() -> None:
    """Let the whole page run once the fragment at work has ended."""
    st.session_state[RUN] = True


def take_run() -> bool:
    """Whether somebody asked for a run of the whole page; once."""
    wanted = bool(st.session_state.get(RUN))
    st.session_state[RUN] = False
    return wanted


def notify(sentence: str) -> None:
    """Show a sentence at the top of the page after this run: something failed."""
    st.session_state[NOTICE] = sentence


def remark(sentence: str) -> None:
    """Show a sentence beside the page for a while, where it moves nothing."""
    st.session_state[REMARK] = sentence


def has_notice() -> bool:
    """Whether a sentence waits to be shown at the top of the page."""
    return st.session_state.get(NOTICE) is not None


def take_notice() -> str | None:
    """What failed, once."""
    return _take(NOTICE)


def take_remark() -> str | None:
    """What else is to be said, once."""
    return _take(REMARK)


def _take(key: str) -> str | None:
    sentence: str | None = st.session_state.get(key)
    st.session_state[key] = None
    return sentence
