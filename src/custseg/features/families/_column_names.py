"""Column names made from values, such as a category or an interest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

_LONGEST = 32


def column_words(values: Sequence[str], reserved: Collection[str] = ()) -> list[str]:
    """One name per value, all different and none of them reserved.

    Lower case; all but letters, digits and underscores becomes an underscore; at most 32 characters. Values
    that give the same name are numbered in their order.
    """
    words: list[str] = []
    for value in values:
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", value).lower())
        word = stem = plain[:_LONGEST].strip("_") or "value"
        number = 2
        while word in words or word in reserved:
            word, number = f"{stem}_{number}", number + 1
        words.append(word)
    return words
