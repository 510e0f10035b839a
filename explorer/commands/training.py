"""Commands that make a model: prepare, train, evaluate, promote.

Progress goes to stderr, and only when that is a terminal.
"""

import dataclasses
import datetime
from argparse import Namespace
from pathlib import Path
from typing import Any

import torch

from explorer import checkpoint, dataset, pictures
from explorer.attribute_renewal import renew_attributes
from explorer.commands import Report
from explorer.commands.progress import files_done, progress_bar, stages
from explorer.commands.tunes import CHECKPOINTS, checkpoint_folder
from explorer.config import TrainConfig
from explorer.errors import DataError
from explorer.evaluate import evaluate as measure_model
from explorer.prepare import prepare as prepare_data
from explorer.presets import CONFIGS, RECIPES
from explorer.promote import promote as write_checkpoint
from explorer.train import Pace, Progress, stop_on_signals
from explorer.train import train as train_model
from explorer.trained_model import VECTORS, read_vectors

RUNS = Path("runs")


def prepare(arguments: Namespace) -> Report:
    """Read music files and write training data."""
    with progress_bar("files") as bar:
        data = prepare_data(
            arguments.corpora,
            arguments.out,
            num_bars=arguments.bars,
            music=arguments.music,
            arrange=arguments.arrange,
            workers=arguments.workers,
            seed=arguments.seed,
            progress=files_done(bar),
        )
    sizes = {name: len(split) for name, split in data.splits.items()}
    sources = {
        source.name: {"tunes": source.num_tunes, "phrases": source.num_windows}
        for source in data.sources
    }
    return Report(
        values={
            "data": str(arguments.out),
            "sha256": data.sha256,
            "num_tunes": len(data.tunes),
            "num_windows": sizes,
            "sources": sources,
        },
        text=f"{arguments.out}: {sum(sizes.values()):,} phrases of {len(data.tunes):,} "
        f"tunes; what was left out and why is in {arguments.out / 'left_out.jsonl'}",
    )


def train(arguments: Namespace) -> Report:
    """Train a preset, or resume its run."""
    preset = CONFIGS[arguments.preset]
    given = {
        field.name: getattr(arguments, field.name)
        for field in dataclasses.fields(TrainConfig)
        if getattr(arguments, field.name) is not None
    }
    settings = RECIPES[arguments.recipe] if arguments.recipe else preset.train
    config = dataclasses.replace(preset, train=dataclasses.replace(settings, **given))
    folder: Path = arguments.out or RUNS / (arguments.name or arguments.preset)
    checkpoint.check_name(folder.name)
    device = arguments.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise DataError(
            "There is no CUDA device on this computer. Train with --device cpu."
        )
    data = dataset.load(arguments.data)
    start = None
    if arguments.start_from:
        start = checkpoint.load(checkpoint_folder(arguments.start_from))
    last: Progress | None = None
    with (
        progress_bar("step", total=config.train.num_steps) as bar,
        stop_on_signals() as asked,
    ):

        def show(progress: Progress) -> None:
            nonlocal last
            last = progress
            bar.update(progress.step - bar.n)
            bar.set_postfix_str(
                f"loss {progress.loss:.2f}, KL {progress.kl_bits:.0f} bits, "
                f"accuracy {progress.accuracy:.3f}"
            )

        trainer = train_model(
            config,
            data,
            folder,
            minutes=arguments.minutes,
            device=device,
            bf16={"auto": None, "on": True, "off": False}[arguments.bf16],
            start=start,
            pace=Pace(
                validate_minutes=arguments.save_minutes,
                save_minutes=arguments.save_minutes,
            ),
            on_progress=show,
            should_stop=asked,
        )
    values: dict[str, Any] = {"run": str(folder), "step": trainer.step}
    text = f"{folder}: {trainer.step:,} steps"
    if last is not None:
        values |= dataclasses.asdict(last)
        text += f", accuracy {last.accuracy:.3f} at {last.kl_bits:.0f} bits"
    return Report(
        values=values, text=f"{text}. Next: promote {folder} {arguments.data}"
    )


def evaluate(arguments: Namespace) -> Report:
    """Measure a checkpoint on held-out tunes; prints what `metrics.json` holds."""
    torch.set_num_threads(arguments.threads)
    found = checkpoint.load(checkpoint_folder(arguments.checkpoint))
    with progress_bar("stage") as bar:
        metrics = measure_model(
            found.model,
            dataset.load(arguments.data),
            split=arguments.split,
            seed=arguments.seed,
            limit=arguments.limit,
            vectors=read_vectors(found) if VECTORS in found.files else None,
            on_stage=stages(bar),
        )
    return Report(values=metrics, text=_summary(metrics))


def promote(arguments: Namespace) -> Report:
    """Make a checkpoint of a training run."""
    torch.set_num_threads(arguments.threads)
    name = arguments.name or arguments.run.resolve().name
    today = datetime.datetime.now(tz=datetime.UTC).date()
    reason = pictures.problem()
    with progress_bar("stage") as bar:
        folder = write_checkpoint(
            arguments.run,
            dataset.load(arguments.data),
            name,
            root=arguments.root or CHECKPOINTS,
            date=today.isoformat(),
            seed=arguments.seed,
            half=not arguments.full,
            limit=arguments.limit,
            num_phrases=arguments.phrases,
            draw=None if reason else pictures.svg_files,
            on_stage=stages(bar),
        )
    found = checkpoint.load(folder)
    figures = sorted(file for file in found.files if file.endswith(".svg"))
    text = f"{folder}: {_summary(found.metrics)}"
    if not figures:
        reason = reason or "The browser failed."
        text += f". Figures were left out: {reason} Then: figures {folder}"
    return Report(
        values={
            "checkpoint": str(folder),
            "metrics": found.metrics,
            "figures": figures,
        },
        text=text,
    )


def attributes(arguments: Namespace) -> Report:
    """Find and measure the attribute vectors of a checkpoint again."""
    torch.set_num_threads(arguments.threads)
    folder = checkpoint_folder(arguments.checkpoint)
    with progress_bar("stage") as bar:
        found = renew_attributes(
            checkpoint.load(folder),
            dataset.load(arguments.data),
            seed=arguments.seed,
            on_stage=stages(bar),
        )
    values = {
        name: found.metrics[name] for name in ("attribute_changes", "attribute_success")
    }
    works = values["attribute_success"]["works"]
    said = ", ".join(
        f"{name} {'-' if share is None else f'{share:.0%}'}"
        for name, share in works.items()
    )
    return Report(
        values=values,
        text=f"{folder}: of held-out phrases that can follow, these do: {said}. "
        f"Next: figures {folder}",
    )


def _summary(metrics: dict[str, Any]) -> str:
    reconstruction, facts = metrics["reconstruction"], metrics["eval"]
    parts = reconstruction["sampled"].get("by_part", {})
    by_part = ", ".join(
        f"{name} {part['accuracy']:.4f}" for name, part in parts.items()
    )
    return (
        f"accuracy {reconstruction['teacher_forced']['accuracy']:.4f} teacher-forced, "
        f"{reconstruction['sampled']['accuracy']:.4f} sampled"
        f"{f' ({by_part})' if by_part else ''}, "
        f"{metrics['kl_bits']:.1f} bits of KL, {metrics['active_units']} active units "
        f"({facts['num_windows']:,} phrases of {facts['num_tunes']:,} tunes)"
    )
