"""States on disk: whole, newest first, never half."""

import json

import pytest
import torch

from explorer import run_state
from explorer.errors import DataError


def write(folder, step):
    return run_state.write(
        folder, step, {"w": torch.full((3,), float(step))}, {"seen": step}
    )


def test_a_new_run_has_no_state(tmp_path):
    assert run_state.newest(tmp_path) is None


def test_the_newest_state_comes_back_and_old_ones_go(tmp_path):
    for step in (1, 2, 3):
        write(tmp_path, step)
    tensors, facts = run_state.newest(tmp_path)
    assert tensors["w"].tolist() == [3.0, 3.0, 3.0]
    assert (facts["step"], facts["seen"]) == (3, 3)
    assert len(list(tmp_path.glob("step_*"))) == run_state.KEEP


@pytest.mark.parametrize("name", ["state.safetensors", "state.json"])
@pytest.mark.parametrize("damage", ["truncate", "remove", "flip"])
def test_a_damaged_state_gives_way_to_the_one_before(tmp_path, name, damage):
    write(tmp_path, 1)
    path = write(tmp_path, 2) / name
    content = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    elif damage == "truncate":
        path.write_bytes(content[: len(content) // 2])
    else:
        spot = content.index(b'"sha256": "') + 12 if name.endswith("json") else -1
        content[spot] ^= 1
        path.write_bytes(content)
    assert run_state.newest(tmp_path)[1]["step"] == 1


def test_a_state_that_was_being_written_is_not_seen(tmp_path):
    write(tmp_path, 1)
    (tmp_path / "step_00000002.tmp").mkdir()
    assert run_state.newest(tmp_path)[1]["step"] == 1
    assert not list(tmp_path.glob("*.tmp"))


def test_nothing_whole_is_said_plainly(tmp_path):
    (write(tmp_path, 1) / "state.json").write_text(json.dumps({}))
    with pytest.raises(DataError, match="None of the 1 saved states"):
        run_state.newest(tmp_path)
