"""Saving what is heard: a tune as a file, the way the dock plays it."""

from dataclasses import replace
from typing import Final

import streamlit as st

from explorer import examples, midi
from explorer.after_effects import drone_on, likely_tonic, rearranged, tonic_of
from explorer.encodings import EncodingName
from explorer.notes import Note, NoteSequence, with_loop
from explorer.trio import part_of
from explorer.ui import cache, controls, state, words

MIDI_TRACKS: Final[dict[EncodingName, str]] = {
    "drums": "One drum track, on channel 10.",
    "trio": "Three tracks: melody, bass, and drums on channel 10.",
}
"""What stands in a saved MIDI file, where it is more than a tune."""


def as_heard(tune: NoteSequence) -> NoteSequence:
    """The tune as the dock plays it: tempo, instrument, key, octave, beat, drone."""
    sound = state.sound()
    tune = rearranged(
        tune,
        key=sound.key,
        octave=sound.octave,
        has_bass=controls.encoding() == "trio",
    )
    notes = tune.notes
    if sound.program is not None:
        notes = tuple(
            replace(note, program=sound.program) if _is_melody(note) else note
            for note in notes
        )
    heard = replace(tune, notes=notes, qpm=sound.qpm or tune.qpm)
    for loop in (_beat_under(tune), _drone_under(tune)):
        heard = heard if loop is None else with_loop(heard, loop)
    return heard


def _drone_under(tune: NoteSequence) -> NoteSequence | None:
    """The drone set in the dock, on the key's tonic or the tune's own."""
    sound = state.sound()
    if not sound.drone or controls.encoding() == "drums":
        return None
    key = sound.key
    tonic = tonic_of(key) if key else likely_tonic(tune.notes)
    return None if tonic is None else drone_on(tonic)


def _beat_under(tune: NoteSequence) -> NoteSequence | None:
    """The beat set in the dock; music with drums of its own gets none."""
    if any(note.is_drum for note in tune.notes):
        return None
    wanted = state.sound().beat
    found = (beat for beat in examples.beat_loops() if beat.title == wanted)
    beat = next(found, None)
    return None if beat is None else beat.tune


def _is_melody(note: Note) -> bool:
    """Whether the dock's instrument plays a note; a tune alone may be low as a bass."""
    return (
        part_of(note) == "melody" if controls.encoding() == "trio" else not note.is_drum
    )


def _set_in_dock(tune: NoteSequence) -> str | None:
    """What a saved file has that the tune has not, in words."""
    sound = state.sound()
    said = []
    if _beat_under(tune):
        said.append(f"with the beat “{sound.beat}” under it")
    if _drone_under(tune):
        said.append("with a drone under it")
    if sound.key and controls.encoding() != "drums":
        said.append(f"in {sound.key}")
    if sound.octave and controls.encoding() != "drums":
        octaves = words.counted(abs(sound.octave), "octave")
        said.append(f"{octaves} {'up' if sound.octave > 0 else 'down'}")
    if not said:
        return None
    return f"As set in the player: {', '.join(said)}."


def downloads(tune: NoteSequence, *, name: str, label: str, key: str) -> None:
    """Buttons that save a tune as MIDI and as WAV, as the dock plays it.

    Parameters
    ----------
    tune
        What to save.
    name
        Name of the file, without its ending.
    label
        What is saved, in a word or two.
    key
        Streamlit's name of the buttons.
    """
    heard, under = as_heard(tune), _set_in_dock(tune)
    missing = cache.no_wav_because()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            f"{label} as MIDI",
            lambda: midi.write_midi(heard),
            file_name=f"{name}.mid",
            mime="audio/midi",
            key=f"{key}_midi",
            help=under or MIDI_TRACKS.get(controls.encoding()),
            on_click="ignore",
        )
        if missing is None:
            st.download_button(
                f"{label} as WAV",
                lambda: cache.wav(heard),
                file_name=f"{name}.wav",
                mime="audio/wav",
                key=f"{key}_wav",
                help=under,
                on_click="ignore",
            )
    if missing is not None:
        st.caption(words.plain(f"WAV: {missing}"))


def file_name(title: str) -> str:
    """A title made fit for a file name."""
    kept = "".join(c.lower() if c.isalnum() and c.isascii() else "-" for c in title)
    return "-".join(part for part in kept.split("-") if part)[:60] or "tune"
