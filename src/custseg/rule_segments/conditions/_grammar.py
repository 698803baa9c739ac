"""Reads conditions that are written as text: ``recency_days within 30 days and not region in ['Moscow', 'Kazan']``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from custseg.errors import DataError
from custseg.rule_segments.conditions._columns import LONGEST, rate_above
from custseg.rule_segments.conditions._predicates import (
    CAPITALS,
    KEYWORDS,
    OPERATORS,
    RATES,
    Comparison,
    Flag,
    OneOf,
    Overdue,
    Predicate,
    Unknown,
    Valid,
    Within,
)

_TOKENS = re.compile(
    r"\s*(?:(?P<number>-?(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<text>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")|(?P<word>[^\W\d]\w*)|(?P<operator><=|>=|!=|==|<|>|=)|(?P<sign>[(),/%\[\]$€£¥₽₹]))'
)
_SHORT, _DEEPEST = 40, 100
_END = "the end"


class RuleSyntaxError(DataError):
    """A condition that cannot be read: the reason as the end of a sentence."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def shown(self) -> str:
        return self.text if self.kind == "end" else repr(self.text[:_SHORT])


def parse_condition(text: str) -> Predicate:
    """The condition of a text.

    Raises `RuleSyntaxError` with the reason.
    """
    reader = _Reader(list(_tokens(text)))
    predicate = reader.any_of()
    reader.expect_end()
    return predicate


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKENS.match(text, position)
        if match is None or match.lastgroup is None:
            raise RuleSyntaxError(f"cannot be read at {text[position:].strip()[:_SHORT]!r}")
        token = match[match.lastgroup]
        is_capital = match.lastgroup == "word" and token in CAPITALS
        yield _Token(match.lastgroup, token.lower() if is_capital else token)
        position = match.end()
    yield _Token("end", _END)


