"""Renders the sound bank in assets/bank from an MIT-licensed SoundFont.

    python scripts/make_bank.py [SOUNDFONT] [-o assets/bank] [--only bass ...]

The browser plays any tune from these single notes. Each instrument is one Ogg Vorbis
file of equal slots: slot i starts at i * slot_seconds and holds pitches[i]. Notes are
dry and mono, start `lead_seconds` into their slot and fade out by its end. They are
brought halfway to one loudness, so that no instrument or register is lost and none
sounds unnatural. With `--only`, the other files stay as they are.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import fluidsynth
import numpy as np
import soundfile
from jaxtyping import Float
from numpy import ndarray

ROOT = Path(__file__).resolve().parent.parent
SOUNDFONT_NAME = "FluidR3Mono_GM.sf3"
SEARCHED = (
    Path("/usr/share/sounds/sf3"),
    Path("/usr/local/share/sounds/sf3"),
    Path("/opt/homebrew/share/sounds/sf3"),
)
SAMPLE_RATE = 44_100
SLOT_SECONDS = {False: 2.0, True: 1.0}  # by is_drum
LEAD_SECONDS = 0.01  # silence before each note: room for the codec's pre-echo
FADE_SECONDS = 0.15  # at the end of each note
DRUM_PITCHES = (36, 38, 42, 46, 45, 48, 50, 49, 51)  # the nine drum classes in order
VELOCITY = 100
LOUDNESS_DB = -19.0  # RMS of a note's loudest quarter second that notes are drawn to
PULL = 0.6  # share of the way there
PEAK = 0.6  # no note goes above
VORBIS_LEVEL = 0.6  # of libsndfile's compression level; 0 is largest and best


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One file of the bank."""

    name: str
    label: str
    program: int
    is_drum: bool = False
    is_bass: bool = False  # plays the bass of a trio; no choice for a melody
    pitches: tuple[int, ...] = tuple(range(21, 109, 3))  # others play at another speed


INSTRUMENTS = (
    Instrument(name="piano", label="Piano", program=0),
    Instrument(name="electric_piano", label="Electric piano", program=4),
    Instrument(name="music_box", label="Music box", program=10),
    Instrument(name="vibraphone", label="Vibraphone", program=11),
    Instrument(name="guitar", label="Guitar", program=24),
    Instrument(
        name="strings", label="Strings", program=48, pitches=tuple(range(27, 100, 3))
    ),
    Instrument(
        name="flute", label="Flute", program=73, pitches=tuple(range(48, 109, 3))
    ),
    Instrument(
        name="bass",
        label="Bass",
        program=33,
        is_bass=True,
        pitches=tuple(range(28, 62, 3)),
    ),
    Instrument(
        name="drums", label="Drum kit", program=0, is_drum=True, pitches=DRUM_PITCHES
    ),
)


