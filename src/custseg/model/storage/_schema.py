"""The content of a model file: which fields it has, of which types, and what they must satisfy."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

import msgspec
import numpy as np

from custseg._numerics import BetaPrior
from custseg.clustering import AssignmentRule, rule_from_dict
from custseg.feature_table import Feature
from custseg.features import FAMILIES
from custseg.model._branches import Branch, Branches
from custseg.model._definition import FeatureDefinition
from custseg.model._fits import FitOptions, RefitRecord
from custseg.model._model_segments import ModelSegment
from custseg.model._reach import Reach
from custseg.model._reference import CategoryReference, ColumnReference, Reference
from custseg.preparation import CategoryPlan, ClassScores, ColumnPlan, HeavyTails, Preparation, Tail
from custseg.rule_segments import RateAbove
from custseg.texts import LANGUAGES

SCHEMA = 5
"""Number of the present schema. A change adds a function to `MIGRATIONS` and a file of the old schema to the tests."""
MIGRATIONS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (
    # Goals, weights of columns and half-lives are optional: files of schema 1 have the defaults.
    dict,
    # Rules before the clusters are optional too.
    dict,
    # So are categories, their scores and weights that the caller gave.
    dict,
    # So is the season in the figures of rhythm: without it, files of schema 4 measure rhythm in calendar days.
    dict,
)
"""From the content of schema 1, 2, ... to that of the next one."""


class Unusable(Exception):
    """Why a content is no model, as the end of a sentence."""


class _PreparationContent(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    columns: tuple[ColumnPlan, ...]
    tails: tuple[Tail, ...]
    categories: tuple[CategoryPlan, ...] = ()
    scores: ClassScores | None = None

    @property
    def names(self) -> list[str]:
        """The columns that customers are clustered on."""
        return [*(plan.name for plan in self.columns), *(plan.name for plan in self.categories)]

    @property
    def n_columns(self) -> int:
        """The number of columns of the matrix."""
        return len(self.columns) if self.scores is None else self.scores.n_scores


class _DefinitionContent(msgspec.Struct, forbid_unknown_fields=True):
    families: tuple[str, ...]
    figures: dict[str, dict[str, Any]]
    logs: dict[str, dict[str, Any]]
    window_days: int | None
    refunds: str
    zero_orders: str
    reach: Reach | None
    describing: dict[str, str]


class _BranchContent(msgspec.Struct, forbid_unknown_fields=True):
    names: dict[str, str]
    when: str
    rule: dict[str, Any] | None
    n_segments: int


class _BranchesContent(msgspec.Struct, forbid_unknown_fields=True):
    items: tuple[_BranchContent, ...] = ()
    priors: dict[str, BetaPrior] = {}
    numeric: tuple[str, ...] = ()


class _Content(msgspec.Struct, forbid_unknown_fields=True):
    versions: dict[str, str]
    language: str
    method: str
    as_of: datetime | None
    unclustered_name: str
    returned_name: str
    segments: tuple[ModelSegment, ...]
    columns: tuple[Feature, ...]
    preparation: _PreparationContent
    rule: dict[str, Any]
    definition: _DefinitionContent | None
    reference: Reference
    options: FitOptions
    next_number: int
    refits: tuple[RefitRecord, ...]
    branches: _BranchesContent = msgspec.field(default_factory=_BranchesContent)


def content_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `SegmentModel` in dicts, lists, numbers and words."""
    preparation, definition = fields["preparation"], fields["definition"]
    same = set(_Content.__struct_fields__) - {"versions", "preparation", "rule", "definition", "branches"}
    content = _Content(
        versions={"custseg": version("custseg"), "python": platform.python_version(), "numpy": np.__version__},
        preparation=_PreparationContent(
            preparation.columns, preparation.tails.tails, preparation.categories, preparation.scores
        ),
        rule=fields["rule"].to_dict(),
        branches=_branches_content(fields["branches"]),
        definition=None if definition is None else _definition_content(definition),
        **{name: fields[name] for name in same},
    )
    plain: dict[str, Any] = msgspec.to_builtins(content)
    return plain


