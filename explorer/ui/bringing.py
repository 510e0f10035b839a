"""Music files somebody brings: choose among them, compare and use what is there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import streamlit as st

from explorer import caps, map_chart, midi
from explorer.compare import compare, differences
from explorer.encodings import ENCODINGS, EncodingName
from explorer.nouns import NOUNS
from explorer.song import Song, lacks
from explorer.ui import (
    brought,
    cache,
    controls,
    difference_roll,
    failures,
    link_making,
    picks,
    placing,
    saving,
    sharing_views,
    state,
    tune_map,
    words,
)
from explorer.ui.state import Pick

FILE: Final = "my_file"  # Streamlit's keys of the widgets below
LIST: Final = "my_file_list"
TURN: Final = "my_file_turn"  # how often the drop zone was emptied
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


def upload() -> None:
    """The drop zone, the files that were read, and a sentence about the one in use."""
    endings = brought.endings()
    st.file_uploader(
        "Music files",
        type=[ending.removeprefix(".") for ending in endings],
        accept_multiple_files=True,
        key=_zone(),
        max_upload_size=MOST_MEGABYTES,
        on_change=failures.guarded(_read),
        help=f"Names ending in {', '.join(endings[:-1])} or {endings[-1]} work, up to "
        f"{MOST_MEGABYTES} MB each and {caps.MAX_FILES} files at a time.",
    )
    kept = brought.chosen()
    if kept is None:
        st.info("Drop files above, or try it with one of these:")
        with st.container(horizontal=True):
            for title in picks.example_titles(controls.model_name())[:NUM_SAMPLES]:
                st.button(title, on_click=failures.guarded(_try), args=(title,))
        return
    _choose_file(kept.number)
    sentence = _told(kept.name, kept.song)
    if kept.song.warnings:
        st.warning("\n\n".join(map(words.plain, (sentence, *kept.song.warnings))))
    else:
        st.success(words.plain(sentence))


def song() -> Song | None:
    """The song in the file in use, if one was read."""
    kept = brought.chosen()
    return kept.song if kept else None


def lacking(found: Song) -> str:
    """What the model in use needs and the song lacks, and what to do; or ""."""
    encoding = controls.encoding()
    lack = lacks(found, placing.parts())
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


def picked(found: Song) -> Pick:
    """The phrase of the chosen tracks and bar."""
    tune = placing.excerpt(found)
    pick = picks.own(controls.model_name(), tune.title, tune)
    state.set_own_pick(pick)
    return pick


def versions(pick: Pick) -> list[Pick]:
    """The tune as written and as the model plays it."""
    model_version = picks.of_model(controls.model_name(), pick)
    return [
        replace(pick, title="Mine"),
        replace(model_version, title="The model's version", origin="blend"),
    ]


def follow(found: Song) -> None:
    """Let the dock go on with the tracks and bar just chosen, in the version it has."""
    model = controls.model_name()
    before, now = state.own_pick(), state.playing()
    notes = [version.tune.notes for version in versions(before)] if before else []
    hears_model = bool(now and notes[1:] == [now.tune.notes] != notes[:1])
    pick = picked(found)
    picks.offer(model, versions(pick)[1] if hears_model else pick)


def keep_or_share(own: Pick, both: list[Pick]) -> None:
    """Take the model's version away, or give a link to somebody's own tune."""
    version = replace(both[1], title=f"{own.title}, the model's version")
    with st.container(horizontal=True):
        saving.keep(
            [picks.passage(version)],
            title=version.title,
            key="my_save",
            label="Keep the model's version",
        )
        sharing_views.share(
            lambda: link_making.tune(own),
            what=controls.nouns().one,
            key="my_share",
            page="shape",
        )


def verdict(both: list[Pick]) -> str:
    """What the model made of the notes."""
    mine, model_version = both
    encoding = controls.encoding()
    return words.round_trip(compare(mine.tune, model_version.tune, encoding), encoding)


def difference(both: list[Pick]) -> None:
    """Both versions in one piano roll."""
    mine, model_version = both
    found = differences(mine.tune, model_version.tune, controls.encoding())
    st.markdown("**Difference**")
    st.plotly_chart(
        difference_roll.difference_roll(
            found, num_bars=mine.tune.num_bars, palette=controls.palette()
        ),
        key="my_difference",
        theme=None,
        config={"displayModeBar": False},
        alt="Piano roll of both versions: notes kept, moved, lost and new",
    )
    st.caption(difference_roll.WORDS)
    st.markdown(verdict(both))


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


def _choose_file(number: int) -> None:
    """The files that were read, with a way to put one away."""
    found = {file.number: file for file in brought.files()}
    st.session_state[LIST] = number
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "File",
            list(found),
            format_func=lambda number: found[number].label,
            key=LIST,
            on_change=failures.guarded(
                lambda: _change(lambda: brought.choose(st.session_state[LIST]))
            ),
        )
        st.button(
            "Remove",
            key="my_file_remove",
            help="Takes this file off the list; the others stay.",
            on_click=failures.guarded(
                lambda: _change(lambda: brought.remove(number)),
            ),
        )


def _told(name: str, found: Song) -> str:
    """What was read in a file."""
    counted = words.counted(found.num_notes, "note")
    tracks = words.counted(len(found.tracks), "track")
    key = f", in {found.key}" if found.key else ""
    return f"Read “{name}”: {counted} in {tracks}, {found.qpm:.0f} beats a minute{key}."


def _zone() -> str:
    """Key of the drop zone, a new one after each drop: files are on the list then."""
    turn = st.session_state.get(TURN, 0)
    return f"{FILE}_{turn}" if turn else FILE


def _read() -> None:
    """Read the files just dropped; a refusal leaves everything as it was."""
    files = st.session_state[_zone()]
    if not files:
        return
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    refused: list[str] = []
    num_read = 0

    def take() -> None:
        nonlocal num_read
        num_read, sentences = brought.take(
            (file.name, file.getvalue()) for file in files
        )
        refused.extend(sentences)

    _change(take)
    if refused:
        rest = (
            "The others were read." if num_read else "Your current tune is unchanged."
        )
        if len(refused) == 1:
            state.notify(words.plain(f"{refused[0]} {rest}"))
        else:
            listed = "\n".join(f"- {words.plain(sentence)}" for sentence in refused)
            state.notify(f"{listed}\n\n{rest}")


def _try(title: str) -> None:
    """Bring one of the examples, as a file of its own would be."""
    content = midi.write_midi(picks.example_tune(controls.model_name(), title))
    found = midi.read_midi(content, name=f"{title}.mid")
    _change(lambda: brought.add(title, found))


def _change(change: Callable[[], None]) -> None:
    """Change which file is in use; what was chosen in each stays with it."""
    before = brought.chosen()
    if before is not None:
        brought.remember(placing.choices())
    change()
    now = brought.chosen()
    if now is None or (before is not None and now.number == before.number):
        return
    placing.put_back(now.choices)
    if not lacking(now.song):
        placing.keep_guess(now.song)
        pick = picked(now.song)
        state.offer(pick.title, pick.tune)
