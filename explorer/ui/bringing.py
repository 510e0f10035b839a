"""A music file somebody brings: read it, pick a place in it, compare and use it."""

from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from explorer import map_chart, midi
from explorer.compare import compare
from explorer.encodings import ENCODINGS, EncodingName, PartName
from explorer.errors import ExplorerError
from explorer.notes import STEPS_PER_BAR
from explorer.nouns import NOUNS
from explorer.song import Song, guess_tracks, lacks, parts_tune, tracks_for
from explorer.ui import cache, controls, failures, picks, state, tune_map, words
from explorer.ui.state import Pick, Upload

FILE: Final = "my_file"  # Streamlit's keys of the widgets below
TRACK: Final[dict[PartName, str]] = {
    "melody": "my_track",
    "bass": "my_bass_track",
    "drums": "my_drum_track",
}
BAR: Final = "my_bar"
MOST_MEGABYTES: Final = 1
NUM_SAMPLES: Final = 3  # examples to try the page with
NEEDS: Final[dict[EncodingName, str]] = {
    "melody": "a melody",
    "drums": "drums",
    "trio": "a melody, a bass and drums",
}
_KINDS: Final[dict[EncodingName, str]] = {
    "melody": "a melody model",
    "drums": "a drum model",
    "trio": "a band model",
}

Tracks = dict[PartName, tuple[int, ...]]  # the chosen ones of each part


@dataclass(frozen=True, kw_only=True)
class _Bars:
    """Bars of the chosen tracks, counted from 0."""

    first: int  # earliest to start at: from here on every part has a note
    start: int  # where the last part comes in
    latest: int  # to start at; a shorter tune is needed from its first bar on
    last: int  # with a note


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
            for title in picks.example_titles(controls.model_name())[:NUM_SAMPLES]:
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


def lacking(found: Song) -> str:
    """What the model in use needs and the song lacks, and what to do; or ""."""
    encoding = controls.encoding()
    lack = lacks(found, _parts())
    if not lack:
        return ""
    installed = {offer.encoding for offer in cache.offers() if offer.problem is None}
    kinds = [
        _KINDS[name]
        for name, music in ENCODINGS.items()
        if name in installed and not lacks(found, [part.name for part in music.parts])
    ]
    ways = [f"bring a file with {NEEDS[encoding]}"]
    if kinds:
        ways.insert(0, f"choose {' or '.join(kinds)} at the top of the page")
    many = NOUNS[encoding].many
    return (
        f"There is {lack} in it. The model in use writes {many}: {', or '.join(ways)}."
    )


def choose_place(found: Song) -> None:
    """Which tracks, and from which bar on."""
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
            )
        else:
            st.selectbox(
                part.capitalize(),
                options,
                format_func=lambda tracks: _track_name(found, tracks),
                key=TRACK[part],
                persist_state="session",
            )
    num_bars = cache.model(controls.model_name()).num_bars
    bars = _bars(found, chosen, num_bars)
    if bars.latest > bars.first:
        _keep(BAR, _start_bar(bars) + 1)
        st.slider(
            "From bar",
            bars.first + 1,
            bars.latest + 1,
            key=BAR,
            persist_state="session",
            help=f"The model reads {words.counted(num_bars, 'bar')} from there on.",
        )
    if short := words.filling(bars.last + 1 - bars.first, num_bars):
        this = "This track" if len(chosen) == 1 else "The music"
        st.caption(
            f"The model reads {num_bars} bars at a time. {this} is shorter: "
            f"you hear {short}."
        )


def picked(found: Song) -> Pick:
    """The phrase of the chosen tracks and bar."""
    model = controls.model_name()
    chosen = _chosen(found)
    bars = _bars(found, chosen, cache.model(model).num_bars)
    bar = _start_bar(bars)
    rest = parts_tune(found, chosen, bar, bars.last + 1 - bar)
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
    encoding = controls.encoding()
    return words.round_trip(compare(mine.tune, model_version.tune, encoding), encoding)


def on_the_map(pick: Pick) -> None:
    """Where the tune lies among the others, and what is like it."""
    model, encoding = controls.model_name(), controls.encoding()
    library = cache.model(model).library
    x, y = cache.place(model, pick.z, "pca")
    colour = words.first_colour(encoding)
    st.markdown("**On the map**")
    st.plotly_chart(
        map_chart.tune_map(
            library.positions["pca"],
            library.titles,
            colours=library.attributes[:, colour],
            scale_words=words.scale_ends(
                words.slider_names(encoding)[colour], encoding
            ),
            markers=[
                map_chart.Marker(
                    letter="mine", x=x, y=y, colour=controls.palette().end_a
                )
            ],
            palette=controls.palette(),
            height=300,
        ),
        key=f"my_map_{model}",
        theme=None,
        config={"displayModeBar": False},
        alt=f"Map of phrases with the place of your {controls.nouns().one}",
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
    content = midi.write_midi(picks.example_tune(controls.model_name(), title))
    _use(title, midi.read_midi(content, name=f"{title}.mid"))


def _use(name: str, found: Song) -> None:
    """Put a song on the page, where the parts that the model reads have all come in."""
    state.set_upload(Upload(name=name, song=found))
    for key in (*TRACK.values(), BAR):
        st.session_state.pop(key, None)
    if lacking(found):
        return
    chosen = _chosen(found)
    for part, tracks in chosen.items():
        _keep(TRACK[part], tracks)
    pick = picked(found)
    state.offer(pick.title, pick.tune)


def _parts() -> list[PartName]:
    """The parts that the model in use reads."""
    return [part.name for part in cache.model(controls.model_name()).music.parts]


def _options(found: Song, part: PartName) -> list[tuple[int, ...]]:
    """What can play a part: any one track, or all the drums together."""
    tracks = tracks_for(found, part)
    together = [tracks] if part == "drums" and len(tracks) > 1 else []
    return [*together, *((track,) for track in tracks)]


def _chosen(found: Song) -> Tracks:
    """The tracks of each part: those chosen in the widgets, at first the guessed."""
    chosen: Tracks = guess_tracks(found, _parts())
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
