"""E-mail addresses and phone numbers in one form, and what is none."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import MissingDependencyError
from custseg.identity import normalized_email, normalized_phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Ann.Lee+shop@Example.COM\n", "ann.lee+shop@example.com"),
        ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai"),
        ("ann@xn--e1afmkfd.xn--p1ai", "ann@xn--e1afmkfd.xn--p1ai"),
        ("иван@example.com", "иван@example.com"),
        ("ann", None),
        ("ann@example", None),
        ("ann@@example.com", None),
        ("ann@example..com", None),
        ("ann@-example.com", None),
        (".ann@example.com", None),
        ("ann lee@example.com", None),
        ("ann@example.com, bob@example.com", None),
        ("Ann <ann@example.com>", None),
        ("ann@127.0.0.1", None),
        (f"{'a' * 250}@b.de", None),
        ("\u200bann@example.com", None),
        ("", None),
    ],
)
def test_emails(text: str, email: str | None) -> None:
    assert normalized_email(text) == email


@pytest.mark.slow
@given(st.text())
def test_form_of_an_email_is_its_own_form(text: str) -> None:
    for candidate in (text, f"{text}@example.com"):
        email = normalized_email(candidate)
        assert email is None or normalized_email(email) == email


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("8 (900) 123-45-67", "RU", "+79001234567"),
        ("79001234567", "RU", "+79001234567"),
        ("+7 900 123-45-67", None, "+79001234567"),
        ("+7 900 123-45-67", "DE", "+79001234567"),
        ("0151 23456789", "de", "+4915123456789"),
        ("8 (900) 123-45-67", None, None),
        ("+7 900 123-45-67 ext. 5", None, None),
        ("12345", "RU", None),
        ("+7 900 123-45-6", None, None),
        ("none", "RU", None),
        ("4930123456.0", "DE", None),
        ("4.930123456E+9", "DE", None),
        ("+49 30 123456-0", None, "+49301234560"),
        ("", "RU", None),
    ],
)
def test_phones(text: str, country: str | None, phone: str | None) -> None:
    assert normalized_phone(text, country) == phone


def test_wrong_types_and_countries() -> None:
    with pytest.raises(TypeError, match="normalized_email: text must be text, got int"):
        normalized_email(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="country must be two letters such as 'RU', got int"):
        normalized_phone("1", 7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be a code of ISO 3166-1"):
        normalized_phone("1", "RUS")


def test_error_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'custseg\[phone\]'"):
        normalized_phone("+79001234567")
