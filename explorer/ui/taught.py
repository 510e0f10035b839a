"""Sliders that a visitor has taught, as the Shape page shows them."""

from dataclasses import dataclass

Code = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class TaughtSlider:
    """A direction between phrases somebody liked and others they did not."""

    key: str  # unique in a visit; letters, digits and "_"
    label: str  # what its teacher called it
    vector: Code  # from the middle of the disliked phrases to that of the liked ones
    works: float | None  # share of held-out marks it puts on the right side


def sliders() -> tuple[TaughtSlider, ...]:
    """The taught sliders of the model in use, in the order they were taught."""
    return ()
