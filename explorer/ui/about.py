"""What stands under the hood: figures, model card, licences, words."""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st

from explorer import charts
from explorer.ui import cache, controls, words

GLOSSARY: Final = Path(__file__).parents[2] / "docs" / "glossary.md"


def quality() -> None:
    """How well the model plays back tunes it never heard."""
    figures = cache.model(controls.model_name()).checkpoint.metrics
    ways = figures.get("reconstruction", {})
    shown = (
        ("teacher_forced", "Next event right", "given the true events before it"),
        ("sampled", "Played back right", "from the code alone, drawn at random"),
        (
            "argmax_from_mu",
            "As this app plays it",
            "from the code alone, likeliest notes",
        ),
    )
    st.markdown(
        "Share of sixteenths that are right when the model plays back tunes it "
        "was not trained on:"
    )
    for column, (way, label, text) in zip(st.columns(len(shown)), shown, strict=True):
        if way in ways:
            column.metric(label, f"{ways[way]['accuracy']:.1%}", border=True, help=text)
            column.caption(text)
    if eval_set := figures.get("eval"):
        st.caption(
            f"Measured on {eval_set['num_windows']:,} phrases of "
            f"{eval_set['num_tunes']:,} tunes, seed {eval_set['seed']}."
        )
    _knobs(figures)
    with st.expander("All figures"):
        st.json(figures, expanded=1)


def card() -> None:
    """The model card, and checkpoints that do not work with their reason."""
    path = cache.model(controls.model_name()).checkpoint.path / "README.md"
    if path.is_file():
        st.markdown(path.read_text("utf-8"))
    else:
        st.info("This checkpoint has no model card.")
    for name, problem in cache.checkpoints():
        if problem is not None:
            st.warning(words.plain(f"The checkpoint “{name}” is not used: {problem}"))


def licences() -> None:
    """Whose music is on the map."""
    library = cache.model(controls.model_name()).library
    counts = Counter(zip(library.sources, library.licences, strict=True))
    st.markdown(
        "The music itself is not part of the app: the map holds the model's codes and "
        "the titles, and you hear the model's version. The examples are traditional or "
        "public-domain tunes written out for this app."
    )
    st.dataframe(
        [
            {
                "Source": words.source_name(source),
                "Licence": licence,
                "Phrases on the map": count,
            }
            for (source, licence), count in counts.most_common()
        ],
        hide_index=True,
    )


def glossary() -> None:
    """Plain words and the field's words for the same thing."""
    st.markdown(GLOSSARY.read_text("utf-8").partition("## Words")[2])


def _knobs(figures: dict[str, Any]) -> None:
    """How much each number of the code is used."""
    bits = figures.get("kl_bits_by_dimension")
    if not bits:
        return
    st.markdown(
        f"A tune's recipe has {len(bits)} knobs; **{figures['active_units']}** of them "
        f"do something. Together they carry **{figures['kl_bits']:.0f} bits** a tune."
    )
    st.plotly_chart(
        charts.sorted_bars(
            np.array(bits, np.float32),
            x_name="knob, the most used first",
            y_name="bits",
            palette=controls.palette(),
        ),
        theme=None,
        config={"displayModeBar": False},
        alt="How many bits each knob of the code carries, largest first",
    )
