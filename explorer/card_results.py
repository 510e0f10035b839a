"""The results of a model card: what `metrics.json` holds, in words and tables.

Figures that an older checkpoint did not measure are left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer.attributes import attributes_of
from explorer.card_words import WORDS
from explorer.figures import DRAWINGS
from explorer.markdown import bullets, number, table
from explorer.measured import GROUP_NAMES, encoding_of, parts_of

BEGIN: Final = "<!-- figures -->"
END: Final = "<!-- /figures -->"
ARRANGED: Final = "arranged-"  # begins the names of sources that a machine arranged

_WAYS: Final = {
    "teacher_forced": "next event after true ones, likeliest",
    "teacher_forced_from_mu": "the same, z = mu",
    "sampled": "written alone, drawn at temperature 1, z drawn",
    "sampled_from_mu": "written alone, drawn at temperature 1, z = mu",
    "argmax_from_mu": "written alone, likeliest, z = mu (what the app plays)",
}
_PART_WAYS: Final = ("teacher_forced", "sampled", "argmax_from_mu")
_SHOWN_POSITIONS: Final = (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0)


def write(
    metrics: Mapping[str, Any],
    trust: Mapping[str, Mapping[str, float]],
    figures: Sequence[str],
) -> str:
    """The section; `figures` are the files of the folder that it shows."""
    facts = metrics["eval"]
    samples = metrics["samples"]
    parts = [
        f"On {facts['num_windows']:,} phrases of {facts['num_tunes']:,} tunes "
        f"that were held out ({facts['split']} split, seed {facts['seed']}). "
        + WORDS[encoding_of(metrics)].scores
        + _weighting(metrics),
        results_table(metrics),
        *_by_part(metrics),
        sources_table(metrics),
        figure_block(figures),
        "### What a code says\n\n" + code_words(metrics),
    ]
    if "interpolation" in metrics:
        parts += ["### Blends", _blend_words(metrics), interpolation_table(metrics)]
    if "attribute_changes" in metrics:
        parts += ["### Attribute vectors", _CHANGES, changes_table(metrics)]
    if "attribute_success" in metrics:
        parts += [_SUCCESS, success_table(metrics)]
    parts += [
        "### New phrases",
        f"{samples['num']:,} draws from the prior, at temperature "
        f"{samples['temperature']}{_near_words(samples)}, beside real phrases:",
        samples_table(metrics),
    ]
    if "backbeat" in samples["data"]:
        parts.append(_BEAT)
    if "differences" in samples:
        parts += [_difference_words(metrics), differences_table(metrics)]
    if "copies" in samples:
        parts += [copy_words(metrics), copies_table(metrics)]
    parts += [
        "### The maps",
        "How far they can be believed:",
        trust_words(trust),
    ]
    return "\n\n".join(parts)


def trust_words(trust: Mapping[str, Mapping[str, float]]) -> str:
    """How far each map can be believed, a line each."""
    return bullets(
        f"{name.replace('_', ' ')}: trustworthiness "
        f"{number(values['trustworthiness'])}, "
        f"{100 * values['neighbours_kept']:.0f} % of the {values['num_near']} "
        "nearest phrases are near on the map too"
        for name, values in trust.items()
    )


def figure_block(files: Sequence[str]) -> str:
    """The figures between two marks, so that they can be put in later."""
    lines = [
        f"![{drawing.title}: {drawing.text}]({drawing.name}.svg)"
        for drawing in DRAWINGS
        if f"{drawing.name}.svg" in files
    ]
    return "\n\n".join([BEGIN, *lines, END])


def with_figures(card: str, files: Sequence[str]) -> str:
    """A card that shows these figures instead of those it had.

    Cards without a place for figures stay as they are.
    """
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{figure_block(files)}{after}" if begin and end else card


def without_figures(card: str) -> str:
    """The card without its pictures, for where the files beside it are out of reach."""
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before.rstrip()}\n\n{after.lstrip()}" if begin and end else card


def results_table(metrics: Mapping[str, Any]) -> str:
    """How well held-out phrases come back, a row per way of writing them."""
    reconstruction = metrics["reconstruction"]
    first = next(iter(reconstruction.values()))
    columns = [key for key, value in first.items() if isinstance(value, float)]
    header = ["", *(column.replace("_", " ") for column in columns)]
    rows = [
        [
            f"{name.replace('_', ' ')}: {meaning}",
            *(number(reconstruction[name][column]) for column in columns),
        ]
        for name, meaning in _WAYS.items()
        if name in reconstruction
    ]
    return table(header, rows)


def parts_table(metrics: Mapping[str, Any]) -> str:
    """How well each part comes back; what is not measured of a part is a dash."""
    ways = metrics["reconstruction"]
    header = ["part", *(f"{way.replace('_', ' ')}, accuracy" for way in _PART_WAYS)]
    scores = ("onset_f1", "hit_f1")
    header += [f"sampled, {score.replace('_', ' ')}" for score in scores]
    rows = []
    for part, sampled in ways["sampled"]["by_part"].items():
        accuracies = [ways[way]["by_part"][part]["accuracy"] for way in _PART_WAYS]
        cells = [number(sampled[key]) if key in sampled else "-" for key in scores]
        rows.append([part, *map(number, accuracies), *cells])
    return table(header, rows)


def sources_table(metrics: Mapping[str, Any]) -> str:
    """Accuracy by source of the held-out phrases, and by part if there are several.

    Where some sources were arranged by machine, those and the others are also summed
    up apart.
    """
    sources = dict(metrics["by_source"])
    if any(name.startswith(ARRANGED) for name in sources):
        sources |= {
            "all as they were written": _together(sources, is_arranged=False),
            "all arranged by machine": _together(sources, is_arranged=True),
        }
    sources = {name: values for name, values in sources.items() if values}
    parts = next(iter(sources.values())).get("by_part", {})
    rows = [
        [
            name,
            f"{values['num_windows']:,}",
            number(values["teacher_forced"]),
            number(values["sampled"]),
            *(
                number(values["by_part"][part][way])
                for part in parts
                for way in ("teacher_forced", "sampled")
            ),
        ]
        for name, values in sources.items()
    ]
    of_parts = [f"{part}, {way}" for part in parts for way in ("forced", "sampled")]
    header = ["source", "phrases", "teacher forced", "sampled", *of_parts]
    return table(header, rows)


def _together(
    sources: Mapping[str, Mapping[str, Any]], *, is_arranged: bool
) -> dict[str, Any]:
    """The sources of one kind as if they were one; {} if there is none."""
    chosen = [
        values
        for name, values in sources.items()
        if name.startswith(ARRANGED) == is_arranged
    ]
    if not chosen:
        return {}
    counts = [values["num_windows"] for values in chosen]

    def mean(found: Sequence[Mapping[str, float]], way: str) -> float:
        pairs = zip(counts, found, strict=True)
        return sum(count * values[way] for count, values in pairs) / sum(counts)

    ways = ("teacher_forced", "sampled")
    together: dict[str, Any] = {way: mean(chosen, way) for way in ways}
    together["num_windows"] = sum(counts)
    if "by_part" in chosen[0]:
        together["by_part"] = {
            part: {
                way: mean([values["by_part"][part] for values in chosen], way)
                for way in ways
            }
            for part in chosen[0]["by_part"]
        }
    return together


def code_words(metrics: Mapping[str, Any]) -> str:
    """What the KL and the other signs of collapse say of a model."""
    size = len(metrics["kl_bits_by_dimension"])
    said = (
        f"A phrase costs {number(metrics['kl_bits'])} bits (KL); "
        f"{metrics['active_units']} latent numbers are in use."
    )
    found = metrics.get("posterior")
    if not found:
        return said
    verdict = (
        "**The posterior has collapsed**: the decoder writes without the code."
        if found["collapsed"]
        else "The posterior has not collapsed: the decoder needs the code."
    )
    return "\n\n".join(
        [
            f"{said} {found['num_carrying']} of {size} ({found['share_carrying']:.0%}) "
            f"carry more than {found['carrying_nats']} nats, and "
            f"{found['dimensions_for_90_percent']} carry 90 % of the bits.",
            f"{verdict} With another phrase's code accuracy after true events falls "
            f"from {number(found['accuracy_with_own_code'])} to "
            f"{number(found['accuracy_with_other_code'])}.",
            "All codes together (aggregate posterior) are at least "
            f"{number(found['aggregate_kl_bits'])} bits from the prior, so at most "
            f"{number(found['information_bits_at_most'])} bits tell one phrase from "
            f"another. Codes are {number(found['mean_norm_of_mu'])} long on average, "
            f"draws from the prior {number(found['norm_of_prior'])}; the mean sigma is "
            f"{number(found['mean_sigma'])}.",
        ]
    )


def interpolation_table(metrics: Mapping[str, Any]) -> str:
    """Distance from A and relative cost along blends."""
    found = metrics["interpolation"]
    places = [i for i, s in enumerate(found["positions"]) if s in _SHOWN_POSITIONS]
    rows = [
        [f"{label}, {how}", *(number(found[way][key][i]) for i in places)]
        for key, label in (
            ("distance_to_a", "distance from A"),
            ("relative_cost", "relative cost"),
        )
        for way, how in (("model", "this model"), ("data_space", "steps mixed"))
    ]
    return table(["", *(f"{found['positions'][i]:g}" for i in places)], rows)


def changes_table(metrics: Mapping[str, Any]) -> str:
    """What each vector does to its own attribute, and the most it does to another."""
    changes = metrics["attribute_changes"]
    attributes = attributes_of(encoding_of(metrics))
    rows = [
        [
            f"{attributes[name].label} (`{name}`)",
            *(
                _own_and_other(changes[where][what][index], index)
                for where in ("held_out", "prior")
                for what in ("add", "subtract")
            ),
        ]
        for index, name in enumerate(changes["names"])
    ]
    header = ["vector", "added", "subtracted", "prior, added", "prior, subtracted"]
    return table(header, rows)


def success_table(metrics: Mapping[str, Any]) -> str:
    """How often each attribute follows its vector, and how the vector was found."""
    found = metrics["attribute_success"]
    changes = metrics["attribute_changes"]
    attributes = attributes_of(encoding_of(metrics))
    rows = [
        [
            f"{attributes[name].label} (`{name}`)",
            way,
            *(
                _share(found[direction][what][name])
                for what in ("followed", "could")
                for direction in ("add", "subtract")
            ),
        ]
        for name, way in zip(changes["names"], changes["ways"], strict=True)
    ]
    header = ["vector", "found as", "followed, added", "followed, subtracted"]
    return table([*header, "could follow, up", "could follow, down"], rows)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def samples_table(metrics: Mapping[str, Any]) -> str:
    """Statistics of new phrases beside those of real ones."""
    samples = metrics["samples"]
    if "near" in samples:
        groups = {key: name for key, name in GROUP_NAMES.items() if key in samples}
    else:
        groups = {"samples": "samples", "data": "real phrases"}
    rows = [
        [name.replace("_", " "), *(number(samples[group][name]) for group in groups)]
        for name in samples["data"]
    ]
    return table(["", *groups.values()], rows)


def differences_table(metrics: Mapping[str, Any]) -> str:
    """How far new phrases are from held-out ones, and training phrases."""
    found = metrics["samples"]["differences"]
    rows = [
        [name.replace("_", " "), *(number(found[group][name]) for group in found)]
        for name in next(iter(found.values()))
    ]
    return table(["", *(GROUP_NAMES[group] for group in found)], rows)


def copies_table(metrics: Mapping[str, Any]) -> str:
    """How many two-bar windows stand in the training data."""
    copies = metrics["samples"]["copies"]
    columns = {"exact": "note for note", "transposed": "in any key"}
    shown = [key for key in columns if all(key in found for found in copies.values())]
    counted: dict[str, Mapping[str, Any]] = {}
    for group, values in copies.items():
        name = GROUP_NAMES[group]
        counted[name] = values
        for part, own in values.get("by_part", {}).items():
            counted[f"{name}, {part} alone"] = own
    rows = [
        [
            name,
            f"{values['num_windows']:,}",
            *(f"{values[key]:.1%}" if key in values else "-" for key in shown),
        ]
        for name, values in counted.items()
    ]
    return table(["", "windows", *(columns[key] for key in shown)], rows)


def copy_words(metrics: Mapping[str, Any]) -> str:
    """What the copies are compared with, and what the baseline means."""
    least = WORDS[encoding_of(metrics)].least_in_window
    said = (
        f"Windows of two bars, with {least}, that stand in the training "
        "tunes. Held-out phrases are the measure of how much music repeats itself; "
        "whole phrases that also stand in training were left out of them beforehand, "
        "so for a model of two bars their row is 0 by construction."
    )
    share = metrics["samples"].get("held_out_also_in_train")
    if share:
        said += f" Those left out were {share:.1%} of the held-out phrases, or more."
    return said


_CHANGES: Final = (
    "Mean change of the vector's own attribute in percent, and in brackets the "
    "largest change of another one. On codes of held-out phrases, and on draws from "
    "the prior as in the paper:"
)
_SUCCESS: Final = (
    "How often a phrase follows, as the app plays it: the vector is added or "
    "subtracted once, whole, and the sign of the measured change counts. Each is tried "
    "on up to 256 held-out phrases that can follow: one that has all or nothing of "
    "something already cannot. *Mean difference* is the paper's way to find a vector, "
    "*slope* the direction in which what the decoder writes changes most, *independent "
    "slope* the one in which the other attributes stay, *climbed* one improved by "
    "trial from the best of these; all on training phrases."
)
_BEAT: Final = (
    "*Backbeat* is the share of bars with a snare on both beats 2 and 4, *kick on one* "
    "that of bars with a kick on beat 1."
)


def _by_part(metrics: Mapping[str, Any]) -> list[str]:
    """The table of parts, if the music has several."""
    return ["Part by part:", parts_table(metrics)] if parts_of(metrics) else []


def _difference_words(metrics: Mapping[str, Any]) -> str:
    compared = WORDS[encoding_of(metrics)].differences
    return (
        "How far from held-out phrases they are: attributes by 1-Wasserstein distance, "
        f"{compared} by Jensen-Shannon divergence in bits. "
        "Training phrases show what chance and the split account for."
    )


def _weighting(metrics: Mapping[str, Any]) -> str:
    scores = metrics["reconstruction"].values()
    if not any("weighted_accuracy" in score for score in scores):
        return ""
    return (
        " *Weighted* accuracy counts each source by its share of training, "
        "the others every phrase alike."
    )


def _near_words(samples: Mapping[str, Any]) -> str:
    if "near" not in samples:
        return ""
    return f", and {samples['num']:,} between real codes, as the app draws them"


def _blend_words(metrics: Mapping[str, Any]) -> str:
    found = metrics["interpolation"]
    model = found["language_model"]
    order = f"{model['order']}-gram model"
    order = f"{order}s, one a part," if parts_of(metrics) else f"a {order}"
    return (
        f"Means over {found['num_pairs']:,} pairs of held-out phrases, from A (0) to B "
        "(1), along `slerp` between their means and drawn at temperature 1. Distance "
        "is the share of steps that differ from A. Cost is that of "
        f"{order} ({model['smoothing']}, "
        f"{model['num_tokens']:,} events of the training tunes) relative to the real "
        f"ends, which take {number(found['real_cost_bits'])} bits a step. *Steps "
        "mixed* takes each step from A or B by chance, in place of a model."
    )


def _own_and_other(changes: Sequence[float | None], own: int) -> str:
    others = [v for i, v in enumerate(changes) if i != own and v is not None]
    most = max(others, key=abs, default=None)
    return f"{_percent(changes[own])} ({_percent(most)})"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.0f} %"
