"""What is kept opens elsewhere, sounds right, and can be made again byte for byte."""

import dataclasses
import io
import json
import types
import wave
import zipfile

import mido
import numpy as np
import pretty_midi
import pytest
import soundfile
import symusic
from PIL import Image, ImageColor

from explorer import keeping, kept_files, recipe, roll_picture, synth, trained_model
from explorer.encodings import ENCODINGS
from explorer.errors import RecipeError
from explorer.examples import beat_loops
from explorer.keeping import Sound
from explorer.kept_files import Kept
from explorer.midi import write_midi
from explorer.notes import Note, concatenate, fill_bars, sequence
from explorer.passage import Passage
from explorer.trio import part_of
from tests import tiny_checkpoint

BEAT = beat_loops()[0].title
NO_PITCH = types.SimpleNamespace(midi=0)
SETTINGS = {
    "melody": Sound(qpm=96, program=73, key="G major", octave=1, beat=BEAT, drone=True),
    "drums": Sound(qpm=104),
    "trio": Sound(key="E♭ major", program=11),
}
needs_sound = pytest.mark.skipif(
    synth.available() is not None, reason=f"no sound here: {synth.available()}"
)


@pytest.fixture(scope="module", params=ENCODINGS)
def model(request, tmp_path_factory):
    root = tmp_path_factory.mktemp(request.param)
    return trained_model.load(tiny_checkpoint.write(root, encoding=request.param))


def rounded(z):
    """A code as the app has it."""
    return tuple(round(float(value), 4) for value in z)


def journey(model):
    """Eight stops of two bars: codes, and in the middle notes as they were written."""
    codes = [rounded(z) for z in model.library.mu[:7]]
    tunes = [
        decoded.tune for decoded in model.decode(np.array(codes, np.float32), qpm=96)
    ]
    stops = [
        Passage(title=f"Stop {i}", tune=tune, z=z, credit="Trad., CC0-1.0")
        for i, (z, tune) in enumerate(zip(codes, tunes, strict=True))
    ]
    own = dataclasses.replace(tunes[3], title="Mine")
    return [*stops[:4], Passage(title="Mine", tune=own, z=None), *stops[4:]]


def kept(model, passages=None, sound=None):
    passages = journey(model) if passages is None else passages
    sound = SETTINGS[model.encoding] if sound is None else sound
    whole = concatenate([passage.tune for passage in passages], title="A journey")
    written = recipe.write(
        passages,
        model,
        sound,
        title="A journey",
        decode=lambda z: model.decode(np.array([z], np.float32))[0].tune,
    )
    return Kept(
        tune=keeping.as_heard(whole, sound, model.encoding),
        title="A journey",
        recipe=written,
    )


def heard(notes):
    return sorted((round(start, 3), pitch) for start, pitch in notes)


