"""Tunes to sound: WAV files and seamless loops by FluidSynth.

**Conventions.** 44.1 kHz, stereo, 16 bit; frames come first, (frames, 2). Notes are
sent one by one: FluidSynth never sees a file from a user. It starts notes on blocks
of 64 frames (1.45 ms), so every time is rounded to a block. libfluidsynth is loaded
on first use; where it is missing, `available` says what to install and everything
else works. The SoundFont is the one inside pretty_midi unless the environment
variable EXPLORER_SOUNDFONT names another.

A pool holds two synths and a synth serves one render at a time. A synth that has
played before starts notes a little differently, so a render repeats bit by bit only
as the first of its process.
"""

import contextlib
import functools
import importlib.util
import io
import os
import queue
import threading
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Int16
from numpy import ndarray

from explorer.caps import MAX_AUDIO_SECONDS
from explorer.errors import SynthError
from explorer.notes import STEPS_PER_QUARTER, Note, NoteSequence
from explorer.trio import part_of

SAMPLE_RATE: Final = 44_100  # frames a second
BLOCK: Final = 64  # frames; FluidSynth's clock
SOUNDFONT_VARIABLE: Final = "EXPLORER_SOUNDFONT"
SOUNDFONTS_VARIABLE: Final = "EXPLORER_SOUNDFONTS"  # a folder of more of them
SOUNDFONT_FOLDERS: Final = tuple(
    Path(prefix, folder)
    for prefix in ("/usr/share", "/usr/local/share")
    for folder in ("sounds/sf2", "sounds/sf3", "soundfonts")
)
SOUNDFONT_LICENCES: Final = {
    "TimGM6mb": "GPL-2",
    "FluidR3_GM": "MIT",
    "FluidR3Mono_GM": "MIT",
}
SOUNDFONT_SUFFIXES: Final = (".sf2", ".sf3")

_POOL_SIZE = 2
_GAIN = 1.5  # a single line of notes peaks near a sixth of full scale; more is halved
_TAIL_SECONDS = 1.0  # the reverb has died away by then
_DRUM_CHANNEL = 9
_DRUM_BANK = 128
_MELODIC_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15)
_FULL_SCALE = 32_767
_LIBRARY_HELP = (
    "FluidSynth is not installed, so sound files cannot be made. Install it (Debian, "
    "Ubuntu: sudo apt install libfluidsynth3; macOS: brew install fluid-synth; "
    "Windows: choco install fluidsynth) and start again. All else works without it."
)


def soundfont_path() -> Path:
    """The SoundFont in use; it may not exist."""
    if chosen := os.environ.get(SOUNDFONT_VARIABLE):
        return Path(chosen)
    spec = importlib.util.find_spec("pretty_midi")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    return folder / "TimGM6mb.sf2"


def soundfonts() -> tuple[Path, ...]:
    """SoundFonts to choose from: the one in use, then those of known folders by name.

    The folders are where systems keep them, and what `EXPLORER_SOUNDFONTS` names.
    """
    folders = [*SOUNDFONT_FOLDERS]
    if own := os.environ.get(SOUNDFONTS_VARIABLE):
        folders.insert(0, Path(own))
    found = {
        path.resolve(): path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in SOUNDFONT_SUFFIXES and path.is_file()
    }
    first = soundfont_path()
    found.pop(first.resolve(), None)
    return (first, *found.values()) if first.is_file() else tuple(found.values())


def soundfont_name(path: Path | None = None) -> str:
    """What a SoundFont, the one in use by default, is called, with its licence."""
    path = path or soundfont_path()
    licence = SOUNDFONT_LICENCES.get(path.stem)
    return f"{path.stem} ({licence})" if licence else path.stem


def available() -> str | None:
    """None when sound can be rendered, else a sentence that says what to install."""
    try:
        _library()
    except SynthError as error:
        return str(error)
    path = soundfont_path()
    return None if path.is_file() else _missing_soundfont(path)


