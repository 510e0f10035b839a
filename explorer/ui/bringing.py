"""A music file somebody brings: read it, pick a place in it, compare and use it."""

from dataclasses import replace
from typing import Final

import streamlit as st

from explorer import charts, midi
from explorer.compare import compare
from explorer.errors import ExplorerError
from explorer.notes import STEPS_PER_BAR
from explorer.song import Song, Track, melody_track, track_tune
from explorer.ui import cache, controls, failures, picks, state, tune_map, words
from explorer.ui.state import Pick, Upload

FILE: Final = "my_file"  # Streamlit's keys of the widgets below
TRACK: Final = "my_track"
BAR: Final = "my_bar"
MOST_MEGABYTES: Final = 1
NUM_SAMPLES: Final = 3  # example tunes to try the page with


def upload() -> None:
    """The drop zone, and a sentence about what came of the last file."""
    st.file_uploader(
        "A MIDI file",
        type=["mid", "midi"],
        key=FILE,
        max_upload_size=MOST_MEGABYTES,
        on_change=failures.guarded(_read),
        help="Names ending in .mid or .midi work, up to 1 MB.",
    )
    kept = state.upload()
    if kept is None:
        st.info("Drop a file above, or try it with one of these:")
        with st.container(horizontal=True):
            for title in picks.example_titles()[:NUM_SAMPLES]:
                st.button(title, on_click=failures.guarded(_try), args=(title,))
        return
    counted = words.counted(kept.song.num_notes, "note")
    tracks = words.counted(len(kept.song.tracks), "track")
    tempo = f"{kept.song.qpm:.0f} beats a minute"
    sentence = f"Read “{kept.name}”: {counted} in {tracks}, {tempo}."
    if kept.song.warnings:
        st.warning("\n\n".join(map(words.plain, (sentence, *kept.song.warnings))))
    else:
        st.success(words.plain(sentence))


def song() -> Song | None:
    """The song in the file, if one was read."""
    kept = state.upload()
    return kept.song if kept else None


def choose_place(found: Song) -> None:
    """Which track, and from which bar on."""
    best = melody_track(found)
    names = [_track_name(index, track) for index, track in enumerate(found.tracks)]
    track = st.radio(
        "Track",
        range(len(names)),
        index=best or 0,
        format_func=names.__getitem__,
        key=TRACK,
        persist_state="session",
    )
    num_bars = cache.model(controls.model_name()).num_bars
    first, latest, last = _bars(found, track, num_bars)
    if latest > first:
        st.slider(
            "From bar",
            first + 1,
            latest + 1,
            key=BAR,
            persist_state="session",
            help=f"The model reads {words.counted(num_bars, 'bar')} from there on.",
        )
    if short := words.filling(last + 1 - first, num_bars):
        st.caption(
            f"The model reads {num_bars} bars at a time. This track is shorter: you "
            f"hear {short}."
        )


def picked(found: Song) -> Pick:
    """The phrase of the chosen track and bar."""
    model = controls.model_name()
    index = min(_kept(TRACK, 0), len(found.tracks) - 1)
    first, latest, last = _bars(found, index, cache.model(model).num_bars)
    bar = min(max(_kept(BAR, first + 1) - 1, first), latest)
    rest = track_tune(found, index, bar, last + 1 - bar)
    title = f"{found.title}, bar {bar + 1}"
    pick = picks.own(model, title, replace(rest, title=title))
    state.set_own_pick(pick)
    return pick


def versions(pick: Pick) -> list[Pick]:
    """The tune as written and as the model plays it."""
    model_version = picks.of_model(controls.model_name(), pick)
    return [
        replace(pick, title="Mine"),
        replace(model_version, title="The model's version", origin="blend"),
    ]


def verdict(both: list[Pick]) -> str:
    """What the model made of the notes."""
    mine, model_version = both
    return words.round_trip(compare(mine.tune, model_version.tune))


def on_the_map(pick: Pick) -> None:
    """Where the tune lies among the others, and what is like it."""
    model = controls.model_name()
    library = cache.model(model).library
    x, y = cache.place(model, pick.z, "pca")
    st.markdown("**On the map**")
    st.plotly_chart(
        charts.tune_map(
            library.positions["pca"],
            library.titles,
            colours=library.attributes[:, 1],
            scale_words=words.scale_ends(words.slider_names()[1]),
            markers=[
                charts.Marker(letter="mine", x=x, y=y, colour=controls.palette().end_a)
            ],
            palette=controls.palette(),
            height=300,
        ),
        key=f"my_map_{model}",
        theme=None,
        config={"displayModeBar": False},
        alt="Map of phrases with the place of your tune",
    )
    st.caption(tune_map.HONESTY)
    near = cache.neighbours(model, pick.z, 4)
    st.markdown("**Most like it**")
    controls.gallery(picks.dots(model, near), key="my_neighbours")


def _read() -> None:
    """Read the file just dropped; a refusal leaves everything as it was."""
    file = st.session_state[FILE]
    if file is None:
        return
    try:
        found = midi.read_midi(file.getvalue(), name=file.name)
    except ExplorerError as error:
        state.notify(words.plain(f"{error} Your current tune is unchanged."))
        return
    _use(midi.clean_text(file.name), found)


def _try(title: str) -> None:
    """Bring one of the examples, as a file of its own would be."""
    content = midi.write_midi(picks.example_tune(title))
    _use(title, midi.read_midi(content, name=f"{title}.mid"))


def _use(name: str, found: Song) -> None:
    """Put a song on the page, at the start of what looks like its melody."""
    state.set_upload(Upload(name=name, song=found))
    best = melody_track(found) or 0
    st.session_state[TRACK] = best
    st.session_state[BAR] = _bars(found, best, 1)[0] + 1
    pick = picked(found)
    state.offer(pick.title, pick.tune)


def _kept(key: str, default: int) -> int:
    """A widget's whole number, also before it is drawn."""
    value = st.session_state.get(key)
    return default if value is None else int(value)


def _bars(found: Song, track: int, num_bars: int) -> tuple[int, int, int]:
    """Bars of a track: the first with a note, the latest to start at, the last.

    From the latest on, `num_bars` bars are left; of a shorter track all are needed.
    """
    starts = [note.start_step // STEPS_PER_BAR for note in found.tracks[track].notes]
    first, last = min(starts), max(starts)
    return first, max(first, last + 1 - num_bars), last


def _track_name(index: int, track: Track) -> str:
    notes = words.counted(len(track.notes), "note")
    name = (
        track.name
        if track.name == track.instrument
        else f"{track.name} ({track.instrument})"
    )
    return words.plain(f"{index + 1}. {name}: {notes}")
