"""Prepared data: one command over a made-up corpus of MIDI and ABC, and back."""

import dataclasses
import hashlib
import json
import multiprocessing
import os
import shutil

import numpy as np
import pytest

from explorer import extraction
from explorer import prepare as prepare_module
from explorer.corpus_split import (
    Candidate,
    file_key,
    keep_once,
    normal_form,
    split_of,
    tune_key,
)
from explorer.corpus_windows import LinePhrases, read_phrases
from explorer.dataset import DATA_FILES, SPLITS, column_dtypes, load, total_sha256
from explorer.encodings import ENCODINGS
from explorer.errors import DataError
from explorer.midi import write_midi
from explorer.notes import Note, sequence, transpose
from explorer.prepare import CRASHED, list_jobs, prepare
from tests.test_drums import EXEMPLARS, hit, write_groove
from tests.test_trio import band

PARENT = os.getpid()


def tune(seed, num_bars=4):
    """Random eighths on the white keys."""
    rng = np.random.default_rng(seed)
    pitches = rng.choice([60, 62, 64, 65, 67, 69, 71, 72, 74, 76], 8 * num_bars)
    notes = [
        Note(pitch=int(pitch), start_step=2 * i, end_step=2 * i + 2)
        for i, pitch in enumerate(pitches)
    ]
    return sequence(notes)


