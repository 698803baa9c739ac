"""Names of an earlier fit: kept while most members meet their conditions."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import Segmentation
from custseg.profiling import Profiles, StoredName, Term, with_stored_names

VISITS = np.r_[np.arange(30), np.arange(100, 130), np.arange(300, 330)]
TABLE = pl.DataFrame({"customer_id": np.arange(90), "visits": VISITS})


@pytest.fixture(scope="module")
def result() -> Segmentation:
    return quick_fit(features=TABLE, columns=["visits"])


def stored(name: str, *terms: Term, **arguments: Any) -> StoredName:
    words = {"en": name, "ru": name}
    traits = ((words, terms),) if terms else ()
    return StoredName(**{"key": "described", "names": words, "descriptions": words, "condition": {}, "terms": (),
                         "traits": traits, "playbook": {}, **arguments})  # fmt: skip


def renamed(result: Segmentation, names: dict[int, StoredName]) -> tuple[Profiles, tuple[int, ...]]:
    return with_stored_names(result.profiles, result.features, result.labels, stored=names)


def segment_of(result: Segmentation, visits: float) -> int:
    return int(result.labels[np.flatnonzero(visits == VISITS)[0]])


@pytest.mark.parametrize(("bound", "is_kept"), [(12.0, True), (13.0, False)])
def test_60_per_cent_of_the_members_are_enough(result: Segmentation, bound: float, is_kept: bool) -> None:
    # 18 of the 30 members have 12 visits or more, 17 have 13 or more.
    low = segment_of(result, 0)
    profiles, changed = renamed(result, {low: stored("regulars", Term("visits", ">=", bound))})
    assert (profiles[low].name == "regulars") is is_kept
    assert changed == (() if is_kept else (low,))


def test_kept_name_has_the_evidence_of_today(result: Segmentation) -> None:
    low = segment_of(result, 0)
    profiles, _ = renamed(result, {low: stored("regulars", Term("visits", ">=", 12.0))})
    (trait,) = profiles[low].traits
    assert (trait.members, trait.others) == (0.6, 1.0)
    assert "12" in trait.condition["en"]


def test_archetype_is_kept_with_its_condition(result: Segmentation) -> None:
    high = segment_of(result, 300)
    name = stored("Fans", key="champions", terms=(Term("visits", ">", 200.0),), condition={"en": "over 200"})
    profiles, changed = renamed(result, {high: name})
    evidence = profiles[high].evidence
    assert changed == ()
    assert evidence is not None
    assert (evidence.archetype, evidence.members, evidence.others) == ("champions", 1.0, 0.0)


def test_given_name_needs_no_evidence(result: Segmentation) -> None:
    profiles, changed = renamed(result, {0: stored("Fans", Term("visits", "<", -1.0), is_fixed=True)})
    assert (profiles[0].name, changed) == ("Fans", ())


def test_name_whose_feature_is_missing_is_changed(result: Segmentation) -> None:
    profiles, changed = renamed(result, {0: stored("Fans", Term("income", ">", 0.0))})
    assert (profiles[0].name, changed) == (result.profiles[0].name, (0,))


def test_name_in_use_is_numbered(result: Segmentation) -> None:
    other = stored(result.profiles[1].name, is_fixed=True)
    profiles, _ = renamed(result, {0: other})
    assert [row.name for row in profiles][:2] == [result.profiles[1].name, f"{result.profiles[1].name} · group 2"]


def test_without_stored_names_nothing_changes(result: Segmentation) -> None:
    assert renamed(result, {}) == (result.profiles, ())
