"""The server hands out the files of the sound bank and no other."""

import json

import pytest

from explorer.ui import bank


@pytest.fixture
def folder(tmp_path, monkeypatch):
    instruments = {"piano": {"file": "piano.ogg"}, "lost": {"file": "lost.ogg"}}
    (tmp_path / "index.json").write_text(json.dumps({"instruments": instruments}))
    (tmp_path / "piano.ogg").write_bytes(b"sound")
    (tmp_path / "secret.txt").write_text("not sound")
    monkeypatch.setattr(bank, "BANK", tmp_path)
    bank.index.cache_clear()
    yield tmp_path
    bank.index.cache_clear()


@pytest.mark.parametrize("name", ["index.json", "piano.ogg"])
def test_what_the_index_names_is_there(folder, name):
    assert bank.path_of(name) == folder / name


@pytest.mark.parametrize(
    "name", ["secret.txt", "../secret.txt", "lost.ogg", "", ".", "/etc/passwd"]
)
def test_nothing_else_is(folder, name):
    assert bank.path_of(name) is None


@pytest.mark.parametrize("content", [None, "{", "[1"])
def test_a_missing_or_damaged_bank_is_an_empty_one(folder, content):
    (folder / "index.json").unlink()
    if content is not None:
        (folder / "index.json").write_text(content)
    assert bank.index() == {"instruments": {}}


def test_the_shipped_bank_is_whole(root):
    names = {entry["file"] for entry in bank.index()["instruments"].values()}
    assert names
    assert all(bank.path_of(name) for name in names)