def abc(number, title, seed):
    rng = np.random.default_rng(seed)
    bars = ["".join(rng.choice(list("CDEFGABcdef"), 8)) for _ in range(6)]
    return f"X:{number}\nT:{title}\nM:4/4\nL:1/8\nK:C\n|:{'|'.join(bars)}:|\n\n"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Forty MIDI tunes, one in the wrong format, one of drums; no ABC."""
    root = tmp_path_factory.mktemp("corpus")
    songs = root / "songs"
    (songs / "more").mkdir(parents=True)
    for index in range(40):
        folder = songs / "more" if index % 2 else songs
        (folder / f"tune {index:02}.mid").write_bytes(write_midi(tune(index)))
    (songs / "broken.mid").write_bytes(b"MThd, and then nothing that makes sense")
    hits = [dataclasses.replace(note, is_drum=True, pitch=38) for note in tune(0).notes]
    (songs / "drums.mid").write_bytes(write_midi(sequence(hits)))
    (songs / "cover.jpg").write_bytes(b"not music")
    (songs / "corpus.json").write_text('{"licence": "CC0 1.0", "weight": 3}')
    return root


@pytest.fixture(scope="module")
def mixed(corpus, tmp_path_factory):
    """The MIDI tunes and a folder of ABC beside them."""
    root = tmp_path_factory.mktemp("mixed")
    shutil.copytree(corpus / "songs", root / "songs")
    (root / "abc").mkdir()
    for book in range(2):
        tunes = [abc(n, f"Reel {book}{n}", 100 * book + n) for n in range(8)]
        (root / "abc" / f"book{book}.abc").write_text("".join(tunes))
    return root


@pytest.fixture(scope="module")
def prepared(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "data"
    prepare([corpus], out)
    return out


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# Preparing


def test_arrays_have_the_promised_types_and_every_window_of_the_tunes(prepared):
    data = load(prepared)
    total = 0
    for name in SPLITS:
        split = data.split(name)
        assert split.tokens.shape == (len(split), 32)
        for column, dtype in column_dtypes(ENCODINGS["melody"]).items():
            assert getattr(split, column).dtype == dtype
        total += len(split)
        assert {data.tunes[row].split for row in split.tune} <= {name}
    assert total == 40 * 3  # four bars give windows from bars 0, 1 and 2
    assert (data.num_bars, data.encoding) == (2, "melody")


def test_a_window_holds_the_notes_of_its_bars(prepared):
    data = load(prepared)
    split = data.split("train")
    row = int(np.flatnonzero(split.bar == 1)[0])
    info = data.tunes[split.tune[row]]
    played = tune(int(info.title.split()[1])).notes
    expected = np.zeros(32, np.uint8)
    for note in played:
        if 16 <= note.start_step < 48:
            expected[note.start_step - 16] = note.pitch - 19
    assert split.tokens[row].tolist() == expected.tolist()


def test_what_is_left_out_is_listed_with_its_reason(prepared):
    reasons = {
        row["file"]: row["reason"] for row in lines_of(prepared / "left_out.jsonl")
    }
    assert reasons["drums.mid"] == "drums"
    assert reasons["broken.mid"].startswith("not readable: ")
    assert load(prepared).manifest["left_out"] == {"drums": 1, "not readable": 1}


def test_sources_carry_licence_weight_and_counts(prepared):
    (source,) = load(prepared).sources
    assert (source.name, source.licence, source.weight) == ("songs", "CC0 1.0", 1)
    assert source.num_tunes == 40
    assert sum(source.num_windows.values()) == 120


def test_the_same_bytes_for_any_number_of_workers(mixed, tmp_path):
    one = prepare([mixed], tmp_path / "one", workers=1, cache=tmp_path / "cache-1")
    two = prepare([mixed], tmp_path / "two", workers=2, cache=tmp_path / "cache-2")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert one.sha256 == two.sha256
    assert {info.source for info in one.tunes} == {"songs", mixed.name}
    assert any(info.file == "abc/book1.abc#7" for info in one.tunes)


def test_a_source_that_states_no_weight_gets_the_mean_of_the_others(mixed, tmp_path):
    data = prepare([mixed], tmp_path / "data")
    assert [source.weight for source in data.sources] == [0.5, 0.5]


def test_a_run_that_was_stopped_reads_only_what_is_left(corpus, tmp_path, monkeypatch):
    def stop(done, total):
        if done == 10:
            raise KeyboardInterrupt

    cache = tmp_path / "cache"
    with pytest.raises(KeyboardInterrupt):
        prepare([corpus], tmp_path / "data", cache=cache, progress=stop)
    assert not (tmp_path / "data").exists()
    already = len(list(cache.rglob("*.gz")))
    assert already >= 10
    read = []
    original = extraction._read

    def counted(data, *arguments, **options):
        read.append(hashlib.sha256(data).hexdigest())
        return original(data, *arguments, **options)

    monkeypatch.setattr(extraction, "_read", counted)
    resumed = prepare([corpus], tmp_path / "data", cache=cache)
    assert len(read) == 42 - already
    fresh = prepare([corpus], tmp_path / "fresh", cache=tmp_path / "other")
    assert resumed.sha256 == fresh.sha256


def test_longer_phrases_reuse_what_was_read(corpus, tmp_path, monkeypatch):
    prepare([corpus], tmp_path / "two", cache=tmp_path / "cache")
    monkeypatch.setattr(extraction, "_read", None)  # nothing may be read
    data = prepare([corpus], tmp_path / "four", num_bars=4, cache=tmp_path / "cache")
    assert data.split("train").tokens.shape[1] == 64
    assert sum(len(split) for split in data.splits.values()) == 40


def crash(job):
    """End the process that reads the tune, if it is not the test's own."""
    if job.name == "tune 04.mid" and os.getpid() != PARENT:
        os._exit(1)
    return read_phrases(job)


