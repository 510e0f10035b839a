"""The map of real phrases: dots to click, and the list twin.

Its parts are fragments, so that a click redraws the card and hands the dock a tune
while the map itself stays as it is. What the pointer and the keys do beside clicks on
dots comes from a component, the map's hand.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, cast

import numpy as np
import streamlit as st
from jaxtyping import Float, Int
from numpy import ndarray

from explorer import map_chart
from explorer.projection import PERPLEXITIES, toward
from explorer.regions import View
from explorer.ui import (
    blending,
    cache,
    controls,
    corners,
    failures,
    map_card,
    map_colour,
    map_ground,
    map_group,
    map_journey,
    picks,
    state,
    words,
)
from explorer.ui.player import MapWish, map_hand
from explorer.ui.state import Pick

PLOT: Final = "map_plot"  # Streamlit's keys of the widgets below; of a model's own
PROJECTION: Final = "map_projection"
COLOUR: Final = "map_colour"
LAYERS: Final = "map_layers"
HOVER: Final = "map_hover"
DRAW: Final = "map_draw"
LASSO: Final = "map_lasso"
HAND: Final = "map_hand"
VIEW: Final = "map_view"  # what of the map is in view, a View
DRAWN: Final = "map_drawn"  # what the figure shows, and the view it was drawn with
TABLE: Final = "map_table"

PROJECTIONS: Final = {
    "pca": "Straight map (PCA)",
    "tsne": "Neighbour map (t-SNE)",
    "tsne_near": "Closer",
    "tsne_far": "Wider",
}
LAYOUT_HELP: Final = (
    "The straight map is a shadow of the model's space, and the only one with a way "
    "back from a place to music. A neighbour map puts alike phrases together: it looks "
    "at about {tsne:g} neighbours of each, *closer* at {tsne_near:g}, *wider* at "
    "{tsne_far:g}. What all of them show is there; what one alone shows may not be."
)
MOST_LISTED: Final = 200  # rows of the list; a search narrows it
HOW: Final = (
    "Click a dot to hear it, a place beside the dots to hear what the model makes of "
    "it. Drag to move, scroll to zoom; arrow keys go from dot to dot."
)
HONESTY: Final = "Nearby dots sound alike. Sizes and gaps mean nothing."


def choose(row: int) -> None:
    """Choose a dot and play it."""
    _take(picks.dot(controls.model_name(), row))


def _take(pick: Pick, *, is_nearest: bool = False) -> None:
    """Make this what is chosen, alone, and play it."""
    state.set_map_pick(pick)
    map_card.set_nearest(is_nearest)
    map_group.let_go()
    picks.play(controls.model_name(), pick)


def _clicked() -> None:
    """A dot was clicked, or several taken together; a second click plays it again."""
    points = st.session_state[controls.of_model(PLOT)]["selection"]["points"]
    rows = [_row(point) for point in points if "customdata" in point]  # only of dots
    chosen = state.map_pick()
    if len(rows) > 1:
        map_group.take(rows)
    elif rows:
        choose(rows[0])
    elif chosen is not None:
        picks.play(controls.model_name(), chosen)
    st.rerun([state.DOCK_FRAGMENT, map_card.CARD])


def _row(point: Mapping[str, Any]) -> int:
    """Row of a dot, which need not be its place among the dots that are shown."""
    row = point["customdata"]
    return int(row[0] if isinstance(row, list | tuple) else row)


def _wished(rows: Int[ndarray, " rows"]) -> None:
    """Somebody hovered, clicked beside the dots, pressed an arrow or zoomed."""
    model = controls.model_name()
    wish: MapWish = st.session_state[controls.of_model(HAND)]["wish"]
    if wish["kind"] == "hover":
        picks.play(model, picks.dot(model, int(wish["row"])))
        st.rerun(state.DOCK_FRAGMENT)
    if wish["kind"] == "view":
        st.session_state[controls.of_model(VIEW)] = _view(wish)
        st.rerun(map_card.CHART)
    if wish["kind"] == "path":
        xs, ys = (cast("list[float]", wish[axis]) for axis in ("x", "y"))
        map_journey.begin(_projection(), np.array([xs, ys], float).T, rows)
        st.rerun([state.DOCK_FRAGMENT, map_card.CHART])
    if wish["kind"] == "step":
        row = _next(rows, int(wish["dx"]), int(wish["dy"]))
        if row is None:
            return
        choose(row)
    elif wish["kind"] == "place":
        place = [float(cast("float", wish["x"])), float(cast("float", wish["y"]))]
        _choose_place(np.array(place), rows)
    st.rerun([state.DOCK_FRAGMENT, map_card.CARD, map_card.CHART])


def _view(wish: MapWish) -> View:
    """What is in view, least before greatest."""
    (x0, x1), (y0, y1) = (
        sorted(map(float, cast("list[float]", ends))) for ends in (wish["x"], wish["y"])
    )
    return (x0, x1), (y0, y1)


def _next(rows: Int[ndarray, " rows"], dx: int, dy: int) -> int | None:
    """The nearest dot that way; from nothing chosen, the dot in the middle."""
    if not len(rows):
        return None
    points = cache.model(controls.model_name()).library.positions[_projection()]
    chosen = state.map_pick()
    if chosen is None or chosen.row is None:
        return _nearest(points, np.median(points[rows], axis=0), rows)
    return toward(points, points[chosen.row], (dx, -dy), rows)


def _nearest(
    points: Float[ndarray, "tunes 2"],
    place: Float[ndarray, " 2"],
    rows: Int[ndarray, " rows"],
) -> int:
    """Row of the dot nearest to a place, among some."""
    return int(rows[np.square(points[rows] - place).sum(axis=1).argmin()])


def _choose_place(place: Float[ndarray, " 2"], rows: Int[ndarray, " rows"]) -> None:
    """Hear a place between the dots; on a map without a way back, the nearest dot."""
    model = controls.model_name()
    library = cache.model(model).library
    if _projection() == "pca":
        z = library.projection.inverse(place[None].astype(np.float32))[0]
        _take(picks.decoded(model, corners.ON_MAP, cache.as_code(z), "map"))
    elif len(rows):
        row = _nearest(library.positions[_projection()], place, rows)
        _take(picks.dot(model, row), is_nearest=True)


def _projection() -> str:
    """The layout that is shown; the straight one where a map lacks the chosen one."""
    chosen = str(st.session_state.get(PROJECTION) or "pca")
    return chosen if chosen in _layouts() else "pca"


def _layouts() -> list[str]:
    """The layouts that the map in use has."""
    positions = cache.model(controls.model_name()).library.positions
    return [name for name in PROJECTIONS if name in positions]


def _listed(rows: Sequence[int]) -> None:
    """A line of the list was chosen."""
    chosen = st.session_state[controls.of_model(TABLE)]["selection"]["rows"]
    if chosen:
        choose(rows[int(chosen[0])])
    st.rerun([state.DOCK_FRAGMENT, map_card.CARD, map_card.CHART])


@st.fragment(key=map_card.CHART)
def chart(rows: Int[ndarray, " rows"]) -> None:
    """The map with what it shows and how it is coloured; `rows` can be clicked."""
    model, encoding = controls.model_name(), controls.encoding()
    library = cache.model(model).library
    if st.session_state.get(PROJECTION, "pca") not in _layouts():
        st.session_state[PROJECTION] = "pca"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        projection = st.segmented_control(
            "Layout",
            _layouts(),
            format_func=PROJECTIONS.__getitem__,
            help=LAYOUT_HELP.format(**PERPLEXITIES),
            key=PROJECTION,
            default="pca",
            required=True,
            persist_state="session",
            on_change=_leave_view,
        )
        colour = st.selectbox(
            "Colour",
            map_colour.choices(library),
            index=words.first_colour(encoding),
            key=controls.of_model(COLOUR),
            width=220,
            persist_state="session",
        )
    coloured = map_colour.colouring(library, colour)
    chosen = state.map_pick()
    layers = st.session_state.get(LAYERS, list(map_ground.LAYERS))
    view = st.session_state.get(controls.of_model(VIEW))
    palette, markers = controls.palette(), _markers(projection)
    lasso = bool(st.session_state.get(LASSO))
    row = chosen.row if chosen else None
    drawn = (rows.tobytes(), projection, colour, row, tuple(layers), lasso)
    figure = map_chart.tune_map(
        library.positions[projection],
        library.titles,
        colours=coloured.values,
        scale_words=coloured.ends,
        categories=coloured.categories,
        axis_names=_axis_names(projection),
        shown=rows,
        selected=row,
        markers=markers,
        ground=map_ground.under(projection, layers),
        view=_view_to_draw((*drawn, *markers, palette), view),
        is_lasso=lasso,
        palette=palette,
    )
    st.plotly_chart(
        figure,
        key=controls.of_model(PLOT),
        on_select=failures.guarded(_clicked),
        selection_mode=("points", "lasso"),
        theme=None,
        config={"displayModeBar": False, "scrollZoom": True},
        alt="Map of phrases, one dot each; the list below holds the same tunes",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.pills(
            "Beneath the dots",
            map_ground.LAYERS,
            selection_mode="multi",
            default=map_ground.LAYERS,
            key=LAYERS,
            label_visibility="collapsed",
            persist_state="session",
        )
        st.toggle(
            "Lasso",
            key=LASSO,
            help="Dragging draws a line around dots, to take them together.",
            persist_state="session",
        )
        draws = st.toggle(
            "Draw a journey",
            key=DRAW,
            help="Dragging draws a line across the map: a journey along it.",
            persist_state="session",
        )
        hovers = st.toggle(
            "Hover plays",
            key=HOVER,
            help="A dot under the pointer is heard after a moment.",
            persist_state="session",
        )
    map_hand(
        HOW,
        chart=controls.of_model(PLOT),
        names=map_ground.names(model, projection, view) if "Names" in layers else (),
        colours=(palette.text, palette.background),
        hovers=hovers,
        draws=draws,
        path=map_journey.path(projection),
        key=controls.of_model(HAND),
        on_wish=failures.guarded(lambda: _wished(rows)),
    )
    said = words.trust(library.trust[projection])
    fog = f" {map_ground.FOG_SAID}" if "Fog" in layers else ""
    st.caption(f"{said}{fog}")
    controls.say_remark()  # in a fragment, the frame around it does not run


def _view_to_draw(drawn: Hashable, view: View | None) -> View | None:
    """What the figure shows at first: what was in view when it was last another one.

    Streamlit draws a figure that differs in anything anew, whole, and without the
    zoom. So a zoom alone must not change it, and any other change must bring it back.
    """
    before, kept = st.session_state.get(controls.of_model(DRAWN), (None, None))
    if before != drawn:
        kept = view
        st.session_state[controls.of_model(DRAWN)] = (drawn, kept)
    return kept


def _leave_view() -> None:
    """Another layout is seen whole at first."""
    st.session_state[controls.of_model(VIEW)] = None


def twin(rows: Int[ndarray, " rows"]) -> None:
    """The same tunes as a list: for the keyboard, and to read their names."""
    library = cache.model(controls.model_name()).library
    nouns = controls.nouns()
    listed = [int(row) for row in rows[:MOST_LISTED]]
    if not listed:
        return
    st.dataframe(
        {
            nouns.one.capitalize(): [library.titles[row] for row in listed],
            "From bar": [library.bars[row] + 1 for row in listed],
            "Key": [library.keys[row] for row in listed],
            "Source": [words.source_name(library.sources[row]) for row in listed],
            "Licence": [library.licences[row] for row in listed],
        },
        key=controls.of_model(TABLE),
        on_select=failures.guarded(lambda: _listed(listed)),
        selection_mode="single-row",
        hide_index=True,
        height=280,
    )
    found = "" if len(rows) == len(library) else f" {len(rows):,} match."
    st.caption(
        f"{len(listed):,} of {len(library):,} phrases in the list.{found} "
        "Click a line to hear it."
    )


def _axis_names(projection: str) -> tuple[str, str]:
    """What the axes of the straight map hold; those of the other mean nothing."""
    if projection != "pca":
        return "", ""
    library = cache.model(controls.model_name()).library
    first, second = library.projection.explained_variance_ratio[:2]
    return (
        f"holds {first:.0%} of all differences",
        f"holds {second:.0%} of all differences",
    )


def _markers(projection: str) -> list[map_chart.Marker]:
    """Where the ends of the blend, a tune brought along and a chosen place lie."""
    model, colours = controls.model_name(), controls.palette()
    first, second = blending.ends()
    shown = [("A", first, colours.end_a), ("B", second, colours.end_b)]
    if (mine := state.own_pick()) is not None:
        shown.append(("mine", mine, colours.text))
    if (chosen := state.map_pick()) is not None and chosen.row is None:
        shown.append(("here", chosen, colours.text))
    found = []
    for letter, pick, colour in shown:
        if pick.row is None:
            x, y = cache.place(model, pick.z, projection)
        else:
            x, y = cache.model(model).library.positions[projection][pick.row]
        found.append(
            map_chart.Marker(letter=letter, x=float(x), y=float(y), colour=colour)
        )
    return found
