"""`drift`: compares the customers of today with those of the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from custseg._checks import check_choice
from custseg._numerics import Floats, Integers
from custseg._privacy import few
from custseg.clustering import silhouettes
from custseg.errors import TooFewCustomersError
from custseg.feature_table import FeatureTable
from custseg.model import SegmentModel, recent_features
from custseg.texts import LANGUAGES, amount, counted, text
from custseg.tracking.monitoring._comparisons import Comparison, of_features, of_outliers, of_recent, of_segments
from custseg.tracking.monitoring._drift_result import Drift, DriftRow
from custseg.tracking.monitoring._drift_sample import sample_of_recent, sampled_features
from custseg.tracking.monitoring._psi import stability_band, stability_index
from custseg.tracking.monitoring._verdict import verdict_and_reasons

_CALLER = "drift"
_LEVEL = 0.999
"""Chance that no row leaves its band in one look, without drift."""
_SILHOUETTE_ROWS = 2_000
_LEAST_CUSTOMERS = 100


def drift(
    model: SegmentModel,
    features: object = None,
    *,
    orders: object = None,
    events: object = None,
    customers: object = None,
    as_of: object = None,
    customer_column: str | None = None,
    language: str | None = None,
) -> Drift:
    """How much the customers have changed since the fit, and whether to keep the model, watch it or refit it.

    Parameters
    ----------
    model : SegmentModel
        The model.
    features : FeatureTable or table, optional
        The customers of now, one row per customer with the columns of the fit; or give the logs, by their names.
    orders, events, customers : Orders, Events, Customers or table, optional
        The logs up to now, as for `SegmentModel.assign`.
    as_of : date, datetime or ISO text
        The moment; required with logs.
    customer_column : str, optional
        Column of ids in `features`.
    language : {"en", "ru"}, optional
        Language of the result; by default that of the model.

    Returns
    -------
    Drift
        `verdict`, the `reason`, and a row for each comparison.

    Raises
    ------
    DataError
        If the logs or the table cannot be used; `TooFewCustomersError` if fewer than 100 customers can be assigned.
    TypeError, ValueError
        If an argument is missing or of the wrong type or value.

    Notes
    -----
    Each row compares shares of customers at the fit and now: by segment, inside or outside of the outlier limit, and
    by the deciles of each clustered feature at the fit. Their difference is the population stability index (PSI).
    Like is compared with like:

    - Of customers in Spark, a sample is compared: the 200,000 with the smallest hashes of their ids, the same in any
      partitions. With 95 % confidence its shares differ from those of all customers by 0.22 percentage points at most,
      and the band of each row is that of so many customers.
    - The model's figures of the customer base are used, as in `assign`.
    - A log grows, and with it the number of orders and the revenue of every customer who goes on buying. Without
      `window_days`, only so many days of it count as it had at the fit.
    - What has changed a month ago is hardly visible in two years of orders. Where there is an order log, the
      customers who ordered in the last 56 days are compared with those who did before the fit, by the orders of
      these days alone: days since the last order, number of orders and order value, and the preferred channel and the
      last source, which are seldom clustered.

    A row counts as changed if the PSI is 0.1 or more, and outside of the band that it stays in without drift: in 999
    of 1,000 looks all rows do. With few customers chance alone gives a PSI above 0.1. A shop with a season is not the
    same in all months: compare with a model that was fitted in the same one, or expect "watch".

    References
    ----------
    Siddiqi, N. (2006). Credit Risk Scorecards. Wiley.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.tracking import drift
    >>> shop = make_shop(500, 0)
    >>> model = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=4).model
    >>> drift(model, orders=shop.orders, as_of=shop.as_of).verdict
    'keep'
    >>> from custseg.features import build_features
    >>> drift(model, build_features(shop.orders, as_of=shop.as_of)).verdict
    'keep'
    """
    if not isinstance(model, SegmentModel):
        raise TypeError(
            f"{_CALLER}: model must be a SegmentModel, as `result.model` or SegmentModel.load(...), got "
            f"{type(model).__name__}."
        )
    language = model.language if language is None else language
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    logs = {"orders": orders, "events": events, "customers": customers}
    alike = model if features is not None else _with_logs_of_equal_length(model)
    table, n_customers = sampled_features(
        alike, logs, features, as_of=as_of, customer_column=customer_column, caller=_CALLER
    )
    recent = _recent_table(model, logs, as_of) if features is None else None
    measured = _drift(model, table, recent, language=language)
    if n_customers is None:
        return measured
    return replace(measured, notes=_with_sample(measured.notes, table, n_customers))


def _with_logs_of_equal_length(model: SegmentModel) -> SegmentModel:
    """The model with a window as long as its log was, if it has none."""
    definition, days = model.definition, model.reference.log_days
    if definition is None or days is None or definition.window_days is not None:
        return model
    return replace(model, definition=replace(definition, window_days=days))


def _recent_table(model: SegmentModel, logs: dict[str, object], as_of: object) -> FeatureTable | None:
    """The features of the last weeks, with the columns that no feature of the model depends on."""
    if model.definition is None or model.reference.recent is None or logs["orders"] is None:
        return None
    definition = model.definition.with_describing()
    return sample_of_recent(
        recent_features(definition.described(logs, as_of, model.column_names, caller=_CALLER)), _CALLER
    )


def _with_sample(
    notes: Mapping[str, tuple[str, ...]], table: FeatureTable, n_customers: int
) -> dict[str, tuple[str, ...]]:
    """The notes, with that of a sample of the customers before them."""
    written: dict[str, tuple[str, ...]] = {}
    for language, lines in notes.items():
        customers = text(language, "result", "customers")
        sample, whole = (counted(n, customers, language) for n in (len(table), n_customers))
        first = str(text(language, "drift", "notes", "sampled")).format(sample=sample, customers=whole)
        written[language] = (first, *lines)
    return written


def _drift(model: SegmentModel, table: FeatureTable, recent: FeatureTable | None, *, language: str) -> Drift:
    labels = model.labels(table)
    inside = labels >= 0
    if (n_now := int(inside.sum())) < _LEAST_CUSTOMERS:
        raise TooFewCustomersError(
            f"{_CALLER}: {few(n_now, 'customer')} can be assigned; at least {_LEAST_CUSTOMERS} are needed to tell "
            "drift from chance."
        )
    values = {name: table.values(name)[inside] for name in model.preparation.names}
    rows = [*of_segments(model, labels[inside]), of_outliers(model, table, labels), *of_features(model, table, labels)]
    if recent is not None:
        rows += of_recent(model, recent)
    final = _with_bands(rows)
    measured = _silhouette(model, values, labels[inside])
    reference = model.reference
    gain = None
    if measured is not None and reference.silhouette is not None and reference.silhouette_gain is not None:
        gain = measured[0] - (reference.silhouette - reference.silhouette_gain)
    verdict, reasons = verdict_and_reasons(
        final, gain=gain, gain_before=reference.silhouette_gain, error=measured[1] if measured else 0.0
    )
    return Drift(
        verdict,
        reasons,
        final,
        silhouette=None if measured is None else measured[0],
        silhouette_before=reference.silhouette,
        gain=gain,
        gain_before=reference.silhouette_gain,
        as_of=table.snapshot.as_of if table.snapshot else None,
        fitted=model.as_of,
        notes=_notes(model, table, recent),
        language=language,
    )


def _with_bands(rows: Sequence[Comparison]) -> tuple[DriftRow, ...]:
    """The comparisons with their index and the band that all of them stay in."""
    level = 1 - (1 - _LEVEL) / len(rows)
    final = []
    for row in rows:
        n_before, n_now = float(row.compared.before.sum()), float(row.compared.after.sum())
        psi, n_bins = stability_index(row.compared.before, row.compared.after)
        final.append(
            DriftRow(
                row.kind,
                row.feature,
                row.label,
                psi,
                stability_band(n_bins, n_before, n_now, level=level),
                n_before=round(n_before),
                n_now=round(n_now),
                difference=row.compared.difference_words(),
            )
        )
    return tuple(final)


def _silhouette(model: SegmentModel, values: dict[str, Floats], labels: Integers) -> tuple[float, float] | None:
    """Mean silhouette of the segments now and its standard error, in a sample; None for one segment."""
    if model.reference.silhouette is None or len(model.segments) < 2:
        return None
    rows = model.preparation.matrix(values, _CALLER)
    measured = silhouettes(rows, [labels], max_rows=max(_SILHOUETTE_ROWS, 2 * len(model.segments)))
    return float(measured.means[0]), float(measured.errors[0])


def _notes(model: SegmentModel, table: FeatureTable, recent: FeatureTable | None) -> dict[str, tuple[str, ...]]:
    """How logs were made comparable, and what could not be compared."""
    reference = model.reference.recent
    names = [] if reference is None else [*reference.columns, *reference.categories]
    lacking = [name for name in names if recent is None or name not in recent.names] if model.definition else []
    notes: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        words, lines = text(language, "drift", "notes"), []
        days = table.snapshot.window_days if table.snapshot else None
        if days is not None and model.definition is not None and model.definition.window_days is None:
            lines.append(str(words["cut"]).format(days=amount(days, "days", language)))
        if recent is not None and reference is not None:
            lines.append(str(words["recent"]).format(days=amount(reference.days, "days", language)))
        if lacking:
            lines.append(str(words["lacking"]).format(columns=", ".join(lacking)))
        notes[language] = tuple(lines)
    return notes