def test_a_file_that_ends_its_process_is_left_out_alone(corpus, tmp_path, monkeypatch):
    class Pool(prepare_module.ProcessPoolExecutor):
        """Forked, so that the children know the patched reader."""

        def __init__(self, workers, mp_context):
            super().__init__(workers, mp_context=multiprocessing.get_context("fork"))

    monkeypatch.setattr(prepare_module, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(prepare_module, "read_phrases", crash)
    data = prepare([corpus], tmp_path / "data", workers=2)
    crashed = [
        row["file"]
        for row in lines_of(tmp_path / "data" / "left_out.jsonl")
        if row["reason"] == CRASHED
    ]
    assert crashed == ["tune 04.mid"]
    assert len(data.tunes) == 39


def test_progress_counts_every_file(corpus, tmp_path):
    seen = []
    prepare(
        [corpus],
        tmp_path / "data",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(done, 42) for done in range(1, 43)]


def test_another_seed_splits_otherwise_and_keeps_every_window(corpus, tmp_path):
    cache = tmp_path / "cache"
    splits = [
        {info.title: info.split for info in data.tunes}
        for data in (
            prepare([corpus], tmp_path / str(seed), seed=seed, cache=cache)
            for seed in (0, 1)
        )
    ]
    assert splits[0].keys() == splits[1].keys()
    assert splits[0] != splits[1]


def test_jobs_do_not_depend_on_the_order_of_the_folders(corpus, tmp_path):
    folders = [corpus / "songs" / "more", corpus]
    one = list_jobs(folders, num_bars=2, cache=tmp_path)
    other = list_jobs(folders[::-1], num_bars=2, cache=tmp_path)
    assert [job.name for job in one] == [job.name for job in other]
    assert len(one) == 42


def test_a_missing_folder_and_one_without_music_are_refused(tmp_path):
    with pytest.raises(DataError, match="is not a folder"):
        prepare([tmp_path / "nowhere"], tmp_path / "data")
    with pytest.raises(DataError, match=r"No music in .*\.mid"):
        prepare([tmp_path], tmp_path / "data")


def test_a_corpus_without_a_usable_melody_names_an_example(tmp_path):
    (tmp_path / "short.mid").write_bytes(write_midi(tune(0, num_bars=1)))
    with pytest.raises(DataError, match=r"Nothing to train on .*short\.mid: no melody"):
        prepare([tmp_path], tmp_path / "data")


# Splitting


@pytest.mark.parametrize(
    "other",
    [
        "Lark in the Morning, The",
        "The Lark in the Morning (2nd setting)",
        "Lark In The Morning -- Reel",
        "LarkInTheMorning",
        "Lárk in the Morning 3",
    ],
)
def test_settings_of_one_tune_share_a_key(other):
    assert tune_key(other) == tune_key("The Lark in the Morning")


def test_different_tunes_and_numbered_songs_have_different_keys():
    titles = ["d_e1m1", "d_e1m2", "Reel", "Jig", "1", "2", "Fisher's", "Miller's"]
    assert len({tune_key(title) for title in titles}) == len(titles)


def test_numbers_tell_files_without_a_title_apart():
    assert file_key("Track 01") != file_key("Track 02")
    assert file_key("Track 01") == file_key("track_01")


def test_about_nine_tenths_of_tunes_are_for_training():
    splits = [split_of(f"tune {i}", 0) for i in range(4000)]
    assert splits.count("train") / 4000 == pytest.approx(0.9, abs=0.02)
    assert splits.count("validation") / 4000 == pytest.approx(0.05, abs=0.01)


def test_the_normal_form_is_the_same_in_every_key_and_for_no_other_rhythm():
    tokens = np.zeros(32, np.uint8)
    tokens[[0, 4, 8, 9]] = 40, 42, 44, 1
    higher = tokens + np.uint8(5) * (tokens > 1)
    assert normal_form(higher) == normal_form(tokens)
    later = np.roll(tokens, 1)
    wider = tokens.copy()
    wider[4] = 43
    assert len({normal_form(t) for t in (tokens, later, wider)}) == 3


def candidate(split, *rows):
    tokens = np.array([[*row, *[0] * 28] for row in rows], np.uint8)
    return Candidate(
        phrases=LinePhrases(
            source="s",
            title="",
            number="",
            part_name="",
            key="",
            tokens=tokens,
            bars=np.arange(len(rows), dtype=np.int32),
            is_paired=np.zeros(len(rows), np.uint8),
            dropped={},
        ),
        title="",
        file="",
        split=split,
    )


def test_a_window_is_kept_once_and_never_on_both_sides_in_any_key():
    one, higher, other = [40, 42, 44, 0], [45, 47, 49, 0], [40, 44, 42, 0]
    kept, counts = keep_once(
        [
            candidate("test", one, higher, other),
            candidate("train", one, one, higher),
        ]
    )
    assert [rows.tolist() for rows in kept] == [[2], [0, 2]]
    assert counts["s"]["kept"] == 3
    assert counts["s"]["duplicate"] == 3


def test_a_transposed_copy_of_a_training_window_is_kept_out_of_the_test():
    kept, counts = keep_once(
        [candidate("train", [40, 42, 44, 0]), candidate("test", [45, 47, 49, 0])]
    )
    assert [len(rows) for rows in kept] == [1, 0]
    assert counts["s"]["also in train"] == 1


def test_drums_that_are_the_same_hit_by_hit_are_kept_out_of_the_test():
    drums, other = [1, 4, 2, 4], [257, 4, 2, 4]
    lines = [
        dataclasses.replace(
            found, phrases=dataclasses.replace(found.phrases, tokens=tokens)
        )
        for found, *rows in (
            (candidate("train", drums), drums),
            (candidate("test", drums, drums), drums, other),
        )
        for tokens in [np.array(rows, np.int16)]
    ]
    kept, counts = keep_once(lines, "drums")
    assert [rows.tolist() for rows in kept] == [[0], [1]]
    assert counts["s"]["duplicate"] == 1


def test_the_normal_form_of_a_trio_is_that_of_its_melody():
    trio = np.zeros((32, 3), np.int16)
    trio[[0, 4], 0] = 40, 44
    trio[0, 1], trio[0, 2] = 20, 300
    other = trio.copy()
    other[[0, 4], 0] += 5
    other[0, 1:] = 0
    assert normal_form(trio, "trio") == normal_form(other, "trio")
    assert normal_form(trio, "trio") == normal_form(trio[:, 0].astype(np.uint8))
    other[4, 0] += 1
    assert normal_form(trio, "trio") != normal_form(other, "trio")


def test_a_source_with_splits_of_its_own_keeps_them(tmp_path):
    takes = [
        {"midi_filename": f"{name}.mid", "split": split}
        for name, split in (("b", "train"), ("c", "validation"), ("d", "test"))
    ]
    folder = write_groove(tmp_path / "groove", *takes)
    data = prepare([folder], tmp_path / "data", music="drums")
    assert (data.encoding, data.music) == ("drums", ENCODINGS["drums"])
    for name, file in (("train", "b"), ("validation", "c"), ("test", "d")):
        split = data.split(name)
        assert split.tokens.dtype == np.int16
        assert split.tokens.shape == (1, 32)  # its bars are all alike
        assert {data.tunes[row].file for row in split.tune} == {f"{file}.mid"}


def test_drums_draw_mostly_from_groove(tmp_path):
    write_groove(tmp_path / "groove", {"midi_filename": "b.mid"})
    (tmp_path / "freedoom").mkdir()
    for index in range(8):
        hits = [hit(EXEMPLARS[i % 9], 4 * i) for i in range(index, 16 + index)]
        path = tmp_path / "freedoom" / f"song{index}.mid"
        path.write_bytes(write_midi(sequence(hits)))
    data = prepare([tmp_path], tmp_path / "out" / "data", music="drums")
    weights = {source.name: source.weight for source in data.sources}
    assert weights == {"groove": 0.85, "freedoom": 0.15}


def test_trios_of_songs_are_prepared_and_loaded(tmp_path):
    songs = tmp_path / "songs"
    songs.mkdir()
    for index in range(12):
        tune = transpose(band(16 + index % 3), index)
        (songs / f"song {'abcdefghijkl'[index]}.mid").write_bytes(write_midi(tune))
    data = prepare([songs], tmp_path / "data", num_bars=16, music="trio")
    again = load(tmp_path / "data")
    assert (again.encoding, again.num_bars) == ("trio", 16)
    assert again.split("train").tokens.shape[1:] == (256, 3)
    assert again.split("train").tokens.dtype == np.int16
    assert data.sha256 == again.sha256


def test_a_corpus_without_drums_says_what_was_looked_for(corpus, tmp_path):
    (tmp_path / "song.mid").write_bytes(write_midi(tune(0)))
    with pytest.raises(DataError, match=r"no usable drum beat .*song\.mid: no drums"):
        prepare([tmp_path], tmp_path / "data", music="drums")


def test_a_transposed_tune_in_the_corpus_leaks_nothing(tmp_path):
    for index in range(30):
        (tmp_path / f"song {index}a.mid").write_bytes(write_midi(tune(index)))
        higher = write_midi(transpose(tune(index), 3))
        (tmp_path / f"other {index}z.mid").write_bytes(higher)
    data = prepare([tmp_path], tmp_path / "out" / "data")
    train = {normal_form(tokens) for tokens in data.split("train").tokens}
    for name in ("validation", "test"):
        assert not train & {normal_form(tokens) for tokens in data.split(name).tokens}
    assert data.manifest["windows"][tmp_path.name]["also in train"] > 0


# Loading


@pytest.fixture
def copy(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path / "data")
    return tmp_path / "data"


def test_a_folder_that_was_never_prepared_is_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"not a prepared data folder.*explorer prepare"
    ):
        load(tmp_path)