def test_a_journeys_midi_is_the_same_music_in_every_reader(model):
    import music21

    found = kept(model)
    data = kept_files.midi_file(found)
    wanted = heard((note.start_step / 4, note.pitch) for note in found.tune.notes)
    assert found.tune.num_bars == 16

    file = mido.MidiFile(file=io.BytesIO(data))
    messages = [message for track in file.tracks for message in track]
    tempo = next(m.tempo for m in messages if m.type == "set_tempo")
    assert mido.tempo2bpm(tempo) == pytest.approx(found.tune.qpm, rel=1e-5)
    bars = [
        sum(m.time for m in track) / file.ticks_per_beat / 4 for track in file.tracks
    ]
    assert set(bars) == {16}
    meter = next(m for m in messages if m.type == "time_signature")
    assert (meter.numerator, meter.denominator) == (4, 4)
    starts = []
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                starts.append((now / file.ticks_per_beat, message.note))
    assert heard(starts) == wanted

    score = symusic.Score.from_midi(data)
    assert score.tempos[0].qpm == pytest.approx(found.tune.qpm, rel=1e-5)
    assert -(-score.end() // (4 * score.tpq)) == 16
    assert wanted == heard(
        (note.time / score.tpq, note.pitch)
        for track in score.tracks
        for note in track.notes
    )

    pretty = pretty_midi.PrettyMIDI(io.BytesIO(data))
    beat = 60 / pretty.get_tempo_changes()[1][0]
    assert 60 / beat == pytest.approx(found.tune.qpm, rel=1e-5)
    assert np.ceil(round(pretty.get_end_time() / beat / 4, 3)) == 16
    assert wanted == heard(
        (round(note.start / beat, 2), note.pitch)
        for instrument in pretty.instruments
        for note in instrument.notes
    )

    read = music21.converter.parseData(data, format="midi")
    assert len(read.parts[0].getElementsByClass("Measure")) == 16
    marks = list(read.recurse().getElementsByClass("MetronomeMark"))
    assert marks[0].number == pytest.approx(found.tune.qpm, abs=0.5)
    assert heard(all_notes(read)) == heard(
        (note.start_step / 4, 0 if note.is_drum else note.pitch)
        for note in found.tune.notes
    )


def all_notes(score):
    """(quarter, pitch) of what a score plays; 0 of drums, which it calls otherwise."""
    for element in score.flatten().notes:
        if getattr(element, "tie", None) and element.tie.type != "start":
            continue
        for single in getattr(element, "notes", [element]):
            yield float(element.offset), getattr(single, "pitch", NO_PITCH).midi


def test_key_and_instruments_are_named_in_the_midi_file(model):
    file = mido.MidiFile(file=io.BytesIO(kept_files.midi_file(kept(model))))
    keys = [m.key for t in file.tracks for m in t if m.type == "key_signature"]
    assert keys == {"melody": ["G"], "drums": [], "trio": ["Eb"]}[model.encoding]
    names = [track.name for track in file.tracks[1:]]
    assert all(names)
    drums = [m.channel for t in file.tracks for m in t if m.type == "note_on"]
    assert (9 in drums) == (model.encoding != "melody" or BEAT is not None)


def test_a_tune_that_ends_with_a_rest_is_as_long_as_it_is():
    tune = sequence([Note(pitch=60, start_step=0, end_step=2)], total_steps=64)
    file = mido.MidiFile(file=io.BytesIO(write_midi(tune)))
    ends = {sum(m.time for m in track) for track in file.tracks}
    assert ends == {64 * file.ticks_per_beat // 4}


def test_sheet_music_has_the_same_notes_in_whole_bars(model):
    import music21

    found = kept(model)
    data = kept_files.score_file(found)
    assert data == kept_files.score_file(found)
    score = music21.converter.parseData(data.decode(), format="musicxml")
    assert {len(p.getElementsByClass("Measure")) for p in score.parts} == {16}
    assert score.metadata.movementName == "A journey"
    pitched = sorted(
        (note.start_step / 4, note.pitch)
        for note in found.tune.notes
        if not note.is_drum
    )
    read = sorted(
        (float(note.getOffsetInHierarchy(score)), pitch.midi)
        for part in score.parts
        for note in part.recurse().notes
        if note.tie is None or note.tie.type == "start"
        for pitch in note.pitches
    )
    assert read == pitched
    hits = sum(note.is_drum for note in found.tune.notes)
    unpitched = [
        hit
        for part in score.parts
        for sound in part.recurse().notes
        for hit in getattr(sound, "notes", [sound])
        if isinstance(hit, music21.note.Unpitched)
    ]
    assert len(unpitched) == hits


@needs_sound
def test_no_sample_is_clipped_and_no_bar_is_silent(model):
    found = kept(model)
    with wave.open(io.BytesIO(kept_files.wav_file(found))) as file:
        assert (file.getframerate(), file.getnchannels()) == (44_100, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.abs(pcm.astype(int)).max() < 32_767
    bar = round(4 * 60 / found.tune.qpm * 44_100)
    loud = [pcm[i * bar : (i + 1) * bar].astype(float).std() for i in range(16)]
    sounding = {note.start_step // 16 for note in found.tune.notes}
    assert all(loud[i] > 30 for i in sounding)
    assert sounding == set(range(16))


@needs_sound
def test_flac_is_the_same_sound_and_smaller():
    tune = sequence([Note(pitch=60, start_step=0, end_step=16)])
    wav = synth.render_wav(tune)
    flac = synth.flac_of(wav)
    assert len(flac) < 0.8 * len(wav)
    np.testing.assert_array_equal(
        soundfile.read(io.BytesIO(flac), dtype="int16")[0],
        soundfile.read(io.BytesIO(wav), dtype="int16")[0],
    )


@needs_sound
def test_another_soundfont_can_be_chosen(tmp_path, monkeypatch):
    own = tmp_path / "Mine.sf2"
    own.write_bytes(synth.soundfont_path().read_bytes())
    (tmp_path / "notes.txt").write_text("no SoundFont")
    monkeypatch.setenv(synth.SOUNDFONTS_VARIABLE, str(tmp_path))
    fonts = synth.soundfonts()
    assert fonts[0] == synth.soundfont_path()
    assert own in fonts
    assert [font for font in fonts if font.parent == tmp_path] == [own]
    tune = sequence([Note(pitch=60, start_step=0, end_step=16)])
    assert len(synth.render_wav(tune, soundfont=own)) == len(synth.render_wav(tune))
    assert synth.soundfont_name(own) == "Mine"
    assert "GPL-2" in synth.soundfont_name()


def test_the_picture_shows_every_note(model):
    found = kept(model)
    picture = Image.open(io.BytesIO(kept_files.picture_file(found)))
    assert picture.format == "PNG"
    empty = dataclasses.replace(found, tune=dataclasses.replace(found.tune, notes=()))
    silent = Image.open(io.BytesIO(kept_files.picture_file(empty)))
    coloured = [
        {tuple(colour) for colour in np.unique(np.asarray(each).reshape(-1, 3), axis=0)}
        for each in (picture, silent)
    ]
    assert picture.size[0] == roll_picture.WIDTH
    parts = {part_of(note) for note in found.tune.notes}
    for part, colour in roll_picture.COLOURS.items():
        assert (ImageColor.getrgb(colour) in coloured[0]) == (part in parts)
        assert ImageColor.getrgb(colour) not in coloured[1]


def test_everything_is_in_one_zip_and_the_same_each_time(model):
    found = kept(model)
    data = kept_files.archive(found, "a-journey", has_sound=False)
    assert data == kept_files.archive(found, "a-journey", has_sound=False)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = {name.partition("/")[2] for name in packed.namelist()}
        readme = packed.read("a-journey/README.txt").decode()
        midi = packed.read("a-journey/a-journey.mid")
        again = recipe.read(packed.read("a-journey/recipe.json"))
    assert names == {
        "README.txt",
        "recipe.json",
        "a-journey.mid",
        "a-journey.musicxml",
        "a-journey.png",
    }
    assert "explorer remake recipe.json" in readme
    assert "Trad., CC0-1.0" in readme
    tune = recipe.remake(again, model)
    assert midi == kept_files.midi_file(dataclasses.replace(found, tune=tune))


@pytest.mark.parametrize("part", ["one", "bars", "journey"])
def test_a_recipe_makes_the_same_midi_again(model, part):
    passages = journey(model)
    if part == "one":
        passages = passages[:1]
    if part == "bars":  # half a phrase, and one that goes round
        passages = [
            dataclasses.replace(p, tune=fill_bars(p.tune, bars))
            for p, bars in zip(passages[:2], (1, 4), strict=True)
        ]
    found = kept(model, passages)
    again = recipe.read(kept_files.recipe_file(found))
    assert again == found.recipe or again.passages != found.recipe.passages
    made = recipe.remake(again, model)
    assert made == found.tune
    data = kept_files.midi_file(dataclasses.replace(found, tune=made, recipe=again))
    assert data == kept_files.midi_file(found)
    codes = sum(passage.z is not None for passage in again.passages)
    assert codes == len(passages) - (part == "journey")


def test_notes_that_no_code_gives_are_kept_as_notes(model):
    passage = journey(model)[0]
    changed = dataclasses.replace(passage.tune, notes=passage.tune.notes[:1])
    found = kept(model, [dataclasses.replace(passage, tune=changed)])
    (again,) = recipe.read(kept_files.recipe_file(found)).passages
    assert again.z is None
    assert again.tune.notes == changed.notes


def values(model):
    return json.loads(kept_files.recipe_file(kept(model)))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"recipe": 2}, "version 2; this program reads 1"),
        ({"recipe": "1"}, "lacks “recipe”"),
        ({"passages": []}, "no passages"),
        ({"passages": [{"title": "x"}]}, "“steps” is not a number"),
        ({"passages": 5}, "“passages” is missing"),
        ({"passages": [{}] * 600}, "at most 512 are read"),
        ({"qpm": float("nan")}, "“qpm” is not a number"),
        ({"qpm": 0}, "“qpm” is not a number"),
        ({"title": 5}, "“title” is missing"),
        ({"checkpoint": {"name": "x", "encoding": "speech"}}, "speech"),
        (
            {"checkpoint": {"name": "x", "encoding": "melody", "sha256": "../x"}},
            "no hash",
        ),
        ({"sound": {"key": "H major", "octave": 0}}, "H major"),
        ({"sound": {"octave": 9}}, "“octave”"),
        ({"sound": {"octave": 0, "beat": "Nope"}}, "Nope"),
    ],
)
def test_a_damaged_recipe_is_refused_with_what_is_wrong(model, change, match):
    text = json.dumps(values(model) | change)
    with pytest.raises(RecipeError, match=match):
        recipe.read(text.encode())


