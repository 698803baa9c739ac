"""A model file is the model, or a plain error."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from effort import all_of
from logs import clean_log
from quick import quick_fit

from custseg import CustsegError, DataError, SegmentModel
from custseg.model.storage._schema import SCHEMA

METHODS = ("kmeans", "gaussian_mixture", "hdbscan", "ward")


def fitted(method: str = "kmeans", **arguments: object) -> SegmentModel:
    arguments = {"n_segments": None if method == "hdbscan" else 3, **arguments}
    return quick_fit(clean_log(120), method=method, **arguments).model


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    return fitted()


@pytest.fixture
def file(model: SegmentModel, tmp_path: Path) -> Path:
    model.save(tmp_path / "model.json")
    return tmp_path / "model.json"


@pytest.mark.parametrize("method", all_of(METHODS, quick=("kmeans", "hdbscan")))
def test_loaded_model_is_the_saved_one(method: str, tmp_path: Path) -> None:
    model = fitted(method)
    model.save(tmp_path / "model.json")
    loaded = SegmentModel.load(tmp_path / "model.json")
    assert loaded == model
    log = clean_log(120)
    assert loaded.assign(log, as_of="2025-01-01").equals(model.assign(log, as_of="2025-01-01"))
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "model.json").read_bytes()


@pytest.mark.slow
def test_file_is_small_readable_json(file: Path) -> None:
    plain = json.loads(file.read_text(encoding="utf-8"))
    assert plain["model"]["preparation"]["columns"][0]["name"] == "recency_days"
    assert file.stat().st_size < 1_000_000
    assert max(map(len, file.read_text(encoding="utf-8").splitlines())) < 5_000


@pytest.mark.slow
def test_russian_names_stay_readable(tmp_path: Path) -> None:
    model = fitted(language="ru")
    model.save(tmp_path / "model.json")
    assert model.names[0] in (tmp_path / "model.json").read_text(encoding="utf-8")


def test_mutated_file_is_the_model_or_an_error(model: SegmentModel, file: Path) -> None:
    original, draw = file.read_bytes(), random.Random(0)
    outcomes = {"the model": 0, "an error": 0}
    for _ in range(300):
        file.write_bytes(mutated(original, draw))
        try:
            assert SegmentModel.load(file) == model
            outcomes["the model"] += 1
        except DataError:
            outcomes["an error"] += 1
    assert outcomes["an error"] > 250


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_ten_thousand_mutations(method: str, tmp_path: Path) -> None:
    model, file, draw = fitted(method), tmp_path / "model.json", random.Random(1)
    model.save(file)
    original = file.read_bytes()
    for _ in range(2_500):
        file.write_bytes(mutated(original, draw))
        with contextlib.suppress(DataError):
            assert SegmentModel.load(file) == model


def mutated(file: bytes, draw: random.Random) -> bytes:
    """The bytes cut off, or with some of them changed, inserted, deleted or repeated."""
    changed = bytearray(file)
    kind, place = draw.randrange(5), draw.randrange(len(file))
    if kind == 0:
        return bytes(changed[:place])
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(changed))
        if kind == 1:
            changed[place] = draw.randrange(256)
        elif kind == 2:
            changed.insert(place, draw.choice(b' 0123456789.-+eE"{}[],:\n\\null'))
        elif kind == 3:
            del changed[place : place + draw.randrange(1, 40)]
        else:
            changed[place:place] = changed[place : place + 60]
    return bytes(changed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[: len(text) // 2], "truncated, or not the JSON"),
        (lambda text: "", "truncated"),
        (lambda text: "[" * 100_000, "truncated, or not the JSON"),
        (lambda text: text.replace('"Prospects"', '"Others"'), "changed after it was written"),
        (
            lambda text: text.replace(f'"schema": {SCHEMA}', '"schema": 99'),
            "newer version of custseg wrote it .schema 99",
        ),
        (lambda text: text.replace(f'"schema": {SCHEMA}', '"schema": 0'), "no valid schema number"),
        (lambda text: text.replace("custseg segment model", "a list"), "its format is not"),
        (lambda text: text + " " * 17_000_000, "larger than 16 MB"),
        (lambda text: '{"format": "custseg segment model"}', "truncated, or not the JSON"),
    ],
)
def test_bad_file_is_an_error(file: Path, change: object, words: str) -> None:
    assert callable(change)
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError, match=f"load: .*model.json' is not a usable model: .*{words}"):
        SegmentModel.load(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"load: .*none.json' cannot be read .No such file"):
        SegmentModel.load(tmp_path / "none.json")


@pytest.mark.parametrize("path", [None, 3, b"model.json"])
def test_path_of_another_type(model: SegmentModel, path: object) -> None:
    with pytest.raises(TypeError, match="save: path must be the path of a file"):
        model.save(path)


def test_old_file_stays_when_the_new_one_cannot_be_written(model: SegmentModel, tmp_path: Path) -> None:
    (tmp_path / "model.json").mkdir()
    with pytest.raises(CustsegError, match="save: "):
        model.save(tmp_path / "model.json")


@pytest.mark.slow
def test_no_customer_is_in_the_file(tmp_path: Path) -> None:
    log = clean_log(150)
    names = np.array([f"Zenobia{i:03d}" for i in range(150)])
    log = log.with_columns(customer_id=pl.Series(names[log["customer_id"].to_numpy()]))
    # One order of a value that no other customer has, neither at the end of the range nor in its middle.
    amounts = log["amount"].to_numpy().copy()
    amounts[:3] = [98_765.4321, 37.1234, 0.4567]
    model = quick_fit(log.with_columns(amount=amounts), n_segments=3).model
    model.save(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    assert [words for words in ("Zenobia", "98765", "37.1234", "0.4567") if words in text] == []


@pytest.mark.slow
def test_segment_of_few_customers_is_not_saved(tmp_path: Path) -> None:
    model = quick_fit(clean_log(40), n_segments=4, min_size=2).model
    with pytest.raises(DataError, match=r"save: fewer than ten customers are in segment .*min_size=10"):
        model.save(tmp_path / "model.json")
    assert not list(tmp_path.iterdir())
