"""Each system has its own normal form of a value; what it would refuse is left empty."""

from __future__ import annotations

from hashlib import sha256

import pytest

from custseg.exports.destinations._destination import Column, destinations
from custseg.exports.destinations._values import RULES, written_values


def written(system: str, field: str, value: str, country: str | None = "RU") -> str | None:
    [column] = [column for column in destinations()[system].columns if column.field == field]
    return written_values(column, [value], country=country, caller="test")[value]


@pytest.mark.parametrize(
    ("rule", "value", "form"),
    [
        ("email_without_spaces", " Ivan . Petrov@Example.com", "ivan.petrov@example.com"),
        ("latin_email", "Mail@Yandex.ru ", "mail@yandex.ru"),
        ("latin_email", "почта@yandex.ru", None),
        ("name_in_lower_case", " Anna-Maria ", "anna-maria"),
        ("name_without_punctuation", " O'Neill-Smith  Jr. ", "oneillsmith jr"),
        ("letters_in_lower_case", "St. Petersburg 7", "stpetersburg"),
        ("country_in_capitals", "de", "DE"),
        ("country_in_capitals", "Germany", None),
        ("country_in_lower_case", "US", "us"),
        ("zip_in_lower_case", "SW1A 1AA", "sw1a1aa"),
        ("zip_in_lower_case", "94043-1351", "94043"),
        ("zip_in_lower_case", "101000", "101000"),
        ("mobile_id", "AECE52E7-03EE-455A-B3C4-E57283966239", "aece52e7-03ee-455a-b3c4-e57283966239"),
        ("mobile_id", "00000000", None),
        ("salesforce_id", "0035g00000AbC12", "0035g00000AbC12"),
        ("salesforce_id", "0035g00000AbC1", None),
        ("digits", "18446744073709500001", "18446744073709500001"),
        ("digits", "0", None),
        ("digits", "1.8e18", None),
        ("text", "C 7", "C 7"),
        ("text", "two\nlines", None),
        ("ascii_text", "Клиент", None),
    ],
)
def test_rules(rule: str, value: str, form: str | None) -> None:
    assert RULES[rule](value) == form


@pytest.mark.parametrize(
    ("system", "hashed"),
    [
        ("google_customer_match", "+79001234567"),
        ("meta_custom_audience", "79001234567"),
        ("yandex_audience", "79001234567"),
    ],
)
def test_phone_is_hashed_in_the_form_of_the_system(system: str, hashed: str) -> None:
    assert written(system, "phone", "8 (900) 123-45-67") == sha256(hashed.encode()).hexdigest()


def test_phone_without_hash() -> None:
    assert written("klaviyo", "phone", "8 900 123 45 67") == "+79001234567"
    assert written("klaviyo", "phone", "8 900 123 45 67", country=None) is None
    assert written("klaviyo", "phone", "12") is None


def test_equal_texts_are_written_once() -> None:
    column = Column("Email", "email", "email")
    assert written_values(column, ["A@b.de", None, "A@b.de"], country=None, caller="test") == {"A@b.de": "a@b.de"}
