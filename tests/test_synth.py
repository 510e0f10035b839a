"""Sound: loops without a seam, levels, lengths, and what is said without a library."""

import builtins
import io
import subprocess
import sys
import threading
import wave

import numpy as np
import pytest

from explorer import synth
from explorer.caps import MAX_AUDIO_SECONDS
from explorer.errors import SynthError
from explorer.notes import Note, sequence

needs_library = pytest.mark.skipif(
    synth.available() is not None, reason="libfluidsynth is not installed"
)
ON_GRID_QPM = 60 * synth.SAMPLE_RATE / (86 * 64 * 4)  # a step is exactly 86 blocks


def melody(*, qpm=120.0, num_steps=32, velocity=80, program=0):
    notes = [
        Note(
            pitch=60 + 2 * (step // 4),
            start_step=step,
            end_step=step + 4,
            velocity=velocity,
            program=program,
        )
        for step in range(0, num_steps, 4)
    ]
    return sequence(notes, total_steps=num_steps, qpm=qpm)


def samples(data):
    with wave.open(io.BytesIO(data)) as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        assert shape == (2, 2, 44_100)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def rms(pcm):
    return np.sqrt(np.mean(np.square(pcm, dtype=float)))


@needs_library
def test_the_second_pass_of_two_equals_the_loop():
    tune = melody(qpm=ON_GRID_QPM)
    loop = synth.render_loop(tune)
    twice = samples(synth.render_wav(tune, loops=2))[len(loop) : 2 * len(loop)]
    head = slice(0, synth.SAMPLE_RATE // 4)
    error = rms(twice[head].astype(int) - loop[head])
    # Negative control: the same loop without its tail on its head has a seam.
    bare = samples(synth.render_wav(tune))[: len(loop)]
    seam = rms(twice[head].astype(int) - bare[head])
    assert error < 0.1 * seam
    assert seam > 30


@needs_library
def test_a_loop_shorter_than_its_tail_keeps_the_whole_tail():
    tune = sequence(
        [Note(pitch=60, start_step=0, end_step=2)], total_steps=2, qpm=ON_GRID_QPM
    )
    loop = synth.render_loop(tune)
    many = samples(synth.render_wav(tune, loops=8))[6 * len(loop) : 7 * len(loop)]
    assert rms(many.astype(int) - loop) < 0.05 * rms(loop)


@needs_library
@pytest.mark.parametrize("qpm", [60, 97.3, 200])
def test_a_loop_lasts_as_long_as_its_tune_to_a_block(qpm):
    tune = melody(qpm=qpm, num_steps=16)
    expected = tune.duration_seconds * synth.SAMPLE_RATE
    loop = synth.render_loop(tune)
    assert len(loop) == pytest.approx(expected, abs=synth.BLOCK / 2)
    assert len(loop) % synth.BLOCK == 0
    assert loop.dtype == np.int16


@needs_library
def test_a_wav_lasts_its_loops_and_a_second_of_tail():
    tune = melody(num_steps=16)
    body = len(synth.render_loop(tune))
    assert len(samples(synth.render_wav(tune, loops=3, tail=False))) == 3 * body
    tailed = samples(synth.render_wav(tune, loops=3))
    assert (len(tailed) - 3 * body) / synth.SAMPLE_RATE == pytest.approx(1, abs=0.01)
    assert rms(tailed[-500:]) < 2


@needs_library
def test_a_quiet_line_can_be_heard_and_both_sides_sound():
    loop = synth.render_loop(melody())
    assert np.abs(loop.astype(int)).max(axis=0).min() > 2_000


@needs_library
@pytest.mark.parametrize("num_notes", [10, 60])
def test_loud_chords_do_not_clip(num_notes):
    chord = sequence(
        [
            Note(pitch=30 + n, start_step=0, end_step=16, velocity=127)
            for n in range(num_notes)
        ]
    )
    for pcm in (synth.render_loop(chord), samples(synth.render_wav(chord))):
        assert 8_000 < np.abs(pcm.astype(int)).max() < 32_767


@needs_library
def test_a_louder_velocity_is_louder_and_a_program_changes_the_sound():
    quiet, loud = (synth.render_loop(melody(velocity=v)) for v in (40, 110))
    assert rms(loud) > 1.5 * rms(quiet)
    flute = synth.render_loop(melody(), program=73)
    own = synth.render_loop(melody(program=73))
    piano = synth.render_loop(melody())
    assert rms(flute.astype(int) - own) < 0.5 * rms(flute.astype(int) - piano)


@needs_library
def test_drums_sound_and_keep_their_kit_whatever_the_program():
    beat = sequence([Note(pitch=38, start_step=0, end_step=1, is_drum=True)])
    plain, with_program = synth.render_loop(beat), synth.render_loop(beat, program=73)
    assert rms(plain) > 50
    assert rms(plain.astype(int) - with_program) < rms(plain)


def test_a_program_replaces_the_melody_s_and_leaves_the_bass_its_own():
    low, high = (
        Note(pitch=40, start_step=0, end_step=4, program=33),
        Note(pitch=72, start_step=0, end_step=4, program=0),
    )
    hit = Note(pitch=36, start_step=0, end_step=1, is_drum=True)
    assert synth._programs([high, low, hit], 73) == [73, 33, 0]
    assert synth._programs([low, hit], 73) == [33, 0]
    assert synth._programs([low], 73) == [73]  # a melody that is played on a bass
    assert synth._programs([high, low], None) == [0, 33]


@needs_library
def test_the_bass_under_a_melody_sounds_the_same_whatever_the_program():
    line = [
        Note(pitch=40, start_step=step, end_step=step + 4, program=33)
        for step in range(0, 16, 4)
    ]
    first = Note(pitch=84, start_step=16, end_step=18)
    tune = sequence([*line, first], total_steps=32)
    plain, flute = synth.render_loop(tune), synth.render_loop(tune, program=73)
    before, after = slice(22_050, 88_000), slice(90_000, 100_000)
    error = rms(plain[before].astype(int) - flute[before])
    assert error < 0.1 * rms(plain[before])
    assert rms(plain[after].astype(int) - flute[after]) > 0.3 * rms(plain[after])


@needs_library
def test_a_repeated_note_is_struck_again():
    once = sequence([Note(pitch=60, start_step=0, end_step=16)], qpm=60)
    twice = sequence(
        [
            Note(pitch=60, start_step=0, end_step=8),
            Note(pitch=60, start_step=8, end_step=16),
        ],
        qpm=60,
    )
    middle = synth.frame_at(8, 60)
    after = slice(middle, middle + 8_000)
    assert rms(synth.render_loop(twice)[after]) > 1.5 * rms(
        synth.render_loop(once)[after]
    )


@needs_library
def test_an_empty_tune_is_silent_and_of_its_length():
    loop = synth.render_loop(sequence([], total_steps=16))
    assert len(loop) == 2 * synth.SAMPLE_RATE // synth.BLOCK * synth.BLOCK
    assert np.abs(loop.astype(int)).max() <= 2
    assert len(synth.render_loop(sequence([]))) == 0


@needs_library
def test_threads_render_at_once_without_disturbing_each_other():
    tunes = [melody(program=program) for program in (0, 40, 73, 11)]
    alone = [synth.render_loop(tune) for tune in tunes]
    together = [None] * len(tunes)

    def render(index):
        together[index] = synth.render_loop(tunes[index])

    threads = [threading.Thread(target=render, args=(n,)) for n in range(len(tunes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert rms(one.astype(int) - other) < 0.5 * rms(one)


@needs_library
def test_more_than_ten_minutes_are_refused():
    long = sequence([], total_steps=16 * 60, qpm=60)
    loops = MAX_AUDIO_SECONDS // 240 + 1
    with pytest.raises(SynthError, match=r"at most 10 minutes .* fewer bars"):
        synth.render_wav(long, loops=loops)


def test_no_loops_are_a_wrong_argument():
    with pytest.raises(ValueError, match="loops 0"):
        synth.render_wav(melody(), loops=0)


def test_a_missing_library_is_said_with_what_to_install(monkeypatch):
    real_import = builtins.__import__

    def without_fluidsynth(name, *arguments, **keywords):
        if name == "fluidsynth":
            raise ImportError("Couldn't find the FluidSynth library.")
        return real_import(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without_fluidsynth)
    synth._cached_pool.cache_clear()
    assert "libfluidsynth3" in synth.available()
    with pytest.raises(SynthError, match=r"brew install .* choco install"):
        synth.render_wav(melody())


@needs_library
@pytest.mark.parametrize(
    "make", [lambda p: None, lambda p: p.write_bytes(b"not a font")]
)
def test_a_soundfont_that_cannot_be_read_is_named(monkeypatch, tmp_path, make):
    path = tmp_path / "mine.sf2"
    make(path)
    monkeypatch.setenv(synth.SOUNDFONT_VARIABLE, str(path))
    with pytest.raises(
        SynthError, match=r"mine\.sf2 cannot be read.*EXPLORER_SOUNDFONT"
    ):
        synth.render_loop(melody())


def test_the_default_soundfont_comes_with_pretty_midi(monkeypatch):
    monkeypatch.delenv(synth.SOUNDFONT_VARIABLE, raising=False)
    assert synth.soundfont_path().is_file()
    assert synth.soundfont_path().parent.name == "pretty_midi"


def test_loading_the_library_prints_nothing_even_where_ci_is_set(root, monkeypatch):
    monkeypatch.setenv("CI", "true")
    code = "from explorer import synth; synth.available()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    assert done.stdout == b""
