"""The player's Python side: what it sends, and that its script is in one piece."""

import json
import re
import shutil
import subprocess
from typing import get_type_hints

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.notes import Note, sequence
from explorer.ui.player import bundle, contract, loop_of, strip
from explorer.ui.player.contract import PlayerData

TUNE = sequence(
    [
        Note(pitch=60, start_step=0, end_step=4),
        Note(pitch=64, start_step=4, end_step=8, velocity=100),
        Note(pitch=67, start_step=8, end_step=16),
        Note(pitch=36, start_step=8, end_step=9, is_drum=True),
    ],
    qpm=110,
    title="An example",
)
CERTAINTY = np.linspace(1, 0.25, 16)
MODULES = {name: bundle.page_part(name) for name in bundle.MODULES}


def test_a_tune_becomes_the_example_loop_that_the_browser_is_tested_with(root):
    """After a change of the contract: copy the left side into the file."""
    expected = json.loads((root / "tests/data/player_data.json").read_text("utf-8"))
    assert loop_of(TUNE, certainty=CERTAINTY, play_id=2) == expected


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
    assert [note["certainty"] for note in notes] == [1.0, 0.8, 0.6, 0.6]


def test_certainty_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="has 5 steps, but a note starts at step 8"):
        loop_of(TUNE, certainty=[1.0] * 5)


def test_only_a_loop_of_nothing_but_hits_is_a_drum_loop():
    hits = [note for note in TUNE.notes if note.is_drum]
    assert loop_of(sequence(hits))["is_drum"]
    assert not loop_of(TUNE)["is_drum"]
    assert not loop_of(sequence([]))["is_drum"]


def test_the_program_is_that_of_the_first_melodic_note():
    flute = Note(pitch=72, start_step=0, end_step=4, program=73)
    assert loop_of(sequence([flute]))["program"] == 73


def test_silence_is_a_loop_with_a_length():
    assert loop_of(sequence([]))["total_steps"] == 1


def test_a_strip_refuses_what_it_cannot_show():
    with pytest.raises(ValueError, match="at least one tile"):
        strip([], key="strip")
    tiles = [{"label": "A", "loop": loop_of(TUNE)}]
    with pytest.raises(ValueError, match="index 1 is outside the 1 tiles"):
        strip(tiles, index=1, key="strip")


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
    st.session_state.heard = player(loop)
    big_play("Play", loop, key="big")
    tile = {"label": "A", "loop": loop}
    st.session_state.chosen = strip([tile, tile], index=1, key="strip")


def test_the_parts_mount_with_their_data_and_no_decision_yet():
    app = AppTest.from_function(app_with_a_player).run(timeout=20)
    assert not app.exception
    mounts = {
        part.proto.component_name: part.proto for part in app.get("bidi_component")
    }
    assert set(mounts) == {"explorer_player", "explorer_big_play", "explorer_strip"}
    sent = json.loads(
        mounts["explorer_player"].mixed.json or mounts["explorer_player"].json
    )
    assert sent["loop"]["title"] == "One"
    assert app.session_state.heard is None
    assert app.session_state.chosen is None


def test_decisions_of_the_listener_come_back():
    app = AppTest.from_function(app_with_a_player)
    settings = {"qpm": 96, "program": 73, "instrument": "flute"}
    app.session_state["player"] = {"settings": settings}
    app.session_state["strip"] = {"chosen": {"index": 0, "id": "x"}}
    app.run(timeout=20)
    assert not app.exception
    assert app.session_state.heard == settings
    assert app.session_state.chosen == {"index": 0, "id": "x"}
