"""RFM maps: the two published ones, the caller's own, their checks, and the segments they give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import RETURNED, rows_of

from custseg import CustsegError
from custseg.classical_rfm import RFMMap, rfm_scores

AsKind = Callable[[pl.DataFrame], object]
ALL = [f"{r}{f}{m}" for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)]

scores_at_most_3 = st.integers(1, 3)
boxes = st.fixed_dictionaries({x: st.lists(scores_at_most_3, min_size=1, unique=True) for x in "rfm"})
maps = st.lists(boxes, min_size=1, max_size=5).map(
    lambda rows: RFMMap.from_dict({"bins": 3} | {f"row {i}": row for i, row in enumerate(rows)})
)
"""Maps of random boxes on three bins: with gaps, overlaps and rows that nobody reaches."""


def scored(*codes: str | None) -> pl.DataFrame:
    """A table of customers 0, 1, 2, ... with the scores of these codes."""
    digits = [(None, None, None) if code is None else tuple(map(int, code)) for code in codes]
    table = pl.DataFrame(digits, schema=dict.fromkeys("rfm", pl.Int64), orient="row")
    return table.with_row_index("customer_id")


def test_the_list_of_codes_is_complete_disjoint_and_reachable() -> None:
    codes = RFMMap.builtin("codes")
    report = codes.check()
    assert (report.gaps, report.overlaps, report.unreachable) == ((), {}, ())
    assert report.complete
    assert report.disjoint
    assert sorted(code for row in codes.rows for code in row.codes) == ALL


def test_the_list_of_codes_is_the_published_one() -> None:
    codes = RFMMap.builtin("codes")
    assert {row.name: len(row.codes) for row in codes.rows} == {
        "Champions": 7, "Loyal": 8, "Potential loyalists": 24, "New": 7, "Promising": 16, "Need attention": 8,
        "About to sleep": 5, "At risk": 22, "Can't lose them": 8, "Hibernating": 14, "Lost": 6,
    }  # fmt: skip
    segments = codes.by_code()
    assert {segments[code] for code in ("512", "511", "422", "421", "412", "411", "311")} == {"New"}
    assert {segments[code] for code in ("155", "154", "144", "214", "215", "113")} == {"Can't lose them"}
    assert segments["111"] == segments["151"] == "Lost"


def test_the_grid_covers_every_cell_once_whatever_the_money() -> None:
    grid = RFMMap.builtin("grid")
    assert grid.check().complete
    assert grid.check().disjoint
    segments = grid.by_code()
    assert all(segments[code] == segments[code[:2] + "1"] for code in ALL)
    cells = [[segments[f"{r}{f}1"] for f in range(1, 6)] for r in range(5, 0, -1)]
    potential, loyal, risk, lose = "Potential loyalists", "Loyal", "At risk", "Can't lose them"
    assert cells == [
        ["New", potential, potential, "Champions", "Champions"],
        ["Promising", potential, potential, loyal, loyal],
        ["About to sleep", "About to sleep", "Need attention", loyal, loyal],
        ["Hibernating", "Hibernating", risk, risk, lose],
        ["Hibernating", "Hibernating", risk, risk, lose],
    ]


@pytest.mark.parametrize("name", ["codes", "grid"])
def test_built_in_names_are_in_english_and_russian(name: str) -> None:
    built_in = RFMMap.builtin(name)
    assert built_in.by_code("en") == built_in.by_code()
    assert built_in.by_code("ru")["555"] == "Чемпионы"
    assert built_in.by_code("ru")["155"] == "Нельзя потерять"
    assert len(set(built_in.by_code("ru").values())) == len(built_in.rows)


def test_the_grid_ranks_most_frequent_below_less_frequent_among_the_silent() -> None:
    pairs = RFMMap.builtin("grid").check().non_monotone
    assert {(p.better_segment, p.worse_segment) for p in pairs} == {("Can't lose them", "At risk")}
    # F5 over F3 and F4, R1-2, money at least as high: R pairs 3 (11 22 21) x F pairs 2 x M pairs 15.
    assert len(pairs) == 3 * 2 * 15


def test_ranks_of_ones_own_make_the_grid_monotone() -> None:
    order = [
        ["Champions"],
        ["Can't lose them", "Loyal"],
        ["At risk", "Potential loyalists", "Need attention"],
        ["New", "Promising", "About to sleep"],
        ["Hibernating"],
    ]
    worth = {name: rank for rank, names in enumerate(order, start=1) for name in names}
    plain = RFMMap.builtin("grid").to_dict()
    ranked = {name: row | {"rank": worth[name]} for name, row in plain.items() if name != "bins"}
    assert RFMMap.from_dict(ranked).check().non_monotone == ()


def test_every_notation_of_codes_means_the_same() -> None:
    expected = ("555", "554", "553", "552", "551", "455")
    for codes in (
        "455 55*",
        ["55*", 455],
        ("555", "455", "554 ", "553", "552", "551"),
        {"codes": "55* 455 555"},
    ):
        assert RFMMap.from_dict({"Best": codes}).rows[0].codes == expected


def test_every_notation_of_conditions_means_the_same() -> None:
    expected = ("513", "512", "511", "413", "412", "411")
    for r, f, m in [([4, 5], 1, "1-3"), ("4-5", [1], [3, 1, 2]), ("4 – 5", "1", (1, 2, 3))]:
        assert RFMMap.from_dict({"New": {"r": r, "f": f, "m": m}}).rows[0].codes == expected
    assert RFMMap.from_dict({"All": {"m": "*"}}).rows[0].codes == tuple(reversed(ALL))


def test_first_row_wins_and_the_check_says_so() -> None:
    own = RFMMap.from_dict({"Best": "55*", "Recent": {"r": 5}, "Big": {"r": 5, "m": 5}, "Rest": {"r": "2-4"}})
    report = own.check()
    assert own.by_code()["555"] == "Best"
    assert own.by_code()["515"] == "Recent"
    assert report.overlaps["555"] == ("Best", "Recent", "Big")
    assert report.overlaps["515"] == ("Recent", "Big")
    assert report.overlaps["551"] == ("Best", "Recent")
    assert len(report.overlaps) == 5 + 4
    assert report.unreachable == ("Big",)
    assert report.gaps == tuple(code for code in reversed(ALL) if code[0] == "1")
    assert own.by_code()["111"] is None


def test_a_better_code_of_less_worth_is_found() -> None:
    own = RFMMap.from_dict({"bins": 2, "Top": "222 111", "Rest": {"r": "*"}})
    pairs = own.check().non_monotone
    assert [(pair.better, pair.worse) for pair in pairs] == [
        (code, "111") for code in ("221", "212", "211", "122", "121", "112")
    ]
    assert pairs[0].better_segment == "Rest"


@given(maps)
def test_check_agrees_with_its_definitions(own: RFMMap) -> None:
    report, segments = own.check(), own.by_code()
    rank = {row.name: row.rank for row in own.rows}
    assert list(report.gaps) == [code for code, name in segments.items() if name is None]
    assert set(report.unreachable) == rank.keys() - segments.values()
    for code, name in segments.items():
        covering = tuple(row.name for row in own.rows if code in row.codes)
        assert name == (covering[0] if covering else None)
        assert report.overlaps.get(code, ()) == (covering if len(covering) > 1 else ())
    expected = {
        (x, y)
        for x, name in segments.items()
        for y, other in segments.items()
        if name and other and all(a >= b for a, b in zip(x, y, strict=True)) and rank[name] > rank[other]
    }
    assert {(pair.better, pair.worse) for pair in report.non_monotone} == expected


@given(maps)
def test_a_map_comes_back_from_plain_data(own: RFMMap) -> None:
    assert RFMMap.from_dict(json.loads(json.dumps(own.to_dict()))) == own


def test_apply_names_the_segments_of_scores() -> None:
    table = pl.DataFrame(
        {
            "customer_id": ["ann", "bob", "cyd", "dan", "eve", "fay"],
            "recency_days": [1, 10, 40, 90, 300, None],
            "order_count": [9, 1, 4, 2, 6, 0],
            "revenue": [400.0, 20.0, 120.0, 35.0, 90.0, 0.0],
        }
    )
    scores = rfm_scores(table)
    assert list(scores.frame["code"]) == ["555", "411", "334", "222", "143", None]
    for name, third in [("codes", "Need attention"), ("grid", "Need attention")]:
        segments = RFMMap.builtin(name).apply(scores)
        assert list(segments["segment"])[:3] == [
            "Champions",
            "New" if name == "codes" else "Promising",
            third,
        ]
        assert list(segments["segment"])[3:] == ["Hibernating", "At risk", None]
    assert RFMMap.builtin("grid").apply(scores, language="ru")["segment"][1] == "Перспективные"


def test_apply_leaves_gaps_and_customers_without_scores_empty() -> None:
    segments = RFMMap.from_dict({"Best": "555"}).apply(scored("555", "111", None))
    assert segments.rows() == [(0, "Best"), (1, None), (2, None)]
    assert segments.schema["segment"] == pl.String


def test_apply_agrees_with_every_code() -> None:
    segments = RFMMap.builtin("codes").apply(scored(*ALL))
    assert dict(zip(ALL, segments["segment"], strict=True)) == RFMMap.builtin("codes").by_code()


def test_apply_is_the_same_on_every_kind(kind: str, as_kind: AsKind) -> None:
    table = pl.DataFrame(
        {"customer_id": ["007", "ann", "bob"], "r": [5, 1, None], "f": [5, 1, None], "m": [1, 1, None]},
        schema_overrides=dict.fromkeys("rfm", pl.Int64),
    )
    result = RFMMap.builtin("grid").apply(as_kind(table))
    assert isinstance(result, RETURNED.get(kind, pl.DataFrame))
    found = sorted((row["customer_id"], row["segment"]) for row in rows_of(result))
    assert found == [("007", "Champions"), ("ann", "Hibernating"), ("bob", None)]


def test_a_map_is_read_from_toml_in_the_order_of_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    text = '[Best]\ncodes = "3*3"\nnames = { ru = "Лучшие" }\n\n[Rest]\nr = "1-3"\n[Rest.names]\nru = "Прочие"\n'
    path.write_text("bins = 3\n" + text, encoding="utf-8-sig")
    own = RFMMap.from_toml(path)
    assert [(row.name, len(row.codes), row.rank) for row in own.rows] == [("Best", 3, 1), ("Rest", 27, 2)]
    assert own.bins == 3
    assert own.by_code("ru")["111"] == "Прочие"


def test_reprs_are_readable() -> None:
    own = RFMMap.from_dict({"Best": "555 55*", "Any": {"r": [1, 5], "f": 5}, "Big": {"r": 5, "f": 5}})
    assert repr(own).splitlines() == [
        "RFMMap: 3 segments over 125 codes",
        "  Best    5 codes  R5 F5",
        "  Any    10 codes  555 554 553 552 551 155 …",
        "  Big     5 codes  R5 F5",
    ]
    assert repr(own.check()).splitlines()[2:6] == [
        "  overlaps: 5 codes in several rows",
        "    Best before Any, Big: 5 codes (555, 554, 553, 552, 551)",
        "  unreachable: Big",
        "  monotone: no better code has a segment of less worth",
    ]
    assert repr(own.check()).splitlines()[1].startswith("  gaps: 115 codes (545, 544, ")
    text = repr(RFMMap.builtin("codes").check())
    assert "complete: every code has a segment" in text
    assert "522 is Promising, but 512 is New" in text


FAULTS = [
    ({"A": ["56"]}, "'A' has the code '56', which is not three digits or"),
    ({"A": [5555]}, "'A' has the code 5555, which is not three digits"),
    ({"A": [True]}, "'A' has the code True, which is not three digits"),
    ({"A": [5.5]}, "'A' has the code 5.5, which is not three digits"),
    ({"A": "556 055"}, "'A' has the code '556', whose scores do not lie between 1 and 5"),
    ({"A": "٥55"}, "which is not three digits"),
    ({"A": []}, r"'A' must have codes such as .* got \[\]"),
    ({"A": 555}, "'A' must have codes such as .* got 555"),
    ({"A": None}, "'A' must have codes such as .* got None"),
    ({"A": {}}, "'A' must have either codes or r, f, m, got neither"),
    ({"A": {"codes": "555", "r": 5}}, "'A' must have either codes or r, f, m, got both"),
    ({"A": {"r": 6}}, "'A' has r = 6, which does not lie between 1 and 5"),
    ({"A": {"r": "0-2"}}, "'A' has r = '0-2', which does not lie between 1 and 5"),
    ({"A": {"r": "1-999"}}, "'A' has r = '1-999', which does not lie between 1 and 5"),
    ({"A": {"r": "5-4"}}, "'A' must have r as 5, .* got '5-4'"),
    ({"A": {"m": "high"}}, "'A' must have m as 5, .* got 'high'"),
    ({"A": {"m": []}}, r"'A' must have m as 5, .* got \[\]"),
    ({"A": {"m": 1.5}}, "'A' must have m as 5, .* got 1.5"),
    ({"A": {"r": 5, "money": 1}}, "'A' has an unknown key 'money'"),
    ({"A": {"code": ["555"], "r": 1}}, "unknown key 'code'.*Did you mean 'codes'"),
    ({"A": {"r": 5, "rank": 0}}, "'A' must have a whole number from 1 on as rank, got 0"),
    ({"A": {"r": 5, "rank": "1"}}, "'A' must have a whole number from 1 on as rank, got '1'"),
    ({"A": {"r": 5, "rank": 1}, "B": "111"}, "ranks are given to 1 of 2 segments: give them to all"),
    ({"A": {"r": 5, "names": "А"}}, "'A' must have names by language .* got 'А'"),
    ({"A": {"r": 5, "names": {"ru": " "}}}, "'A' must have names by language"),
    ({"A": "555", "a ": "444"}, "'A' and 'a ' have the same name: 'a '"),
    (
        {"A": {"r": 5, "names": {"ru": "Х"}}, "B": {"r": 1, "names": {"ru": "х"}}},
        "'A' and 'B' have the same name in language 'ru': 'х'",
    ),
    ({" ": "555"}, "row 1 must have text as its name, got ' '"),
    ({5: "555"}, "row 1 must have text as its name, got 5"),
    ({}, "there is no segment"),
    ({"bins": 4}, "there is no segment"),
    ({"bins": 1, "A": "111"}, "bins must be a whole number from 2 to 9, got 1"),
    ({"bins": 4, "A": "555"}, "'A' has the code '555', whose scores do not lie between 1 and 4"),
]


@pytest.mark.parametrize(("segments", "words"), FAULTS)
def test_faulty_map(segments: Any, words: str) -> None:
    with pytest.raises(CustsegError, match=words):
        RFMMap.from_dict(segments)


def test_all_faults_of_a_map_are_named_together() -> None:
    with pytest.raises(CustsegError, match=r"^RFMMap\.from_dict: the map has 5 faults:\n") as caught:
        RFMMap.from_dict({"A": "556 5x5", "B": {"r": "4-5", "q": 1}, "b": {"f": 9}})
    faults = str(caught.value).splitlines()[1:]
    starts = ["'A' has the code '556'", "'A' has the code '5x5'", "'B' has an unknown key", "'b' has f = 9"]
    starts.append("'B' and 'b' have the same name")
    assert all(fault.startswith(f"- {start}") for fault, start in zip(faults, starts, strict=True))


@pytest.mark.parametrize("wrong", [None, "codes", [("A", "555")]])
def test_segments_that_are_no_mapping(wrong: Any) -> None:
    with pytest.raises(TypeError, match="segments must be a mapping of names"):
        RFMMap.from_dict(wrong)


def test_unknown_built_in_map() -> None:
    with pytest.raises(ValueError, match=r"name must be one of.*Did you mean 'codes'"):
        RFMMap.builtin("code")


def test_toml_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CustsegError, match=r"from_toml: '.*none\.toml' could not be read"):
        RFMMap.from_toml(tmp_path / "none.toml")
    (tmp_path / "twice.toml").write_text('[A]\ncodes = "555"\n[A]\ncodes = "444"\n', encoding="utf-8")
    with pytest.raises(CustsegError, match="is no TOML in UTF-8: Cannot declare"):
        RFMMap.from_toml(tmp_path / "twice.toml")
    (tmp_path / "bytes.toml").write_bytes(b'A = "\xff"')
    with pytest.raises(CustsegError, match="is no TOML in UTF-8"):
        RFMMap.from_toml(tmp_path / "bytes.toml")
    (tmp_path / "faulty.toml").write_text('[A]\ncodes = "566"\n', encoding="utf-8")
    with pytest.raises(CustsegError, match=r"faulty\.toml': the map has 1 fault:\n- 'A' has the code '566'"):
        RFMMap.from_toml(tmp_path / "faulty.toml")


def test_a_language_that_some_rows_lack() -> None:
    own = RFMMap.from_dict({"A": {"r": 5, "names": {"ru": "А"}}, "B": {"r": 1}})
    with pytest.raises(ValueError, match=r"RFMMap.apply: \['B'\] have no name in language 'ru'.*given in \['ru'\]"):
        own.apply(scored("555"), language="ru")


def test_scores_on_other_bins_than_the_map() -> None:
    table = pl.DataFrame({"id": [1], "recency_days": [1], "order_count": [1], "revenue": [1.0]})
    with pytest.raises(ValueError, match=r"the scores are on 4 bins, the map on 5\. Score with bins=5"):
        RFMMap.builtin("grid").apply(rfm_scores(table, 4))


def test_tables_that_hold_no_scores() -> None:
    grid = RFMMap.builtin("grid")
    with pytest.raises(CustsegError, match=r"the table lacks columns 'f' \(f=\), 'm'"):
        grid.apply(scored("555").drop("f", "m"))
    with pytest.raises(CustsegError, match="scores must be numbers, but 'r' is String"):
        grid.apply(scored("555").with_columns(pl.lit("high").alias("r")))
    with pytest.raises(CustsegError, match="whole numbers from 1 to 5, but those of 2 customers are not"):
        grid.apply(scored("555", "655", "055"))
    with pytest.raises(CustsegError, match="those of 1 customer are not"):
        grid.apply(scored("555").with_columns(pl.lit(4.5).alias("m")))