@pytest.mark.parametrize("name", DATA_FILES)
def test_a_changed_file_is_named(copy, name):
    content = bytearray((copy / name).read_bytes())
    content[-1] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name} does not match its checksum"):
        load(copy)


def test_a_missing_file_is_named(copy):
    (copy / "test_bar.npy").unlink()
    with pytest.raises(DataError, match=r"lacks .*test_bar\.npy"):
        load(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 99}, "format version 99; this program reads 1"),
        ({"num_bars": 16}, "contradicts itself"),
        ({"sources": []}, "contradicts itself"),
        ({"encoding": "drums"}, "contradicts itself"),
        ({"encoding": "choir"}, "encoding 'choir' is none of melody, drums, trio"),
        ({"sources": [{"name": "x"}]}, "is damaged"),
        ({"sha256": {}}, "is damaged"),
    ],
)
def test_a_wrong_manifest_is_refused(copy, change, message):
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, **change}))
    with pytest.raises(DataError, match=message):
        load(copy)


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_manifest_that_is_no_object_is_refused(copy, text):
    (copy / "manifest.json").write_text(text)
    with pytest.raises(DataError, match="explorer prepare"):
        load(copy)


def test_a_folder_from_before_there_were_encodings_holds_melodies(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    assert manifest.pop("encoding") == "melody"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    data = load(copy)
    assert (data.encoding, data.sha256) == ("melody", manifest["sha256"]["total"])


@pytest.mark.parametrize("token", [-1, 512])
def test_a_token_that_is_no_class_is_refused(tmp_path, token):
    folder = write_groove(tmp_path / "groove", {"midi_filename": "b.mid"})
    prepare([folder], tmp_path / "data", music="drums")
    path = tmp_path / "data" / "train_tokens.npy"
    tokens = np.load(path)
    tokens[0, 0] = token
    np.save(path, tokens)
    restate_hashes(tmp_path / "data")
    with pytest.raises(DataError, match="train split contradicts itself"):
        load(tmp_path / "data")


def restate_hashes(folder):
    """Let the manifest agree with the files as they are."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    files = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in DATA_FILES
    }
    manifest["sha256"] = {"total": total_sha256(files), "files": files}
    path.write_text(json.dumps(manifest))


def test_an_unknown_split_is_a_value_error(prepared):
    with pytest.raises(ValueError, match="train, validation, test"):
        load(prepared).split("dev")
