"""The model card of a checkpoint, every figure taken from its JSON files.

Parts: summary, details, use, data, training, results, limits, loading, citation. A
test holds each committed card to its `metrics.json`.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer import card_results
from explorer.card_words import WORDS
from explorer.checkpoint import Checkpoint
from explorer.config import TrainConfig
from explorer.dataset import SPLITS, Dataset
from explorer.library import Library
from explorer.markdown import bullets, number, table
from explorer.presets import CONFIGS, RECIPES

HEADINGS: Final = (
    "Model details",
    "Intended use",
    "Data",
    "Training",
    "Results",
    "Limitations and biases",
    "How to load",
    "Citation",
)


def write(
    checkpoint: Checkpoint,
    data: Dataset,
    library: Library,
    *,
    half: bool,
    figures: Sequence[str] = (),
) -> str:
    """The card as Markdown; `figures` are files of the same folder that it shows."""
    parts = {
        "Model details": _details(checkpoint, half=half),
        "Intended use": _USE.format(music=WORDS[checkpoint.config.encoding].many),
        "Data": _data(data, library),
        "Training": _training(checkpoint, data),
        "Results": card_results.write(checkpoint.metrics, library.trust, figures),
        "Limitations and biases": _limits(checkpoint, data),
        "How to load": _LOADING.format(name=checkpoint.name),
        "Citation": _CITATION,
    }
    sections = [f"## {heading}\n\n{parts[heading].strip()}\n" for heading in HEADINGS]
    return "\n".join([_summary(checkpoint, data), *sections])


def train_command(checkpoint: Checkpoint) -> str:
    """The command that trains such a model again; `DATA` is the prepared folder."""
    preset = CONFIGS.get(checkpoint.preset)
    bases = {f"--recipe {name}": recipe for name, recipe in RECIPES.items()}
    if preset:
        bases = {"": preset.train, **bases}
    commands = [
        [*filter(None, [option]), *_changes(base, checkpoint.training)]
        for option, base in bases.items()
    ]
    minutes = max(1, round(checkpoint.training.get("minutes", 0)))
    parts = [checkpoint.preset, "DATA", f"--name {checkpoint.name}"]
    if start := checkpoint.training.get("start"):
        parts.append(f"--start_from runs/{start['name']}/export")
    settings = min(commands, key=len)
    return " ".join(
        ["python -m explorer train", *parts, f"--minutes {minutes}", *settings]
    )


def stages(training: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a model was trained by, the run itself first, then what it started from."""
    found = [training]
    while start := found[-1].get("start"):
        found.append(start)
    return found


def _changes(base: TrainConfig, training: Mapping[str, Any]) -> list[str]:
    """The flags that turn `base` into what a model was trained with."""
    return [
        f"--{field} {training[field]}"
        for field, value in dataclasses.asdict(base).items()
        if training.get(field, value) != value
    ]


def _summary(checkpoint: Checkpoint, data: Dataset) -> str:
    config = checkpoint.config
    music = WORDS[config.encoding].music
    num_tunes = sum(tune.split == "train" for tune in data.tunes)
    return (
        f"# {checkpoint.name}\n\n"
        f"A MusicVAE that turns {config.num_bars} bars of {music} into "
        f"{config.z_size} numbers and back, trained on {num_tunes:,} tunes.\n"
    )


def _details(checkpoint: Checkpoint, *, half: bool) -> str:
    config, training = checkpoint.config, checkpoint.training
    kind = "hierarchical" if config.is_hierarchical else "flat"
    parameters = checkpoint.model.num_parameters()
    stored = "float16 (computed with as float32)" if half else "float32"
    return bullets(
        [
            f"Type: recurrent variational autoencoder, {kind} decoder; "
            f"preset `{checkpoint.preset}`",
            f"Reads and writes: {config.num_bars} bars of 4/4 in sixteenths "
            f"({config.num_steps} {WORDS[config.encoding].steps})",
            f"Size: {parameters:,} parameters, {config.z_size} latent numbers; "
            f"weights stored as {stored}",
            f"Date: {training.get('date', 'not recorded')}",
            "Licence of the weights: Apache-2.0. The music keeps its own licences, "
            "listed under Data",
        ]
    )


_USE: Final = """
For blending, varying and exploring {music} by ear, and for teaching and
research on latent spaces. Not for telling who wrote a tune, not as a measure of how
good one is, and not for passing off its output as a human's. It can write out
phrases of the music it was trained on nearly note by note.
"""


