"""The map of real phrases: dots to click, the card of one, and the list twin.

The parts are fragments, so that a click redraws the card and hands the dock a tune
while the map itself stays as it is.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st
from jaxtyping import Float, Int
from numpy import ndarray

from explorer import charts
from explorer.ui import blending, cache, controls, failures, picks, state, words

CHART: Final = "map_chart"
CARD: Final = "map_card"
PLOT: Final = "map_plot"  # Streamlit's keys of the widgets below; of a model's own
PROJECTION: Final = "map_projection"
COLOUR: Final = "map_colour"
SEARCH: Final = "map_search"
TABLE: Final = "map_table"

PROJECTIONS: Final = {"pca": "Straight map (PCA)", "tsne": "Neighbour map (t-SNE)"}
NUM_NEIGHBOURS: Final = 6
MOST_FOUND: Final = 200  # rows of the list; a search narrows it
HONESTY: Final = "Nearby dots sound alike. Sizes and gaps mean nothing."


def choose(row: int) -> None:
    """Choose a dot and play it."""
    model = controls.model_name()
    pick = picks.dot(model, row)
    state.set_map_pick(pick)
    picks.play(model, pick)


def _key(widget: str) -> str:
    """Key of a widget that shows rows; another model's are others."""
    return f"{widget}_{controls.model_name()}"


def _clicked() -> None:
    """A dot was clicked; clicking it again plays it again."""
    points = st.session_state[_key(PLOT)]["selection"]["points"]
    chosen = state.map_pick()
    if points:
        choose(int(points[0]["point_index"]))
    elif chosen is not None:
        picks.play(controls.model_name(), chosen)
    st.rerun([state.DOCK_FRAGMENT, CARD])


def _listed(rows: Sequence[int]) -> None:
    """A line of the list was chosen."""
    chosen = st.session_state[_key(TABLE)]["selection"]["rows"]
    if chosen:
        choose(rows[int(chosen[0])])
    st.rerun([state.DOCK_FRAGMENT, CARD, CHART])


@st.fragment(key=CHART)
def chart() -> None:
    """The map with what it shows and how it is coloured."""
    library = cache.model(controls.model_name()).library
    with st.container(horizontal=True, vertical_alignment="bottom"):
        projection = st.segmented_control(
            "Layout",
            list(PROJECTIONS),
            format_func=PROJECTIONS.__getitem__,
            key=PROJECTION,
            default="pca",
            required=True,
            persist_state="session",
        )
        colour = st.selectbox(
            "Colour",
            [*words.slider_names(), "Source", "Key"],
            index=1,
            key=COLOUR,
            width=220,
            persist_state="session",
        )
    colours, categories = _colours(colour)
    chosen = state.map_pick()
    figure = charts.tune_map(
        library.positions[projection],
        library.titles,
        colours=colours,
        scale_words=words.scale_ends(colour),
        categories=categories,
        axis_names=_axis_names(projection),
        selected=chosen.row if chosen else None,
        markers=_markers(projection),
        palette=controls.palette(),
    )
    st.plotly_chart(
        figure,
        key=_key(PLOT),
        on_select=failures.guarded(_clicked),
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False, "scrollZoom": True},
        alt="Map of phrases, one dot each; the list below holds the same tunes",
    )
    st.caption("Click to hear, drag to move, scroll to zoom.")


@st.fragment(key=CARD)
def card() -> None:
    """The chosen dot: what it is, what it sounds like, what lies near it."""
    model, pick = controls.model_name(), state.map_pick()
    if pick is None or pick.row is None:
        st.info("Click any dot to hear it.", title="Nothing chosen yet")
        return
    library = cache.model(model).library
    row = pick.row
    st.subheader(words.plain(pick.title), anchor=False)
    st.caption(f"{words.plain(pick.credit)}. You hear the model's version.")
    st.markdown(words.describe(library.attributes[row], library.attributes))
    controls.gallery([pick], key="map_this")
    controls.use_as_ends(pick, key="map_use", then=lambda: st.rerun([CARD, CHART]))
    st.markdown("**Most like it**")
    near = [r for r in cache.neighbours(model, pick.z, NUM_NEIGHBOURS + 1) if r != row]
    controls.gallery(
        picks.dots(model, near[:NUM_NEIGHBOURS]),
        key="map_neighbours",
    )
    controls.downloads(
        pick.tune, name=controls.file_name(pick.title), label="Save it", key="map_save"
    )


def twin() -> None:
    """The same tunes as a list: for the keyboard, and to find one by name."""
    library = cache.model(controls.model_name()).library
    wanted = st.text_input(
        "Find a tune by name", key=SEARCH, placeholder="For example: waltz"
    )
    rows = _found(library.titles, wanted or "")
    if not rows:
        st.info(f"No tune's name holds “{wanted}”. Try a shorter word.")
        return
    st.dataframe(
        {
            "Tune": [library.titles[row] for row in rows],
            "From bar": [library.bars[row] + 1 for row in rows],
            "Key": [library.keys[row] for row in rows],
            "Source": [words.source_name(library.sources[row]) for row in rows],
            "Licence": [library.licences[row] for row in rows],
        },
        key=_key(TABLE),
        on_select=failures.guarded(lambda: _listed(rows)),
        selection_mode="single-row",
        hide_index=True,
        height=280,
    )
    st.caption(
        f"{len(rows):,} of {len(library.titles):,} phrases shown. "
        "Click a line to hear it."
    )


def _found(titles: Sequence[str], wanted: str) -> list[int]:
    """Rows whose title holds every word, first ones first."""
    parts = wanted.casefold().split()
    rows = (
        row
        for row, title in enumerate(titles)
        if all(part in title.casefold() for part in parts)
    )
    return [row for row, _ in zip(rows, range(MOST_FOUND), strict=False)]


def _colours(
    colour: str,
) -> tuple[Float[ndarray, " tunes"] | Int[ndarray, " tunes"], tuple[str, ...]]:
    """What paints each dot, and the names of its categories."""
    library = cache.model(controls.model_name()).library
    if colour not in ("Source", "Key"):
        index = words.slider_names().index(colour)
        return library.attributes[:, index], ()
    labels = (
        [words.source_name(source) for source in library.sources]
        if colour == "Source"
        else library.keys
    )
    names, counts = np.unique(np.array(labels, str), return_counts=True)
    common = [str(name) for name in names[np.argsort(-counts, kind="stable")][:6]]
    kinds = {name: index for index, name in enumerate(common)}
    indices = np.array([kinds.get(str(label), len(common)) for label in labels])
    return indices, (*common, "other") if len(names) > len(common) else tuple(common)


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


def _markers(projection: str) -> list[charts.Marker]:
    """Where the ends of the blend, and a tune brought along, lie."""
    model, colours = controls.model_name(), controls.palette()
    first, second = blending.ends()
    shown = [("A", first, colours.end_a), ("B", second, colours.end_b)]
    found = []
    for letter, pick, colour in shown:
        if pick.row is None:
            x, y = cache.place(model, pick.z, projection)
        else:
            x, y = cache.model(model).library.positions[projection][pick.row]
        found.append(
            charts.Marker(letter=letter, x=float(x), y=float(y), colour=colour)
        )
    return found
