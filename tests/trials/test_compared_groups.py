"""The group of a customer: the hash, the canonical id, and checks of the arguments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.trials import check_by, check_salt, hash_digits, hashed, id_key, last_held_out


def test_vector_of_the_documentation() -> None:
    # printf 'spring:12' | md5sum
    assert hash_digits("12", "spring") == "de96691f"
    assert hashed("12", "spring") == 0xDE96691F / 2**32


def test_letters_outside_ascii_are_utf_8() -> None:
    # printf 'весна:Ann É' | md5sum
    assert hash_digits("Ann É", "весна") == "4727ad22"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("12", "12"),
        ("12.0", "12"),
        ("-3.0", "-3"),
        ("007", "007"),
        ("A.0", "A.0"),
        ("1.50", "1.50"),
        ("1.2.0", "1.2.0"),
    ],
)
def test_whole_numbers_lose_their_decimal(written: str, key: str) -> None:
    assert id_key(written) == key


@given(st.integers(0, 2**32 - 1), st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_digits_compare_as_their_numbers_do(number: int, holdout: float) -> None:
    assert (f"{number:08x}" <= last_held_out(holdout)) == (number / 2**32 < holdout)


@pytest.mark.parametrize("salt", ["", "  ", "a\0b"])
def test_salt_needs_a_name(salt: str) -> None:
    with pytest.raises(ValueError, match="salt must not be empty"):
        check_salt("split", salt)


def test_salt_is_text() -> None:
    with pytest.raises(TypeError, match="salt must be a text"):
        check_salt("split", 7)


def test_by_names_columns() -> None:
    assert check_by("split", ("id", "name"), "id") == ["name"]
    with pytest.raises(TypeError, match="name of a column or a list of names"):
        check_by("split", [1], "id")
    with pytest.raises(ValueError, match="each column once"):
        check_by("split", ["a", "a"], "id")
    with pytest.raises(ValueError, match="column 'group' of its own"):
        check_by("split", "group", "id")
