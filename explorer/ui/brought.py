"""The music files somebody brought: read, kept side by side, one of them chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

import streamlit as st

from explorer import caps, midi, scores
from explorer.errors import ExplorerError
from explorer.song import Song
from explorer.ui import words

FILES: Final = "my_files"  # tuple of Brought, the newest first
CHOSEN: Final = "my_file_chosen"  # number of the one in use
COUNT: Final = "my_files_count"  # numbers given so far
MIDI_ENDINGS: Final = (".mid", ".midi")


@dataclass(frozen=True, kw_only=True)
class Brought:
    """One file, and what was chosen in it before another one was looked at."""

    number: int
    name: str
    song: Song
    choices: Mapping[str, Any] = field(default_factory=dict)  # by keys of widgets

    @property
    def label(self) -> str:
        """Its name with how long it is and how many tracks it has."""
        bars = words.counted(self.song.num_bars, "bar")
        return f"{self.name}: {bars}, {words.counted(len(self.song.tracks), 'track')}"


def endings() -> tuple[str, ...]:
    """Of names of files that can be read here."""
    return (*MIDI_ENDINGS, *scores.ENDINGS)


def read(name: str, data: bytes) -> Song:
    """The song in a file, by the ending of its name.

    Raises
    ------
    MidiError
        If it cannot be read.
    """
    if PurePath(name).suffix.lower() in scores.ENDINGS:
        return scores.read_score(data, name=name)
    return midi.read_midi(data, name=name)


def files() -> tuple[Brought, ...]:
    """All that are kept, the newest first."""
    found: tuple[Brought, ...] = st.session_state.get(FILES, ())
    return found


def chosen() -> Brought | None:
    """The one in use."""
    number = st.session_state.get(CHOSEN)
    return next((file for file in files() if file.number == number), None)


def take(dropped: Iterable[tuple[str, bytes]]) -> tuple[int, list[str]]:
    """Read files by name and content, and keep them.

    Returns (number of those read, a sentence for each that was refused). Whatever is
    refused changes nothing. The last one that was read is in use then.
    """
    refused = []
    left_out = []
    num_read = 0
    for name, data in dropped:
        if len(files()) >= caps.MAX_FILES:
            left_out.append(midi.quoted(name))
            continue
        try:
            song = read(name, data)
        except ExplorerError as error:
            refused.append(str(error))
            continue
        add(midi.clean_text(name), song)
        num_read += 1
    if left_out:
        refused.append(
            f"At most {caps.MAX_FILES} files are kept at a time, so "
            f"{_listed(left_out)} {'was' if len(left_out) == 1 else 'were'} not read. "
            "Remove some first."
        )
    return num_read, refused


def add(name: str, song: Song) -> None:
    """Keep a song and put it in use; one that is there already is not kept twice."""
    there = next((f for f in files() if (f.name, f.song) == (name, song)), None)
    if there is None:
        number = st.session_state.get(COUNT, 0) + 1
        st.session_state[COUNT] = number
        there = Brought(number=number, name=name, song=song)
        st.session_state[FILES] = (there, *files())
    choose(there.number)


def choose(number: int) -> None:
    """Put a file in use."""
    st.session_state[CHOSEN] = number


def remember(choices: Mapping[str, Any]) -> None:
    """Keep what was chosen in the file in use."""
    number = st.session_state.get(CHOSEN)
    st.session_state[FILES] = tuple(
        Brought(number=f.number, name=f.name, song=f.song, choices=dict(choices))
        if f.number == number
        else f
        for f in files()
    )


def remove(number: int) -> None:
    """Forget a file; if it was in use, its neighbour in the list is then."""
    before = files()
    place = next((i for i, f in enumerate(before) if f.number == number), 0)
    left = tuple(file for file in before if file.number != number)
    st.session_state[FILES] = left
    if chosen() is None:
        choose(left[min(place, len(left) - 1)].number if left else 0)


def _listed(names: list[str]) -> str:
    """The first names, and how many more."""
    shown = ", ".join(names[:3])
    more = len(names) - 3
    return f"{shown} and {more} more" if more > 0 else shown
