"""Which tracks of a brought song, and from which bar on: chosen, kept, put back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from explorer.encodings import PartName
from explorer.notes import STEPS_PER_BAR, NoteSequence
from explorer.song import Song, guess_tracks, parts_tune, tracks_for
from explorer.ui import bar_strip, cache, controls, failures, words

TRACK: Final[dict[PartName, str]] = {  # Streamlit's keys of the widgets below
    "melody": "my_track",
    "bass": "my_bass_track",
    "drums": "my_drum_track",
}
BAR: Final = "my_bar"
STRIP: Final = "my_strip"

Tracks = dict[PartName, tuple[int, ...]]  # the chosen ones of each part


@dataclass(frozen=True, kw_only=True)
class _Bars:
    """Bars of the chosen tracks, counted from 0."""

    first: int  # earliest to start at: from here on every part has a note
    start: int  # where the last part comes in
    latest: int  # to start at; a shorter tune is needed from its first bar on
    last: int  # with a note


def parts() -> list[PartName]:
    """The parts that the model in use reads."""
    return [part.name for part in cache.model(controls.model_name()).music.parts]


def choices() -> dict[str, Any]:
    """What is set in the widgets."""
    keys = (*TRACK.values(), BAR)
    return {key: st.session_state[key] for key in keys if key in st.session_state}


def put_back(kept: Mapping[str, Any]) -> None:
    """Set the widgets as they were; those that are not named start anew."""
    for key in (*TRACK.values(), BAR):
        st.session_state.pop(key, None)
    for key, value in kept.items():
        st.session_state[key] = value


def keep_guess(found: Song) -> None:
    """Give the widgets of a song their values before they are drawn."""
    for part, tracks in _chosen(found).items():
        _keep(TRACK[part], tracks)


def choose_tracks(found: Song, moved: Callable[[], None]) -> None:
    """Which track plays each part; `moved` is called after another was chosen."""
    chosen = _chosen(found)
    for part, tracks in chosen.items():
        options = _options(found, part)
        _keep(TRACK[part], tracks)
        if len(chosen) == 1:
            st.radio(
                "Track",
                options,
                format_func=lambda tracks: words.plain(_track_name(found, tracks)),
                key=TRACK[part],
                persist_state="session",
                on_change=failures.guarded(moved),
            )
        else:
            st.selectbox(
                part.capitalize(),
                options,
                format_func=lambda tracks: _track_name(found, tracks),
                key=TRACK[part],
                persist_state="session",
                on_change=failures.guarded(moved),
            )


def choose_bars(found: Song, moved: Callable[[], None]) -> None:
    """From which bar on: on a strip of all bars, or by the slider under it.

    `moved` is called after another one was chosen.
    """

    def clicked() -> None:
        if _clicked(key, bars):
            moved()

    chosen = _chosen(found)
    num_bars = cache.model(controls.model_name()).num_bars
    bars = _bars(found, chosen, num_bars)
    start, can_move = _start_bar(bars), bars.latest > bars.first
    last = min(start + num_bars - 1, found.num_bars - 1)
    read = f"bars {start + 1} to {last + 1}" if last > start else f"bar {start + 1}"
    key = (
        f"{STRIP}_{start}"  # a new one has nothing selected, so any bar can be clicked
    )
    st.plotly_chart(
        bar_strip.bar_strip(
            [
                [note for track in tracks for note in found.tracks[track].notes]
                for tracks in chosen.values()
            ],
            num_bars=found.num_bars,
            window=(start, last),
            palette=controls.palette(),
        ),
        key=key,
        on_select=failures.guarded(clicked) if can_move else "ignore",
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False},
        alt="Strip of all bars; the slider below moves the ones that are read",
    )
    how = " Click a bar to read from there on." if can_move else ""
    st.caption(
        f"The model reads {read} of {words.counted(found.num_bars, 'bar')}.{how}"
    )
    if can_move:
        _keep(BAR, start + 1)
        st.slider(
            "From bar",
            bars.first + 1,
            bars.latest + 1,
            key=BAR,
            persist_state="session",
            on_change=failures.guarded(moved),
            help=f"The model reads {words.counted(num_bars, 'bar')} from there on.",
        )
    if short := words.filling(bars.last + 1 - bars.first, num_bars):
        this = "This track" if len(chosen) == 1 else "The music"
        st.caption(
            f"The model reads {num_bars} bars at a time. {this} is shorter: "
            f"you hear {short}."
        )


def excerpt(found: Song) -> NoteSequence:
    """The chosen tracks from the chosen bar on, with its number in the title."""
    chosen = _chosen(found)
    bars = _bars(found, chosen, cache.model(controls.model_name()).num_bars)
    bar = _start_bar(bars)
    rest = parts_tune(found, chosen, bar, bars.last + 1 - bar)
    return replace(rest, title=f"{found.title}, bar {bar + 1}")


def _clicked(key: str, bars: _Bars) -> bool:
    """Whether a bar on the strip was clicked; the slider goes as near as it can."""
    points = st.session_state[key]["selection"]["points"]
    if points:
        bar = int(points[0]["x"]) - 1
        st.session_state[BAR] = min(max(bar, bars.first), bars.latest) + 1
    return bool(points)


def _options(found: Song, part: PartName) -> list[tuple[int, ...]]:
    """What can play a part: any one track, or all the drums together."""
    tracks = tracks_for(found, part)
    together = [tracks] if part == "drums" and len(tracks) > 1 else []
    return [*together, *((track,) for track in tracks)]


def _chosen(found: Song) -> Tracks:
    """The tracks of each part: those chosen in the widgets, at first the guessed."""
    chosen: Tracks = guess_tracks(found, parts())
    for part in chosen:
        kept = st.session_state.get(TRACK[part])
        if kept in _options(found, part):
            chosen[part] = kept
    return chosen


def _start_bar(bars: _Bars) -> int:
    """The bar chosen on the slider, also before it is drawn."""
    kept = st.session_state.get(BAR)
    bar = bars.start if kept is None else int(kept) - 1
    return min(max(bar, bars.first), bars.latest)


def _keep(key: str, value: Any) -> None:  # noqa: ANN401 (whatever the widget holds)
    """Give a widget its value before it is drawn, unless it has it."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _bars(found: Song, chosen: Tracks, num_bars: int) -> _Bars:
    """Where the chosen tracks can be read, `num_bars` bars at a time."""
    of_parts = [
        [
            note.start_step // STEPS_PER_BAR
            for track in tracks
            for note in found.tracks[track].notes
        ]
        for tracks in chosen.values()
    ]
    last = max(map(max, of_parts))
    start = max(map(min, of_parts))
    first = max(min(map(min, of_parts)), start + 1 - num_bars)
    latest = max(first, min(last + 1 - num_bars, *map(max, of_parts)))
    return _Bars(first=first, start=start, latest=latest, last=last)


def _track_name(found: Song, tracks: tuple[int, ...]) -> str:
    """A track as it is offered, with its number in the file."""
    notes = words.counted(sum(len(found.tracks[i].notes) for i in tracks), "note")
    if len(tracks) > 1:
        return f"All drums together: {notes}"
    track = found.tracks[tracks[0]]
    name = (
        track.name
        if track.name == track.instrument
        else f"{track.name} ({track.instrument})"
    )
    return f"{tracks[0] + 1}. {name}: {notes}"
