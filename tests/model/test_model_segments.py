"""What a model stores of a segment besides the rule."""

from __future__ import annotations

import pytest
from logs import clean_log
from quick import quick_fit

from custseg.datasets import make_shop


@pytest.mark.slow
def test_names_and_advice_are_those_of_the_profiles() -> None:
    result = quick_fit(clean_log(120), language="ru")
    for segment, row in zip(result.model.segments, result.profiles.segments, strict=True):
        assert (segment.number, segment.names, segment.playbook) == (row.segment, row.names, row.playbook)
        assert segment.size == row.size
    assert result.model.names == tuple(row.names["ru"] for row in result.profiles.segments)


@pytest.mark.slow
def test_size_of_a_small_segment_is_not_stored() -> None:
    result = quick_fit(clean_log(40), n_segments=4, min_size=2)
    sizes = [row.size for row in result.profiles.segments]
    assert [segment.size for segment in result.model.segments] == [size if size >= 10 else None for size in sizes]
    assert min(sizes) < 10


@pytest.mark.slow
def test_evidence_of_a_name() -> None:
    shop = make_shop(600, 0)
    segments = quick_fit(shop.orders, as_of=shop.as_of, n_segments=5).model.segments
    for segment in segments:
        assert segment.condition or segment.traits
        for trait in segment.traits:
            assert trait.members >= 0.6


@pytest.mark.slow
def test_names_given_later_are_kept() -> None:
    result = quick_fit(clean_log(120)).rename({1: "Fans"})
    assert result.model.names[1] == "Fans"
    assert result.model.segments[1].names == {"en": "Fans", "ru": "Fans"}
    assert [segment.is_renamed for segment in result.model.segments] == [False, True, False]
