"""The player's Python side: what it sends, and that its script is in one piece."""

import json
import re
import shutil
import subprocess
from typing import get_type_hints

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.drums import CLASS_MAPS, EXEMPLARS, tokens_to_notes
from explorer.ghosts import Ghost
from explorer.notes import Note, sequence
from explorer.ui import bank
from explorer.ui.player import bundle, contract, loop_of, player, strip
from explorer.ui.player.contract import PlayerData
from tests.pages import PATIENCE

TUNE = sequence(
    [
        Note(pitch=60, start_step=0, end_step=4),
        Note(pitch=64, start_step=4, end_step=8, velocity=100),
        Note(pitch=67, start_step=8, end_step=16),
        Note(pitch=40, start_step=10, end_step=16, program=33, instrument=1),
        Note(pitch=36, start_step=12, end_step=13, is_drum=True),
    ],
    qpm=110,
    title="An example",
)
MELODY = sequence(TUNE.notes[:3], qpm=110)
BEAT = sequence(tokens_to_notes(np.array([1, 4, 6, 4] * 8)), title="A beat")
CERTAINTY = np.linspace(1, 0.25, 16)
PARTS_CERTAINTY = np.stack([CERTAINTY, CERTAINTY / 2, CERTAINTY / 4], axis=1)
GHOSTS = (
    Ghost(pitch=62, start_step=4, end_step=8, probability=0.25, part="melody"),
    Ghost(pitch=43, start_step=10, end_step=16, probability=0.15, part="bass"),
    Ghost(pitch=38, start_step=12, end_step=13, probability=0.5, part="drums"),
)
MODULES = {name: bundle.page_part(name) for name in bundle.MODULES}


def test_a_tune_becomes_the_example_loop_that_the_browser_is_tested_with(root):
    """After a change of the contract: copy the left side into the file."""
    expected = json.loads((root / "tests/data/player_data.json").read_text("utf-8"))
    given = {"certainty": PARTS_CERTAINTY, "play_id": 2, "ghosts": GHOSTS}
    assert loop_of(TUNE, **given) == expected


def test_python_and_the_browser_hold_the_same_version_and_names():
    script = MODULES["contract.js"]
    assert f"export const VERSION = {contract.VERSION};" in script
    for name in get_type_hints(PlayerData):
        assert re.search(rf"@property {{[^}}]+}} {name}\b", script), name


def test_loops_that_sound_the_same_share_their_id():
    assert loop_of(TUNE)["id"] == loop_of(TUNE, title="Another name")["id"]


@pytest.mark.parametrize(
    "other",
    [
        sequence(TUNE.notes[:3], qpm=110),
        sequence(TUNE.notes, qpm=111),
        sequence(TUNE.notes, qpm=110, total_steps=32),
        sequence([], qpm=110),
    ],
)
def test_loops_that_sound_different_differ_in_id(other):
    assert loop_of(other)["id"] != loop_of(TUNE)["id"]


def test_a_note_takes_the_certainty_of_the_step_it_starts_on():
    notes = loop_of(TUNE, certainty=CERTAINTY)["notes"]
    assert [note["certainty"] for note in notes] == [1.0, 0.8, 0.6, 0.5, 0.4]


def test_ghosts_are_sent_beside_the_notes_and_do_not_sound():
    haunted = loop_of(TUNE, ghosts=GHOSTS)
    assert haunted["id"] == loop_of(TUNE)["id"]
    assert haunted["notes"] == loop_of(TUNE)["notes"]
    assert [note["certainty"] for note in haunted["ghosts"]] == [0.25, 0.15, 0.5]
    assert [note.get("part") for note in haunted["ghosts"]] == [None, "bass", "drums"]
    assert loop_of(TUNE)["ghosts"] == []


def test_a_ghost_of_another_tune_is_refused():
    late = Ghost(pitch=62, start_step=14, end_step=17, probability=0.2, part="melody")
    with pytest.raises(ValueError, match=r"ends at step 17, after the tune's end \(16"):
        loop_of(TUNE, ghosts=[late])


