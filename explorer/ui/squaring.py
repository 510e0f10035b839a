"""The square on the table: four tunes at its corners and what lies between them.

**Conventions.** Cells count row by row from the top left: A is the first, B ends the
first row, C begins the last and D ends it.
"""

from typing import Final

from explorer.ui import blending, cache, picks, state
from explorer.ui.blending import Step
from explorer.ui.player import Cell
from explorer.ui.state import End, Pick

CORNERS: Final[tuple[End, ...]] = ("a", "b", "c", "d")
MOST_EVENTS: Final = 8192  # decoded at a time: a run in between keeps the page alive


def corners() -> tuple[Pick, Pick, Pick, Pick]:
    """The four tunes; the lower two are filled when they are first needed."""
    model = blending.model_name()
    upper = blending.ends()
    lower = picks.pair(model, state.pair_number() + 1)
    for which, spare in zip(CORNERS[2:], lower, strict=True):
        if state.end(which) is None:
            state.set_end(which, _free(model, spare))
    return (*upper, _there("c"), _there("d"))


def identity() -> str:
    """Name of the square, the same exactly if its cells are."""
    settings = state.blend_settings()
    made_of = (
        blending.model_name(),
        state.square_size(),
        settings.spherical,
        settings.own_ends,
        tuple((pick.title, pick.z, pick.tune) for pick in corners()),
    )
    return f"{hash(made_of) & 0xFFFFFFFFFFFF:012x}"


def order(size: int) -> list[int]:
    """Cells in the order they are filled: corners, rim, and ring by ring inward."""
    last = size - 1

    def ring(index: int) -> tuple[bool, int]:
        row, column = divmod(index, size)
        depth = min(row, column, last - row, last - column)
        is_corner = row in (0, last) and column in (0, last)
        return not is_corner, depth

    return sorted(range(size * size), key=ring)


def due(held: int, size: int) -> list[int]:
    """Cells that come next where the first `held` of them are there.

    The four corners first; then as many as are decoded in a moment.
    """
    used = cache.model(blending.model_name())
    events = used.num_steps * len(used.music.parts)
    count = max(4, MOST_EVENTS // events) if held else len(CORNERS)
    return order(size)[held : held + count]


def next_cells(held: int) -> list[Cell]:
    """The cells to send to a browser that holds the first `held` of them."""
    wanted = due(held, state.square_size())
    found = _steps(wanted)
    return [
        Cell(index=index, loop=blending.loop(step))
        for index, step in zip(wanted, found, strict=True)
    ]


def front() -> Step:
    """The cell in front."""
    return _steps([state.square_index()])[0]


def bring(index: int) -> None:
    """Put a cell in front; it sounds only if something sounds already."""
    state.set_square_index(index)
    offer_front()


def offer_front() -> None:
    """Hand the dock the cell in front."""
    blending.offer(front())


def put_front_into(which: End) -> None:
    """Make the cell in front a corner."""
    index = state.square_index()
    size = state.square_size()
    corner = _corner_at(index, size)
    pick = corners()[corner] if corner is not None else blending.pick(front())
    state.set_end(which, pick)
    offer_front()


def share(index: int) -> tuple[float, float]:
    """How far right and down a cell is, each 0..1."""
    down, right = divmod(index, state.square_size())
    last = state.square_size() - 1
    return right / last, down / last


def _steps(indices: list[int]) -> list[Step]:
    """Cells, decoded together."""
    model, tunes = blending.model_name(), corners()
    settings, size = state.blend_settings(), state.square_size()
    codes = cache.square(model, tuple(t.z for t in tunes), size, settings.spherical)
    qpm = tunes[0].tune.qpm
    decoded = cache.decode_all(model, [codes[index] for index in indices], qpm)
    found = []
    for index, each in zip(indices, decoded, strict=True):
        step = Step(
            title=_title(index),
            tune=each.tune,
            z=codes[index],
            certainty=picks.plain_certainty(each),
            ghosts=each.ghosts,
        )
        corner = _corner_at(index, size)
        if corner is not None and settings.own_ends:
            step = blending.written(step, tunes[corner], qpm)
        found.append(step)
    return found


def _title(index: int) -> str:
    tunes = corners()
    corner = _corner_at(index, state.square_size())
    if corner is not None:
        return tunes[corner].title
    right, down = share(index)
    return f"{100 * right:.0f} % right, {100 * down:.0f} % down"


def _corner_at(index: int, size: int) -> int | None:
    """Which corner a cell is, 0 for A; None inside."""
    at = (0, size - 1, size * (size - 1), size * size - 1)
    return at.index(index) if index in at else None


def _there(which: End) -> Pick:
    pick = state.end(which)
    assert pick is not None, "every corner has just been filled"
    return pick


def _free(model: str, wanted: Pick) -> Pick:
    """A tune for an empty corner that is at no other corner."""
    taken = {pick.title for c in CORNERS if (pick := state.end(c)) is not None}
    if wanted.title not in taken:
        return wanted
    spare = (title for title in picks.example_titles(model) if title not in taken)
    return picks.example(model, next(spare, wanted.title))