class _Reader:
    """Reads tokens from left to right; "or" binds least, then "and", then "not"."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def any_of(self) -> Predicate:
        """Conditions joined by "or"."""
        predicate = self._all_of()
        while self._accept("or"):
            predicate = predicate | self._all_of()
        return predicate

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise RuleSyntaxError(f"goes on with {self.token.shown}, where 'and', 'or' or the end is expected")

    def _all_of(self) -> Predicate:
        predicate = self._negated()
        while self._accept("and"):
            predicate = predicate & self._negated()
        return predicate

    def _negated(self) -> Predicate:
        if self._accept("not"):
            return self._nested(lambda: ~self._negated())
        if self._accept("("):
            predicate = self._nested(self.any_of)
            self._expect(")")
            return predicate
        return self._test()

    def _nested(self, read: Callable[[], Predicate]) -> Predicate:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RuleSyntaxError(f"is nested more than {_DEEPEST} times")
        predicate = read()
        self.depth -= 1
        return predicate

    def _test(self) -> Predicate:
        if self._accept("rate_above"):
            return self._rate()
        if self._accept("overdue"):
            self._expect("(")
            sure = self._sure()
            self._expect(")")
            return Overdue(sure)
        test = self._of_column(self._column())
        if self._accept("valid"):
            self._expect("for")
            days = self._whole("a number of days")
            self._days()
            self._expect("by")
            return Valid(test, days, self._column())
        return test

    def _of_column(self, name: str) -> Predicate:
        if self._accept("within"):
            days = self._whole("a number of days", least=1)
            self._days()
            return Within(name, days)
        if self._accept("in"):
            return OneOf(name, tuple(dict.fromkeys(self._texts())))
        if self._accept("is"):
            return self._flag(name)
        if self.token.kind != "operator":
            raise RuleSyntaxError(
                f"has {self.token.shown} after {name!r}, where within, in, is or one of {' '.join(OPERATORS)} belongs"
            )
        operator = self._next().text.replace("==", "=")
        if self.token.kind == "text":
            if operator not in ("=", "!="):
                raise RuleSyntaxError(f"compares {name!r} with a text by {operator}; give = or !=")
            equal = OneOf(name, (self._text(),))
            return equal if operator == "=" else ~equal
        value = self._number(f"a number or a text in single quotes after {operator}")
        if self.token.text == "," and self.tokens[self.position + 1].kind == "number":
            raise RuleSyntaxError(f"has a comma in the number after {value:g}; write 5000 or 5_000, and 0.5")
        return Comparison(name, operator, value, self._unit())

    def _flag(self, name: str) -> Predicate:
        is_negated = self._accept("not")
        for word in ("yes", "no", "unknown"):
            if self._accept(word):
                test: Predicate = Unknown(name) if word == "unknown" else Flag(name, is_yes=word == "yes")
                return ~test if is_negated else test
        raise RuleSyntaxError(f"has {self.token.shown} after 'is', where yes, no or unknown is expected")

    def _rate(self) -> Predicate:
        self._expect("(")
        first = self._column()
        counts: str | tuple[str, str] = first
        if self._accept("/"):
            counts = (first, self._column())
        elif first not in RATES:
            raise RuleSyntaxError(
                f"has the rate {first!r}; give one of {', '.join(RATES)}, or two columns such as orders / visits"
            )
        self._expect(",")
        bound = self._number("a number")
        if self._accept("%"):
            bound /= 100
        sure = self._sure() if self._accept(",") else None
        self._expect(")")
        try:
            return rate_above(counts, bound, sure=sure)
        except ValueError as error:
            raise RuleSyntaxError(f"is refused: {str(error).removeprefix('rate_above: ').rstrip('.')}") from None

    def _sure(self) -> float:
        self._expect("sure")
        self._expect("=")
        sure = self._number("a number")
        if not 0 < sure < 1:
            raise RuleSyntaxError(f"has sure={sure:g}, which must lie between 0 and 1")
        return sure

    def _texts(self) -> Iterator[str]:
        self._expect("[")
        yield self._text()
        while self._accept(","):
            yield self._text()
        self._expect("]")

    def _text(self) -> str:
        if self.token.kind != "text":
            raise RuleSyntaxError(f"has {self.token.shown}, where a text in single quotes is expected")
        return self._next().text[1:-1].replace("''", "'")

    def _column(self) -> str:
        if self.token.kind == "quoted":
            name = self._next().text[1:-1].replace('""', '"')
            if name.strip():
                return name
        if self.token.kind == "word" and self.token.text not in KEYWORDS:
            return self._next().text
        raise RuleSyntaxError(f"has {self.token.shown}, where a column is expected")

    def _number(self, expected: str) -> float:
        if self.token.kind != "number":
            raise RuleSyntaxError(f"has {self.token.shown}, where {expected} is expected")
        value = float(self._next().text.replace("_", ""))
        if value in (float("inf"), float("-inf")):
            raise RuleSyntaxError("has a number that is too large")
        return value

    def _whole(self, expected: str, *, least: int = 0) -> int:
        value = self._number(expected)
        if not value.is_integer() or not least <= value <= LONGEST:
            raise RuleSyntaxError(f"has {value:g}, where a whole number from {least} to {LONGEST} is expected")
        return int(value)

    def _days(self) -> None:
        if not self._accept("day"):
            self._expect("days")

    def _unit(self) -> str:
        is_unit = self.token.kind == "word" and self.token.text not in KEYWORDS
        return self._next().text if is_unit or self.token.text in tuple("%$€£¥₽₹") else ""

    def _next(self) -> _Token:
        token = self.token
        self.position += 1
        return token

    def _accept(self, text: str) -> bool:
        is_next = self.token.text == text and self.token.kind in ("word", "sign", "operator")
        if is_next:
            self.position += 1
        return is_next

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise RuleSyntaxError(f"has {self.token.shown}, where {text!r} is expected")