@pytest.mark.parametrize("given", [PARTS_CERTAINTY, PARTS_CERTAINTY.tolist()])
def test_a_note_takes_the_certainty_of_its_part(given):
    notes = loop_of(TUNE, certainty=given)["notes"]
    assert [note["certainty"] for note in notes] == [1.0, 0.8, 0.6, 0.25, 0.1]


def test_a_certainty_for_another_number_of_parts_is_refused():
    with pytest.raises(ValueError, match="2 columns for 3 parts"):
        loop_of(TUNE, certainty=PARTS_CERTAINTY[:, :2])


def test_certainty_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="has 5 steps, but a note starts at step 12"):
        loop_of(TUNE, certainty=[1.0] * 5)


@pytest.mark.parametrize(
    ("notes", "parts"),
    [
        (BEAT.notes, ["drums"]),
        (TUNE.notes, ["melody", "bass", "drums"]),
        (TUNE.notes[3:], ["melody", "bass", "drums"]),
        (TUNE.notes[:4], ["melody"]),
        ((*TUNE.notes[:3], TUNE.notes[4]), ["melody"]),
        ((), ["melody"]),
    ],
)
def test_the_parts_are_read_off_the_notes(notes, parts):
    assert loop_of(sequence(notes))["parts"] == parts


def test_a_part_that_rests_throughout_keeps_its_lane():
    assert loop_of(sequence([]), parts=["drums"])["parts"] == ["drums"]
    named = loop_of(MELODY, parts=("melody", "bass", "drums"))
    assert named["parts"] == ["melody", "bass", "drums"]


def test_notes_say_which_part_plays_them_and_a_melody_says_nothing():
    parts = [note.get("part") for note in loop_of(TUNE)["notes"]]
    assert parts == [None, None, None, "bass", "drums"]


def test_a_bass_that_plays_alone_is_a_melody_on_its_own_program():
    loop = loop_of(sequence([TUNE.notes[3]]))
    assert "part" not in loop["notes"][0]
    assert loop["program"] == 33


def test_the_program_is_that_of_the_first_note_of_the_melody():
    flute = Note(pitch=72, start_step=4, end_step=8, program=73)
    assert loop_of(sequence([flute]))["program"] == 73
    assert loop_of(sequence([*TUNE.notes[3:], flute]))["program"] == 73


def test_the_browser_has_the_drums_of_the_models():
    rows = re.findall(
        r'name: "[^"]+",\s+pitches: \[([\d, ]+)\]', MODULES["drums.js"], re.DOTALL
    )
    pitches = [[int(pitch) for pitch in row.split(",")] for row in rows]
    assert tuple(row[0] for row in pitches) == EXEMPLARS
    assert {p: row for row, ps in enumerate(pitches) for p in ps} == dict(
        CLASS_MAPS["today"]
    )


def test_the_bank_has_every_drum_of_the_models_and_a_bass():
    instruments = bank.index()["instruments"]
    assert set(EXEMPLARS) <= set(instruments["drums"]["pitches"])
    bass = instruments["bass"]
    assert bass["is_bass"]
    assert bass["program"] == 33
    assert all(min(abs(p - q) for q in bass["pitches"]) <= 1 for p in range(28, 61))


@pytest.mark.parametrize("beat", [TUNE, sequence(BEAT.notes, total_steps=40)])
def test_a_beat_that_is_no_drum_loop_of_whole_bars_is_refused(beat):
    with pytest.raises(ValueError, match="is not whole bars of drums"):
        player(None, beats=[loop_of(beat)])


def test_two_beats_of_one_name_are_refused():
    with pytest.raises(ValueError, match="share a title: A beat, A beat"):
        player(None, beats=[loop_of(BEAT), loop_of(BEAT)])


def test_silence_is_a_loop_with_a_length():
    assert loop_of(sequence([]))["total_steps"] == 1


def test_a_strip_refuses_what_it_cannot_show():
    with pytest.raises(ValueError, match="at least one tile"):
        strip([], key="strip")
    tiles = [{"label": "A", "loop": loop_of(TUNE)}]
    with pytest.raises(ValueError, match="index 1 is outside the 1 tiles"):
        strip(tiles, index=1, key="strip")


