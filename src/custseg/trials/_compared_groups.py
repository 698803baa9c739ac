"""Which group of an experiment a customer is in: a hash of the id, the same on every engine and in SQL."""

from __future__ import annotations

import math
from hashlib import md5

TREATED, HELD_OUT = "treated", "held_out"
GROUPS = (TREATED, HELD_OUT)

_HASH_DIGITS = 8
"""Hexadecimal digits of the hash that count: numbers from 0 to 2**32 - 1."""

_NO_DIGITS = str.maketrans("", "", "0123456789")


def hashed(key: str, salt: str) -> float:
    """The number of a customer in [0, 1): the first 8 hexadecimal digits of MD5(salt + ":" + key) over 2**32."""
    return float(int(hash_digits(key, salt), 16) / 16**_HASH_DIGITS)


def hash_digits(key: str, salt: str) -> str:
    """The digits of the hash that count."""
    return md5(f"{salt}:{key}".encode(), usedforsecurity=False).hexdigest()[:_HASH_DIGITS]


def last_held_out(holdout: float) -> str:
    """The largest digits of a customer who is held out: those up to it, compared as text, have a number < holdout."""
    return f"{math.ceil(holdout * 16**_HASH_DIGITS) - 1:0{_HASH_DIGITS}x}"


def id_key(customer_id: str) -> str:
    """The id as text; of a whole number that was written as 12.0, without the last two characters."""
    if customer_id.endswith(".0") and customer_id.translate(_NO_DIGITS) in (".", "-."):
        return customer_id[:-2]
    return customer_id


def check_salt(caller: str, salt: object) -> None:
    """Raise unless the salt is a text with a visible character."""
    if not isinstance(salt, str):
        raise TypeError(f"{caller}: salt must be a text, such as '2024-06 win-back', got {type(salt).__name__}.")
    if not salt.strip() or "\0" in salt:
        raise ValueError(
            f"{caller}: salt must not be empty or hold the NUL character; give the name of the experiment, such as "
            "'2024-06 win-back'."
        )


def check_by(caller: str, by: object, customer_column: str) -> list[str]:
    """The names of columns to keep beside the id and the group: none, one or several."""
    names = [] if by is None else [by] if isinstance(by, str) else by
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"{caller}: by must be the name of a column or a list of names, got {by!r}.")
    if len(set(names)) < len(names):
        raise ValueError(f"{caller}: by must name each column once, got {list(names)}.")
    further = [name for name in names if name != customer_column]
    for name in ("customer_id", "group"):
        if name in further:
            raise ValueError(f"{caller}: the result has a column {name!r} of its own; rename that of the table first.")
    return further