def render(
    synth: fluidsynth.Synth, pitch: int, channel: int, seconds: float
) -> ndarray:
    """One note as mono samples in [-1, 1], faded out at the end."""
    synth.all_sounds_off(channel)
    synth.get_samples(64)
    lead, fade = (int(s * SAMPLE_RATE) for s in (LEAD_SECONDS, FADE_SECONDS))
    num_frames = int(seconds * SAMPLE_RATE) - lead
    synth.noteon(channel, pitch, VELOCITY)
    stereo = synth.get_samples(num_frames).reshape(-1, 2)
    synth.noteoff(channel, pitch)
    mono = stereo.mean(axis=1) / 32_768
    mono[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return np.concatenate([np.zeros(lead), mono])


def loudness_db(note: Float[ndarray, " frames"]) -> float:
    """RMS of the note's loudest quarter second, in dB of full scale."""
    size = SAMPLE_RATE // 4
    total = np.concatenate([[0.0], np.cumsum(note**2)])
    energy = (total[size:] - total[:-size]) / size
    return float(10 * np.log10(energy.max() + 1e-12))


def levelled(note: Float[ndarray, " frames"]) -> Float[ndarray, " frames"]:
    """The note nearer to the common loudness and below the peak."""
    gain = 10 ** (PULL * (LOUDNESS_DB - loudness_db(note)) / 20)
    return note * min(gain, PEAK / np.abs(note).max())


def sprite(soundfont: Path, instrument: Instrument) -> Float[ndarray, " frames"]:
    """All slots of one instrument."""
    synth = fluidsynth.Synth(
        gain=0.8,
        samplerate=float(SAMPLE_RATE),
        channels=16,
        **{
            "synth.reverb.active": 0,
            "synth.chorus.active": 0,
            "synth.dynamic-sample-loading": 1,
        },
    )
    font = synth.sfload(str(soundfont))
    if font < 0:
        sys.exit(f"{soundfont} is not a SoundFont that FluidSynth can read.")
    channel = 9 if instrument.is_drum else 0
    bank = 128 if instrument.is_drum else 0
    seconds = SLOT_SECONDS[instrument.is_drum]
    synth.program_select(channel, font, bank, instrument.program)
    slots = [
        levelled(render(synth, pitch, channel, seconds)) for pitch in instrument.pitches
    ]
    synth.delete()
    return np.concatenate(slots)


def write_vorbis(file: Path, samples: Float[ndarray, " frames"]) -> None:
    """Samples as Ogg Vorbis, a second at a time: libsndfile crashes on long arrays."""
    with soundfile.SoundFile(
        file,
        "w",
        SAMPLE_RATE,
        channels=1,
        format="OGG",
        subtype="VORBIS",
        compression_level=VORBIS_LEVEL,
    ) as out:
        for start in range(0, len(samples), SAMPLE_RATE):
            out.write(samples[start : start + SAMPLE_RATE])


def entry(instrument: Instrument, file: Path) -> dict[str, object]:
    """The instrument's part of index.json."""
    kind: dict[str, object] = {"program": instrument.program}
    if instrument.is_drum:
        kind = {"is_drum": True}
    elif instrument.is_bass:
        kind["is_bass"] = True
    return {
        "label": instrument.label,
        **kind,
        "file": file.name,
        "slot_seconds": SLOT_SECONDS[instrument.is_drum],
        "pitches": list(instrument.pitches),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "soundfont", nargs="?", type=Path, help=f"default: {SOUNDFONT_NAME}"
    )
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "assets" / "bank")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[instrument.name for instrument in INSTRUMENTS],
        help="instruments to make; default: all",
    )
    arguments = parser.parse_args()
    found = [folder / SOUNDFONT_NAME for folder in SEARCHED]
    soundfont = arguments.soundfont or next((p for p in found if p.is_file()), None)
    if soundfont is None or not soundfont.is_file():
        sys.exit(
            f"No {soundfont or SOUNDFONT_NAME}. Debian: apt install "
            "fluidr3mono-gm-soundfont, or give the path of the file."
        )
    arguments.output.mkdir(parents=True, exist_ok=True)
    instruments = {}
    for instrument in INSTRUMENTS:
        file = arguments.output / f"{instrument.name}.ogg"
        if arguments.only is None or instrument.name in arguments.only:
            write_vorbis(file, sprite(soundfont, instrument))
        instruments[instrument.name] = entry(instrument, file)
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB")
    index = {
        "source": {
            "name": "FluidR3Mono GM",
            "file": soundfont.name,
            "sha256": hashlib.sha256(soundfont.read_bytes()).hexdigest(),
            "licence": "MIT",
            "copyright": (
                "Copyright (c) 2000-2002, 2008 Frank Wen; mono version "
                "Copyright (c) 2014-2017 Michael Cowgill"
            ),
        },
        "sample_rate": SAMPLE_RATE,
        "lead_seconds": LEAD_SECONDS,
        "instruments": instruments,
    }
    text = json.dumps(index, indent=2, ensure_ascii=False)
    (arguments.output / "index.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
