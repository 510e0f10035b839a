"""The committed sound bank: what its index says is what its files hold."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

BANK = Path(__file__).parent.parent / "assets" / "bank"
INDEX = json.loads((BANK / "index.json").read_text(encoding="utf-8"))
INSTRUMENTS = INDEX["instruments"]


@pytest.fixture(scope="module", params=sorted(INSTRUMENTS))
def instrument(request):
    entry = INSTRUMENTS[request.param]
    samples, rate = soundfile.read(BANK / entry["file"])
    assert rate == INDEX["sample_rate"]
    return entry, samples


def slots(entry, samples):
    return samples.reshape(len(entry["pitches"]), -1)


def test_bank_has_the_promised_instruments_and_is_small():
    assert len(INSTRUMENTS) >= 6
    assert {entry.get("program") for entry in INSTRUMENTS.values()} >= {
        0,
        4,
        11,
        24,
        73,
    }
    assert sum(file.stat().st_size for file in BANK.iterdir()) < 5_000_000


def test_drums_hold_the_nine_drum_classes_in_order():
    drums = INSTRUMENTS["drums"]
    assert drums["is_drum"]
    assert drums["pitches"] == [36, 38, 42, 46, 45, 48, 50, 49, 51]


def test_the_folder_holds_only_what_the_index_names():
    named = {entry["file"] for entry in INSTRUMENTS.values()} | {
        "index.json",
        "LICENSE",
    }
    assert {file.name for file in BANK.iterdir()} == named


def test_melodic_pitches_are_at_most_three_semitones_apart():
    for entry in INSTRUMENTS.values():
        if not entry.get("is_drum"):
            assert set(np.diff(entry["pitches"])) == {3}


def test_files_have_the_stated_hash_and_length(instrument):
    entry, samples = instrument
    data = (BANK / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    num_frames = len(entry["pitches"]) * entry["slot_seconds"] * INDEX["sample_rate"]
    assert samples.shape == (num_frames,)


def test_no_slot_is_silent_and_none_clips(instrument):
    peaks = np.abs(slots(*instrument)).max(axis=1)
    assert peaks.min() > 0.05
    assert peaks.max() < 0.7


def test_each_slot_starts_and_ends_in_silence(instrument):
    lead = int(INDEX["lead_seconds"] * INDEX["sample_rate"])
    parts = slots(*instrument)
    loudest = np.abs(parts).max()
    assert np.abs(parts[:, : lead // 2]).max() < 0.01 * loudest
    assert np.abs(parts[:, -lead // 2 :]).max() < 0.01 * loudest


def test_each_slot_sounds_its_pitch():
    entry = INSTRUMENTS["flute"]
    samples, rate = soundfile.read(BANK / entry["file"])
    for pitch, slot in zip(entry["pitches"], slots(entry, samples), strict=True):
        part = slot[rate // 2 : rate // 2 + rate]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        near = spectrum[round(hertz / 1.03) : round(hertz * 1.03) + 1].max()
        between = spectrum[round(hertz * 1.15) : round(hertz * 1.85)].max()
        assert near > 10 * between