def fields_of(plain: dict[str, Any]) -> dict[str, Any]:
    """The fields that `content_of` gave; raises `Unusable` for anything else."""
    try:
        content = msgspec.convert(plain, type=_Content)
        branches = _branches(content)
        rule = _rule(content, branches)
        definition = None if content.definition is None else _definition(content.definition)
    except (msgspec.ValidationError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise Unusable(f"its content is not that of a model ({error})") from None
    for fault in _faults(content):
        raise Unusable(fault)
    learned = content.preparation
    preparation = Preparation(learned.columns, {}, HeavyTails(learned.tails), learned.categories, learned.scores)
    fields = {name: getattr(content, name) for name in content.__struct_fields__ if name != "versions"}
    return {**fields, "preparation": preparation, "rule": rule, "definition": definition, "branches": branches}


def _definition_content(definition: FeatureDefinition) -> _DefinitionContent:
    return _DefinitionContent(
        definition.families,
        {name: msgspec.to_builtins(figures) for name, figures in definition.figures.items()},
        {name: dict(arguments) for name, arguments in definition.logs.items()},
        definition.window_days,
        definition.refunds,
        definition.zero_orders,
        definition.reach,
        dict(definition.describing),
    )


def _definition(content: _DefinitionContent) -> FeatureDefinition:
    by_name = {family.name: family for family in FAMILIES}
    if unknown := sorted({*content.families, *content.figures} - set(by_name)):
        raise ValueError(f"unknown families {unknown}")
    figures: dict[str, Any] = {
        name: msgspec.convert(plain, type=by_name[name].figures) for name, plain in content.figures.items()
    }
    return FeatureDefinition(
        content.families,
        figures,
        content.logs,
        content.window_days,
        content.refunds,
        content.zero_orders,
        content.reach,
        content.describing,
    )


def _rule(content: _Content, branches: Branches) -> AssignmentRule:
    rule = rule_from_dict(content.rule)
    n_clusters = len(content.segments) - branches.n_segments
    # Where rules leave no customers for clusters, the rule is that of all customers as one cluster.
    rule.check(n_clusters or 1 if branches.items else n_clusters, content.preparation.n_columns)
    return rule


def _branches_content(branches: Branches) -> _BranchesContent:
    items = (
        _BranchContent(
            dict(branch.names),
            branch.when,
            None if branch.rule is None else branch.rule.to_dict(),
            branch.n_segments,
        )
        for branch in branches.items
    )
    return _BranchesContent(tuple(items), dict(branches.priors), branches.numeric)


def _branches(content: _Content) -> Branches:
    items = []
    for item in content.branches.items:
        rule = None if item.rule is None else rule_from_dict(item.rule)
        if set(item.names) != set(LANGUAGES):
            raise ValueError("a rule before the clusters has no name in each language")
        if item.n_segments < 1 or (rule is None and item.n_segments != 1):
            raise ValueError("a rule before the clusters has no segment")
        if rule is not None:
            rule.check(item.n_segments, content.preparation.n_columns)
        items.append(Branch(item.names, item.when, rule, item.n_segments))
    branches = Branches(tuple(items), content.branches.priors, content.branches.numeric)
    rates = [test for predicate in branches.predicates for test in predicate.tests if isinstance(test, RateAbove)]
    if any(rate.sure is not None and rate.key not in branches.priors for rate in rates):
        raise ValueError("a rate has no prior")
    if any(not 0 < prior.mean < 1 or prior.strength <= 0 for prior in branches.priors.values()):
        raise ValueError("a prior has no mean between 0 and 1")
    return branches


def _faults(content: _Content) -> Iterator[str]:
    """What is wrong with values of the right types."""
    names = content.preparation.names
    numbers_of_fit = {column.name for column in content.preparation.columns}
    numbers = [segment.number for segment in content.segments]
    if not names or len(set(names)) < len(names) or {feature.name for feature in content.columns} != set(names):
        yield "its columns are not one set of names"
    if any(column.spread <= 0 or column.scale <= 0 or column.unit <= 0 for column in content.preparation.columns):
        yield "a column has no positive scale"
    if _is_unfit(content.preparation):
        yield "its scores are not those of its columns"
    learned = content.preparation
    if any(weight <= 0 for weight in [*(p.weight for p in learned.columns), *(p.weight for p in learned.categories)]):
        yield "a column has no positive weight"
    if any(not 0 <= tail.column < len(numbers_of_fit) for tail in content.preparation.tails):
        yield "a tail is of no column"
    if any(_is_not_increasing(tail.distances, tail.compressed) for tail in content.preparation.tails):
        yield "a tail has no increasing knots"
    if len(set(numbers)) < len(numbers) or any(number < 0 for number in numbers):
        yield "its segments are not numbered"
    if content.next_number <= max(numbers, default=-1):
        yield "the number of the next segment is in use"
    if content.language not in LANGUAGES or any(content.language not in segment.names for segment in content.segments):
        yield "a segment has no name in its language"
    if set(content.reference.columns) != numbers_of_fit:
        yield "its reference is of other columns"
    if any(len(column.shares) != len(column.edges) + 1 for column in _column_references(content.reference)):
        yield "a reference has not one share per bin"
    if any(len(column.shares) != len(column.values) for column in _category_references(content.reference)):
        yield "a reference has not one share per category"
    if not all(map(np.isfinite, _numbers(msgspec.to_builtins(content)))):
        yield "a number is not finite"


def _is_unfit(preparation: _PreparationContent) -> bool:
    """Whether the scores are not of the numbers and levels of the columns, or are lacking."""
    scores = preparation.scores
    if scores is None:
        return bool(preparation.categories)
    n_levels = [len(plan.levels) + plan.has_other for plan in preparation.categories]
    if len(scores.slopes) != len(preparation.columns) or [len(part) for part in scores.levels] != n_levels:
        return True
    rows = [*scores.slopes, *scores.constants, *(row for part in scores.levels for row in part)]
    return len(scores.constants) != len(scores.slopes) or not rows or len(set(map(len, rows))) > 1 or not rows[0]


def _column_references(reference: Reference) -> list[ColumnReference]:
    return [*reference.columns.values(), *(reference.recent.columns.values() if reference.recent else ())]


def _category_references(reference: Reference) -> list[CategoryReference]:
    return [*reference.categories.values(), *(reference.recent.categories.values() if reference.recent else ())]


def _is_not_increasing(distances: tuple[float, ...], compressed: tuple[float, ...]) -> bool:
    return len(distances) != len(compressed) or not distances or bool((np.diff(distances) <= 0).any())


def _numbers(plain: Any) -> Iterator[float]:
    """All numbers of a nested structure."""
    if isinstance(plain, Mapping):
        for value in plain.values():
            yield from _numbers(value)
    elif isinstance(plain, (list, tuple)):
        for value in plain:
            yield from _numbers(value)
    elif isinstance(plain, (int, float)) and not isinstance(plain, bool):
        yield float(plain)