@pytest.mark.parametrize(
    ("passage", "match"),
    [
        ({"z": ["a"]}, "no number"),
        ({"z": [1e9]}, "no number"),
        ({"z": [True]}, "no number"),
        ({"notes": [[0, 4]]}, "seven whole numbers"),
        ({"notes": [[4, 0, 60, 80, 0, 0, 0]]}, "end after it starts"),
        ({"notes": [[0, 64, 60, 80, 0, 0, 0]]}, "after the tune's end"),
        ({"notes": [[0, 4, 600, 80, 0, 0, 0]]}, "pitch 600"),
        ({"steps": 10**6, "z": [0.0]}, "“steps”"),
        ({}, "“notes” is missing"),
    ],
)
def test_a_damaged_passage_is_refused_with_what_is_wrong(model, passage, match):
    base = {"title": "x", "credit": "", "steps": 32}
    text = json.dumps(values(model) | {"passages": [base | passage]})
    with pytest.raises(RecipeError, match=match):
        recipe.read(text.encode())


@pytest.mark.parametrize("data", [b"", b"MThd", b"[]", b"\xff\xfe", b"[" * 10**5])
def test_what_is_no_recipe_is_called_so(data):
    with pytest.raises(RecipeError, match="That is not a recipe"):
        recipe.read(data)


def test_a_recipe_that_is_too_large_is_not_read():
    with pytest.raises(RecipeError, match="at most 2,097,152"):
        recipe.read(b" " * 2_097_153)


def test_a_code_of_another_size_is_refused(model):
    found = values(model)
    found["passages"][0]["z"] = [0.0] * 3
    with pytest.raises(RecipeError, match="3 numbers"):
        recipe.remake(recipe.read(json.dumps(found).encode()), model)


def test_mutations_of_a_recipe_are_read_or_refused_in_a_sentence(model):
    rng = np.random.default_rng(0)
    whole = kept_files.recipe_file(kept(model, journey(model)[3:5]))
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(int(rng.integers(1, 6))):
            data[int(rng.integers(len(data)))] = int(rng.integers(256))
        try:
            recipe.remake(recipe.read(bytes(data)), model)
        except RecipeError as error:
            assert str(error).endswith(".")  # noqa: PT017
