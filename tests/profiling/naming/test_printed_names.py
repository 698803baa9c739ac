"""Names as printed: lengths with labels, categories of one segment, hardly any, Russian without inflection."""

import numpy as np
import pytest

from custseg.profiling import Profiles, profile_segments

LABELS = np.repeat([0, 1, 2], 100)
RNG = np.random.default_rng(0)
PARCELS = {
    "parcels_sent": np.where(LABELS == 1, 30.0, np.where(RNG.random(300) < 0.1, 3.0, 0.0)) + RNG.integers(0, 2, 300),
    "late_pickups": np.where(LABELS == 2, 12.0, np.where(RNG.random(300) < 0.1, 2.0, 0.0)),
}
LONG = {
    "parcels_sent": {"en": "parcels sent from a locker", "ru": "посылок отправлено из постамата"},
    "late_pickups": {"en": "parcels collected too late", "ru": "посылок получено с опозданием"},
}


def shares(profiles: Profiles, row: int, columns: dict[str, np.ndarray]) -> list[float]:
    """The share of each segment that meets the whole name of one, counted here."""
    traits = profiles[row].traits
    names = {term.feature for trait in traits for term in trait.terms}
    holds = np.array([profiles[row].name_holds({name: columns[name][i] for name in names}) for i in range(300)])
    return [float(holds[segment == LABELS].mean()) for segment in range(3)]


def test_category_of_one_segment_comes_into_its_name() -> None:
    """Only the two numbers are clustered on; a text describes, but not one by which people must not be sorted."""
    sector = np.array(["metal", "food", "health"])[LABELS]
    numbers = {
        "bottles": np.array([10.0, 90.0, 90.0])[LABELS] + RNG.normal(0, 2, 300),
        "years": np.array([5.0, 5.0, 9.0])[LABELS] + RNG.normal(0, 1, 300),
    }
    profiles = profile_segments(numbers, LABELS, descriptors={"sector": sector}, clustered_on=["bottles", "years"])
    assert [f"sector {sector[100 * row]}" in profiles[row].name for row in range(3)] == [True] * 3
    religion = {"religion": sector}
    profiles = profile_segments(numbers, LABELS, descriptors=religion, clustered_on=["bottles", "years"])
    assert all("religion" not in row.name for row in profiles)


def test_name_that_half_of_another_segment_meets_gets_a_further_word() -> None:
    tickets = np.r_[np.resize([1, 2, 3], 100), np.resize([1, 2, 0, 5, 3, 4, 0], 100), np.full(100, 9)].astype(float)
    columns = {"tickets": tickets, "bottles": np.array([10.0, 90.0, 15.0])[LABELS] + RNG.normal(0, 2, 300)}
    profiles = profile_segments(columns, LABELS)
    for row in range(3):
        of_segments = shares(profiles, row, columns)
        assert of_segments[row] >= 0.6
        assert max(share for segment, share in enumerate(of_segments) if segment != row) < 0.5


def test_hardly_any_is_said_of_those_of_whom_most_have_none() -> None:
    labels = np.repeat([0, 1, 2, 3], 75)
    few = np.where((RNG.random(300) < 0.15) & (labels == 0), RNG.integers(2, 6, 300), 0)
    columns = {
        name: np.where(labels == own, RNG.integers(20, 60, 300), few).astype(float)
        for own, name in enumerate(("parcels_sent", "returns", "late_pickups"), start=1)
    }
    row = profile_segments(columns, labels)[0]
    assert row.names["en"].startswith("hardly any ")
    assert row.names["ru"].endswith(": почти нет")


@pytest.mark.parametrize("labels", [None, LONG])
def test_names_are_short_as_printed(labels: dict[str, dict[str, str]] | None) -> None:
    profiles = profile_segments(PARCELS, LABELS, column_labels=labels)
    for row in profiles:
        assert max(map(len, row.names.values())) <= (41 if labels is None else 60)
        assert "…" not in "".join(row.names.values())


def test_label_is_whole_where_another_language_has_it_whole() -> None:
    label = {"en": "readiness", "ru": "готовность порекомендовать друзьям"}
    values = np.array([5.0, 50.0, 95.0])[LABELS] + RNG.normal(0, 3, 300)
    rows = profile_segments({"nps_like": values}, LABELS, column_labels={"nps_like": label})
    assert rows[2].names == {"en": "high readiness", "ru": "готовность порекомендовать друзьям: выше обычного"}


def test_three_columns_are_listed() -> None:
    columns = {name: np.array([5.0, 50.0, 52.0])[LABELS] + RNG.normal(0, 3, 300) for name in ("tea", "jam", "rye")}
    columns |= {"oil": np.where(LABELS == 2, 9.0, 90.0) + RNG.normal(0, 1, 300)}
    names = [row.names for row in profile_segments(columns, LABELS)]
    assert all(" and " not in name["ru"] and " и " not in name["ru"] for name in names)


def test_share_of_nothing_is_0_percent() -> None:
    share = np.where(LABELS == 0, 0.0, np.where(LABELS == 1, 0.5, 0.9)) + np.where(LABELS > 0, RNG.random(300) / 20, 0)
    row = profile_segments({"weekend_share": share}, LABELS)[0]
    assert "no " not in row.names["en"]
    assert "нет" not in row.names["ru"]