def _library() -> Any:  # noqa: ANN401 (a module without types)
    """The fluidsynth module, imported on first use."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints where CI is set
            import fluidsynth
    except (ImportError, OSError) as error:
        raise SynthError(_LIBRARY_HELP) from error
    return fluidsynth


def _missing_soundfont(path: Path) -> str:
    return (
        f"The SoundFont {path.name} cannot be read, so sound files cannot be made. Set "
        f"{SOUNDFONT_VARIABLE} to a .sf2 or .sf3 file, or unset it to use the one that "
        "comes with pretty_midi."
    )


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """Something to tell the synth; sorts note-offs before note-ons."""

    frame: int
    is_on: bool
    channel: int
    pitch: int
    velocity: int


class SynthPool:
    """FluidSynths with one SoundFont, each lent to one render at a time.

    Raises
    ------
    SynthError
        If libfluidsynth is missing or the SoundFont cannot be loaded.
    """

    def __init__(self, soundfont: Path, *, size: int = _POOL_SIZE) -> None:
        library = _library()
        if not soundfont.is_file():
            raise SynthError(_missing_soundfont(soundfont))
        self._free: queue.LifoQueue[tuple[Any, int]] = queue.LifoQueue()
        for _ in range(size):
            synth = library.Synth(
                gain=_GAIN, samplerate=float(SAMPLE_RATE), channels=16
            )
            font = synth.sfload(str(soundfont))
            if font < 0:
                synth.delete()
                raise SynthError(_missing_soundfont(soundfont))
            synth.get_samples(BLOCK)
            self._free.put((synth, font))

    def play(
        self, events: list[_Event], programs: dict[int, int], num_frames: int
    ) -> Int16[ndarray, "frames 2"]:
        """`num_frames` of sound from `events`, which are sorted.

        Rendered again at half the gain for as long as it clips.
        """
        synth, font = item = self._free.get()
        try:
            gain = _GAIN
            pcm = _play_once(synth, font, events, programs, num_frames, gain)
            while _peak(pcm) >= _FULL_SCALE and gain > _GAIN / 64:
                gain /= 2
                pcm = _play_once(synth, font, events, programs, num_frames, gain)
            return pcm
        finally:
            self._free.put(item)


def _play_once(
    synth: Any,  # noqa: ANN401 (a class without types)
    font: int,
    events: list[_Event],
    programs: dict[int, int],
    num_frames: int,
    gain: float,
) -> Int16[ndarray, "frames 2"]:
    """The sound of the events from a silent start."""
    synth.system_reset()
    synth.setting("synth.gain", gain)
    synth.get_samples(BLOCK)
    for channel, program in programs.items():
        synth.program_select(channel, font, 0, program)
    synth.program_select(_DRUM_CHANNEL, font, _DRUM_BANK, 0)
    pcm = np.empty((num_frames, 2), np.int16)
    position = 0
    for event in events:
        if event.frame > position:
            count = event.frame - position
            pcm[position : event.frame] = synth.get_samples(count).reshape(-1, 2)
            position = event.frame
        if event.is_on:
            synth.noteon(event.channel, event.pitch, event.velocity)
        else:
            synth.noteoff(event.channel, event.pitch)
    rest = synth.get_samples(num_frames - position)
    pcm[position:] = rest.reshape(-1, 2)
    return pcm


def _peak(pcm: ndarray) -> int:
    """Largest absolute sample."""
    return int(np.abs(pcm.astype(np.int32)).max(initial=0))


@functools.lru_cache(maxsize=2)
def _cached_pool(soundfont: Path) -> SynthPool:
    return SynthPool(soundfont)


_pool_lock = threading.Lock()


def _pool(soundfont: Path | None = None) -> SynthPool:
    """The process's pool for a SoundFont, the one in use by default, made once."""
    with _pool_lock:
        return _cached_pool(soundfont or soundfont_path())


def frame_at(step: int, qpm: float) -> int:
    """First frame of a step, on a block."""
    seconds = step * 60 / (qpm * STEPS_PER_QUARTER)
    return round(seconds * SAMPLE_RATE / BLOCK) * BLOCK


def render_loop(
    tune: NoteSequence, *, program: int | None = None
) -> Int16[ndarray, "frames 2"]:
    """The tune as a loop without a seam: what rings on is added to the beginning.

    Parameters
    ----------
    tune
        Its length and tempo give the loop's; an empty tune is silent.
    program
        General MIDI program of the melody: of all but drums, and but a bass that plays
        with other parts. None plays each note's own.

    Raises
    ------
    SynthError
        If sound cannot be rendered here, or would be longer than the limit.
    """
    body = frame_at(tune.total_steps, tune.qpm)
    pcm = _render(tune, program=program, loops=1, tail_seconds=_TAIL_SECONDS)
    mixed = pcm[:body].astype(np.int32)
    position = body
    while body and position < len(pcm):  # a loop shorter than its tail wraps repeatedly
        part = pcm[position : position + body]
        mixed[: len(part)] += part
        position += body
    if (peak := _peak(mixed)) > _FULL_SCALE:
        mixed = mixed * _FULL_SCALE // peak
    return mixed.astype(np.int16)


