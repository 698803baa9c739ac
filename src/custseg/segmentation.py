"""The main function, from top to bottom: logs, features, matrix, clusters, named segments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from os import PathLike
from typing import Any

from custseg._assembly import assembled
from custseg._checks import (
    check_choice,
    check_finite,
    check_preferred,
    check_random_state,
    check_segment_numbers,
)
from custseg._clusters_of_fit import EarlierNumbers, Request, clusters_of_fit
from custseg._display import Progress, checked_progress, progress_shown
from custseg._frames import USUAL_FORM, CSVFormat, is_spark_frame
from custseg.clustering import AUTO_NUMBERS, PREFERRED, ClusteringChoice, method_names
from custseg.distributed import sampled
from custseg.feature_table import (
    DistributedFeatures,
    FeatureTable,
    as_quantities,
    features_in_spark,
    given_features,
    with_label_flags,
)
from custseg.features import features_of
from custseg.goals import (
    Goal,
    as_goal,
    check_goal,
    goal_columns,
    goal_features,
    trial_outcome,
)
from custseg.logs import REFUNDS, DataReport, Logs, described_logs, report_on, table_report
from custseg.matrix import check_sensitive, check_weights, clustering_columns
from custseg.model import FitOptions, SegmentModel
from custseg.result import Segmentation
from custseg.rule_groups import WhatComesFirst
from custseg.rule_segments import RuleSegments
from custseg.sizes import minimum_of_outcome, requested_size, with_detectable_lifts
from custseg.texts import LANGUAGES, listed, text
from custseg.trials import AutoMinimum

__all__ = ["fit_segments"]

_CALLER = "fit_segments"
_FORM_OF_A_LOG = (
    "separator, decimal, thousands, encoding and skip_rows belong to features=; for a log use "
    "Orders('orders.csv', separator=...), Events(...) or Customers(...)."
)


def fit_segments(
    orders: object = None,
    *,
    events: object = None,
    customers: object = None,
    features: object = None,
    as_of: object = None,
    customer_column: str | None = None,
    goal: str | Goal | None = None,
    columns: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    sensitive: Sequence[str] = (),
    method: str = "auto",
    n_segments: int | range | None = None,
    min_size: int | float | str = 0.05,
    lift: float = 0.5,
    prefer: int | Sequence[int] = PREFERRED,
    previous: Segmentation | SegmentModel | ClusteringChoice | int | None = None,
    rules: RuleSegments | Mapping[str, object] | str | PathLike[str] | None = None,
    lifecycle: bool = False,
    refunds: str = "net",
    window_days: int | None = None,
    language: str = "en",
    labels: object = None,
    random_state: int = 0,
    progress: bool | Callable[[str, int, int], None] = True,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str = "utf-8",
    skip_rows: int = 0,
) -> Segmentation:
    """Group customers into a few named segments, none smaller than `min_size`.

    Parameters
    ----------
    orders : Orders or table
        The order log; a plain table has the default column names of `Orders`.
    events : Events or table, optional
        The event log.
    customers : Customers or table, optional
        Attributes, one row per customer.
    features : FeatureTable, DistributedFeatures or table
        A ready table with one row per customer, instead of the logs.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot. By default, midnight after the last row of the log; the result
        reports it. The clock is never read.
    customer_column : str, optional
        Column of ids in `features`; by default `customer_id`, or else the first column.
    goal : {"repeat_purchase", "order_value", "retention", "email_engagement"} or Goal, optional
        What the segments are for, see `custseg.goals.Goal`: it decides what they are made of and with which weights,
        how many there are, and in which order they are printed. Without a goal they show how customers differ today.
    columns : sequence of str, optional
        Features to cluster on, in place of those of the goal; by default `recency_days`, `order_count` and `revenue`
        (the first two for a log without money), with events also `engagement_email` and `engagement_web`; all numeric
        columns of a ready table without these, except for ids, constants, duplicates and sensitive columns (age, sex,
        children, health, religion, where somebody lives), which the data report names. All other features describe
        the segments. Text and booleans are clustered on if they are named here: numbers and categories together,
        missing values as they are, see `custseg.preparation.fit_preparation`. A column of lists, such as interests,
        becomes one column of yes and no for each label that 1 % of the customers have, called "interests: sport".
    weights : mapping of str to float, optional
        How much columns count, such as ``{"region": 2}``; 1 by default. A column that counts twice as much as another
        counts four times in squared distances. A goal has weights of its own.
    sensitive : sequence of str, optional
        Further columns that are sensitive, and so are not clustered on, but only describe.
    method : str, default "auto"
        The clustering method: one of `custseg.clustering.method_names()`, or "auto" to choose among several
        (`custseg.clustering.select_clustering`). A method that finds its number of clusters, as HDBSCAN does, may
        find any number unless `n_segments` is given.
    n_segments : int or range, optional
        The number of segments, or a range to choose from; by default 2 to 8, or one segment if no clustering is
        stable in halves of the customers.
    min_size : int, float or "auto", default 0.05
        Minimum segment size: customers (int), or a share of the clustered customers (below 1). "auto": as many
        customers as each of up to 8 segments needs to show `lift` in an experiment, by what happened in the last 30
        days of the log (the outcome and horizon of `goal` if there is one); .05 if not even three segments could.
        `minimum` of the result says what each can show.
    lift : float, default 0.5
        For ``min_size="auto"``: the rise that a segment must be able to show, of the share who buy again or of the
        outcome of `goal`.
    prefer : int or sequence of int, default 5 to 7
        Numbers of segments that can be served; they decide among numbers that the evidence does not distinguish.
    previous : Segmentation, SegmentModel, ClusteringChoice or int, optional
        An earlier result, or its number of segments, which is kept unless another number is clearly better.
        `n_segments` goes first, and the goal comes after it.
    rules : RuleSegments, mapping of str to condition, or path of a TOML file, optional
        Segments that are stated as rules, see `custseg.rule_segments.RuleSegments`: a customer is in the first one that
        is true, also without a purchase. All others are clustered; `n_segments` counts their segments, 1 leaves them in
        one. A share as `min_size` is one of all customers in segments, and rules must meet the minimum too. Segments of
        rules have the first numbers, in the order of their priority.
    lifecycle : bool, default False
        Whether the stages of the lifecycle come first: new, established, lapsing and lapsed by the customer's own
        rhythm, see `custseg.rule_segments.overdue`; stages below the minimum size are joined. Those that are large
        enough are clustered inside. It excludes `rules` and `n_segments`.
    refunds : {"net", "gross", "error"}, default "net"
        See `custseg.features.rfm`.
    window_days : int, optional
        Length of the window before `as_of`, in calendar days; only rows in it count. By default all rows do. What a
        goal expects of each customer (foresight) is learned from the whole log all the same.
    language : {"en", "ru"}, default "en"
        Language of all texts of the result.
    labels : mapping of str to str, or path of a TOML file, optional
        Names of columns for people, such as ``{"MntWines": "wine"}``, see `FeatureTable.with_labels`. Code, SQL and
        tables keep the column names.
    random_state : int, default 0
        Seed; the same customers and seed give the same segments, in any row order.
    progress : bool or callable, default True
        True shows the steps: as a bar on a terminal, as a line in a notebook that is removed at the end, and not at all
        in a pipe or a document that is executed (nbconvert, papermill, MyST-NB, Quarto). A function is called with (the
        step in words, number of steps done, total number of steps) instead; an error that it raises ends the fit.
    separator, decimal, thousands, encoding : str, optional
        Format of `features` if it is a CSV file, as in `Orders`. For logs, give them in the description of the log.
    skip_rows : int, default 0
        The same.

    Returns
    -------
    Segmentation
        Assignments, profiles, the choice and its evidence, and a model for new customers. Customers
        without a purchase are not clustered: they have a separate row, and those whose orders were all returned,
        charged back or cancelled have another.

    Raises
    ------
    DataError
        If the log or table cannot be used, or has too few customers; if a table in Spark changes between two passes.
    InfeasibleMinimumError
        If no clustering, or a rule, meets `min_size`; the message names a feasible minimum.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Logs and tables in Spark (a PySpark DataFrame, of a classic session or of Spark Connect) stay there. The fit is that
    of a sample of 200,000 customers, the same in any partitions: those with the smallest hashes of their ids. It is
    larger where a segment of the minimum size would have fewer than 400 customers of it. With 95 % confidence, the
    shares of the sample differ from those of all by 0.22 percentage points at most (1.96 sqrt(p (1 - p) / n)).

    The minimum size holds for all customers: Spark counts the segments by the rule of the fit, the offsets of the rule
    are corrected, and Spark counts again, until every segment has the minimum (`InfeasibleMinimumError` after 12
    counts). Corrections are solved on the sample while it can tell, then exactly on the distinct costs of at most
    200,000 customers near a boundary. Beside the sample and these costs only grouped counts reach Python, of which the
    report of logs is made too. `assignments` is a Spark DataFrame, whose rows are computed from the logs when they are
    used: what Spark kept during the fit is freed at its end. Sizes, shares and shares of the revenue are counts and
    sums of all customers, all other figures are those of the sample. `goal` and ``min_size="auto"`` need logs in
    memory.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> shop = make_shop(500, 0)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of)
    >>> min(row.size for row in result.profiles.segments) >= 25
    True
    """
    check_choice(_CALLER, "method", method, allowed=("auto", *method_names()))
    check_choice(_CALLER, "refunds", refunds, allowed=REFUNDS)
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    numbers = check_segment_numbers(_CALLER, n_segments, usual=AUTO_NUMBERS)
    requested = None if n_segments is None else numbers
    requested_size(_CALLER, min_size, lift)
    seed = check_random_state(_CALLER, random_state)
    preferred = check_preferred(_CALLER, prefer)
    aim = _checked_goal(goal, features=features)
    first = WhatComesFirst.checked(rules, lifecycle, n_segments=n_segments, caller=_CALLER)
    earlier = EarlierNumbers.of(previous, _CALLER)
    options: dict[str, Any] = {"prefer": preferred, "previous": earlier, "random_state": seed}
    form = CSVFormat(separator, decimal, thousands, encoding, skip_rows)
    logs = {"orders": orders, "events": events, "customers": customers, "as_of": as_of, "window_days": window_days}
    with ExitStack() as at_end, progress_shown(checked_progress(_CALLER, progress), language) as show:
        tell = _teller(show, language)
        tell("reading", 0, 4)
        if features is None:
            _refuse_form_and_id(form, customer_column)
            described = _described_logs(logs, refunds=refunds)
            features_read = _features(described, aim, at_end)
        else:
            described, features_read = None, _ready_table(features, customer_column, logs, form=form)
        table, base = sampled(features_read, min_size, _CALLER)
        table = table.with_labels(labels, caller=_CALLER).in_language(language)
        protected = check_sensitive(table, sensitive, _CALLER)
        table, wanted, labels_of_lists = with_label_flags(table, columns, sensitive=protected, caller=_CALLER)
        table, names, report = _with_columns(table, wanted, protected, goal=aim, logs=described)
        factors = _checked_weights(weights, names, labels_of_lists, goal=aim)
        report = report if base is None or described is not None else base.report_of_all(report)

        tell("preparing", 1, 4)
        minimum, size = _minimum(min_size, described, table, names=names, goal=aim, lift=lift)
        request = Request(method, n_segments, numbers, size, first=first, goal=aim, weights=factors, options=options)
        clusters = clusters_of_fit(request, table, names, base=base, logs=described, tell=tell, caller=_CALLER)

        tell("describing", 3, 4)
        options_of_fit = FitOptions(
            columns=None if columns is None and not protected else tuple(columns or names),
            n_segments=None if requested is None else tuple(requested),
            min_size=int(size) if size >= 1 else float(size),
            prefer=preferred,
            random_state=seed,
            goal=aim,
            rules=first.rules,
            lifecycle=first.lifecycle,
            weights=dict(weights or {}),
        )
        facts: dict[str, Any] = {"logs": described, "report": report, "options": options_of_fit}
        result = assembled(
            table, clusters.matrix, clusters.choice, **facts, whole=clusters.whole, groups=clusters.groups
        )
        if minimum is not None:
            result = with_detectable_lifts(result, minimum, described)
        tell("done", 4, 4)
    return result


def _checked_goal(goal: object, *, features: object) -> Goal | None:
    """The goal; it needs logs."""
    aim = as_goal(goal, _CALLER)
    if aim is not None and features is not None:
        raise TypeError(
            f"{_CALLER}: goal= looks at what customers did after earlier dates, which a ready table does not say. Give "
            "orders= or events= instead of features=. Or leave out goal=, and name in columns= what to cluster on, "
            "such as the column 'foresight' of build_features(families=['rfm', 'foresight'])."
        )
    return aim


def _checked_weights(
    weights: object, names: Sequence[str], labels_of_lists: Mapping[str, Sequence[str]], *, goal: Goal | None
) -> dict[str, float]:
    """The weights of columns, where that of a column of lists is that of each label; a goal excludes them."""
    if weights is not None and goal is not None:
        raise ValueError(
            f"{_CALLER}: weights= cannot be given with goal=, which weighs columns itself. Give Goal(families={{...}}) "
            "with weights of families, or leave out one of both."
        )
    if isinstance(weights, Mapping):
        weights = {column: weights[name] for name in weights for column in labels_of_lists.get(name, [name])}
    return check_weights(weights, names, _CALLER)


def _columns_of_goal(table: FeatureTable, goal: Goal, protected: Collection[str]) -> list[str]:
    """What the goal clusters on, without protected columns."""
    return [name for name in goal_columns(table, goal, _CALLER) if name not in protected]


def _features(logs: Logs, goal: Goal | None, at_end: ExitStack) -> FeatureTable | DistributedFeatures:
    """The features of the logs, with foresight if the goal asks for it; what Spark keeps of them is freed `at_end`."""
    if goal is not None:
        check_goal(logs, goal)
        return goal_features(logs, goal)
    table = features_of(logs)
    if isinstance(table, DistributedFeatures):
        at_end.callback(table.release)
    return table


def _minimum(
    requested: int | float | str,
    logs: Logs | None,
    table: FeatureTable,
    *,
    names: Sequence[str],
    goal: Goal | None,
    lift: float,
) -> tuple[AutoMinimum | None, int | float]:
    """What the minimum size follows from, if it is that of the log, and the size."""
    if not isinstance(requested, str):
        return None, requested
    past = None if goal is None or logs is None else trial_outcome(logs, goal, table)
    minimum = minimum_of_outcome(logs, table, names, lift=lift, outcome=past)
    return minimum, minimum.min_size


def _with_columns(
    table: FeatureTable,
    columns: Sequence[str] | None,
    sensitive: Sequence[str],
    *,
    goal: Goal | None,
    logs: Logs | None,
) -> tuple[FeatureTable, list[str], DataReport]:
    """The features, checked; the columns to cluster on; and the data report of the logs or of the table."""
    if goal is not None and columns is None:
        columns = [name for name in goal_columns(table, goal, _CALLER) if name not in sensitive]
    names = clustering_columns(table, columns, _CALLER, sensitive=sensitive)
    table = as_quantities(table, names).with_categories(names)
    if logs is None:
        report = table_report(
            table, names, were_given=columns is not None, sensitive=sensitive, language=table.language
        )
    else:
        report = report_on(logs, language=table.language)
    check_finite(_CALLER, {name: table.values(name) for name in table.numeric_names()})
    return table, names, report


def _refuse_form_and_id(form: CSVFormat, customer_column: str | None) -> None:
    """Raise if arguments that describe a ready table are given for logs, which have descriptions of their own."""
    if form != USUAL_FORM:
        raise ValueError(f"{_CALLER}: {_FORM_OF_A_LOG}")
    if customer_column is not None:
        raise ValueError(
            f"{_CALLER}: customer_column belongs to features=; for a log use Orders(..., customer={customer_column!r})."
        )


def _described_logs(logs: Mapping[str, Any], *, refunds: str) -> Logs:
    """The logs at their snapshot."""
    if all(logs[name] is None for name in ("orders", "events", "customers")):
        raise TypeError(f"{_CALLER}: give orders (a log), or features= (one row per customer), got neither.")
    return described_logs(**logs, refunds=refunds, caller=_CALLER, may_assume=True)


def _ready_table(
    features: object, customer_column: str | None, logs: Mapping[str, Any], *, form: CSVFormat
) -> FeatureTable | DistributedFeatures:
    """Return the ready feature table; raise if arguments for logs are given too."""
    conflicting = [name for name, value in logs.items() if value is not None]
    if conflicting:
        raise TypeError(
            f"{_CALLER}: features= is a ready table and replaces {listed(conflicting)}; give one or the other."
        )
    if isinstance(features, DistributedFeatures) or is_spark_frame(features):
        return features_in_spark(features, customer_column, _CALLER)
    return given_features(features, customer_column, _CALLER, form=form)


def _teller(show: Progress, language: str) -> Callable[..., None]:
    """A function that shows a step in words."""
    words = text(language, "progress")
    return lambda step, completed, total, **counts: show(words[step].format(**counts), completed, total)