def _data(data: Dataset, library: Library) -> str:
    rows = [
        [
            f"[{source.name}]({source.url})" if source.url else source.name,
            source.licence,
            f"{source.num_tunes:,}",
            f"{source.num_windows.get('train', 0):,}",
            f"{100 * source.weight:.1f} %",
            source.citation,
        ]
        for source in data.sources
    ]
    header = ["source", "licence", "tunes", "training phrases", "share", "citation"]
    held_out = {name: len(data.split(name).tokens) for name in ("validation", "test")}
    tunes = Counter(tune.split for tune in data.tunes)
    share = {name: tunes[name] / max(len(data.tunes), 1) for name in SPLITS}
    return "\n\n".join(
        [
            table(header, rows),
            *_arranged(data),
            f"Split by tune: {share['train']:.0%} of the tunes for training, "
            f"{share['validation']:.0%} for validation "
            f"({held_out['validation']:,} phrases), {share['test']:.0%} "
            f"for testing ({held_out['test']:,} phrases). *Share* is how much of each "
            "training batch comes from a source. The files are not shipped. "
            f"`latents.safetensors` and `phrases.json` hold the codes, titles and "
            f"sources of {len(library):,} phrases from all splits; a dot on the map "
            "plays the model's version.",
        ]
    )


def _arranged(data: Dataset) -> list[str]:
    """How much of the data a machine arranged; nothing where it is none."""
    arranged = [s for s in data.sources if s.name.startswith(card_results.ARRANGED)]
    if not arranged:
        return []
    share = sum(source.weight for source in arranged)
    counts = [
        sum(source.num_windows.get("train", 0) for source in sources)
        for sources in (arranged, data.sources)
    ]
    return [
        f"**Arranged by machine**: {share:.0%} of each training batch, {counts[0]:,} "
        f"of {counts[1]:,} training phrases, are melodies by people with a bass and "
        "drums that a program of this project added (sources whose names begin with "
        f"`{card_results.ARRANGED}`): those parts follow a few rules. The other "
        "sources are as somebody wrote them. Results are given for both apart."
    ]


def _stage(stage: Mapping[str, Any]) -> str:
    """What an earlier run learnt from, and for how long."""
    facts = f"{number(stage['examples'])} phrases, {number(stage['minutes'])} minutes"
    on_bars = stage.get("objective") == "bar_codes"
    return f"{facts}, on the codes of bars" if on_bars else facts


def _training(checkpoint: Checkpoint, data: Dataset) -> str:
    training = dict(checkpoint.training)
    if {"beta_rate", "steps"} <= training.keys():
        grown = 1 - training["beta_rate"] ** training["steps"]
        training["last_beta"] = grown * training["max_beta"]
    facts = [
        f"{label}: {number(training[key])}"
        for key, label in (
            ("steps", "Steps"),
            ("examples", "Phrases seen, repeats counted"),
            ("batch_size", "Batch size"),
            ("max_beta", "Largest weight of the KL (beta)"),
            ("last_beta", "Weight of the KL at the end"),
            ("free_bits", "Free bits"),
            ("max_transpose", "Transposed by up to, semitones"),
            ("seed", "Seed"),
            ("minutes", "Minutes"),
            ("hardware", "Hardware"),
        )
        if key in training
    ]
    facts += [
        f"Started from: `{stage['name']}`, {_stage(stage)}"
        for stage in stages(training)[1:]
    ]
    options = f"--bars {data.num_bars}"
    if data.encoding != "melody":
        options += f" --music {data.encoding}"
    return (
        f"{bullets(facts)}\n\nTo train it again, `DATA` being the folder that "
        f"`python -m explorer prepare CORPUS... -o DATA {options}` makes:"
        f"\n\n```\n{train_command(checkpoint)}\n```"
    )


def _limits(checkpoint: Checkpoint, data: Dataset) -> str:
    shares = sorted(data.sources, key=lambda source: -source.weight)
    most = ", ".join(f"{s.name} {100 * s.weight:.0f} %" for s in shares[:3])
    bits = number(checkpoint.metrics["kl_bits"])
    return bullets(
        [
            *WORDS[checkpoint.config.encoding].limits,
            f"{checkpoint.config.num_bars} bars at a time: it knows nothing of what "
            "comes before or after",
            f"Its taste is that of its sources (most drawn: {most}). Music unlike them "
            "comes back less faithfully",
            f"A code takes {bits} bits to tell from the prior, so real phrases fill "
            "little of it: the app draws new tunes between real phrases, not from "
            "the prior (the table above shows what the prior gives)",
            "Attribute vectors move other attributes too; the app shows what was "
            "wanted and what was got",
        ]
    )


_LOADING: Final = """
```python
from pathlib import Path
from explorer import trained_model

model = trained_model.load(Path("checkpoints/{name}"))
tune = model.decode(model.sample(1, seed=0))[0].tune
```
"""

_CITATION: Final = """
Roberts, Engel, Raffel, Hawthorne, Eck (2018): A Hierarchical Latent Vector Model for
Learning Long-Term Structure in Music. ICML, arXiv:1803.05428. The implementation is
this repository's own; sizes and names of presets follow Magenta's.
"""
