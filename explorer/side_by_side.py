"""Checkpoints side by side, from their `metrics.json` alone.

The figures are drawn from the numbers that stand in the file written beside them, so
that anybody can draw them again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer.checkpoint import Checkpoint
from explorer.errors import CheckpointError
from explorer.markdown import number, table
from explorer.measured import parts_of

_KEPT: Final = (
    "encoding",
    "reconstruction",
    "interpolation",
    "kl_bits",
    "kl_bits_by_dimension",
    "active_units",
    "posterior",
    "eval",
)


def numbers(checkpoints: Sequence[Checkpoint]) -> dict[str, dict[str, Any]]:
    """What is compared of each checkpoint, by its name.

    Raises
    ------
    CheckpointError
        If a checkpoint has no figures, or two have one name.
    """
    found: dict[str, dict[str, Any]] = {}
    for checkpoint in checkpoints:
        if "reconstruction" not in checkpoint.metrics:
            raise CheckpointError(
                f"{checkpoint.path} has no measured accuracy. Compare promoted "
                "checkpoints; `promote` measures."
            )
        if checkpoint.name in found:
            raise CheckpointError(
                f"Two of the checkpoints are called {checkpoint.name!r}. Promote one "
                "of them under another name."
            )
        found[checkpoint.name] = {
            "num_bars": checkpoint.config.num_bars,
            "decoder": "hierarchical" if checkpoint.config.is_hierarchical else "flat",
            "num_parameters": checkpoint.model.num_parameters(),
            "examples": checkpoint.training.get("examples"),
            "minutes": checkpoint.training.get("minutes"),
            **{
                key: checkpoint.metrics[key]
                for key in _KEPT
                if key in checkpoint.metrics
            },
        }
    return found


def comparison_table(models: Mapping[str, Mapping[str, Any]]) -> str:
    """A row per model, as Markdown; what was not measured is a dash."""
    header = [
        "checkpoint",
        "decoder",
        "parameters",
        "teacher-forced",
        "sampled",
        "onset F1, sampled",
        "KL, bits",
        "numbers that carry KL",
        "collapsed",
        "cost at the middle",
        "of mixed steps",
    ]
    return table(header, [_row(name, found) for name, found in models.items()])


def parts_table(models: Mapping[str, Mapping[str, Any]]) -> str:
    """A row per part of each model that has several, as Markdown; "" without any."""
    rows = [
        [
            name,
            part,
            *(
                number(found["reconstruction"][way]["by_part"][part][score])
                for score in ("accuracy", "onset_f1")
                for way in ("teacher_forced", "sampled")
            ),
        ]
        for name, found in models.items()
        for part in parts_of(found)
    ]
    header = [
        "checkpoint",
        "part",
        "teacher-forced",
        "sampled",
        "onset F1, teacher-forced",
        "onset F1, sampled",
    ]
    return table(header, rows) if rows else ""


def same_phrases(models: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether all were measured on one split of one data set, by the same draws."""
    keys = ("data_sha256", "split", "num_windows", "seed")
    facts = [{key: found["eval"].get(key) for key in keys} for found in models.values()]
    return all(fact == facts[0] for fact in facts)


def _row(name: str, found: Mapping[str, Any]) -> list[str]:
    posterior = found.get("posterior")
    blends = found.get("interpolation")
    middle = len(blends["positions"]) // 2 if blends else 0
    return [
        name,
        found["decoder"],
        f"{found['num_parameters'] / 1e6:.1f} M",
        number(found["reconstruction"]["teacher_forced"]["accuracy"]),
        number(found["reconstruction"]["sampled"]["accuracy"]),
        number(found["reconstruction"]["sampled"]["onset_f1"]),
        number(found["kl_bits"]),
        f"{posterior['num_carrying']} of {len(found['kl_bits_by_dimension'])}"
        if posterior
        else "-",
        ("yes" if posterior["collapsed"] else "no") if posterior else "-",
        number(blends["model"]["relative_cost"][middle]) if blends else "-",
        number(blends["data_space"]["relative_cost"][middle]) if blends else "-",
    ]
