"""Reads what `evaluate` measured, `metrics.json`, for tables and figures.

**Conventions.** What a model did not measure is not there: older checkpoints lack some
figures, and music of one part has none by part.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.encodings import EncodingName

Metrics = Mapping[str, Any]
Models = Mapping[str, Metrics]  # by name

WAY_NAMES: Final = {
    "teacher_forced": "after true events",
    "teacher_forced_from_mu": "after true events, z = mu",
    "sampled": "alone, drawn",
    "sampled_from_mu": "alone, drawn, z = mu",
    "argmax_from_mu": "alone, likeliest, z = mu",
}
GROUP_NAMES: Final = {
    "samples": "from the prior",
    "near": "between real codes",
    "train": "training phrases",
    "data": "held-out phrases",
}


def encoding_of(metrics: Metrics) -> EncodingName:
    """What a model writes; melodies where its metrics do not say."""
    found: EncodingName = metrics.get("encoding", "melody")
    return found


def parts_of(metrics: Metrics) -> list[str]:
    """The parts that were scored apart, none where there is but one."""
    first: Metrics = next(iter(metrics["reconstruction"].values()), {})
    return list(first.get("by_part", {}))


def look_up(metrics: Metrics, keys: Sequence[str]) -> Any:  # noqa: ANN401 (JSON)
    """The value at the end of the keys, from the outside in, or None."""
    found: Any = metrics
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return found


def accuracies_by_step(
    models: Models,
) -> Iterator[tuple[int, str, str, Sequence[float]]]:
    """(colour, label, way, accuracy at each step) of the lines of all models.

    Colours tell models apart; of a single model they tell its parts apart, or where it
    has one part, the ways.
    """
    place = 0
    for model, (name, metrics) in enumerate(models.items()):
        for way in ("teacher_forced", "sampled"):
            score = metrics["reconstruction"].get(way, {})
            if "accuracy_by_step" not in score:
                continue
            said = WAY_NAMES[way]
            if len(models) > 1:
                yield model, f"{name}, {said}", way, score["accuracy_by_step"]
            elif "by_part" in score:
                for index, (part, own) in enumerate(score["by_part"].items()):
                    yield index, f"{part}, {said}", way, own["accuracy_by_step"]
            else:
                yield place, said, way, score["accuracy_by_step"]
            place += 1


def reconstruction_series(models: Models) -> list[tuple[str, tuple[str, ...], str]]:
    """(model, keys of a value within each way, label) of what is drawn side by side.

    Several models by their accuracy; a single one by its parts, or where it has one,
    plain beside weighted.
    """
    if len(models) > 1:
        return [(name, ("accuracy",), name) for name in models]
    ((name, metrics),) = models.items()
    if parts := parts_of(metrics):
        of_parts = [(name, ("by_part", part, "accuracy"), part) for part in parts]
        return [(name, ("accuracy",), "all parts"), *of_parts]
    return [
        (name, ("accuracy",), "every phrase counted alike"),
        (name, ("weighted_accuracy",), "sources counted as in training"),
    ]


def works(metrics: Metrics, name: str) -> float | None:
    """Share of held-out phrases in which an attribute went where it was asked to.

    None: it was not measured.
    """
    found = look_up(metrics, ("attribute_success", "works", name))
    return None if found is None else float(found)