def render_wav(
    tune: NoteSequence,
    *,
    program: int | None = None,
    loops: int = 1,
    tail: bool = True,
    soundfont: Path | None = None,
) -> bytes:
    """A WAV file of the tune played `loops` times.

    Parameters
    ----------
    tune
        Its length and tempo give the file's; an empty tune is silent.
    program
        General MIDI program of the melody: of all but drums, and but a bass that plays
        with other parts. None plays each note's own.
    loops
        Times played, one directly after the other.
    tail
        Whether the sound dies away after the end (1 second longer). Without it the
        file repeats without a seam.
    soundfont
        What it sounds of; None is the one in use.

    Raises
    ------
    SynthError
        If sound cannot be rendered here, or would be longer than the limit.
    """
    if loops < 1:
        raise ValueError(f"loops {loops} must be 1 or more")
    if tail:
        pcm = _render(
            tune,
            program=program,
            loops=loops,
            tail_seconds=_TAIL_SECONDS,
            soundfont=soundfont,
        )
        fade = min(len(pcm), SAMPLE_RATE // 10)
        ramp = np.linspace(1, 0, fade)[:, None]
        pcm[len(pcm) - fade :] = np.round(pcm[len(pcm) - fade :] * ramp)
    else:
        _check_length(tune, loops)
        pcm = np.tile(render_loop(tune, program=program), (loops, 1))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.astype("<i2").tobytes())
    return buffer.getvalue()


def flac_of(wav: bytes) -> bytes:
    """The same sound as a FLAC file, about half as large and nothing lost."""
    import soundfile  # its library loads with the first file, not with the app

    pcm, rate = soundfile.read(io.BytesIO(wav), dtype="int16")
    buffer = io.BytesIO()
    soundfile.write(buffer, pcm, rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def _check_length(tune: NoteSequence, loops: int) -> None:
    """Refuse what would take minutes and gigabytes."""
    seconds = tune.duration_seconds * loops
    if seconds > MAX_AUDIO_SECONDS:
        raise SynthError(
            f"The sound would last {seconds / 60:.1f} minutes; at most "
            f"{MAX_AUDIO_SECONDS // 60} minutes can be made. Take fewer bars."
        )


def _programs(notes: Sequence[Note], melody: int | None) -> list[int]:
    """Program each note sounds in; a bass that plays alone counts as a melody."""
    parts = [part_of(note) for note in notes]
    kept = {"drums"} if set(parts) == {"bass"} else {"drums", "bass"}
    return [
        note.program if melody is None or part in kept else melody
        for note, part in zip(notes, parts, strict=True)
    ]


def _render(
    tune: NoteSequence,
    *,
    program: int | None,
    loops: int,
    tail_seconds: float,
    soundfont: Path | None = None,
) -> Int16[ndarray, "frames 2"]:
    """The tune `loops` times, then a tail."""
    _check_length(tune, loops)
    pool = _pool(soundfont)
    sounding = _programs(tune.notes, program)
    chosen = {p for n, p in zip(tune.notes, sounding, strict=True) if not n.is_drum}
    channels = {  # a sixteenth program shares the first one's channel
        number: _MELODIC_CHANNELS[index % len(_MELODIC_CHANNELS)]
        for index, number in enumerate(sorted(chosen))
    }
    events = []
    for loop in range(loops):
        first = loop * tune.total_steps
        for note, own in zip(tune.notes, sounding, strict=True):
            channel = _DRUM_CHANNEL if note.is_drum else channels[own]
            start = frame_at(first + note.start_step, tune.qpm)
            end = max(frame_at(first + note.end_step, tune.qpm) - BLOCK, start + BLOCK)
            events.append(_Event(start, True, channel, note.pitch, note.velocity))
            events.append(_Event(end, False, channel, note.pitch, 0))
    body = frame_at(loops * tune.total_steps, tune.qpm)
    num_frames = body + int(tail_seconds * SAMPLE_RATE) // BLOCK * BLOCK
    programs = {channel: number for number, channel in channels.items()}
    return pool.play(sorted(events), programs, num_frames)
