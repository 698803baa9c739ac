"""E-mail addresses and phone numbers in one form, so that equal ones are equal texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from custseg._checks import optional_module
from custseg.identity._id_columns import FROM_FLOAT

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@]+")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST_EMAIL = 254
_FROM_FLOAT = re.compile(FROM_FLOAT)
_PHONES = "normalized_phone: phone numbers"


def normalized_email(text: str) -> str | None:
    """An e-mail address without surrounding spaces and in lower case; None if it is none.

    Nothing else is changed: dots and the part after "+" stay, because only some providers ignore them. A domain in
    another alphabet takes its ASCII form, which is the same domain.

    Parameters
    ----------
    text : str
        The address.

    Returns
    -------
    str or None

    Raises
    ------
    TypeError
        If it is not text.

    Examples
    --------
    >>> from custseg.identity import normalized_email
    >>> normalized_email(" Ann.Lee@Example.COM "), normalized_email("ann.example.com")
    ('ann.lee@example.com', None)
    """
    _check_text("normalized_email", text)
    plain = text.strip().lower()
    if not _EMAIL.fullmatch(plain) or not plain.isprintable():
        return None
    local, _, domain = plain.partition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    labels = domain.split(".")
    is_domain = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    is_local = not (local.startswith(".") or local.endswith(".") or ".." in local)
    address = f"{local}@{domain}"
    return address if is_domain and is_local and len(address) <= _LONGEST_EMAIL else None


def normalized_phone(text: str, country: str | None = None) -> str | None:
    """A phone number in the international form E.164, such as "+79001234567"; None if it is none.

    Numbers are read and checked by libphonenumber, which knows the numbers of each country. A number with an extension
    is None: it leads to a company and not to a person.

    Parameters
    ----------
    text : str
        The number, with spaces, brackets and hyphens or without.
    country : str, optional
        Where numbers without "+" are from: two letters such as "RU" (ISO 3166-1). By default only numbers with "+" are
        read, because the same digits are different numbers in different countries.

    Returns
    -------
    str or None

    Raises
    ------
    TypeError, ValueError
        If it is not text, or the country is not known.
    MissingDependencyError
        If the package phonenumbers is not installed: ``pip install 'custseg[phone]'``.

    Examples
    --------
    >>> from custseg.identity import normalized_phone
    >>> normalized_phone("8 (900) 123-45-67", "RU"), normalized_phone("+7 900 123-45-67"), normalized_phone("12345")
    ('+79001234567', '+79001234567', None)
    """
    _check_text("normalized_phone", text)
    phones: Any = optional_module("phonenumbers", _PHONES)
    return _phone(text, phones=phones, country=checked_country("normalized_phone", country))


def checked_country(caller: str, country: object) -> str | None:
    """The code of a country that libphonenumber knows, in capitals; None if there is none."""
    if country is None:
        return None
    if not isinstance(country, str):
        raise TypeError(f"{caller}: country must be two letters such as 'RU', got {type(country).__name__}.")
    phones: Any = optional_module("phonenumbers", f"{caller}: country=")
    if country.upper() not in phones.SUPPORTED_REGIONS:
        raise ValueError(f"{caller}: country must be a code of ISO 3166-1 such as 'RU' or 'DE', got {country!r}.")
    return country.upper()


def normalized_values(
    kind: str, texts: Iterable[str | None], *, country: str | None, caller: str
) -> Mapping[str, str | None]:
    """Each distinct text in its one form, None where it is none: of the kinds "email" and "phone", else as it is."""
    normalize: Callable[[str], str | None] = str
    if kind == "email":
        normalize = normalized_email
    elif kind == "phone":
        phones: Any = optional_module("phonenumbers", f"{caller}: phone numbers")
        normalize = partial(_phone, phones=phones, country=country)
    return {text: normalize(text) for text in dict.fromkeys(texts) if text is not None}


def _phone(text: str, *, phones: Any, country: str | None) -> str | None:
    # The zero behind the point would be one more digit of the number.
    if _FROM_FLOAT.search(text.strip()):
        return None
    try:
        number = phones.parse(text, country)
    except phones.NumberParseException:
        return None
    if number.extension or not phones.is_valid_number(number):
        return None
    return str(phones.format_number(number, phones.PhoneNumberFormat.E164))


def _check_text(caller: str, text: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{caller}: text must be text, got {type(text).__name__}. Convert it with str().")
