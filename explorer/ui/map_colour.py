"""What the dots of a map can be coloured by: measures, origin, and how they fare."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from explorer.library import Library
from explorer.ui import words

SOURCE: Final = "Source"
KEY: Final = "Key"
SURE: Final = "How sure the model is"
RIGHT: Final = "Played back right"
ENDS: Final = {SURE: ("unsure", "sure"), RIGHT: ("wrong", "right")}
MOST_CATEGORIES: Final = 6  # with a colour of their own


@dataclass(frozen=True, kw_only=True)
class Colouring:
    """A number for each dot, and what it means."""

    values: Float[ndarray, " tunes"] | Int[ndarray, " tunes"]
    categories: tuple[str, ...] = ()  # that the numbers count; none of a measure
    ends: tuple[str, str] = ("", "")  # what little and much of a measure are called


def choices(library: Library) -> list[str]:
    """What this map can be coloured by."""
    fares = ((SURE, library.certainty), (RIGHT, library.accuracy))
    return [
        *words.slider_names(library.encoding),
        SOURCE,
        *([KEY] if any(library.keys) else []),
        *(name for name, values in fares if values is not None),
    ]


def colouring(library: Library, colour: str) -> Colouring:
    """How one of the choices paints the dots."""
    if colour == SOURCE:
        return _categories([words.source_name(source) for source in library.sources])
    if colour == KEY:
        return _categories(library.keys)
    values = {SURE: library.certainty, RIGHT: library.accuracy}.get(colour)
    if values is not None:
        return Colouring(values=values, ends=ENDS[colour])
    index = words.slider_names(library.encoding).index(colour)
    return Colouring(
        values=library.attributes[:, index],
        ends=words.scale_ends(colour, library.encoding),
    )


def _categories(labels: list[str] | tuple[str, ...]) -> Colouring:
    """The commonest labels, each a category, and the others together."""
    names, counts = np.unique(np.array(labels, str), return_counts=True)
    by_count = np.argsort(-counts, kind="stable")[:MOST_CATEGORIES]
    common = [str(name) for name in names[by_count]]
    kinds = {name: index for index, name in enumerate(common)}
    indices = np.array([kinds.get(str(label), len(common)) for label in labels])
    others = ("other",) if len(names) > len(common) else ()
    return Colouring(values=indices, categories=(*common, *others))
