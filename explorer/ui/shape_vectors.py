"""What each slider does to every attribute, as it was measured beforehand."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from explorer.attributes import attributes_of
from explorer.figures import attribute_changes
from explorer.measured import look_up
from explorer.ui import cache, controls

DIRECTIONS: Final = {"add": "+", "subtract": "\N{MINUS SIGN}"}


def every_effect() -> None:
    """The percent changes of all attributes by all vectors, folded away."""
    name = controls.model_name()
    metrics = cache.model(name).checkpoint.metrics
    changes = look_up(metrics, ("attribute_changes",))
    if changes is None:
        return
    many = controls.nouns().many
    with st.expander("What each slider does to everything else"):
        num = changes["held_out"]["num"]
        st.markdown(
            f"Read a row from left to right: a slider was moved by 2 on {num} {many}, "
            "and each number says by how many percent that attribute then differed on "
            "average. On the diagonal is what was asked for; all else came along."
        )
        st.plotly_chart(
            attribute_changes({name: metrics}, controls.palette()),
            theme=None,
            config={"displayModeBar": False},
            alt="Percent change of each attribute by each slider; the table has the "
            "same numbers for held-out phrases",
            key="shape_effects",
        )
        st.caption(f"The same for {many} that the model was not trained on:")
        st.dataframe(_rows(changes), hide_index=True)


def _rows(changes: Mapping[str, Any]) -> list[dict[str, str]]:
    """A row a slider and direction, with what it did to each attribute."""
    attributes = attributes_of(controls.encoding())
    labels = [attributes[name].label for name in changes["names"]]
    return [
        {
            "Slider": f"{label} {sign}2",
            **{
                changed: "" if value is None else f"{value:+.0f} %"
                for changed, value in zip(labels, values, strict=True)
            },
        }
        for way, sign in DIRECTIONS.items()
        for label, values in zip(labels, changes["held_out"][way], strict=True)
    ]
