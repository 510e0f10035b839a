"""What lies beneath the dots of a map: contours, fog, and the names of regions."""

from typing import Final

import streamlit as st

from explorer import map_chart
from explorer.regions import Density, Facts, Regions, View, density
from explorer.ui import cache, controls, region_names
from explorer.ui.player import MapName

LAYERS: Final = ("Names", "Contours", "Fog")
MOST_NAMES: Final = 12  # in view; a closer view has as many of its own
FOG_SAID: Final = "Small crosses mark the fog: few phrases or none lie there."


@st.cache_resource(max_entries=8, show_spinner=False)
def regions(name: str, projection: str) -> Regions:
    """The map of a model, to ask what is common where."""
    library = cache.model(name).library
    return Regions(
        library.positions[projection],
        Facts(
            attributes=library.attributes,
            titles=library.titles,
            keys=library.keys,
            sources=library.sources,
        ),
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _density(name: str, projection: str) -> Density:
    return density(cache.model(name).library.positions[projection])


@st.cache_data(max_entries=64, show_spinner=False)
def names(name: str, projection: str, view: View | None) -> tuple[MapName, ...]:
    """Names of the regions in view, the largest first; one without words has none."""
    encoding = cache.model(name).encoding
    found = regions(name, projection).named(MOST_NAMES, view)
    texts = region_names.names(found, encoding)
    return tuple(
        MapName(text=text, x=region.x, y=region.y)
        for text, region in zip(texts, found, strict=True)
        if text
    )


def under(projection: str, layers: list[str]) -> map_chart.Ground:
    """What to draw beneath the dots of the model in use."""
    return map_chart.Ground(
        density=_density(controls.model_name(), projection),
        contours="Contours" in layers,
        fog="Fog" in layers,
    )
