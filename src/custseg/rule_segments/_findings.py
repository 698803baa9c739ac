"""Finds what is wrong with rules, and counts the customers of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from custseg._numerics import Bools
from custseg._privacy import SMALLEST_GROUP, with_count
from custseg.feature_table import FeatureTable
from custseg.rule_segments._check import RuleCheck, RuleCount, RuleFinding, jaccard_matrix, shown
from custseg.rule_segments._definitions import SegmentRule
from custseg.rule_segments.conditions._binding import column_faults
from custseg.rule_segments.conditions._evaluation import Evaluator
from custseg.rule_segments.conditions._logic import Logic
from custseg.rule_segments.conditions._predicates import RATE_COLUMNS, Comparison, Flag, Predicate, RateAbove
from custseg.rule_segments.conditions._rates import expected_precision
from custseg.rule_segments.conditions._truth import Truth
from custseg.texts import LANGUAGES, percent, text

_CHANNEL_FLAGS = ("contactable_", "consent_")


def rule_check(
    segments: Sequence[SegmentRule], table: FeatureTable | None, *, currency: str | None, language: str
) -> RuleCheck:
    """The findings of the rules alone, and with a table those of its customers."""
    findings = [*_of_logic(segments)]
    if table is None:
        return RuleCheck(_sorted(findings), language=language)
    unfit = [*_of_columns(segments, table, currency)]
    if unfit:
        return RuleCheck(_sorted([*unfit, *findings]), language=language)
    evaluator = Evaluator.learned([segment.predicate for segment in segments], table)
    truths = [evaluator.truth(segment.predicate, table) for segment in segments]
    members = np.array([truth.is_true for truth in truths])
    refused = {name for finding in findings if finding.is_error for name in finding.segments[:1]}
    # That a rule takes nobody follows from what is wrong with it.
    findings += [
        finding
        for finding in _of_customers(segments, truths, evaluator, table=table)
        if not (finding.is_error and finding.segments[0] in refused)
    ]
    return RuleCheck(
        _sorted(findings),
        tuple(_counts(segments, truths, evaluator, table=table)),
        jaccard_matrix(members),
        in_several=shown(int((members.sum(axis=0) > 1).sum()), len(table)),
        in_none=shown(int((~members.any(axis=0)).sum()), len(table)),
        language=language,
    )


def _sorted(findings: Sequence[RuleFinding]) -> tuple[RuleFinding, ...]:
    return tuple(sorted(findings, key=lambda finding: not finding.is_error))


def _finding(
    kind: str, segments: Sequence[SegmentRule], *, is_error: bool = False, count: int | None = None, **fields: Any
) -> RuleFinding:
    """A finding with its sentence in every language; fields may be functions of the language."""
    texts = {}
    for language in LANGUAGES:
        form = text(language, "rule_check", "findings", kind)
        words = {name: value(language) if callable(value) else value for name, value in fields.items()}
        words |= {f"name{index}": segment.names[language] for index, segment in enumerate(segments)}
        texts[language] = str(form).format(**words) if count is None else with_count(count, form, language, **words)
    return RuleFinding(kind, tuple(segment.names["en"] for segment in segments), is_error, texts)


def _of_logic(segments: Sequence[SegmentRule]) -> Iterator[RuleFinding]:
    """Rules that can never be true, and rules that contain each other."""
    logic, possible = Logic([segment.predicate for segment in segments]), []
    for segment in segments:
        if logic.can_be_true(segment.predicate):
            possible.append(segment)
        else:
            yield _finding("never", [segment], is_error=True, when=segment.when)
    for position, later in enumerate(possible):
        for earlier in possible[:position]:
            is_inside, is_around = logic.contain_each_other(earlier.predicate, later.predicate)
            if is_inside:
                yield _finding("inside", [later, earlier], is_error=True)
            elif is_around:
                yield _finding("contains", [later, earlier])


def _of_columns(segments: Sequence[SegmentRule], table: FeatureTable, currency: str | None) -> Iterator[RuleFinding]:
    for segment in segments:
        for fault in column_faults(segment.predicate, table, currency=currency):
            yield _finding("column", [segment], is_error=True, fault=fault.text)


def _of_customers(
    segments: Sequence[SegmentRule], truths: Sequence[Truth], evaluator: Evaluator, *, table: FeatureTable
) -> Iterator[RuleFinding]:
    """What the customers of the table show."""
    in_earlier = np.zeros(len(table), dtype=bool)
    for segment, truth in zip(segments, truths, strict=True):
        if not truth.is_true.any():
            yield _finding("nobody", [segment], is_error=True)
        elif (truth.is_true & ~in_earlier).all():
            yield _finding("everybody", [segment], is_error=True)
        elif not (truth.is_true & ~in_earlier).any():
            yield _finding("taken", [segment], is_error=True)
        in_earlier |= truth.is_true
        if unknown := int(truth.is_unknown.sum()):
            yield _finding("unknown", [segment], count=unknown)
        for test, rate in _plain_rates(segment.predicate, table):
            precision = _precision(rate, truth.is_true, evaluator, table=table)
            if precision is not None:
                yield _finding(
                    "plain_rate",
                    [segment],
                    test=str(test),
                    precision=lambda language, share=precision: percent(share, language),
                    better=str(RateAbove(rate.successes, rate.trials, rate.rate, 0.8)),
                )
    doubtful = {feature.name for feature in table.described if feature.doubtful}
    for segment in segments:
        if not doubtful.isdisjoint(segment.predicate.columns):
            yield _finding("doubtful", [segment])
    if (in_none := int((~in_earlier).sum())) > 0:
        yield _finding("gap", [], count=in_none)


def _plain_rates(predicate: Predicate, table: FeatureTable) -> Iterator[tuple[Predicate, RateAbove]]:
    """The tests of plain rates, each with the rate that it compares, where the table has its counts."""
    for test in predicate.tests:
        if isinstance(test, RateAbove) and test.sure is None:
            yield test, test
        elif isinstance(test, Comparison) and test.column in RATE_COLUMNS and test.operator in (">", ">="):
            rate = RateAbove(*RATE_COLUMNS[test.column], test.bound, None)
            if set(rate.columns) <= set(table.numeric_names()) and 0 < test.bound < 1:
                yield test, rate


def _precision(rate: RateAbove, members: Bools, evaluator: Evaluator, *, table: FeatureTable) -> float | None:
    """The share of the members whose rate can be expected to be above the bound; None for 1 to 9 with trials."""
    successes, trials = (table.values(name) for name in rate.columns)
    usable = members & (trials > 0) & (successes <= trials)
    if usable.sum() < SMALLEST_GROUP:
        return None
    prior = evaluator.priors[rate.key]
    return expected_precision(prior, rate.rate, successes=successes, trials=trials, selected=usable)


def _counts(
    segments: Sequence[SegmentRule], truths: Sequence[Truth], evaluator: Evaluator, *, table: FeatureTable
) -> Iterator[RuleCount]:
    in_earlier, reach = np.zeros(len(table), dtype=bool), _reachable(table)
    for segment, truth in zip(segments, truths, strict=True):
        primary = truth.is_true & ~in_earlier
        in_earlier |= truth.is_true
        size = int(primary.sum())
        rates = [rate for _, rate in _plain_rates(segment.predicate, table)]
        rates += [test for test in segment.predicate.tests if isinstance(test, RateAbove) and test.sure is not None]
        shares = [_precision(rate, truth.is_true, evaluator, table=table) for rate in rates]
        precisions = [share for share in shares if share is not None]
        yield RuleCount(
            segment.names,
            gross=shown(int(truth.is_true.sum()), len(table)),
            primary=shown(size, len(table)),
            unknown=shown(int(truth.is_unknown.sum()), len(table)),
            reachable={channel: shown(int((primary & flags).sum()), size) for channel, flags in reach.items()},
            precision=min(precisions) if precisions else None,
        )


def _reachable(table: FeatureTable) -> dict[str, Bools]:
    """Whom each channel reaches: contactable or consenting, and the opposite in neither."""
    flags = [name for name in table.names if name.startswith(_CHANNEL_FLAGS) and name not in _CHANNEL_FLAGS]
    channels: dict[str, list[str]] = {}
    for name in flags:
        channels.setdefault(name.partition("_")[2], []).append(name)
    evaluator = Evaluator()
    reach: dict[str, Bools] = {}
    for channel, names in channels.items():
        yes = [evaluator.truth(Flag(name, is_yes=True), table) for name in names]
        reach[channel] = np.logical_or.reduce([truth.is_true for truth in yes]) & ~np.logical_or.reduce(
            [truth.is_false for truth in yes]
        )
    return reach
