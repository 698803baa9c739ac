"""Archetypes and plays are data: complete as they come, and checked where they are somebody's own."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from custseg import DataError
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.profiling import profile_segments
from custseg.profiling.naming._archetypes import (
    Archetype,
    builtin_archetypes,
    builtin_plays,
    is_library_feature,
    read_archetypes,
    read_plays,
)
from custseg.texts import LANGUAGES

DOMAIN = {
    "Champions": "Чемпионы", "Loyal": "Лояльные", "Potential loyalists": "Потенциально лояльные", "New": "Новички",
    "Promising": "Перспективные", "Need attention": "Требуют внимания", "About to sleep": "Засыпающие",
    "At risk": "В зоне риска", "Can't lose them": "Нельзя потерять", "Hibernating": "Спящие", "Lost": "Потерянные",
    "One-time buyers": "Разовые покупатели", "Discount-driven": "Охотники за скидками", "Seasonal": "Сезонные",
    "Prospects": "Без покупок",
}  # fmt: skip
FANS = """
[fans]
names = { en = "Fans", ru = "Поклонники" }
description = { en = "Visit daily.", ru = "Заходят каждый день." }
condition = [{ feature = "visits", operator = ">=", value = 5 }]
do = [{ en = "Thank them.", ru = "Благодарите." }]
"""
BAD = """
[a]
names = { en = "Fans" }
description = { en = "x", ru = "y" }
condition = [
    { feature = "vists", operator = ">=", value = 5 },
    { feature = "visits", operator = "=>", value = 5 },
    { feature = "visits", operator = ">=", quantile = 1.5 },
    { feature = "visits", operator = ">=", quantile = 0.5, value = 1 },
    { feature = "visits", operator = ">=", value = "many" },
]
[b]
names = { en = "fans ", ru = "Поклонники" }
description = { en = "x", ru = "y" }
condition = []
color = "red"
do = [{ en = "x" }]
[c]
names = { en = "C", ru = "Ц" }
description = { en = "x", ru = " " }
condition = [{ feature = "visits", operator = "<", value = 5 }]
lifetime = "yes"
most = "revenue"
"""
FAULTS = [
    "a: names lacks language 'ru'",
    "a: unknown feature 'vists', Did you mean 'visits'?",
    "a: unknown operator '=>'",
    "a: the quantile of 'visits' must lie between 0 and 1, got 1.5",
    "a: the term on 'visits' must have either value or quantile",
    "a: the value of 'visits' is not a number, so its operator must be '=='",
    "b: unknown key 'color'",
    "b: condition must be a list of one or more terms",
    "b: a line of do lacks language 'ru'",
    "b: the name 'fans ' is already used by a",
    "c: description lacks language 'ru'",
    "c: lifetime must be true or false, got 'yes'",
    "c: most must name a feature of the condition, got 'revenue'",
]


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def visits() -> tuple[dict[str, list[int]], list[int]]:
    return {"visits": [1, 2] * 30 + [8, 9] * 20}, [0] * 60 + [1] * 40


def test_names_of_the_domain_are_there_in_both_languages() -> None:
    names = {one.names["en"]: one.names["ru"] for one in builtin_archetypes()}
    assert names.items() >= DOMAIN.items()
    assert len(names) == len(builtin_archetypes())


@pytest.mark.parametrize("archetype", builtin_archetypes(), ids=lambda one: one.key)
def test_every_archetype_has_a_line_and_a_play_in_both_languages(archetype: Archetype) -> None:
    assert set(archetype.description) == set(LANGUAGES)
    play = archetype.play
    assert play.do
    assert play.dont
    assert play.channel is not None
    assert play.cadence is not None


def test_builtin_data_passes_its_own_check() -> None:
    features = {term.feature for one in builtin_archetypes() for term in one.terms}
    text = files("custseg.profiling.naming").joinpath("data", "archetypes.toml").read_text("utf-8")
    assert read_archetypes(tomllib.loads(text), features, "f") == builtin_archetypes()
    plays = files("custseg.profiling.naming").joinpath("data", "playbook.toml").read_text("utf-8")
    assert read_plays(tomllib.loads(plays), builtin_plays(), "f", columns=()).keys() <= builtin_plays().keys()


def test_own_archetypes_take_the_place_of_the_builtin_ones(tmp_path: Path) -> None:
    profiles = profile_segments(*visits(), archetypes=written(tmp_path, FANS))
    assert [row.names["ru"] for row in profiles] == ["visits не больше 2", "Поклонники"]
    assert profiles[1].advice.do == ("Thank them.",)
    evidence = profiles[1].evidence
    assert evidence is not None
    assert (evidence.condition["en"], evidence.members, evidence.others) == ("visits at least 5", 1.0, 0.0)


def test_own_archetypes_can_be_added_to_the_builtin_ones() -> None:
    kinds = read_archetypes(tomllib.loads("keep_builtin = true\n" + FANS), {"visits"}, "f")
    assert [one.key for one in kinds][:2] == ["fans", "discount_driven"]


def test_all_faults_are_told_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"profile_segments: archetypes '.*own\.toml' cannot be used:") as told:
        profile_segments(*visits(), archetypes=written(tmp_path, BAD))
    assert [fault for fault in FAULTS if fault not in str(told.value)] == []
    assert str(told.value).count("\n") == len(FAULTS)


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("nowhere.toml", DataError, "archetypes 'nowhere.toml' could not be read"),
        (5, TypeError, "archetypes must be the path of a TOML file or a mapping, got int"),
        ({}, DataError, "it defines no archetype"),
        ({"a": 1}, DataError, "a: must be a table"),
        ({"keep_builtin": 1, "a": 1}, DataError, "keep_builtin must be true or false"),
    ],
)
def test_archetypes_that_cannot_be_read_are_told(source: object, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=f"profile_segments: [^$]*{words}"):
        profile_segments(*visits(), archetypes=source)


def test_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not TOML in UTF-8"):
        profile_segments(*visits(), archetypes=written(tmp_path, "[a"))


@pytest.mark.parametrize(
    ("play", "words"),
    [
        ({"chmpions": {}}, "chmpions: no segment can have this key. Did you mean 'champions'?"),
        ({"champions": 1}, "champions: must be a table"),
        ({"champions": {"doo": []}}, "champions: unknown key 'doo', Did you mean 'do'?"),
        ({"champions": {"do": "x"}}, "champions: do must be a list of lines"),
        ({"champions": {"channel": {"en": "x"}}}, "champions: channel lacks language 'ru'"),
        ({"champions": {"do": [{"en": "x", "ru": "y", "when": [{"feature": "x", "operator": "==", "value": True}]}]}},
         "when compares a number or a category"),
        ({"champions": {"do": [{"en": "x", "ru": "y", "apart": "yes"}]}}, "apart must be true or false, got 'yes'"),
        ({"champions": {"instead": {}}}, "champions: instead must be a list of lines"),
        ({"champions": {"instead": [{"channel": {"en": "x", "ru": "y"}}]}}, "must be a table with when"),
        ({"champions": {"instead": [{"when": [{"feature": "visits", "operator": "<", "value": 5}]}]}},
         "must be a table with when or unread, and with channel or cadence"),
        ({"champions": {"instead": [{"when": [{"feature": "visits", "operator": "<", "value": 5}],
                                     "cadence": {"en": "x"}}]}}, "cadence of instead lacks language 'ru'"),
    ],
)  # fmt: skip
def test_plays_that_cannot_be_used_are_told(play: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match="playbook cannot be used") as told:
        profile_segments(*visits(), playbook=play)
    assert words in str(told.value)


def test_faults_of_when_are_told_together() -> None:
    terms = [{"feature": "discount_shair", "operator": ">", "value": 1.0},
             {"feature": "discount_share", "operator": ">", "value": float("nan")},
             {"feature": "open_rate", "operator": ">", "value": 0.5}]  # fmt: skip
    play = {"champions": {"do": [{"en": "x", "ru": "y", "when": terms}]}}
    with pytest.raises(DataError, match=r"unknown feature 'discount_shair', Did you mean 'discount_share'") as told:
        profile_segments(*visits(), playbook=play)
    assert "the value of 'discount_share' must be a number, got nan" in str(told.value)
    assert str(told.value).count("\n") == 2


@pytest.mark.slow
def test_names_of_every_family_are_known() -> None:
    shop = make_shop(200, 0)
    table = build_features(shop.orders, shop.events, shop.customers, as_of=shop.as_of)
    computed = [feature.name for feature in table.described if feature.family != "attributes"]
    assert [name for name in computed if not is_library_feature(name)] == []


def test_feature_that_the_table_lacks_but_the_library_knows_is_no_fault() -> None:
    own = {
        "sleepers": {
            "names": {"en": "Sleepers", "ru": "Сони"},
            "description": {"en": "x", "ru": "y"},
            "condition": [{"feature": "recency_days", "operator": ">=", "value": 100}],
        }
    }
    assert profile_segments(*visits(), archetypes=own)[0].key == "described"


@pytest.mark.parametrize(("recency", "keys"), [(20.0, {"discount_driven"}), (1_000.0, {"described"})])
def test_who_has_been_silent_for_years_is_not_called_by_what_they_used_to_do(recency: float, keys: set[str]) -> None:
    labels = np.repeat([0, 1], 50)
    shares = np.where(labels == 0, 0.6 + np.arange(100) / 200, 0.0)
    table = {"recency_days": recency + np.tile(np.arange(50.0), 2), "discount_share": shares}
    assert {profile_segments(table, labels)[0].key} == keys


def test_base_that_has_lapsed_has_nobody_at_risk() -> None:
    labels = np.repeat([0, 1], 50)
    away = np.where(labels == 0, 300.0, 20.0) + np.tile(np.arange(50.0), 2)
    table = {"order_count": np.where(labels == 0, 12.0, 4.0), "revenue": np.tile(np.arange(50.0), 2)}
    assert profile_segments({"recency_days": away, **table}, labels)[0].key == "at_risk"
    assert profile_segments({"recency_days": away + 1_000, **table}, labels)[0].key == "described"


def test_condition_on_a_category() -> None:
    own = {
        "northern": {
            "names": {"en": "Northern", "ru": "Северные"},
            "description": {"en": "x", "ru": "y"},
            "condition": [{"feature": "region", "operator": "==", "value": "north"}],
        }
    }
    regions = np.repeat(["north", "south"], 40)
    profiles = profile_segments({"region": regions}, np.repeat([0, 1], 40), archetypes=own)
    assert [row.name for row in profiles] == ["Northern", "region south"]


def test_archetype_is_nobody_where_half_of_a_segment_without_one_meets_its_condition() -> None:
    labels = np.repeat([0, 1, 2], 100)
    share = np.array([0.9, 0.8, 0.1])[labels] + np.tile(np.linspace(-0.1, 0.1, 100), 3)
    few = np.where((labels == 1) & (np.arange(300) % 100 >= 40), 0.1, share)
    assert profile_segments({"discount_share": few}, labels)[0].key == "discount_driven"
    half = np.where((labels == 1) & (np.arange(300) % 100 >= 55), 0.1, share)
    assert "discount_driven" not in [row.key for row in profile_segments({"discount_share": half}, labels)]


def seasonal(first: np.ndarray, orders: np.ndarray, share: np.ndarray) -> dict[str, np.ndarray]:
    """Customers who bought lately, some of them in the season alone."""
    spread = np.tile(np.linspace(0, 9, 60), len(orders) // 60)
    return {"recency_days": first + spread, "order_count": orders, "revenue": 300 * orders + spread,
            "age_days": 365 * orders, "peak_share": share}  # fmt: skip


def test_all_segments_of_the_season_are_seasonal_and_say_how_they_differ() -> None:
    labels = np.repeat([0, 1, 2, 3, 4], 60)
    table = seasonal(np.array([14.0, 14.0, 14.0, 90.0, 300.0])[labels], np.array([2.0, 3.0, 4.0, 20.0, 1.0])[labels],
                     np.array([0.9, 0.9, 0.9, 0.1, 0.0])[labels])  # fmt: skip
    rows = profile_segments(table, labels).segments
    assert [row.name for row in rows[:3]] == ["Seasonal · 2 orders", "Seasonal · 3 orders", "Seasonal · 4 orders"]
    assert rows[0].names["ru"] == "Сезонные · 2 заказа"
    evidence = rows[0].evidence
    assert evidence is not None
    assert (evidence.members, evidence.others) == (1.0, 0.0)


def test_segment_alone_in_the_season_needs_no_addition() -> None:
    labels = np.repeat([0, 1], 60)
    table = seasonal(np.full(120, 14.0), np.where(labels == 0, 3.0, 9.0), np.where(labels == 0, 0.9, 0.1))
    assert profile_segments(table, labels)[0].name == "Seasonal"


def test_nobody_is_seasonal_where_all_are() -> None:
    labels = np.repeat([0, 1], 60)
    table = seasonal(np.full(120, 14.0), np.where(labels == 0, 2.0, 9.0), np.full(120, 0.9))
    assert not any("Seasonal" in row.name for row in profile_segments(table, labels).segments)


def kinds_in(columns: dict[str, tuple[float, float, float]], *keys: str) -> list[str]:
    """The keys of three segments with such typical values, of 30, 60 and 210 customers; `keys` are the archetypes."""
    labels = np.repeat([0, 1, 2], [30, 60, 210])
    spread = np.concatenate([np.linspace(0.9, 1.1, size) for size in (30, 60, 210)])
    table = {name: np.array(values)[labels] * spread for name, values in columns.items()}
    entries = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "archetypes.toml").read_text("utf-8"))
    own = {key: entries[key] for key in keys} if keys else None
    return [row.key for row in profile_segments(table, labels, archetypes=own)]


CHAMPIONS = {"recency_days": (9.0, 10.0, 300.0), "order_count": (20.0, 12.0, 1.0), "revenue": (5_000.0, 900.0, 40.0),
             "overdue_ratio": (0.5, 0.5, 3.0)}  # fmt: skip


def test_champions_are_told_by_their_money_from_others_without_a_name() -> None:
    """The second segment meets the condition too."""
    assert kinds_in(CHAMPIONS, "champions")[:2] == ["champions", "described"]
    assert "champions" not in kinds_in({**CHAMPIONS, "revenue": (5_000.0, 4_770.0, 40.0)}, "champions")


def test_champions_still_order_whatever_the_others_do() -> None:
    """Beside others who left years ago the last order is the most recent, and yet not lately, or overdue."""
    left = {**CHAMPIONS, "recency_days": (9.0, 900.0, 1_200.0), "overdue_ratio": (0.5, 9.0, 9.0)}
    assert kinds_in(left)[0] == "champions"
    assert kinds_in({**left, "recency_days": (80.0, 900.0, 1_200.0)})[0] == "loyal"  # in time, every 160 days
    assert "champions" not in kinds_in({**left, "overdue_ratio": (3.0, 9.0, 9.0)})  # every three days


@pytest.mark.parametrize("key", ["potential_loyalists", "promising"])
def test_lately_is_no_quantile_alone(key: str) -> None:
    columns = {"recency_days": (40.0, 900.0, 1_200.0), "order_count": (2.5, 9.0, 9.0), "revenue": (90.0, 60.0, 60.0)}
    assert kinds_in(columns, key)[0] == key
    assert kinds_in({**columns, "recency_days": (90.0, 900.0, 1_200.0)}, key)[0] == "described"
