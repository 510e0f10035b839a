"""A checkpoint gets new attribute vectors; its weights and codes stay."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from explorer import checkpoint, library, trained_model
from explorer.attribute_renewal import renew_attributes
from explorer.attributes import attributes_of
from explorer.errors import DataError
from explorer.promote import promote
from tests.helpers import tiny_dataset
from tests.tiny import save_tiny_run


@pytest.fixture(scope="module")
def data():
    return tiny_dataset(num=30)


@pytest.fixture(scope="module")
def promoted(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("promoted")
    run = save_tiny_run(root / "run" / "export").parent
    return promote(run, data, "tiny", root=root, date="2018-03-13", num_phrases=50)


@pytest.fixture
def older(promoted, tmp_path):
    """The same checkpoint, from when fewer attributes were known."""
    found = checkpoint.load(shutil.copytree(promoted, tmp_path / "tiny"))
    files = {
        name: found.read(name) for name in found.files if name != checkpoint.WEIGHTS
    }
    listing = json.loads(files[library.PHRASES])
    listing["attributes"] = listing["attributes"][:5]
    arrays = found.read_arrays(library.LATENTS)
    arrays["attributes"] = arrays["attributes"][:, :5]
    metrics = {k: v for k, v in found.metrics.items() if k != "attribute_success"}
    files[library.PHRASES] = checkpoint.to_json(listing)
    files[library.LATENTS] = checkpoint.to_safetensors(arrays)
    files[checkpoint.METRICS] = checkpoint.to_json(metrics)
    checkpoint.renew(found, files)
    return checkpoint.load(found.path)


def test_an_older_checkpoint_becomes_what_is_promoted_today(older, promoted, data):
    found = renew_attributes(older, data)
    fresh = checkpoint.load(promoted)
    assert found.files == fresh.files
    assert found.sha256 == older.sha256
    assert found.metrics == fresh.metrics
    model = trained_model.load(found.path)
    assert model.library.attributes.shape[1] == len(attributes_of("melody"))
    np.testing.assert_array_equal(model.library.mu, library.read(fresh).mu)


def test_other_data_is_refused(older, data):
    with pytest.raises(DataError, match="trained on other data"):
        renew_attributes(older, dataclasses.replace(data, sha256="1" * 64))


def test_another_seed_is_refused_and_nothing_is_written(older, data):
    with pytest.raises(DataError, match="Name the seed"):
        renew_attributes(older, data, seed=7)
    assert checkpoint.load(older.path).files == older.files
