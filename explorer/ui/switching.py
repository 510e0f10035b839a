"""Changing the model: what of a visit the other model can go on with."""

from dataclasses import replace

from explorer.errors import ConversionError
from explorer.nouns import NOUNS
from explorer.ui import cache, journey_stops, journeying, picks, state, table, words
from explorer.ui.state import Pick


def use(name: str) -> None:
    """Make a checkpoint the one in use; refused before anything else is changed.

    Codes of one model mean nothing to another. Tunes with notes of their own are
    read anew by the other model, phrases of the map are looked up on its map; what
    only the model before could play is let go, and that is said. Between models of
    other music (melodies and drums, say) nothing is taken along; between two maps of
    one model everything is.

    Raises
    ------
    CheckpointError
        If the checkpoint is damaged.
    """
    before = state.model_name()
    if name == before:
        return
    cache.model(name)
    if before is None:
        state.set_model_name(name)
        return
    journey = journeying.plan()
    taken = state.chosen() | journey_stops.chosen()
    found, remark = _carried(before, name, taken)
    # Whatever takes time is done: from here on a click elsewhere cannot come between.
    state.set_model_name(name)
    journey_stops.carry(found, journey)
    for key in found.keys() & set(state.PICKS):
        state.put_back(key, found[key])
    if remark:
        state.remark(remark)
    table.lay()


def _carried(
    before: str, name: str, taken: dict[str, Pick]
) -> tuple[dict[str, Pick], str]:
    """What of the chosen tunes another model goes on with, and what is said of it."""
    if cache.model(before).encoding != cache.model(name).encoding:
        many = NOUNS[cache.model(name).encoding].many
        said = f"This model writes {many}, so it starts with a pair of its own."
        return {}, said if taken else ""
    again = {key: _again(before, name, pick) for key, pick in taken.items()}
    found = {key: pick for key, pick in again.items() if pick is not None}
    gone = [f"“{pick.title}”" for key, pick in taken.items() if key not in found]
    if not gone:
        return found, ""
    titles = ", ".join(dict.fromkeys(gone))
    said = words.plain(f"Only the model before could play {titles}. All else is kept.")
    return found, said


def _again(before: str, name: str, pick: Pick) -> Pick | None:
    """The same tune for another model; None if it has none."""
    if pick.whole is not None:
        try:
            return picks.again(name, pick)
        except ConversionError:  # no note in the part that this model reads
            return None
    found = None if pick.row is None else picks.same_dot(before, name, pick.row)
    if found is None and _weights(before) == _weights(name):
        return replace(pick, row=None)
    return found


def _weights(name: str) -> str:
    return cache.model(name).checkpoint.sha256
