"""Every value a visit keeps, in one place: its key, its default, who writes it.

Pages call the functions below and never spell a key. Values are small, plain and
immutable, so that an old one can be kept and put back.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from explorer.notes import NoteSequence
from explorer.song import Song

Origin = Literal["example", "map", "upload", "surprise", "blend", "shape"]
End = Literal["a", "b"]

NOW: Final = "now_playing"  # Playing; written by every "play this"
DOCK_FRAGMENT: Final = "dock"  # to rerun the dock alone: st.rerun(DOCK_FRAGMENT)
DOCK: Final = "player"  # the dock's own state: what the listener set in it
ENDS: Final = {"a": "end_a", "b": "end_b"}  # Pick; Start, Blend, "use as A / B"
PAIR: Final = "pair_number"  # int, which of the chosen pairs; Start
BLEND_SHARE: Final = "blend_share"  # float, 0 is A, 1 is B; the strip
BLEND_STEPS: Final = "blend_steps"  # int; a slider on Blend
BLEND_PATH: Final = "blend_path"  # one of BLEND_PATHS; on Blend
BLEND_ENDS: Final = "blend_ends"  # one of BLEND_ENDS_KINDS; on Blend
MAP_PICK: Final = "map_pick"  # Pick; the dot last clicked on the map
OWN_PICK: Final = "own_pick"  # Pick; the place last looked at on My music
SHAPE_PICK: Final = "shape_pick"  # Pick; the tune being bent
PICKS: Final = (ENDS["a"], ENDS["b"], MAP_PICK, OWN_PICK, SHAPE_PICK)
UPLOAD: Final = "upload"  # Upload; My music
MODEL: Final = "model_name"  # name of the checkpoint in use
SEED: Final = "next_seed"  # int; the seed of the next "surprise me"
NOTICE: Final = "notice"  # sentence to show once, at the top of the page

BLEND_PATHS: Final = ("spherical", "straight")
BLEND_ENDS_KINDS: Final = ("my tunes", "the model's version")

DEFAULTS: Final[dict[str, Any]] = {
    NOW: None,
    ENDS["a"]: None,
    ENDS["b"]: None,
    PAIR: 0,
    BLEND_SHARE: 0.5,
    BLEND_STEPS: 9,
    BLEND_PATH: BLEND_PATHS[0],
    BLEND_ENDS: BLEND_ENDS_KINDS[0],
    MAP_PICK: None,
    OWN_PICK: None,
    SHAPE_PICK: None,
    UPLOAD: None,
    MODEL: None,
    SEED: 1,
    NOTICE: None,
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
    certainty: tuple[float, ...] | None  # the model's, per step; None: not its notes
    play_id: int  # goes up when somebody asks for sound
    autoplay: bool  # whether it starts the sound where there is none


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What the listener set in the dock, so that a download sounds the same."""

    qpm: float | None  # None: the tune's own tempo
    program: int | None  # None: the tune's own instrument


@dataclass(frozen=True, kw_only=True)
class BlendSettings:
    """How the blend is made."""

    num_steps: int
    spherical: bool  # along the sphere of typical codes, not straight through it
    own_ends: bool  # the ends are the tunes as written, not the model's version


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A music file somebody brought, as read."""

    name: str
    song: Song


def initialise() -> None:
    """Give every key its default; called by the frame on each run."""
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)


def playing() -> Playing | None:
    """What the dock plays, if anything yet."""
    return st.session_state.get(NOW)


def play(
    title: str, tune: NoteSequence, certainty: tuple[float, ...] | None = None
) -> None:
    """Hand the dock a tune and ask it to sound."""
    before = playing()
    st.session_state[NOW] = Playing(
        title=title,
        tune=tune,
        certainty=certainty,
        play_id=before.play_id + 1 if before else 1,
        autoplay=True,
    )


def offer(
    title: str, tune: NoteSequence, certainty: tuple[float, ...] | None = None
) -> None:
    """Hand the dock a tune; it sounds only if something sounds already."""
    before = playing()
    st.session_state[NOW] = Playing(
        title=title,
        tune=tune,
        certainty=certainty,
        play_id=before.play_id if before else 0,
        autoplay=False,
    )


def sound() -> Sound:
    """Tempo and instrument as set in the dock."""
    settings = (st.session_state.get(DOCK) or {}).get("settings") or {}
    return Sound(qpm=settings.get("qpm"), program=settings.get("program"))


def end(which: End) -> Pick | None:
    """One end of the blend."""
    return st.session_state.get(ENDS[which])


def set_end(which: End, pick: Pick) -> None:
    """Put a tune at one end of the blend."""
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


def upload() -> Upload | None:
    """The file last brought."""
    return st.session_state.get(UPLOAD)


def set_upload(value: Upload | None) -> None:
    """Keep a file that was read, or forget it."""
    st.session_state[UPLOAD] = value


def model_name() -> str | None:
    """Checkpoint in use."""
    return st.session_state.get(MODEL)


def set_model_name(name: str) -> dict[str, Pick]:
    """Change the checkpoint, and take away every code of the one before.

    Returns
    -------
    The tunes somebody chose with the other model, by their keys.
    """
    taken = {}
    if st.session_state.get(MODEL) not in (None, name):
        for key in PICKS:
            if st.session_state.get(key) is not None:
                taken[key] = st.session_state[key]
            st.session_state[key] = None
    st.session_state[MODEL] = name
    return taken


def put_back(key: str, pick: Pick) -> None:
    """Put a tune back where `set_model_name` took one away."""
    st.session_state[key] = pick


def take_seed() -> int:
    """A seed not used in this visit: 1, 2, 3, …."""
    seed = st.session_state[SEED]
    st.session_state[SEED] = seed + 1
    return int(seed)


def notify(sentence: str) -> None:
    """Show a sentence at the top of the page after this run."""
    st.session_state[NOTICE] = sentence


def take_notice() -> str | None:
    """The sentence to show, once."""
    sentence = st.session_state.get(NOTICE)
    st.session_state[NOTICE] = None
    return sentence
