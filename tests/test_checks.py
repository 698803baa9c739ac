"""All errors about an argument or a column read alike: caller, argument, rule, value, remedy."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg._checks import (
    check_choice,
    check_columns,
    check_distinct,
    check_integer,
    check_min_size,
    check_random_state,
    did_you_mean,
    number_advice,
    optional_module,
)
from custseg.errors import CustsegError, DataError, InfeasibleMinimumError, MissingDependencyError
from custseg.texts import listed, plural


def test_listed_counts_what_is_cut() -> None:
    assert listed([]) == "[]"
    assert listed(["a", 1]) == "['a', 1]"
    assert listed(range(25), limit=3) == "[0, 1, 2, … 22 more]"


def test_plural_separates_thousands() -> None:
    assert [plural(n, "row") for n in (0, 1, 2, 1234567)] == ["0 rows", "1 row", "2 rows", "1,234,567 rows"]
    assert plural(2, "child", "children") == "2 children"


@pytest.mark.parametrize(
    "shape", ["$9,999.99", "-$9.99", "$-9.99", "9.999,99 €", "A$ 99,99", "AAA 9.99", "99 AAA.", "($9.99)"]
)
def test_currency_signs_are_named(shape: str) -> None:
    assert "Currency signs and codes beside numbers are not supported" in number_advice(shape)


@pytest.mark.parametrize("shape", ["(99.99)", "99.99-"])
def test_other_signs_are_named(shape: str) -> None:
    assert "write -12.00 instead of (12.00)" in number_advice(shape)


@pytest.mark.parametrize("shape", ["", "9,9", "AAAA", "9A99", "A-9", "99.99.9999", "AAA99A"])
def test_amounts_without_signs(shape: str) -> None:
    assert number_advice(shape) == ""


def test_hint_is_a_close_name() -> None:
    assert did_you_mean("revenu", ["recency", "revenue"]) == " Did you mean 'revenue'?"
    assert did_you_mean("revenue", ["recency", " REVENUE"]) == " Did you mean ' REVENUE'?"
    assert did_you_mean("x", ["recency", "revenue"]) == ""
    assert did_you_mean("x", []) == ""


def test_choice() -> None:
    check_choice("f", "mode", "net", allowed=("net", "gross"))
    with pytest.raises(
        ValueError, match=r"^f: mode must be one of \['net', 'gross'\], got 'gros'\. Did you mean 'gross'\?$"
    ):
        check_choice("f", "mode", "gros", allowed=("net", "gross"))
    with pytest.raises(TypeError, match=r"^f: mode must be one of \['net'\], got bool\.$"):
        check_choice("f", "mode", True, allowed=("net",))


def test_columns_present() -> None:
    check_columns("f", {"customer": "a", "order": None, "date": "a"}, ["a", "b"])


def test_all_missing_columns_are_named() -> None:
    message = r"^f: the table lacks columns 'x' \(customer=\), 'amoun' \(amount=\) Did you mean 'amount'\? Name"
    with pytest.raises(DataError, match=message):
        check_columns("f", {"customer": "x", "order": "b", "amount": "amoun"}, ["amount", "b"])


def test_columns_must_be_names() -> None:
    with pytest.raises(TypeError, match=r"^f: order must be the name of a column, got list\.$"):
        check_columns("f", {"customer": "x", "order": ["a"]}, ["a"])  # type: ignore[dict-item]


def test_repeated_columns_are_named_once() -> None:
    check_distinct("f", ["a", "b"])
    with pytest.raises(
        DataError,
        match=r"^f: the table has several .* name: \['b', 'a'\] \('b' is the name of columns 1, 3, 5; 'a' .* Rename",
    ):
        check_distinct("f", ["b", "a", "b", "a", "b", "c"])


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3)])
def test_integers_of_every_type(value: Any) -> None:
    number = check_integer("f", "n", value, minimum=1, maximum=3)
    assert (number, type(number)) == (3, int)


@pytest.mark.parametrize("value", [True, 3.0, "3", None, np.bool_(True), np.float64(3)])
def test_non_integers_are_refused(value: Any) -> None:
    message = rf"^f: n must be a whole number, got {type(value).__name__} {re.escape(repr(value))}\.$"
    with pytest.raises(TypeError, match=message):
        check_integer("f", "n", value, minimum=0)


def test_integers_out_of_bounds() -> None:
    with pytest.raises(ValueError, match=r"^f: n must be at least 1, got 0\.$"):
        check_integer("f", "n", 0, minimum=1)
    with pytest.raises(ValueError, match=r"^f: n must be from 1 to 3, got 4\.$"):
        check_integer("f", "n", 4, minimum=1, maximum=3)


@pytest.mark.parametrize(
    ("value", "rows", "expected"),
    [
        (100, None, 100),
        (1, 0, 1),
        (np.int64(7), 3, 7),
        (0.05, 2_000, 100),
        (0.05, 2_001, 101),
        (0.07, 100, 7),
        (0.29, 100, 29),
        (0.001, 10, 1),
        (0.5, None, 1),
        (0.999, 10, 10),
        (np.float64(0.1), 30, 3),
    ],
)
def test_min_size_as_count_or_share(value: Any, rows: int | None, expected: int) -> None:
    assert check_min_size("f", value, rows) == expected


@given(st.integers(1, 999), st.integers(1, 100_000))
def test_min_size_of_share_is_ceiling(thousandths: int, rows: int) -> None:
    assert check_min_size("f", thousandths / 1000, rows) == max(1, -(-thousandths * rows // 1000))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (0, ValueError, r"f: min_size must be at least 1, got 0\."),
        (-5, ValueError, r"f: min_size must be at least 1, got -5\."),
        (
            0.0,
            ValueError,
            r"f: min_size as a share must lie between 0 and 1 \(both excluded\), got 0\.0\. Give a count",
        ),
        (1.0, ValueError, r"got 1\.0\. Give a count as an int, such as min_size=100\."),
        (100.0, ValueError, r"got 100\.0\. Give a count"),
        (float("nan"), ValueError, r"got nan\. Give a count"),
        (
            True,
            TypeError,
            r"f: min_size must be a count \(int\) or a share \(float below 1\), got bool True\.",
        ),
        ("5%", TypeError, r"got str '5%'\."),
        (None, TypeError, r"got NoneType None\."),
    ],
)
def test_invalid_min_size(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        check_min_size("f", value, 100)


def test_random_state_has_32_bits() -> None:
    assert check_random_state("f", np.int64(2**32 - 1)) == 2**32 - 1
    with pytest.raises(ValueError, match=r"f: random_state must be from 0 to 4294967295, got 4294967296\."):
        check_random_state("f", 2**32)
    with pytest.raises(TypeError, match=r"f: random_state must be a whole number, got NoneType None\."):
        check_random_state("f", None)


def test_optional_module_is_imported() -> None:
    assert optional_module("pyarrow.compute", "x").__name__ == "pyarrow.compute"


def test_missing_module_names_its_extra() -> None:
    message = r"^f: reading needs the package 'fastexcel\.nothing', which is not installed\. .*'custseg\[excel\]'\.$"
    with pytest.raises(MissingDependencyError, match=message):
        optional_module("fastexcel.nothing", "f: reading")


def test_errors_have_two_bases() -> None:
    assert issubclass(DataError, CustsegError)
    assert issubclass(DataError, ValueError)
    assert issubclass(MissingDependencyError, ImportError)
    assert InfeasibleMinimumError("too much", 12).feasible == 12
    assert InfeasibleMinimumError("too much").feasible == 0
