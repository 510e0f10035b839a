import dataclasses
import json
import shutil

import numpy as np
import pytest

from explorer import card_results, cards, checkpoint, library, trained_model
from explorer.attributes import attributes_of
from explorer.card_words import WORDS
from explorer.errors import CheckpointError, DataError, PictureError
from explorer.evaluate import evaluate
from explorer.map_building import choose_phrases, quotas
from explorer.presets import CONFIGS, RECIPES
from explorer.promote import promote, redraw
from scripts.extend_map import extend
from tests.helpers import tiny_dataset
from tests.tiny import save_tiny_run

DATE = "2018-03-13"


@pytest.fixture(scope="module")
def data():
    return tiny_dataset(num=30)


@pytest.fixture(scope="module")
def promoted(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("promoted")
    run = save_tiny_run(root / "run" / "export").parent
    return promote(run, data, "tiny", root=root, date=DATE, num_phrases=50)


def test_a_promoted_run_is_a_complete_checkpoint(promoted, data):
    model = trained_model.load(promoted)
    assert model.name == "tiny"
    assert len(model.library) == 50
    assert model.checkpoint.training["date"] == DATE
    assert sorted(path.name for path in promoted.iterdir()) == [
        "README.md",
        "attributes.safetensors",
        "config.json",
        "latents.safetensors",
        "maps.safetensors",
        "metrics.json",
        "model.safetensors",
        "phrases.json",
    ]


@pytest.fixture(scope="module", params=["drums", "trio"])
def other_music(request, tmp_path_factory):
    """(checkpoint, data) of drums, and of trios of which a half was arranged."""
    data = tiny_dataset(num=30, encoding=request.param)
    if request.param == "trio":
        real, arranged = data.sources
        arranged = dataclasses.replace(arranged, name="arranged-folk")
        data = dataclasses.replace(data, sources=(real, arranged))
    root = tmp_path_factory.mktemp(request.param)
    run = save_tiny_run(root / "run" / "export", encoding=request.param).parent
    options = {"root": root, "date": DATE, "num_phrases": 50}
    return checkpoint.load(promote(run, data, "tiny", **options)), data


def test_other_music_is_promoted_with_its_own_attributes(other_music):
    found, data = other_music
    model = trained_model.load(found.path)
    names = tuple(attributes_of(data.encoding))
    assert model.attribute_vectors.names == names
    assert model.library.attributes.shape == (50, len(names))
    assert found.metrics["encoding"] == data.encoding


def test_a_card_of_other_music_has_its_words_and_tables(other_music):
    found, data = other_music
    card = found.read(checkpoint.CARD).decode()
    words = WORDS[data.encoding]
    for said in (words.music, words.steps, *words.limits, words.scores):
        assert said in card
    assert "512" in words.steps
    assert f"--bars 2 --music {data.encoding}`" in card
    tables = [
        card_results.results_table,
        card_results.sources_table,
        card_results.samples_table,
        card_results.changes_table,
        card_results.copies_table,
        card_results.differences_table,
    ]
    if data.encoding == "trio":
        tables.append(card_results.parts_table)
    assert all(table(found.metrics) in card for table in tables)
    arranged = "25% of each training batch, 15 of 30 training phrases"
    assert (arranged in card) == (data.encoding == "trio")
    assert ("in any key" in card) == (data.encoding == "trio")
    assert "*Backbeat*" in card


BY_SOURCE = {
    "freedoom": (10, 0.9, 0.8),
    "songs": (30, 0.7, 0.6),
    "arranged-folk": (60, 0.5, 0.4),
}


def test_real_sources_and_arranged_ones_are_summed_up_apart():
    sources = {
        name: {"num_windows": num, "teacher_forced": forced, "sampled": sampled}
        for name, (num, forced, sampled) in BY_SOURCE.items()
    }
    rows = card_results.sources_table({"by_source": sources}).splitlines()
    assert rows[-2:] == [
        "| all as they were written | 40 | 0.750 | 0.650 |",
        "| all arranged by machine | 60 | 0.500 | 0.400 |",
    ]
    del sources["arranged-folk"]
    rows = card_results.sources_table({"by_source": sources}).splitlines()
    assert len(rows) == 4  # nothing to tell apart


def test_parts_of_sources_are_summed_up_too():
    def source(num, value):
        part = {"teacher_forced": value, "sampled": value / 2}
        return {"num_windows": num, **part, "by_part": {"melody": part, "bass": part}}

    sources = {"a": source(1, 0.4), "b": source(3, 0.8), "arranged-c": source(2, 0.2)}
    rows = card_results.sources_table({"by_source": sources}).splitlines()
    assert rows[0].endswith(
        "| melody, forced | melody, sampled | bass, forced | bass, sampled |"
    )
    assert rows[-2] == (
        "| all as they were written | 4 | 0.700 | 0.350 " + "| 0.700 | 0.350 " * 2 + "|"
    )


def picture(figures):
    return {f"{name}.svg": f"<svg>{name}</svg>".encode() for name in figures}


def test_figures_stand_in_the_folder_and_on_the_card(promoted, tmp_path):
    folder = shutil.copytree(promoted, tmp_path / "tiny")
    before = checkpoint.load(folder)
    files = redraw(folder, picture)
    found = checkpoint.load(folder)
    assert len(files) == 6
    assert found.files.keys() == before.files.keys() | set(files)
    card = found.read(checkpoint.CARD).decode()
    assert all(f"]({file})" in card for file in files)
    for file in before.files.keys() - {checkpoint.CARD}:
        assert found.read(file) == before.read(file)


def test_drawing_again_gives_the_same_bytes_and_leaves_no_old_figure(
    promoted, tmp_path
):
    folder = shutil.copytree(promoted, tmp_path / "tiny")
    redraw(folder, picture)
    once = {path.name: path.read_bytes() for path in folder.iterdir()}
    redraw(folder, picture)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once
    redraw(folder, lambda _: {})
    assert {path.name for path in folder.iterdir()} == {
        path.name for path in promoted.iterdir()
    }
    assert (folder / "README.md").read_bytes() == (promoted / "README.md").read_bytes()


def test_promoting_draws_what_drawing_again_draws(promoted, data, tmp_path):
    run = save_tiny_run(tmp_path / "run" / "export").parent
    options = {"root": tmp_path, "date": DATE, "num_phrases": 50}
    folder = promote(run, data, "tiny", draw=picture, **options)
    again = shutil.copytree(promoted, tmp_path / "again")
    redraw(again, picture)
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_browser_that_fails_costs_only_the_figures(data, tmp_path):
    def fail(_):
        raise PictureError("no browser")

    run = save_tiny_run(tmp_path / "run" / "export").parent
    options = {"root": tmp_path, "date": DATE, "num_phrases": 50, "limit": 4}
    folder = promote(run, data, "tiny", draw=fail, **options)
    assert trained_model.load(folder).name == "tiny"
    assert not list(folder.glob("*.svg"))


def test_evaluating_the_stored_weights_reproduces_the_metrics(promoted, data):
    found = evaluate(checkpoint.load(promoted).model, data, split="test", seed=0)
    assert json.loads(json.dumps(found)) == checkpoint.load(promoted).metrics


def test_promoting_twice_gives_the_same_bytes(promoted, data, tmp_path):
    run = save_tiny_run(tmp_path / "export").parent
    again = promote(run, data, "tiny", root=tmp_path, date=DATE, num_phrases=50)
    for path in promoted.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_library_codes_are_those_of_the_stored_weights(promoted, data):
    model = trained_model.load(promoted)
    windows = np.concatenate([data.split(name).tokens for name in data.splits])
    codes = trained_model.encode_tokens(model.checkpoint, windows).mu
    nearest = np.abs(codes[None] - model.library.mu[:, None]).max(axis=2).min(axis=1)
    assert nearest.max() < 2e-3  # float16


def test_card_has_every_heading_source_and_result(promoted, data):
    card = (promoted / "README.md").read_text()
    for heading in cards.HEADINGS:
        assert f"\n## {heading}\n" in card
    for source in data.sources:
        assert source.name in card
    assert card_results.results_table(checkpoint.load(promoted).metrics) in card
    metrics = checkpoint.load(promoted).metrics
    assert card_results.samples_table(metrics) in card
    assert card_results.interpolation_table(metrics) in card
    assert card_results.changes_table(metrics) in card
    assert card_results.differences_table(metrics) in card
    assert card_results.copies_table(metrics) in card
    assert card_results.code_words(metrics) in card
    assert cards.train_command(checkpoint.load(promoted)) in card


@pytest.mark.parametrize(
    ("base", "settings"),
    [
        (CONFIGS["cat-mel_2bar_small"].train, "--max_beta 0.03"),
        (RECIPES["two-cores"], "--recipe two-cores --max_beta 0.03"),
    ],
)
def test_train_command_names_what_differs_from_preset_or_recipe(
    promoted, base, settings
):
    found = dataclasses.replace(
        checkpoint.load(promoted),
        preset="cat-mel_2bar_small",
        training=dataclasses.asdict(base) | {"max_beta": 0.03, "minutes": 90.2},
    )
    assert cards.train_command(found) == (
        "python -m explorer train cat-mel_2bar_small DATA --name tiny --minutes 90 "
        + settings
    )


def test_other_data_than_the_run_was_trained_on_is_refused(tmp_path, data):
    run = save_tiny_run(tmp_path / "run")
    other = dataclasses.replace(data, sha256="1" * 64)
    with pytest.raises(DataError, match="trained on other data"):
        promote(run, other, "tiny", root=tmp_path, date=DATE)


def test_a_name_that_leaves_the_folder_is_refused(tmp_path, data):
    with pytest.raises(CheckpointError, match="cannot name a checkpoint"):
        promote(tmp_path, data, "../tiny", root=tmp_path, date=DATE)


def test_sources_are_on_the_map_by_weight_and_every_tune_before_a_second_phrase(data):
    phrases = choose_phrases(data, 40, np.random.default_rng(0))
    assert np.bincount(phrases.source).tolist() == [30, 10]
    _, counts = np.unique(phrases.tune[phrases.source == 0], return_counts=True)
    assert counts.tolist() == [2] * 15
    assert set(phrases.split) == {0, 1, 2}


def test_beats_of_fewer_than_four_hits_are_not_on_the_map():
    data = tiny_dataset(num=6, encoding="drums")
    for split in data.splits.values():
        split.tokens[:3] = 0
        split.tokens[:3, [0, 4, 8]] = 1  # kicks
        split.tokens[2, 12] = 1
    phrases = choose_phrases(data, 99, np.random.default_rng(0))
    assert len(phrases.tokens) == 3 * 4
    assert phrases.tokens.astype(bool).sum(axis=1).min() == 4


@pytest.mark.parametrize(
    ("weights", "limits", "num", "expected"),
    [
        ([0.5, 0.5], [9, 9], 6, [3, 3]),
        ([0.9, 0.1], [2, 9], 6, [2, 4]),
        ([1.0, 0.0], [2, 9], 6, [2, 4]),
        ([0.7, 0.3], [1, 2], 6, [1, 2]),
        ([0.6, 0.4], [9, 9], 1, [1, 0]),
    ],
)
def test_quotas_follow_weights_within_limits(weights, limits, num, expected):
    assert quotas(np.array(weights), np.array(limits), num).tolist() == expected


def test_a_card_says_what_a_model_started_from_and_how_to_repeat_it(promoted, data):
    found = checkpoint.load(promoted)
    bars = {"name": "bars", "examples": 500, "minutes": 10.0, "objective": "events"}
    codes = {"name": "codes", "examples": 70, "minutes": 5.5, "objective": "bar_codes"}
    training = {"minutes": 2.0, "start": {**codes, "start": bars}}
    found = dataclasses.replace(found, training=training)
    stages = cards.stages(found.training)
    assert [stage.get("name") for stage in stages] == [None, "codes", "bars"]
    assert sum(stage["minutes"] for stage in stages) == 17.5
    card = cards.write(found, data, trained_model.load(promoted).library, half=True)
    assert (
        "- Started from: `codes`, 70 phrases, 5.500 minutes, on the codes of bars"
        in card
    )
    assert "- Started from: `bars`, 500 phrases, 10.0 minutes\n" in card
    assert "--start_from runs/codes/export" in cards.train_command(found)


def test_a_card_counts_how_its_tunes_were_split(promoted, data):
    """Sources may come with a split of their own, so the wished shares may not hold."""
    tunes = [
        dataclasses.replace(tune, split="test" if row % 4 == 0 else "train")
        for row, tune in enumerate(data.tunes)
    ]
    found, library = checkpoint.load(promoted), trained_model.load(promoted).library
    split = dataclasses.replace(data, tunes=tuple(tunes))
    card = cards.write(found, split, library, half=True)
    test = sum(tune.split == "test" for tune in tunes) / len(tunes)
    assert f"{1 - test:.0%} of the tunes for training, 0% for validation" in card
    assert f"{test:.0%} for testing" in card


def test_a_card_can_be_read_where_its_pictures_are_out_of_reach():
    plain = "# A\n\nwords\n\n### More\n"
    drawn = card_results.with_figures(
        f"# A\n\nwords\n\n{card_results.BEGIN}{card_results.END}\n\n### More\n",
        ["figure_kl.svg"],
    )
    assert "figure_kl.svg" in drawn
    assert card_results.without_figures(drawn) == plain
    assert card_results.without_figures(plain) == plain


@pytest.fixture
def older(promoted, tmp_path):
    """A checkpoint whose map was made before maps had more than two layouts."""
    found = checkpoint.load(promoted)
    full = library.read(found)
    bare = dataclasses.replace(
        full,
        positions={name: full.positions[name] for name in ("pca", "tsne")},
        trust={name: full.trust[name] for name in ("pca", "tsne")},
        accuracy=None,
        certainty=None,
    )
    files = {name: found.read(name) for name in found.files}
    del files[checkpoint.WEIGHTS], files[library.LAYOUTS]
    card = files[checkpoint.CARD].decode()
    told, tells_less = (card_results.trust_words(shelf.trust) for shelf in (full, bare))
    assert told in card
    files[checkpoint.CARD] = card.replace(told, tells_less).encode()
    return checkpoint.save(
        tmp_path / "tiny",
        found.model,
        name="tiny",
        preset=found.preset,
        training=found.training,
        data=found.data,
        half=True,
        extra=files | library.pack(bare),
    )


def test_an_older_map_is_given_all_that_a_new_one_has(promoted, older, data):
    assert library.LAYOUTS not in checkpoint.load(older).files
    extend(older, data)
    files = (library.LAYOUTS, library.PHRASES, library.LATENTS, checkpoint.CARD)
    for name in files:
        assert (older / name).read_bytes() == (promoted / name).read_bytes(), name


def test_an_older_map_of_other_phrases_is_left_alone(older):
    before = {path.name: path.read_bytes() for path in older.iterdir()}
    with pytest.raises(DataError, match="map of other phrases"):
        extend(older, tiny_dataset(num=31))
    assert {path.name: path.read_bytes() for path in older.iterdir()} == before
