"""Keeping what is heard: a popover with every file that music is kept in.

Files are made when they are asked for, the way the dock plays: tempo, instrument, key,
octave, beat, drone.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from explorer import keeping, kept_files, recipe, synth
from explorer.caps import MAX_AUDIO_SECONDS
from explorer.kept_files import Kept
from explorer.notes import NoteSequence, concatenate
from explorer.passage import Passage
from explorer.trio import PART_NAMES, part_of
from explorer.ui import cache, controls, state, words

SOUNDFONT: Final = "soundfont"  # path; which SoundFont files are made with
FILES: Final[tuple[tuple[str, str, str, Callable[[Kept], bytes]], ...]] = (
    ("MIDI", "mid", "audio/midi", kept_files.midi_file),
    ("Sheet music (MusicXML)", "musicxml", "application/xml", kept_files.score_file),
    ("Picture (PNG)", "png", "image/png", kept_files.picture_file),
    ("Recipe", "recipe.json", "application/json", kept_files.recipe_file),
)
SOUNDS: Final[tuple[tuple[str, str, str, Callable[[Kept], bytes]], ...]] = (
    ("WAV", "wav", "audio/wav", kept_files.wav_file),
    ("FLAC", "flac", "audio/flac", kept_files.flac_file),
)


def as_heard(tune: NoteSequence) -> NoteSequence:
    """The tune as the dock plays it: tempo, instrument, key, octave, beat, drone."""
    return keeping.as_heard(tune, state.sound(), controls.encoding())


def keep(
    passages: Sequence[Passage], *, title: str, key: str, label: str = "Keep it"
) -> None:
    """A button that opens every way to keep some music, as the dock plays it.

    Parameters
    ----------
    passages
        What is kept, one after the other; at least one.
    title
        Of the whole; files are named after it.
    key
        Streamlit's name of the button; what is in it begins with it.
    label
        On the button.
    """
    popover = st.popover(label, icon=":material/download:", key=key, on_change="rerun")
    if popover.open:
        with popover:
            _files(passages, title, key)


def _files(passages: Sequence[Passage], title: str, key: str) -> None:
    heard = as_heard(_whole(passages, title))
    st.caption(words.plain(_told(heard)))
    missing = _no_sound_because(heard)
    above = st.container()
    font = None if missing else _soundfont(key)
    # files are made in a thread of their own, which does not know the visit
    model = controls.model_name()
    kept = partial(_kept, tuple(passages), title, model, state.sound(), font)
    name = file_name(title)
    above.download_button(
        "Everything in one ZIP",
        lambda: kept_files.archive(kept(), name, has_sound=missing is None),
        file_name=f"{name}.zip",
        mime="application/zip",
        key=f"{key}_zip",
        type="primary",
        width="stretch",
        on_click="ignore",
        help="MIDI, sheet music, a picture, sound, and a recipe from which "
        "`python -m explorer remake` makes the music again.",
    )
    for files, place in ((FILES, above), (() if missing else SOUNDS, st)):
        with place.container(horizontal=True):
            for label, ending, mime, make in files:
                st.download_button(
                    label,
                    partial(_made, make, kept),
                    file_name=f"{name}.{ending}",
                    mime=mime,
                    key=f"{key}_{ending.partition('.')[0]}",
                    on_click="ignore",
                )
    if missing:
        st.caption(words.plain(f"WAV and FLAC: {missing}"))


def _whole(passages: Sequence[Passage], title: str) -> NoteSequence:
    return concatenate([passage.tune for passage in passages], title=title)


def _kept(
    passages: tuple[Passage, ...],
    title: str,
    model: str,
    sound: keeping.Sound,
    soundfont: Path | None,
) -> Kept:
    """What is kept, with the recipe of it."""
    used = cache.model(model)
    whole = keeping.as_heard(_whole(passages, title), sound, used.encoding)
    written = recipe.write(
        passages, used, sound, title=title, decode=lambda z: cache.decode(model, z).tune
    )
    return Kept(tune=whole, title=title, recipe=written, soundfont=soundfont)


def _made(make: Callable[[Kept], bytes], kept: Callable[[], Kept]) -> bytes:
    return make(kept())


def _no_sound_because(heard: NoteSequence) -> str | None:
    if missing := cache.no_wav_because():
        return missing
    if heard.duration_seconds > MAX_AUDIO_SECONDS:
        return (
            f"it lasts {heard.duration_seconds / 60:.1f} minutes; at most "
            f"{MAX_AUDIO_SECONDS // 60} are made into sound. Take fewer bars."
        )
    return None


def _soundfont(key: str) -> Path:
    """The SoundFont to make sound with; a choice where there are several."""
    fonts = synth.soundfonts()
    if len(fonts) == 1:
        st.caption(words.plain(f"Sound: {synth.soundfont_name(fonts[0])}."))
        return fonts[0]
    kept = st.session_state.get(SOUNDFONT)
    chosen: Path = st.selectbox(
        "Sound of WAV and FLAC (SoundFont)",
        fonts,
        index=fonts.index(kept) if kept in fonts else 0,
        format_func=synth.soundfont_name,
        key=f"{key}_soundfont",
        required=True,
    )
    st.session_state[SOUNDFONT] = chosen
    return chosen


def _told(heard: NoteSequence) -> str:
    """How long what is kept is, and what it has that the tune has not."""
    sound, encoding = state.sound(), controls.encoding()
    bars = words.counted(heard.num_bars, "bar")
    said = [f"{bars} at {heard.qpm:g} beats a minute"]
    if sound.beat and encoding == "melody":
        said.append(f"with the beat “{sound.beat}” under it")
    if encoding != "drums":
        if sound.drone:
            said.append("with a drone under it")
        if sound.key:
            said.append(f"in {sound.key}")
        if sound.octave:
            octaves = words.counted(abs(sound.octave), "octave")
            said.append(f"{octaves} {'up' if sound.octave > 0 else 'down'}")
    return f"As set in the player: {', '.join(said)}. {_tracks(heard)}."


def _tracks(heard: NoteSequence) -> str:
    """The tracks of what is kept; a part without a note has none."""
    written = {part_of(note) for note in heard.notes}
    parts = [part for part in PART_NAMES if part in written]
    return f"{words.counted(len(parts), 'track')}: {', '.join(parts)}"


def file_name(title: str) -> str:
    """A title made fit for a file name."""
    kept = "".join(c.lower() if c.isalnum() and c.isascii() else "-" for c in title)
    return "-".join(part for part in kept.split("-") if part)[:60] or "tune"
