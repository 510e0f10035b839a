"""A map of somebody's own files: made by one command, checked when read, played."""

import json
import shutil
import sys
import types

import numpy as np
import pytest

from explorer import checkpoint, own_map
from explorer.__main__ import main
from explorer.errors import CheckpointError
from explorer.midi import write_midi
from explorer.notes import Note, sequence
from explorer.ui import cache, picks, sharing, state
from tests import tiny_checkpoint
from tests.pages import frame, opened, said, switch

ENTRY = "tiny@mine"


def tune(seed):
    """Twelve bars of quarters and eighths of a scale."""
    rng = np.random.default_rng(seed)
    starts = [bar * 16 + step for bar in range(12) for step in (0, 4, 6, 8, 12, 14)]
    ends = [*starts[1:], 12 * 16]
    pitches = rng.choice([60, 62, 64, 65, 67, 69, 71, 72], size=len(starts))
    return [
        Note(pitch=int(pitch), start_step=start, end_step=end)
        for pitch, start, end in zip(pitches, starts, ends, strict=True)
    ]


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Eight tunes, one of them twice, one damaged, in a folder of no known name."""
    folder = tmp_path_factory.mktemp("music") / "Songs of mine"
    (folder / "inner").mkdir(parents=True)
    for seed in range(8):
        song = write_midi(sequence(tune(seed)))
        (folder / "inner" / f"Song {seed}.mid").write_bytes(song)
    (folder / "the last again.mid").write_bytes(song)
    (folder / "damaged.mid").write_bytes(song[:9])
    return folder


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(folder)
    return folder


def index(music, checkpoints, out, *options):
    found = str(checkpoints / "tiny")
    argv = ["index", str(music), "--checkpoint", found, "-o", str(out), "--json"]
    return main([*argv, "--workers", "1", *options])


@pytest.fixture(scope="module")
def made(music, checkpoints, tmp_path_factory):
    """The folder of the map `mine`."""
    folder = tmp_path_factory.mktemp("maps") / "mine"
    assert index(music, checkpoints, folder) == 0
    return folder


@pytest.fixture
def copied(made, tmp_path):
    """A map to damage."""
    return shutil.copytree(made, tmp_path / "mine")


@pytest.fixture
def app(use, checkpoints, made, monkeypatch):
    """The app with a checkpoint and a map of it."""
    monkeypatch.setenv("EXPLORER_MAPS", str(made.parent))
    use(checkpoints)
    return frame()


def test_a_map_has_every_phrase_once_with_its_title_and_folder(made, checkpoints):
    shown = own_map.load(own_map.read(made), checkpoint.load(checkpoints / "tiny"))
    assert len({phrase.tobytes() for phrase in shown.tokens}) == len(shown)
    assert set(shown.titles) == {f"Song {seed}" for seed in range(8)}
    assert set(shown.sources) == {"Songs of mine"}
    assert set(shown.licences) == {"licence not stated"}
    assert set(shown.splits) == {"train"}


def test_what_was_left_out_stands_in_the_map_with_its_reason(made):
    lines = (made / own_map.LEFT_OUT).read_text("utf-8").splitlines()
    reasons = {row["file"]: row["reason"] for row in map(json.loads, lines)}
    assert reasons.keys() == {"damaged.mid", "the last again.mid"}
    assert reasons["the last again.mid"] == "every window also stands elsewhere"


def test_the_same_seed_gives_the_same_bytes_by_any_number_of_processes(
    music, checkpoints, tmp_path, monkeypatch
):
    # A page tested before leaves its script as the one that new processes would run.
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    folders = [tmp_path / name / "mine" for name in "ab"]
    for folder, workers in zip(folders, "12", strict=True):
        assert index(music, checkpoints, folder, "--workers", workers) == 0
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in folders
    )
    assert first == second


def test_fewer_phrases_are_taken_of_every_tune(music, checkpoints, tmp_path, capsys):
    out = tmp_path / "few"
    assert index(music, checkpoints, out, "--phrases", "40") == 0
    values = json.loads(capsys.readouterr().out)
    assert values["num_phrases"] == 40 < values["num_phrases_found"]
    shown = own_map.load(own_map.read(out), checkpoint.load(checkpoints / "tiny"))
    assert len(set(shown.titles)) == 8


def test_a_bare_name_goes_where_the_app_looks(
    music, checkpoints, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("EXPLORER_MAPS", str(tmp_path / "maps"))
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(checkpoints))
    argv = ["index", str(music), "--checkpoint", "tiny", "-o", "mine"]
    assert main([*argv, "--workers", "1"]) == 0
    assert (tmp_path / "maps" / "mine" / "map.json").is_file()
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == (
        "Open it: `make run`, then choose “mine (your files)” under Music model."
    )


def test_a_map_elsewhere_is_opened_by_its_folder(
    music, checkpoints, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    argv = ["index", str(music), "--checkpoint", str(checkpoints / "tiny")]
    assert main([*argv, "-o", "./mine", "--workers", "1"]) == 0
    assert (tmp_path / "mine" / "map.json").is_file()
    assert capsys.readouterr().out.splitlines()[-1] == "Open it: `make run MAP=mine`"


def test_a_folder_of_something_else_is_never_replaced(
    music, checkpoints, tmp_path, capsys
):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear")
    assert index(music, checkpoints, tmp_path / "letters") == 2
    assert "is no map, so it is left as it is" in capsys.readouterr().err
    assert (tmp_path / "letters" / "one.txt").read_text() == "dear"


def test_a_name_that_no_folder_should_have_is_refused(music, checkpoints, capsys):
    assert index(music, checkpoints, "my map") == 2
    assert "'my map' cannot name a map" in capsys.readouterr().err


def test_a_map_is_replaced_by_the_next_of_its_name(music, checkpoints, copied):
    (copied / "stale").touch()
    assert index(music, checkpoints, copied) == 0
    assert not (copied / "stale").exists()
    assert [path.name for path in copied.parent.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "No music in"),
        (("Song 0.mid",), "a map takes more than"),
        (("x.mid",), "Nothing to use in 1 files"),
    ],
)
def test_too_little_music_is_refused_in_a_sentence(
    music, checkpoints, tmp_path, capsys, files, said
):
    folder = tmp_path / "few"
    folder.mkdir()
    for name in files:
        source = music / "inner" / name
        content = source.read_bytes() if source.exists() else b"MThd"
        (folder / name).write_bytes(content)
    assert index(folder, checkpoints, tmp_path / "map") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not (tmp_path / "map").exists()


def test_a_checkpoint_without_its_map_is_refused(music, tmp_path, capsys):
    folder = tiny_checkpoint.write(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    del config["files"]["attributes.safetensors"]
    (folder / "config.json").write_text(json.dumps(config))
    assert index(music, tmp_path, tmp_path / "map") == 2
    assert "no promoted checkpoint" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["latents.safetensors", "phrases.json"])
def test_a_changed_byte_is_found(copied, checkpoints, file):
    content = bytearray((copied / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / file).write_bytes(content)
    weights = checkpoint.load(checkpoints / "tiny").sha256
    with pytest.raises(CheckpointError, match=rf"{file} is damaged.* Index the files"):
        own_map.check(own_map.read(copied), weights)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format_version": 2}, "format version 2"),
        ({"checkpoint": "../elsewhere"}, "cannot name a checkpoint"),
        ({"checkpoint": 3}, "lacks checkpoint"),
        ({"num_phrases": 100_001}, "lacks num_phrases"),
        ({"num_phrases": True}, "lacks num_phrases"),
        ({"files": ["phrases.json"]}, "lacks files"),
        ({"files": {"../x": "0"}}, "only plain names"),
    ],
)
def test_a_listing_that_is_none_is_refused(copied, change, said):
    listing = json.loads((copied / "map.json").read_text())
    (copied / "map.json").write_text(json.dumps(listing | change))
    with pytest.raises(CheckpointError, match=said):
        own_map.read(copied)


def test_a_listing_with_another_number_of_phrases_is_refused(copied, checkpoints):
    listing = json.loads((copied / "map.json").read_text())
    listing["num_phrases"] += 1
    (copied / "map.json").write_text(json.dumps(listing))
    trained = checkpoint.load(checkpoints / "tiny")
    with pytest.raises(CheckpointError, match=r"map\.json says"):
        own_map.load(own_map.read(copied), trained)


def test_a_map_of_other_weights_is_refused(made, tmp_path):
    other = checkpoint.load(tiny_checkpoint.write(tmp_path, seed=1))
    with pytest.raises(CheckpointError, match="other weights of tiny"):
        own_map.load(own_map.read(made), other)


def test_an_entry_has_the_model_of_its_checkpoint_and_a_map_of_its_own(app):
    ours, base = cache.model(ENTRY), cache.model("tiny")
    assert ours.checkpoint is base.checkpoint
    assert set(ours.library.sources) == {"Songs of mine"}
    assert set(base.library.sources) == {"Folk", "Hymns"}


def test_a_map_that_make_run_was_given_is_warm_and_met_first(
    use, checkpoints, made, monkeypatch
):
    monkeypatch.setenv("EXPLORER_MAP", str(made))
    use(checkpoints)
    cache.warm_up()
    assert [offer.name for offer in cache.offers()] == [ENTRY, "tiny"]


@pytest.mark.usefixtures("unchecked")
def test_the_map_page_shows_own_phrases(app):
    switch(opened(app, "map"), ENTRY)
    spec = app.get("plotly_chart")[0].proto.spec
    assert "Song 3" in spec
    assert "Tune 3" not in spec
    assert "88 of 88 phrases" in said(app)


@pytest.mark.usefixtures("unchecked")
def test_under_the_hood_says_whose_map_it_is_and_shows_the_card(app):
    switch(opened(app, "under_the_hood"), ENTRY)
    shown = said(app)
    assert "The map “mine” was made of somebody's own files" in shown
    assert "Random weights, for tests." in shown
    assert "holds their phrases as they were written" in shown


@pytest.mark.usefixtures("unchecked")
def test_a_broken_map_is_said_under_the_hood(use, checkpoints, copied, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAPS", str(copied.parent))
    (copied / "phrases.json").write_text("{}")
    use(checkpoints)
    app = opened(frame(), "under_the_hood")
    assert "The map “mine” is not used" in said(app)
    assert "The checkpoint" not in said(app)


@pytest.mark.usefixtures("unchecked")
def test_a_broken_map_that_make_run_was_given_is_said_on_the_first_page_once(
    use, checkpoints, copied, monkeypatch
):
    monkeypatch.setenv("EXPLORER_MAP", str(copied))
    (copied / "phrases.json").write_text("{}")
    use(checkpoints)
    app = opened(frame(), "start")
    (notice,) = [warning.value.replace("\\", "") for warning in app.warning]
    assert notice.startswith("The map “mine”, with which the app was to open, cannot")
    assert "phrases.json" in notice
    assert "python -m explorer index" in notice
    assert not app.run().warning


@pytest.mark.usefixtures("unchecked")
def test_a_map_that_is_not_there_is_said_on_the_first_page(
    use, checkpoints, tmp_path, monkeypatch
):
    monkeypatch.setenv("EXPLORER_MAP", str(tmp_path / "gone"))
    use(checkpoints)
    app = opened(frame(), "start")
    assert "The map “gone”, with which the app was to open, cannot" in said(app)


@pytest.mark.usefixtures("unchecked")
def test_a_map_that_works_is_no_news(use, checkpoints, made, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAP", str(made))
    use(checkpoints)
    assert not opened(frame(), "start").warning


@pytest.mark.usefixtures("unchecked")
def test_a_link_from_an_own_map_plays_the_same_where_the_map_is_not(
    app, use, checkpoints, monkeypatch
):
    assert not app.run().exception
    sent = picks.dots(ENTRY, [3, 5])
    content = sharing.SharedBlend(
        view="line", index=0, size=9, spherical=True, own_ends=True
    )
    query = sharing.to_query(ENTRY, sent, content, sharing.LinkSettings())
    monkeypatch.setenv("EXPLORER_MAPS", str(checkpoints))
    use(checkpoints)
    shared = sharing.read(query)
    assert shared.model == "tiny"
    assert sharing.warning(shared) is None
    found = sharing.picks_of(shared)
    assert [pick.tune.notes for pick in found] == [pick.tune.notes for pick in sent]


@pytest.mark.usefixtures("unchecked")
def test_between_two_maps_of_one_model_every_choice_is_kept(app):
    switch(opened(app, "blend"), ENTRY)
    dot = picks.dot(ENTRY, 3)
    app.session_state[state.ENDS["a"]] = dot
    switch(app, "tiny")
    kept = app.session_state[state.ENDS["a"]]
    assert (kept.z, kept.tune, kept.row) == (dot.z, dot.tune, None)
    assert "All else is kept" not in said(app)