def test_a_strip_is_as_wide_in_python_as_in_the_browser():
    for name in ("CLOSEST", "MOST_STEPS"):
        value = getattr(contract, name)
        assert re.search(rf"const {name} = {value};", MODULES["pull.js"]), name
    assert f"const FEWEST = {contract.FEWEST_STEPS};" in MODULES["pull.js"]
    assert contract.strip_share(contract.MOST_STEPS) == 1
    assert contract.strip_share(contract.FEWEST_STEPS) == contract.CLOSEST


def test_every_module_is_in_the_bundle_and_under_300_lines():
    assert sorted(MODULES) == sorted(p.name for p in bundle.FOLDER.glob("*.js"))
    assert all(text.count("\n") < 300 for text in MODULES.values())
    assert all(text.startswith("// @ts-check\n") for text in MODULES.values())


def test_modules_import_only_from_those_before_them():
    seen = set()
    for name, text in MODULES.items():
        needed = set(re.findall(r'^import .*? from "\./(.*?)";', text, re.M | re.S))
        assert needed <= seen, name
        seen.add(name)


def test_no_name_is_given_twice_at_the_top_of_the_modules():
    names = re.findall(
        r"^(?:export )?(?:const|let|class|function) (\w+)",
        "\n".join(MODULES.values()),
        re.MULTILINE,
    )
    assert len(names) == len(set(names))


def test_no_handler_given_as_a_property_returns_an_assignment():
    """`onpointerdown = () => (flag = false)` would forbid what the press does."""
    script = bundle.script()
    assert not re.findall(r"\.on\w+ = (?:\w+|\([^)]*\)) => \(\S+ = ", script)


def test_the_script_has_one_default_export_and_no_imports():
    script = bundle.script()
    assert re.findall(r"^(?:import|export)\b.*", script, re.MULTILINE) == [
        "export default function (mount) {"
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_the_script_is_sound_javascript():
    checked = subprocess.run(
        ["node", "--input-type=module", "--check"],
        input=bundle.script(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def app_with_a_player():
    """A script with all three parts on it."""
    import streamlit as st

    from explorer.notes import Note, sequence
    from explorer.ui.player import big_play, loop_of, player, strip

    loop = loop_of(sequence([Note(pitch=60, start_step=0, end_step=4)]), title="One")
    hit = Note(pitch=36, start_step=0, end_step=1, is_drum=True)
    beat = loop_of(sequence([hit], total_steps=16), title="Beat")
    st.session_state.heard = player(loop, beats=[beat])
    big_play("Play", loop, key="big")
    tile = {"label": "A", "loop": loop}
    st.session_state.chosen = strip([tile, tile], index=1, key="strip")


def test_the_parts_mount_with_their_data_and_no_decision_yet():
    app = AppTest.from_function(app_with_a_player).run(timeout=PATIENCE)
    assert not app.exception
    mounts = {
        part.proto.component_name: part.proto for part in app.get("bidi_component")
    }
    assert set(mounts) == {"explorer_player", "explorer_big_play", "explorer_strip"}
    sent = json.loads(
        mounts["explorer_player"].mixed.json or mounts["explorer_player"].json
    )
    assert sent["loop"]["title"] == "One"
    assert [beat["title"] for beat in sent["beats"]] == ["Beat"]
    assert app.session_state.heard is None
    assert app.session_state.chosen is None


def test_decisions_of_the_listener_come_back():
    app = AppTest.from_function(app_with_a_player)
    settings = {"qpm": 96, "program": 73, "instrument": "flute", "beat": "Beat"}
    app.session_state["player"] = {"settings": settings}
    app.session_state["strip"] = {"chosen": {"index": 0, "id": "x"}}
    app.run(timeout=PATIENCE)
    assert not app.exception
    assert app.session_state.heard == settings
    assert app.session_state.chosen == {"index": 0, "id": "x"}
