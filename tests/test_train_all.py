"""Plans of several runs: their order, their budgets, their commands."""

import json
import sys
from pathlib import Path

import pytest

from explorer.commands.parser import build
from explorer.presets import CONFIGS
from scripts.train_all import PLANS, Run, minutes_left, read_plan, ready, train_all

PLAN = sorted(PLANS.glob("*.toml"))
FIRST = Run(name="first", preset="p", bars=2, minutes=10)
SECOND = Run(name="second", preset="p", bars=2, minutes=10, start_from="first")
OTHER = Run(name="other", preset="p", bars=2, minutes=10)


@pytest.mark.parametrize("path", PLAN, ids=lambda path: path.stem)
def test_every_command_of_a_plan_is_one_that_train_knows(path):
    runs = read_plan(path)
    assert any(run.promote for run in runs)
    for run in runs:
        command = run.train_command(5, "cpu")
        assert command[:3] == [sys.executable, "-m", "explorer"]
        arguments = build().parse_args(command[3:])
        model = CONFIGS[arguments.preset].model
        assert run.bars % model.num_bars == 0, f"{run.name} cannot train on its data"
        assert run.music == model.encoding
        prepare = build().parse_args(run.prepare_command(["corpus"])[3:])
        assert (prepare.bars, prepare.music) == (run.bars, run.music)


@pytest.mark.parametrize("path", PLAN, ids=lambda path: path.stem)
def test_the_two_long_models_of_a_plan_differ_in_the_decoder_alone(path):
    runs = {run.name: run for run in read_plan(path)}
    hier, flat = runs["mel_16bar_hier"], runs["mel_16bar_flat"]
    same = ("bars", "minutes", "start_from")
    assert [getattr(hier, k) for k in same] == [getattr(flat, k) for k in same]
    models = [CONFIGS[run.preset].model for run in (hier, flat)]
    for part in ("bar_enc_rnn_size", "enc_rnn_size", "z_size"):
        assert getattr(models[0], part) == getattr(models[1], part)
    assert models[0].is_hierarchical
    assert not models[1].is_hierarchical


def test_a_run_waits_for_the_one_it_starts_from():
    left = {"first": 10.0, "second": 10.0, "other": 10.0}
    runs = [FIRST, SECOND, OTHER]
    assert ready(runs, left, set()) == [FIRST, OTHER]
    assert ready(runs, left, {"first"}) == [OTHER]
    assert ready(runs, {**left, "first": 0.0}, {"other"}) == [SECOND]


def test_a_run_that_starts_from_a_later_one_is_refused(tmp_path):
    plan = tmp_path / "plan.toml"
    head = '[[run]]\npreset = "p"\nbars = 2\nminutes = 1\n'
    plan.write_text(f'{head}name = "a"\nstart_from = "b"\n{head}name = "b"\n')
    with pytest.raises(SystemExit, match="starts from b, which is no earlier run"):
        read_plan(plan)
    plan.write_text(2 * f'{head}name = "a"\n')
    with pytest.raises(SystemExit, match="two runs are called a"):
        read_plan(plan)


def test_minutes_are_counted_over_all_sittings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert minutes_left(FIRST) == 10
    export = Path("runs/first/export")
    export.mkdir(parents=True)
    for steps, minutes, left in ((5, 4.0, 6.0), (5, 11.0, 0.0), (9, 4.0, 0.0)):
        training = {"steps": steps, "num_steps": 9, "minutes": minutes}
        (export / "config.json").write_text(json.dumps({"training": training}))
        assert minutes_left(FIRST) == left


def test_all_runs_are_trained_in_order_and_a_failure_stops_the_queue(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    code = (
        "import json, pathlib, sys; name = sys.argv[1];"
        "e = pathlib.Path('runs', name, 'export'); e.mkdir(exist_ok=True);"
        "t = dict(steps=1, num_steps=1, minutes=0.1);"
        "(e / 'config.json').write_text(json.dumps(dict(training=t)));"
        "sys.exit(name == 'other')"
    )
    monkeypatch.setattr(
        Run, "train_command", lambda run, *_: [sys.executable, "-c", code, run.name]
    )
    monkeypatch.setattr("scripts.train_all.POLL_SECONDS", 0.01)
    train_all([FIRST, SECOND], jobs=1, minutes=5, device="cpu")
    told = capsys.readouterr().out.split("\n")
    assert told[:4] == ["train first", "done  first", "train second", "done  second"]
    with pytest.raises(SystemExit, match="other failed"):
        train_all([OTHER], jobs=1, minutes=5, device="cpu")
