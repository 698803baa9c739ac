"""Checks that a model and its logs are not too old for a snapshot."""

from __future__ import annotations

from datetime import datetime

from custseg._checks import check_integer
from custseg.errors import DataError
from custseg.logs import Logs
from custseg.snapshot import parse_moment
from custseg.texts import plural


def check_age(
    fitted: datetime | None, as_of: object, logs: Logs | None, *, max_age_days: int | None, caller: str
) -> None:
    """Raise if the snapshot is before the fit, or if the fit or the last row of a log is too many days before it."""
    limit = None
    if max_age_days is not None:
        limit = check_integer(caller, "max_age_days", max_age_days, minimum=0, maximum=36_600)
    moment = None if as_of is None else parse_moment(as_of, caller)
    if limit is not None and moment is None:
        raise TypeError(f"{caller}: max_age_days needs as_of=, the moment that the age is measured at.")
    if moment is not None and fitted is not None:
        # Where only one has a zone, calendar days are compared.
        age = (moment.date() - fitted.date()).days
        is_comparable = (moment.tzinfo is None) == (fitted.tzinfo is None)
        if moment < fitted if is_comparable else age < 0:
            raise ValueError(
                f"{caller}: as_of is {_day_or_moment(moment)}, before the snapshot of the fit, {_day_or_moment(fitted)}"
                ". Give a later moment, or use a model that was fitted earlier."
            )
        if limit is not None and age > limit:
            raise DataError(
                f"{caller}: the model was fitted as of {fitted.date()}, {plural(age, 'day')} before as_of, more than "
                f"max_age_days={limit}. Refit it."
            )
    if limit is not None and logs is not None:
        _check_logs(logs, limit, caller)


def _day_or_moment(moment: datetime) -> str:
    """A midnight without a zone as its date, else the moment."""
    is_midnight = moment.tzinfo is None and moment == datetime(moment.year, moment.month, moment.day)
    return str(moment.date() if is_midnight else moment)


def _check_logs(logs: Logs, limit: int, caller: str) -> None:
    counts = {"order": (logs.orders, "order_facts"), "event": (logs.events, "event_facts")}
    for kind, (log, attribute) in counts.items():
        if log is None:
            continue
        last = getattr(logs, attribute).last_day
        age = logs.snapshot_of(log).day - last
        if age > limit:
            raise DataError(
                f"{caller}: the last row of the {kind} log is {plural(age, 'day')} before as_of, more than "
                f"max_age_days={limit}. Give the log up to now."
            )
