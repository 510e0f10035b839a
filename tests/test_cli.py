import dataclasses
import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from explorer import slider_file, trained_model
from explorer.__main__ import main
from explorer.attributes import attributes_of
from explorer.commands import training
from explorer.commands.parser import build
from explorer.config import TrainConfig
from explorer.errors import DataError
from explorer.midi import read_midi, write_midi
from explorer.notes import Note, sequence
from explorer.presets import CONFIGS, RECIPES
from explorer.synth import available
from explorer.teaching import Mark
from tests import tiny_checkpoint
from tests.tiny import save_tiny_checkpoint

COMMANDS = [
    "prepare",
    "train",
    "evaluate",
    "promote",
    "figures",
    "compare",
    "index",
    "sample",
    "reconstruct",
    "interpolate",
    "shape",
    "render",
    "inspect",
]

MUSIC = {"tiny": "melody", "drums": "drums", "trio": "trio"}  # of each checkpoint


def band():
    """Two bars of flute, bass and drums; the hi-hat has a track of its own."""
    flute = [
        Note(pitch=72 + step // 4, start_step=step, end_step=step + 4, program=73)
        for step in range(0, 32, 4)
    ]
    bass = [
        Note(pitch=40, start_step=step, end_step=step + 8, program=34, instrument=1)
        for step in range(0, 32, 8)
    ]
    drums = [
        Note(
            pitch=pitch,
            start_step=step,
            end_step=step + 1,
            is_drum=True,
            instrument=instrument,
        )
        for pitch, instrument, pace in ((36, 9, 8), (42, 10, 2))
        for step in range(0, 32, pace)
    ]
    return sequence([*flute, *bass, *drums], qpm=90)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkpoint of each kind of music, the tunes A.mid and B.mid, and band.mid."""
    folder = tmp_path_factory.mktemp("cli")
    save_tiny_checkpoint(folder / "tiny")
    for encoding in ("drums", "trio"):
        tiny_checkpoint.write(folder, encoding, encoding=encoding)
    (folder / "band.mid").write_bytes(write_midi(band()))
    for name, pitches, qpm in (
        ("A", (60, 62, 64, 65, 67, 69, 71, 72), 100),
        ("B", (72, 67, 64, 60), 140),
    ):
        length = 32 // len(pitches)
        notes = [
            Note(pitch=pitch, start_step=i * length, end_step=(i + 1) * length)
            for i, pitch in enumerate(pitches)
        ]
        (folder / f"{name}.mid").write_bytes(write_midi(sequence(notes, qpm=qpm)))
    return folder


@pytest.fixture(autouse=True)
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)


def answer(capsys, *argv):
    """What a command prints with --json; it must succeed."""
    code = main([*map(str, argv), "--json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return json.loads(printed.out)


def complaint(capsys, *argv):
    """The one line of a command that fails with code 2."""
    try:
        code = main([str(argument) for argument in argv])
    except SystemExit as stop:
        code = stop.code
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    return printed.err


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_interpolate_writes_valid_files_whose_ends_are_the_reconstructions(
    capsys, tmp_path
):
    found = answer(
        capsys, "interpolate", "tiny", "A.mid", "B.mid", "--steps", 9, "-o", tmp_path
    )
    assert sorted(contents(tmp_path)) == [f"{i:02d}.mid" for i in range(9)]
    assert [step["file"] for step in found["steps"]] == [
        str(tmp_path / f"{i:02d}.mid") for i in range(9)
    ]
    for end, file in (("A", "00.mid"), ("B", "08.mid")):
        alone = tmp_path.with_suffix(".mid")
        answer(capsys, "reconstruct", "tiny", f"{end}.mid", "-o", alone)
        assert alone.read_bytes() == (tmp_path / file).read_bytes()


@pytest.mark.parametrize(
    "argv",
    [
        ("interpolate", "tiny", "A.mid", "B.mid", "--steps", 5),
        ("interpolate", "tiny", "A.mid", "B.mid", "--temperature", 1, "--seed", 3),
        ("sample", "tiny", "-n", 3, "--seed", 7, "--temperature", 0.5),
    ],
)
def test_the_same_command_writes_the_same_bytes(capsys, tmp_path, argv):
    first = answer(capsys, *argv, "-o", tmp_path / "out")
    before = contents(tmp_path / "out")
    assert answer(capsys, *argv, "-o", tmp_path / "out") == first
    assert contents(tmp_path / "out") == before


def test_another_seed_gives_other_tunes(capsys, tmp_path):
    for seed in (1, 2):
        answer(
            capsys,
            *("sample", "tiny", "--prior", "--temperature", 1),
            *("--seed", seed, "-o", tmp_path / str(seed)),
        )
    assert contents(tmp_path / "1") != contents(tmp_path / "2")


@pytest.mark.parametrize(
    ("options", "spherical"),
    [([], True), (["--spherical"], True), (["--straight"], False)],
)
def test_the_way_between_two_tunes_is_spherical_unless_straight(options, spherical):
    argv = ["interpolate", "tiny", "A.mid", "B.mid", "-o", "out", *options]
    assert build().parse_args(argv).spherical is spherical


def test_interpolate_goes_from_one_tempo_to_the_other(capsys, tmp_path):
    argv = ("interpolate", "tiny", "A.mid", "B.mid", "--temperature", 1)
    answer(capsys, *argv, "--steps", 3, "-o", tmp_path)
    tempos = [
        read_midi(content, name=name).qpm
        for name, content in contents(tmp_path).items()
    ]
    assert tempos == pytest.approx([100, 120, 140], abs=0.01)


def test_reconstruct_counts_the_notes_it_kept(capsys, tmp_path):
    argv = ("reconstruct", "tiny", "A.mid", "-o", tmp_path / "out.mid")
    found = answer(capsys, *argv)
    assert found["num_notes_before"] == 8
    assert found["kept"] + found["moved"] + found["lost"] == 8


def test_shape_reports_every_attribute_before_and_after(capsys, tmp_path):
    out = tmp_path / "out.mid"
    argv = ("shape", "tiny", "A.mid", "--attribute", "note_density", "-o", out)
    found = answer(capsys, *argv, "--amount", 0)
    assert list(found["attributes"]) == list(attributes_of("melody"))
    density = found["attributes"]["note_density"]
    assert density["original"] == 8 / 32
    assert density["before"] == density["after"]
    assert found["attributes"]["c_diatonic"]["original"] == 1
    assert out.exists()


def test_shape_follows_a_slider_that_was_taught(capsys, tmp_path):
    model = trained_model.load(Path("tiny"))
    marks = tuple(
        Mark(title=f"Tune {row}", z=tuple(model.library.mu[row].tolist()), is_liked=up)
        for row, up in enumerate([True] * 5 + [False] * 5)
    )
    path, out = tmp_path / "a.slider.json", tmp_path / "out.mid"
    path.write_bytes(slider_file.write(slider_file.make("Shanty", marks, model)))
    argv = ("shape", "tiny", "A.mid", "-o", out, "--slider", path)
    still = answer(capsys, *argv, 0)["attributes"]
    assert all(row["before"] == row["after"] for row in still.values())
    moved = answer(capsys, *argv, 4)["attributes"]
    assert any(row["before"] != row["after"] for row in moved.values())
    for bad, said in (
        ((*argv, "much"), "Give a number"),
        (
            ("shape", "drums", "band.mid", "-o", out, "--slider", path, 1),
            "another model",
        ),
        (("shape", "tiny", "A.mid", "-o", out), "Nothing to change"),
        ((*argv[:-1], tmp_path / "none.json", 1), "could not be read"),
    ):
        assert said in complaint(capsys, *bad)


def kinds(path):
    """(program, whether drums) of each track of a MIDI file."""
    song = read_midi(path.read_bytes(), name=path.name)
    return [(track.program, track.is_drum) for track in song.tracks]


@pytest.mark.parametrize(
    ("checkpoint", "num_notes"), [("tiny", 8), ("drums", 20), ("trio", 8 + 4 + 20)]
)
def test_each_model_reads_its_parts_of_a_file(capsys, tmp_path, checkpoint, num_notes):
    out = tmp_path / "out.mid"
    found = answer(capsys, "reconstruct", checkpoint, "band.mid", "-o", out)
    assert found["num_notes_before"] == num_notes
    assert found["kept"] + found["moved"] + found["lost"] == num_notes
    assert list(found["measured"]) == list(attributes_of(MUSIC[checkpoint]))


def test_a_trio_is_written_as_a_piano_a_bass_and_drums(capsys, tmp_path):
    argv = ("sample", "trio", "-n", 1, "--temperature", 1, "-o", tmp_path)
    answer(capsys, *argv)
    assert kinds(tmp_path / "00.mid") == [(0, False), (33, False), (0, True)]


@pytest.mark.parametrize(
    ("checkpoint", "track", "num_notes"),
    [
        ("drums", "3", 16),
        ("drums", "2", 4),
        ("trio", "0,1,2", 16),
        ("trio", "1,0,3", 28),
    ],
)
def test_tracks_can_be_chosen_for_each_part(
    capsys, tmp_path, checkpoint, track, num_notes
):
    argv = ("reconstruct", checkpoint, "band.mid", "--track", track)
    found = answer(capsys, *argv, "-o", tmp_path / "out.mid")
    assert found["num_notes_before"] == num_notes


@pytest.mark.parametrize("checkpoint", ["drums", "trio"])
def test_ways_between_two_places_of_a_file_are_written(capsys, tmp_path, checkpoint):
    track = {"drums": ("2", "3"), "trio": ("0,1,2", "0,1,3")}[checkpoint]
    argv = ("interpolate", checkpoint, "band.mid", "band.mid", "--track", *track)
    found = answer(capsys, *argv, "--steps", 3, "--bar", 0, 1, "-o", tmp_path)
    assert sorted(contents(tmp_path)) == ["00.mid", "01.mid", "02.mid"]
    kept = found["ends"]
    assert kept["a"]["num_notes_before"] == {"drums": 4, "trio": 16}[checkpoint]
    assert kept["b"]["num_notes_before"] == {"drums": 8, "trio": 14}[checkpoint]


def test_drums_are_shaped_by_attributes_of_their_own(capsys, tmp_path):
    argv = ("shape", "drums", "band.mid", "--attribute", "hit_density", "--amount", 0)
    found = answer(capsys, *argv, "-o", tmp_path / "out.mid")["attributes"]
    assert list(found) == list(attributes_of("drums"))
    assert found["hit_density"]["original"] == 20 / 32
    assert found["kick_hat_balance"]["original"] == 16 / 20
    assert found["variety"]["before"] == found["variety"]["after"]


@pytest.mark.parametrize(
    ("checkpoint", "parts"),
    [
        ("tiny", "melody, 2 bars"),
        ("drums", "drums, 2 bars"),
        ("trio", "melody, bass and drums, 2 bars"),
    ],
)
def test_inspect_says_what_a_checkpoint_is(capsys, checkpoint, parts):
    found = answer(capsys, "inspect", checkpoint)
    assert found["encoding"] == MUSIC[checkpoint]
    assert found["attributes"] == list(attributes_of(MUSIC[checkpoint]))
    assert main(["inspect", checkpoint]) == 0
    assert f"reads and writes {parts} at a time" in capsys.readouterr().out


@pytest.mark.skipif(available() is not None, reason="FluidSynth is not installed")
def test_render_writes_stereo_sound_of_the_right_length(capsys, tmp_path):
    out = tmp_path / "a.wav"
    found = answer(capsys, "render", "A.mid", "-o", out)
    with wave.open(str(out)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 44_100)
        seconds = file.getnframes() / 44_100
    assert found["seconds"] == pytest.approx(seconds, abs=1e-3)
    assert seconds == pytest.approx(2 * 4 * 60 / 100 + 1, abs=0.1)


def test_inspect_reports_what_the_uploader_makes_of_a_file(capsys, tmp_path):
    found = answer(capsys, "inspect", "A.mid")
    assert found["outcome"] == "loaded"
    assert found["num_notes"] == 8
    assert len(found["tracks"]) == 1
    (tmp_path / "bad.mid").write_bytes(b"not music")
    refused = answer(capsys, "inspect", tmp_path / "bad.mid")
    assert refused["outcome"] == "refused"
    assert refused["tracks"] == []


@pytest.mark.parametrize(
    ("argv", "match"),
    [
        ((), "required: COMMAND"),
        (("dance",), "invalid choice: 'dance'"),
        (("interpolate", "tiny", "A.mid"), "required: B, -o/--out"),
        (
            ("interpolate", "tiny", "A.mid", "B.mid", "-o", "x", "--steps", 1),
            "2 or more",
        ),
        (("sample", "tiny", "-o", "x", "--temperature", "nan"), "not a number"),
        (("sample", "tiny", "-o", "x", "--seed", -1), "0 or more"),
        (("sample", "nobody", "-o", "x"), "no checkpoint 'nobody'"),
        (("sample", "../../etc", "-o", "x"), "cannot name a checkpoint"),
        (("reconstruct", "tiny", "C.mid", "-o", "x.mid"), "could not be read"),
        (("reconstruct", "tiny", "A.mid", "-o", "x.mid", "--track", 4), "1 tracks"),
        (("reconstruct", "tiny", "A.mid", "-o", "x.mid", "--bar", 2), "0 to 1"),
        (
            ("reconstruct", "drums", "A.mid", "-o", "x.mid"),
            "A.mid has no drum track, and drums reads drums",
        ),
        (
            ("reconstruct", "trio", "A.mid", "-o", "x.mid"),
            "no bass track and no drum track, and trio reads melody, bass and drums",
        ),
        (
            ("reconstruct", "trio", "band.mid", "-o", "x.mid", "--track", 0),
            "--track takes 3 with commas; it has 1",
        ),
        (
            ("reconstruct", "tiny", "band.mid", "-o", "x.mid", "--track", "0,1"),
            "--track takes one number; it has 2",
        ),
        (
            ("reconstruct", "trio", "band.mid", "-o", "x.mid", "--track", "0,2,3"),
            "Track 2 of band.mid is drums, so it cannot be the bass",
        ),
        (
            ("reconstruct", "drums", "band.mid", "-o", "x.mid", "--track", 0),
            "is not drums",
        ),
        (
            ("reconstruct", "trio", "band.mid", "-o", "x.mid", "--track", "0,,2"),
            "'' is not a whole number, 0 or more",
        ),
        (
            ("shape", "drums", "band.mid", "--attribute", "c_diatonic", "-o", "x"),
            "drums has no c_diatonic. Its attributes are hit_density",
        ),
        (("inspect", "nobody"), "no checkpoint 'nobody'"),
        (("reconstruct", "tiny", "A.mid", "-o", "A.mid/x.mid"), "cannot be written"),
        (("shape", "tiny", "A.mid", "--attribute", "joy", "-o", "x"), "note_density"),
        (
            ("interpolate", "tiny", "A.mid", "B.mid", "-o", "x", "--bar", 0, 0, 0),
            "--bar has 3 values",
        ),
        (("inspect", "nowhere.mid"), "could not be read"),
        (("evaluate", "tiny", "nowhere"), "not a prepared data folder"),
        (("train", "cat-mel_2bar_small", "nowhere"), "not a prepared data folder"),
        (("train", "cat-mel_2bar_small", "x", "--batch_size", 0), "1 or more"),
        (("train", "huge", "x"), "invalid choice: 'huge'"),
    ],
)
def test_bad_arguments_get_one_line_and_code_2(capsys, argv, match):
    assert match in complaint(capsys, *argv)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(capsys, command):
    with pytest.raises(SystemExit, match="0"):
        build().parse_args([command, "--help"])
    assert len(capsys.readouterr().out) > 200


def test_every_field_of_the_training_config_is_a_flag_and_none_is_set_by_default():
    argv = ["train", "cat-mel_2bar_small", "DATA"]
    fields = [field.name for field in dataclasses.fields(TrainConfig)]
    unset = build().parse_args(argv)
    assert [getattr(unset, field) for field in fields] == [None] * len(fields)
    values = dataclasses.asdict(CONFIGS["cat-mel_2bar_small"].train)
    flags = [text for field in fields for text in (f"--{field}", str(values[field]))]
    given = build().parse_args([*argv, *flags])
    assert {field: getattr(given, field) for field in fields} == values


def test_a_recipe_gives_the_settings_and_a_flag_overrides_it(monkeypatch):
    asked = []

    def stop(config, *_, **__):
        asked.append(config)
        raise DataError("asked enough")

    monkeypatch.setattr(training.dataset, "load", lambda _: None)
    monkeypatch.setattr(training, "train_model", stop)
    argv = ["train", "cat-mel_2bar_small", "DATA", "--recipe", "two-cores"]
    assert main([*argv, "--seed", "3"]) == 2
    (config,) = asked
    assert config.model == CONFIGS["cat-mel_2bar_small"].model
    assert config.train == dataclasses.replace(RECIPES["two-cores"], seed=3)


def test_help_loads_no_heavy_library(root):
    code = (
        "import sys\n"
        "from explorer.__main__ import main\n"
        "try:\n    main(['train', '--help'])\n"
        "except SystemExit:\n    pass\n"
        "print([m for m in ('torch', 'symusic', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_compare_writes_a_table_and_the_numbers_without_a_browser(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    tiny_checkpoint.write(tmp_path, "one")
    tiny_checkpoint.write(tmp_path, "two")
    names = (tmp_path / "one", tmp_path / "two")
    found = answer(capsys, "compare", *names, "-o", tmp_path / "out")
    assert found["files"] == ["comparison.json"]
    assert "Figures were left out: There is no Chromium" in found["notes"][0]
    written = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert written == found["models"]
    assert list(written) == ["one", "two"]
    assert main(["compare", *map(str, names), "-o", str(tmp_path / "out")]) == 0
    assert "| two | flat |" in capsys.readouterr().out


def test_figures_are_drawn_into_the_checkpoint(capsys, tmp_path, monkeypatch):
    def draw(figures):
        return {f"{name}.svg": b"<svg/>" for name in figures}

    monkeypatch.setattr("explorer.pictures.svg_files", draw)
    tiny_checkpoint.write(tmp_path, "one")
    found = answer(capsys, "figures", tmp_path / "one")
    assert found["figures"] == ["figure_kl.svg", "figure_reconstruction.svg"]
    assert (tmp_path / "one" / "figure_kl.svg").read_bytes() == b"<svg/>"


def test_figures_without_a_browser_say_what_to_install(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    tiny_checkpoint.write(tmp_path, "one")
    assert "Install Chromium" in complaint(capsys, "figures", tmp_path / "one")
