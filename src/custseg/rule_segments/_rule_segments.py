"""`RuleSegments`: segments that are stated as rules, as Python and as TOML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike, fsdecode
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice, did_you_mean, read_definitions
from custseg._frames import frame_from_columns
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, given_features
from custseg.rule_segments._check import RuleCheck
from custseg.rule_segments._definitions import SegmentRule, read_entries, read_rules, toml_text
from custseg.rule_segments._findings import rule_check
from custseg.rule_segments.conditions._binding import column_faults, numbered
from custseg.rule_segments.conditions._evaluation import Evaluator
from custseg.rule_segments.conditions._predicates import Predicate
from custseg.texts import LANGUAGES, listed

_CALLER = "RuleSegments"


@dataclass(frozen=True, init=False)
class RuleSegments:
    """Segments that are stated as rules, in the order of their priority: a customer is in the first one that is true.

    Rules are conditions over features, joined by and, or, not. Where a value is missing, a condition is unknown: it is
    neither true nor false, and so is its negation. A customer of whom a rule is unknown is not in its segment.

    Parameters
    ----------
    rules : mapping of str to Predicate or str, or sequence of mappings
        By the name of the segment its condition, the first one of the highest priority. Or one mapping for each
        segment with `name` (a text, or one by language), `when` and, for all or for none, `priority`: whole numbers
        that differ, 1 before 2.

    Attributes
    ----------
    segments : tuple of SegmentRule
        In the order of priority.

    Raises
    ------
    DataError
        If conditions cannot be read, names repeat, or priorities are equal; all faults are in one message.
    TypeError
        If an argument is of the wrong type.

    Notes
    -----
    Windows lie before the snapshot: ``recency_days within 30 days`` holds from 0 to 30 calendar days before `as_of`,
    the window ``[as_of - 30 days, as_of)``. A purchase exactly 30 days before `as_of` is in it, one after 31 is not.

    Examples
    --------
    >>> from custseg.rule_segments import RuleSegments, column, rate_above
    >>> rules = RuleSegments(
    ...     {
    ...         "Readers": rate_above("open", 0.5, sure=0.8) & column("recency_days").within(30),
    ...         "Muscovites": "region = 'Moscow'",
    ...     }
    ... )
    >>> print(rules)
    1. Readers: rate_above(open, 0.5, sure=0.8) and recency_days within 30 days
    2. Muscovites: region = 'Moscow'
    """

    segments: tuple[SegmentRule, ...]

    def __init__(self, rules: object) -> None:
        segments = rules.segments if isinstance(rules, RuleSegments) else read_rules(rules, _CALLER)
        object.__setattr__(self, "segments", segments)

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> RuleSegments:
        """Read rules that are written as TOML; all faults of the file are in one message.

        Parameters
        ----------
        path : str or Path
            A file with one table ``[[segments]]`` for each segment: `name`, `when`, and for all or none `priority`.

        Raises
        ------
        DataError
            If the file cannot be read, or has faults.
        """
        caller = "RuleSegments.from_toml"
        if not isinstance(path, (str, PathLike)):
            raise TypeError(f"{caller}: path must be the path of a TOML file, got {type(path).__name__}.")
        entries = read_definitions(path, "path", caller)
        faults = [
            f"the file has no key {key!r}{did_you_mean(key, ['segments'], '; ').rstrip('?').replace('Did', 'did')}"
            for key in entries
            if key != "segments"
        ]
        listed_rules = entries.get("segments")
        if not isinstance(listed_rules, list) or not listed_rules:
            faults.append("it has no table [[segments]]")
            listed_rules = []
        segments, more = read_entries(listed_rules)
        if faults := [*faults, *more]:
            raise DataError(f"{caller}: {fsdecode(path)!r} has {numbered(faults)}")
        rules = cls.__new__(cls)
        object.__setattr__(rules, "segments", segments)
        return rules

    def to_toml(self) -> str:
        """The rules as TOML, which `from_toml` reads back as equal rules."""
        tables = []
        for position, segment in enumerate(self.segments, 1):
            names = [f"{language} = {toml_text(name)}" for language, name in segment.names.items()]
            is_one = len(set(segment.names.values())) == 1
            name = toml_text(next(iter(segment.names.values()))) if is_one else f"{{ {', '.join(names)} }}"
            tables.append(f"[[segments]]\nname = {name}\npriority = {position}\nwhen = {toml_text(segment.when)}\n")
        return "\n".join(tables)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rules need, each once."""
        return tuple(dict.fromkeys(name for segment in self.segments for name in segment.predicate.columns))

    @property
    def predicates(self) -> list[Predicate]:
        """The conditions in the order of priority."""
        return [segment.predicate for segment in self.segments]

    def names(self, language: str = "en") -> list[str]:
        """The names of the segments in one language."""
        return [segment.names[language] for segment in self.segments]

    def learned(self, table: FeatureTable, *, currency: str | None = None, caller: str = _CALLER) -> Evaluator:
        """What evaluates the rules: the priors of their rates, from the customers of the table.

        Raises DataError with all faults if the rules do not fit the table.
        """
        faults = [
            f"rule {segment.names['en']!r}: {fault.text()}"
            for segment in self.segments
            for fault in column_faults(segment.predicate, table, currency=currency)
        ]
        if faults:
            raise DataError(
                f"{caller}: the rules do not fit the table, {numbered(faults)} Its columns are {listed(table.names)}."
            )
        return Evaluator.learned(self.predicates, table)

    def check(
        self,
        features: object = None,
        *,
        customer_column: str | None = None,
        currency: str | None = None,
        language: str = "en",
    ) -> RuleCheck:
        """What is wrong with the rules, whom they take, and how they overlap.

        Parameters
        ----------
        features : FeatureTable or table, optional
            One row per customer. Without it only what follows from the rules alone is found: rules that can never be
            true, and rules that contain each other.
        customer_column : str, optional
            Column of ids.
        currency : str, optional
            The currency of the money in `features`.
        language : {"en", "ru"}, default "en"
            Language of the printed text.

        Returns
        -------
        RuleCheck
            `findings`; with features also `counts` (gross, of the segment, unknown, reachable by channel), the matrix
            `jaccard` of the overlaps, and how many customers are in several rules and in none.

        Raises
        ------
        DataError
            If the features cannot be read.
        TypeError, ValueError
            If an argument is of the wrong type or value.
        """
        check_choice("check", "language", language, allowed=LANGUAGES)
        table = None if features is None else given_features(features, customer_column, "check")
        return rule_check(self.segments, table, currency=currency, language=language)

    def memberships(self, features: object, *, customer_column: str | None = None) -> Any:
        """Which rules hold for each customer, whatever their priority.

        Parameters
        ----------
        features : FeatureTable or table
            One row per customer.
        customer_column : str, optional
            Column of ids.

        Returns
        -------
        table
            In the caller's kind: `customer_id`, and for each segment a column of its name, true, false, or missing
            where the rule is unknown.

        Raises
        ------
        DataError
            If the rules do not fit the table.
        """
        table = given_features(features, customer_column, "memberships")
        evaluator = self.learned(table, caller="memberships")
        return table.give_back(_membership_table(self, evaluator, table))

    def __iter__(self) -> Iterator[SegmentRule]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self.segments)

    def __repr__(self) -> str:
        return "\n".join(
            f"{position}. {segment.names['en']}: {segment.when}" for position, segment in enumerate(self.segments, 1)
        )


def _membership_table(rules: RuleSegments, evaluator: Evaluator, table: FeatureTable) -> Any:
    names = rules.names()
    columns: dict[str, list[bool | None]] = {}
    for name, predicate in zip(names, rules.predicates, strict=True):
        truth = evaluator.truth(predicate, table)
        columns[name] = [
            None if unknown else bool(holds) for holds, unknown in zip(truth.is_true, truth.is_unknown, strict=True)
        ]
    local = nw.from_native(frame_from_columns(columns), eager_only=True)
    local = local.with_columns(nw.col(name).cast(nw.Boolean) for name in names)
    return local.with_columns(table.ids.alias("customer_id")).select("customer_id", *names)
