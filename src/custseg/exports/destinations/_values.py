"""One value as a system wants it: its normal form, and the hash of that."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from custseg.exports.destinations._destination import Column
from custseg.identity import normalized_email, normalized_values

_PHONE_RULES = ("phone_with_plus", "phone_digits")
_COUNTRY = re.compile("[A-Za-z]{2}")
_MOBILE_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SALESFORCE_ID = re.compile("[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
_US_ZIP = re.compile("[0-9]{5}(-?[0-9]{4})?")


def written_values(
    column: Column, texts: Iterable[str | None], *, country: str | None, caller: str, encoding: str = "utf-8"
) -> Mapping[str, str | None]:
    """Each distinct text as it is written, None where it cannot be, also in the encoding of the file."""
    distinct = [text for text in dict.fromkeys(texts) if text is not None]
    if column.rule in _PHONE_RULES:
        plain = normalized_values("phone", distinct, country=country, caller=caller)
        skip = 1 if column.rule == "phone_digits" else 0
        values = {text: None if form is None else form[skip:] for text, form in plain.items()}
    else:
        values = {text: RULES[column.rule](text) for text in distinct}
    written = {text: value and hashed(value, column.hash) for text, value in values.items()}
    return {text: value if value and can_encode(value, encoding) else None for text, value in written.items()}


def can_encode(text: str, encoding: str) -> bool:
    """Whether the encoding has all characters of the text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def hashed(value: str, algorithm: str | None) -> str:
    """The hash of the UTF-8 bytes in lower-case hexadecimal digits; the value itself without an algorithm."""
    if algorithm is None:
        return value
    return hashlib.new(algorithm, value.encode(), usedforsecurity=False).hexdigest()


def _email_without_spaces(text: str) -> str | None:
    return normalized_email("".join(text.split()))


def _latin_email(text: str) -> str | None:
    email = normalized_email(text)
    return email if email is not None and email.isascii() else None


def _name_in_lower_case(text: str) -> str | None:
    return text.strip().lower() or None


def _name_without_punctuation(text: str) -> str | None:
    kept = "".join(letter for letter in text.lower() if not unicodedata.category(letter).startswith("P"))
    return " ".join(kept.split()) or None


def _letters_in_lower_case(text: str) -> str | None:
    return "".join(letter for letter in text.lower() if letter.isalpha()) or None


def _country_in_capitals(text: str) -> str | None:
    return text.upper() if _COUNTRY.fullmatch(text) else None


def _country_in_lower_case(text: str) -> str | None:
    return text.lower() if _COUNTRY.fullmatch(text) else None


def _zip_in_lower_case(text: str) -> str | None:
    """Without spaces; of the nine digits of the United States the first five."""
    plain = "".join(text.lower().split())
    return (plain[:5] if _US_ZIP.fullmatch(plain) and len(plain) > 5 else plain) or None


def _mobile_id(text: str) -> str | None:
    return text.lower() if _MOBILE_ID.fullmatch(text) else None


def _salesforce_id(text: str) -> str | None:
    return text if _SALESFORCE_ID.fullmatch(text) else None


def _digits(text: str) -> str | None:
    """An id of digits; 0 stands for nobody."""
    return text if text.isascii() and text.isdigit() and text.strip("0") else None


def _text(text: str) -> str | None:
    """Text in one line."""
    return text if text.isprintable() else None


def _ascii_text(text: str) -> str | None:
    return text if text.isprintable() and text.isascii() else None


RULES: Mapping[str, Callable[[str], str | None]] = {
    "email": normalized_email,
    "email_without_spaces": _email_without_spaces,
    "latin_email": _latin_email,
    "name_in_lower_case": _name_in_lower_case,
    "name_without_punctuation": _name_without_punctuation,
    "letters_in_lower_case": _letters_in_lower_case,
    "country_in_capitals": _country_in_capitals,
    "country_in_lower_case": _country_in_lower_case,
    "zip_as_written": _text,
    "zip_in_lower_case": _zip_in_lower_case,
    "mobile_id": _mobile_id,
    "salesforce_id": _salesforce_id,
    "digits": _digits,
    "text": _text,
    "ascii_text": _ascii_text,
}
"""Rules besides those of phone numbers; each gives None for a text that the system would refuse."""
