"""The scripts behind `make`, and how benchmarks take turns. Nothing is installed."""

import json

import pytest

from bench.timing import alternate
from explorer.config import model_config_to_json
from explorer.presets import CONFIGS
from scripts import (
    check_files,
    draw_runs,
    system_packages,
    torch_index,
    update_readme,
)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.py", b"x = 1\n", None),
        ("a.py", b"", None),
        ("a.py", b"x = 1", "does not end in a newline"),
        ("a.md", b"x\n\n", "blank lines"),
        ("a.json", b"{]\n", "does not parse"),
        ("a.toml", b"a = \n", "does not parse"),
        ("a.bin", bytes(check_files.MAX_BYTES + 1), "bytes"),
        ("checkpoints/a.bin", bytes(check_files.MAX_BYTES + 1), None),
        ("checkpoints/a.json", b"{}", None),
        ("checkpoints/a.json", b"{", "does not parse"),
    ],
)
def test_files_are_checked_before_a_commit(
    name, content, complaint, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    assert check_files.main([name]) == int(complaint is not None)
    assert (complaint or "") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("platform", "gpu", "chosen", "answers", "options"),
    [
        ("linux", None, "", True, f"--extra-index-url {torch_index.CPU_INDEX}"),
        ("linux", None, "", False, ""),
        ("linux", "/usr/bin/nvidia-smi", "", True, ""),
        ("darwin", None, "", True, ""),
        ("linux", None, "none", True, ""),
        ("darwin", None, "https://index", True, "--extra-index-url https://index"),
    ],
)
def test_the_cpu_build_is_chosen_where_it_helps(
    platform, gpu, chosen, answers, options, monkeypatch
):
    monkeypatch.setattr(torch_index.sys, "platform", platform)
    monkeypatch.setattr(torch_index.shutil, "which", lambda _: gpu)
    monkeypatch.setattr(torch_index, "answers", lambda _: answers)
    monkeypatch.setenv("TORCH_INDEX", chosen)
    assert torch_index.pip_options() == options


def a_need(*, found):
    return system_packages.Need(
        "Chromium", lambda: found.pop(0), "tests are skipped", ("chromium",), "or so"
    )


def test_a_missing_program_is_named_with_its_remedy(monkeypatch, capsys):
    monkeypatch.setattr(system_packages, "NEEDS", {"test": (a_need(found=[0, 0]),)})
    monkeypatch.setattr(system_packages, "can_use_apt", lambda: False)
    system_packages.main(["test"])
    said = capsys.readouterr().out
    assert "Chromium is missing: tests are skipped" in said
    assert "sudo apt-get install chromium" in said


def test_root_on_debian_gets_a_missing_program_installed(monkeypatch, capsys):
    installed = []
    monkeypatch.setattr(system_packages, "NEEDS", {"test": (a_need(found=[0, 1]),)})
    monkeypatch.setattr(system_packages, "can_use_apt", lambda: True)
    monkeypatch.setattr(system_packages, "install", installed.extend)
    system_packages.main(["test"])
    assert installed == ["chromium"]
    assert "missing" not in capsys.readouterr().out


def test_nothing_is_installed_where_nothing_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(system_packages, "NEEDS", {"test": (a_need(found=[1]),)})
    monkeypatch.setattr(system_packages, "can_use_apt", lambda: pytest.fail("asked"))
    system_packages.main(["test"])
    assert capsys.readouterr().out == ""


def test_the_table_of_checkpoints_shows_what_was_measured(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    config = {
        "model": model_config_to_json(CONFIGS["cat-mel_2bar_small"].model),
        "training": {"minutes": 120.4, "hardware": "CPU, 2 threads"},
    }
    metrics = {
        "reconstruction": {
            "teacher_forced": {"accuracy": 0.9774},
            "sampled": {"accuracy": 0.9035},
        },
        "kl_bits": 123.4,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (tmp_path / "damaged").mkdir()
    last = update_readme.table(tmp_path).splitlines()[-1]
    assert last == (
        "| [small](checkpoints/small/README.md) | melody | 2 | 4.4 M | 0.977 | 0.903 "
        "| 123 bits | 120 minutes on CPU, 2 threads |"
    )


def test_only_the_lines_between_the_markers_are_replaced():
    text = f"above\n{update_readme.BEGIN}\nold\n{update_readme.END}\nbelow\n"
    new = update_readme.filled(text, "new")
    assert new == text.replace("old", "new")
    assert update_readme.filled(new, "new") == new


def test_benchmarks_take_turns_after_a_warm_up():
    calls = []
    tasks = {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}
    timings = alternate(tasks, runs=3)
    assert "".join(calls) == "ab" + "ababab"
    assert timings["a"].runs == 3
    assert timings["a"].min_ms <= timings["a"].median_ms <= timings["a"].max_ms


def test_a_log_gives_its_looks_at_validation_tunes():
    seen = {"kl_bits": 12.34, "teacher_forced": 0.9, "sampled": 0.8}
    seen |= {"exact_phrases": 0.123456}
    lines = [
        {"examples": 8, "beta": 0.1, "validation": None},
        {"examples": 16, "beta": 0.2, "validation": seen},
    ]
    (look,) = draw_runs.looks("\n".join(map(json.dumps, lines)) + "\n")
    assert (look["examples"], look["beta"], look["kl_bits"]) == (16, 0.2, 12.3)
    assert (look["sampled"], look["exact_phrases"]) == (0.8, 0.1235)


def test_the_picture_of_the_runs_is_drawn_from_the_numbers_beside_it():
    runs = json.loads(draw_runs.RUNS.read_text())
    figure = draw_runs.drawing()
    drawn = {trace.name: (trace.x, trace.y) for trace in figure.data}
    assert len(drawn) == 2 * len(runs)
    for name, looks in runs.items():
        assert list(drawn[f"{name}, alone, drawn"][0]) == [k["kl_bits"] for k in looks]
        assert list(drawn[f"{name}, alone, drawn"][1]) == [k["sampled"] for k in looks]
    assert all(name in draw_runs.PICTURE.read_text() for name in runs)
