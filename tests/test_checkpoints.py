"""Every committed checkpoint: whole, described, and as good as its card says."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from explorer import card_results, cards, checkpoint, trained_model
from explorer.attributes import attributes_of
from explorer.evaluate import reconstruct
from explorer.metrics import kl_bits_by_dimension
from scripts.update_checkpoint_fixtures import GOLDEN, first_events, read_held_out

ROOT = Path(__file__).resolve().parent.parent / "checkpoints"
MAX_FILE_BYTES = 60 * 1000**2  # they live in git
NOISE = 0.06  # standard deviation of a phrase's accuracy from seed to seed, at most
MAX_BYTES = 200 * 1000**2  # of all checkpoints together
NAMES = [name for name, _ in checkpoint.available(ROOT)]

pytestmark = pytest.mark.parametrize("name", NAMES)


def test_it_loads_with_its_map_and_vectors(name):
    model = trained_model.load(ROOT / name)
    assert model.name == name
    assert len(model.library) >= 1000
    assert model.attribute_vectors.names == tuple(attributes_of(model.encoding))
    assert all(title.strip() for title in model.library.titles)
    assert all(model.library.sources)
    assert all(model.library.licences)


def test_nothing_is_in_the_folder_that_its_config_does_not_list(name):
    listed = set(checkpoint.load(ROOT / name).files) | {checkpoint.CONFIG}
    assert {path.name for path in (ROOT / name).iterdir()} == listed
    assert max(path.stat().st_size for path in (ROOT / name).iterdir()) < MAX_FILE_BYTES
    assert sum(path.stat().st_size for path in ROOT.glob("*/*")) < MAX_BYTES


def test_its_card_says_what_its_files_say(name):
    found = checkpoint.load(ROOT / name)
    card = found.read(checkpoint.CARD).decode()
    for heading in cards.HEADINGS:
        assert f"\n## {heading}\n" in card
    assert card_results.results_table(found.metrics) in card
    assert card_results.sources_table(found.metrics) in card
    assert card_results.samples_table(found.metrics) in card
    assert cards.train_command(found) in card
    for source in found.data["sources"]:
        assert source["name"] in card
        assert source["licence"] in card


def test_its_metrics_have_the_agreed_keys(name):
    metrics = checkpoint.load(ROOT / name).metrics
    for way in ("teacher_forced", "sampled"):
        assert 0 < metrics["reconstruction"][way]["accuracy"] <= 1
    assert metrics["kl_bits"] > 0
    assert metrics["active_units"] > 0
    assert metrics["eval"].keys() >= {"num_tunes", "num_windows", "temperature", "seed"}
    assert metrics["eval"]["temperature"] == 1.0


def test_the_first_events_of_seed_0_have_not_changed(name):
    assert first_events(ROOT / name) == json.loads(GOLDEN.read_text())[name]


def test_measuring_held_out_phrases_again_gives_what_the_metrics_say(name):
    """The measured phrases of one source; the noise of z and the draws are others."""
    found = checkpoint.load(ROOT / name)
    source, tokens = read_held_out(found.data["sha256"], found.config.music)
    said = found.metrics["by_source"][source]
    assert len(tokens) == said["num_windows"]
    written = reconstruct(found.model, tokens, seed=1)
    by_chance = 4 * NOISE * math.sqrt(2 / len(tokens))  # between two measurements
    for way in ("teacher_forced", "sampled"):
        accuracy = (getattr(written, way) == tokens).mean()
        assert accuracy == pytest.approx(said[way], abs=by_chance)
    bits = kl_bits_by_dimension(written.mu, written.sigma).sum()
    # Songs say less than quartets: the KL of one source is near that of all, no more.
    assert bits == pytest.approx(found.metrics["kl_bits"], rel=0.5)


def test_neighbours_of_new_codes_are_those_of_brute_force(name):
    model = trained_model.load(ROOT / name)
    codes = model.library.mu.astype(np.float64)
    for z in model.sample(5, seed=7):
        distances = np.linalg.norm(codes - z, axis=1)
        expected = np.argsort(distances, kind="stable")[:8]
        np.testing.assert_array_equal(model.library.neighbours(z, 8), expected)


def test_a_real_phrase_is_placed_on_its_own_dot(name):
    library = trained_model.load(ROOT / name).library
    rows = np.arange(0, len(library), len(library) // 20)
    for map_name, dots in library.positions.items():
        limit = 0.001 if map_name == "pca" else 0.05
        places = library.place(library.mu[rows], map_name)
        distance = np.linalg.norm(places - dots[rows], axis=1)
        assert np.median(distance) < limit * np.ptp(dots, axis=0).max()
