"""The content of a file that someone else has made, with a right checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from logs import clean_log
from quick import quick_fit

from custseg import DataError, SegmentModel
from custseg.model.storage._schema import SCHEMA

OLD = sorted((Path(__file__).parent / "schemas").glob("*.json"))


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("model") / "model.json"
    quick_fit(clean_log(120)).model.save(path)
    plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["model"]
    return plain


def forged(content: dict[str, Any], path: Path) -> Path:
    """A file with this content and its checksum."""
    text = json.dumps(content, ensure_ascii=False)
    checksum = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    head = json.dumps({"format": "custseg segment model", "schema": SCHEMA, "checksum": checksum})
    path.write_text(head[:-1] + ', "model": ' + text + "}", encoding="utf-8")
    return path


def set_at(*keys: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        part: Any = content
        for key in keys[:-1]:
            part = part[key]
        part[keys[-1]] = value

    return change


@pytest.mark.slow
def test_forged_file_of_the_same_content_is_the_model(content: dict[str, Any], tmp_path: Path) -> None:
    assert SegmentModel.load(forged(content, tmp_path / "model.json")) == quick_fit(clean_log(120)).model


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_at("rule", "kind", value="os.system"), "there is no rule 'os.system'"),
        (set_at("rule", "centers", value=[[0, 1, 2]]), "centers of the rule has shape"),
        (set_at("rule", "centers", value=[[0, 1], [2]]), "not that of a model"),
        (set_at("rule", "centers", value="much"), "not that of a model"),
        (set_at("rule", "offsets", value=[1, 2, 3, 4]), "offsets of the rule has shape"),
        (set_at("preparation", "columns", 0, "spread", value=0.0), "no positive scale"),
        (set_at("preparation", "columns", 0, "name", value="age"), "its columns are not one set of names"),
        (set_at("segments", 0, "number", value=1), "its segments are not numbered"),
        (set_at("segments", 0, "names", value={"fr": "neuf"}), "no name in its language"),
        (set_at("language", value="fr"), "no name in its language"),
        (set_at("next_number", value=2), "number of the next segment is in use"),
        (set_at("reference", "recent", "columns", "order_count", "shares", value=[]), "one share per bin"),
        (set_at("reference", "columns", value={}), "reference is of other columns"),
        (set_at("definition", "families", value=["rfm", "spells"]), "unknown families .'spells'"),
        (set_at("definition", "reach", "days", 0, value="yesterday"), "Invalid isoformat string"),
        (set_at("definition", "reach", "days", value=[]), "one number of customers per date"),
        (set_at("definition", "logs", "orders", "colour", value="red"), "the order log has no .'colour'"),
        (set_at("definition", "logs", "visits", value={"at": "day"}), "the visits has no .'at'"),
        (set_at("definition", "describing", value={"colour": "red"}), "the order log has no .'colour'"),
        (set_at("as_of", value="yesterday"), "Invalid RFC3339"),
        (set_at("surprise", value=1), "unknown field"),
    ],
)
def test_impossible_content(
    content: dict[str, Any], tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    copied = json.loads(json.dumps(content))
    change(copied)
    with pytest.raises(DataError, match=f"load: .* is not a usable model: .*{words}"):
        SegmentModel.load(forged(copied, tmp_path / "model.json"))


@pytest.mark.parametrize(
    ("family", "figure", "value", "words"),
    [
        ("engagement", "half_lives", {"email": 0, "web": 10, "orders": 120}, "half-lives must be days above 0"),
        ("engagement", "half_lives", {"email": 30}, "half-lives must be days above 0"),
        ("foresight", "ridits", [], "ridits and coefficients for its predictors"),
        ("foresight", "coefficients", [1.0], "ridits and coefficients for its predictors"),
        ("foresight", "outcome", "luck", "a known outcome in at least one day"),
        ("foresight", "horizon_days", 0, "a known outcome in at least one day"),
        ("foresight", "ridits", [{"values": [1, 2], "ridits": [0]}], "pairs in increasing order"),
        ("foresight", "ridits", [{"values": [2, 1], "ridits": [0, 0.1]}], "pairs in increasing order"),
        ("foresight", "ridits", [{"values": [1], "ridits": [7]}], "ridits must be from -1/2 to 1/2"),
    ],
)
def test_impossible_figures_of_the_customer_base(
    tmp_path: Path, family: str, figure: str, value: object, words: str
) -> None:
    """The model of the newest schema was made for a goal, with events."""
    content = json.loads(OLD[-1].read_text(encoding="utf-8"))["model"]
    set_at("definition", "figures", family, figure, value=value)(content)
    with pytest.raises(DataError, match=f"load: .* is not a usable model: .*{words}"):
        SegmentModel.load(forged(content, tmp_path / "model.json"))


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("items", 0, "when"), "recency_days >", "has the end, where a number"),
        (("items", 0, "names"), {"en": "Readers"}, "a rule before the clusters has no name in each language"),
        (("items", 0, "n_segments"), 2, "a rule before the clusters has no segment"),
        (("items", 0, "rule"), {"kind": "centers"}, "not that of a model"),
        (("priors",), {}, "a rate has no prior"),
        (("priors", "emails_opened / emails_delivered", "mean"), 1.0, "a prior has no mean between 0 and 1"),
        (("items", 0, "code"), "import os", "unknown field"),
    ],
)
def test_impossible_rules_before_the_clusters(tmp_path: Path, keys: tuple[Any, ...], value: object, words: str) -> None:
    """The model of the newest schema has a rule."""
    content = json.loads(OLD[-1].read_text(encoding="utf-8"))["model"]
    set_at("branches", *keys, value=value)(content)
    with pytest.raises(DataError, match=f"load: .* is not a usable model: .*{words}"):
        SegmentModel.load(forged(content, tmp_path / "model.json"))


def test_infinite_number(content: dict[str, Any], tmp_path: Path) -> None:
    path = forged(content, tmp_path / "model.json")
    for literal in ("NaN", "Infinity", "1e999"):
        text = json.dumps(content).replace(f'"scale": {content["rule"]["scale"]}', f'"scale": {literal}')
        checksum = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        head = json.dumps({"format": "custseg segment model", "schema": SCHEMA, "checksum": checksum})
        path.write_text(head[:-1] + ', "model": ' + text + "}", encoding="utf-8")
        with pytest.raises(DataError, match="is not a usable model"):
            SegmentModel.load(path)


def test_there_is_a_file_of_every_schema() -> None:
    assert [path.stem for path in OLD] == [f"schema_{number}" for number in range(1, SCHEMA + 1)]


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_file_of_every_schema_is_read(path: Path) -> None:
    assert SegmentModel.load(path).numbers == (0, 1, 2)


def test_season_of_the_fit_is_read() -> None:
    """The model of the newest schema measures rhythm in operational time."""
    definition = SegmentModel.load(OLD[-1]).definition
    assert definition is not None
    season = definition.figures["rhythm"].season
    assert (season.first, season.n_parts, season.share) == (20, 8, 0.731246)
