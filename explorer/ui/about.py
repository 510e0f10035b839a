"""What stands under the hood: figures, model card, licences, words."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import streamlit as st

from explorer import card_results
from explorer.encodings import EncodingName
from explorer.figures import drawings
from explorer.nouns import Nouns
from explorer.own_map import parted
from explorer.ui import cache, controls, words

GLOSSARY: Final = Path(__file__).parents[2] / "docs" / "glossary.md"
_EXAMPLES: Final[dict[EncodingName, str]] = {
    "melody": "The examples are traditional or public-domain tunes written out for "
    "this app.",
    "drums": "The examples are beats of well-known styles written out for this app.",
    "trio": "The examples are traditional or public-domain tunes, with a bass and a "
    "beat written for this app.",
}


def quality() -> None:
    """How well the model plays back tunes it never heard."""
    figures = cache.model(controls.model_name()).checkpoint.metrics
    ways = figures.get("reconstruction", {})
    nouns = controls.nouns()
    shown = (
        ("teacher_forced", "Next event right", "given the true events before it"),
        ("sampled", "Played back right", "from the code alone, drawn at random"),
        (
            "argmax_from_mu",
            "As this app plays it",
            f"from the code alone, likeliest {nouns.note}s",
        ),
    )
    st.markdown(
        f"Share of sixteenths that are right when the model plays back {nouns.many} it "
        "was not trained on:"
    )
    for column, (way, label, text) in zip(st.columns(len(shown)), shown, strict=True):
        if way in ways:
            column.metric(label, f"{ways[way]['accuracy']:.1%}", border=True, help=text)
            column.caption(text)
            if of_parts := ways[way].get("by_part"):
                column.caption(_by_part(of_parts))
    if eval_set := figures.get("eval"):
        st.caption(
            f"Measured on {eval_set['num_windows']:,} phrases of "
            f"{eval_set['num_tunes']:,} {nouns.many}, seed {eval_set['seed']}."
        )
    _charts(figures)
    with st.expander("All figures"):
        st.json(figures, expanded=1)


def card() -> None:
    """The model card, and checkpoints that do not work with their reason."""
    if own := cache.own_map_of(controls.model_name()):
        st.info(
            words.plain(
                f"The map “{own.name}” was made of somebody's own files on {own.date}, "
                f"with the model “{own.checkpoint}”. What is said here is of that "
                "model, which has not learned from them."
            )
        )
    path = cache.model(controls.model_name()).checkpoint.path / "README.md"
    if path.is_file():
        st.markdown(card_results.without_figures(path.read_text("utf-8")))
    else:
        st.info("This checkpoint has no model card.")
    for name, problem in cache.checkpoints():
        if problem is not None:
            checkpoint_name, map_name = parted(name)
            what = (
                f"map “{map_name}”" if map_name else f"checkpoint “{checkpoint_name}”"
            )
            st.warning(words.plain(f"The {what} is not used: {problem}"))


def licences() -> None:
    """Whose music is on the map."""
    library = cache.model(controls.model_name()).library
    counts = Counter(zip(library.sources, library.licences, strict=True))
    if cache.own_map_of(controls.model_name()):
        holds = (
            "This map was made of somebody's own files and holds their phrases as they "
            "were written, beside the model's codes and the titles. Whether it may be "
            "passed on depends on the licences of those files. "
        )
    else:
        holds = (
            "The music itself is not part of the app: the map holds the model's codes "
            "and the titles, and you hear the model's version. "
        )
    st.markdown(holds + _EXAMPLES[controls.encoding()])
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


def _by_part(scores: dict[str, Any]) -> str:
    """Accuracy of each part, such as "melody 71%, bass 80%, drums 66%"."""
    return ", ".join(f"{part} {of['accuracy']:.0%}" for part, of in scores.items())


def _charts(figures: dict[str, Any]) -> None:
    """Every figure the model has, folded away, each with a sentence in plain words."""
    models = {controls.model_name(): figures}
    nouns = controls.nouns()
    for drawing in drawings(models):
        title, sentence = _EXPLAINED[drawing.name]
        with st.expander(title.format(many=nouns.many)):
            st.markdown(sentence(figures, nouns))
            st.plotly_chart(
                drawing.draw(models, controls.palette()),
                theme=None,
                config={"displayModeBar": False},
                alt=drawing.text,
                key=drawing.name,
            )


def _about_ways(_: dict[str, Any], nouns: Nouns) -> str:
    return (
        f"Each way to play {nouns.many} back that were not trained on. *z = mu* is "
        "without the blur the model puts on a recipe while it learns."
    )


def _about_positions(_: dict[str, Any], nouns: Nouns) -> str:
    return (
        "From the start of the phrase to its end. One line hears the true "
        f"{nouns.note}s so far; the other hears only itself, so its mistakes add up."
    )


def _about_blends(figures: dict[str, Any], nouns: Nouns) -> str:
    found = figures["interpolation"]
    middle = len(found["positions"]) // 2
    return (
        "How surprising blends are to a simple model of which event follows which. "
        f"Half-way they are **{found['model']['relative_cost'][middle]:.2f}** times "
        f"as surprising as the two real {nouns.many}; taking each step from one or the "
        f"other by chance gives **{found['data_space']['relative_cost'][middle]:.2f}**."
    )


def _about_knobs(figures: dict[str, Any], nouns: Nouns) -> str:
    bits = figures["kl_bits_by_dimension"]
    said = (
        f"A {nouns.one}'s recipe has {len(bits)} knobs; "
        f"**{figures['active_units']}** of them do something. Together they carry "
        f"**{figures['kl_bits']:.0f} bits** a {nouns.one}."
    )
    found = figures.get("posterior")
    if not found:
        return said
    return (
        f"{said} With another {nouns.one}'s recipe the next event is right "
        f"{found['accuracy_with_other_code']:.0%} of the time instead of "
        f"{found['accuracy_with_own_code']:.0%}: the model "
        + ("writes without its recipe." if found["collapsed"] else "needs its recipe.")
    )


def _about_sliders(_: dict[str, Any], nouns: Nouns) -> str:
    return (
        f"A row is a slider moved from {nouns.many} with little of something to "
        f"{nouns.many} with much, or back; a number says by how many percent each "
        "attribute changed. The diagonal is what was asked for, the rest came along."
    )


def _about_new_tunes(figures: dict[str, Any], nouns: Nouns) -> str:
    said = f"New {nouns.many} beside real ones; equal bars are what one hopes for."
    copies = figures["samples"].get("copies")
    if not copies:
        return said
    near = copies["near"]
    in_any_key = (
        f", {near['transposed']:.0%} in any key" if "transposed" in near else ""
    )
    return (
        f"{said} Of what *Surprise me* draws, **{near['exact']:.0%}** of all pairs of "
        f"bars stand {nouns.note} for {nouns.note} in music the model learned from"
        f"{in_any_key}."
    )


_EXPLAINED: Final[dict[str, tuple[str, Callable[[dict[str, Any], Nouns], str]]]] = {
    "figure_reconstruction": ("How well does it play {many} back?", _about_ways),
    "figure_accuracy": ("Where in a phrase is it right?", _about_positions),
    "figure_interpolation": ("Do blends go like music?", _about_blends),
    "figure_kl": ("How many knobs are used?", _about_knobs),
    "figure_attributes": ("Do the sliders obey?", _about_sliders),
    "figure_samples": ("Are new {many} like real ones?", _about_new_tunes),
}
