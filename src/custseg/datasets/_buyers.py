"""The people of the shop: their roles, kinds and tastes."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._calendar import order_days
from custseg.datasets._columns import Columns, stacked
from custseg.datasets._kinds import KINDS, PROSPECT, Kind, kind_sizes

CUSTOMER, NO_BUYER, REFUND_ONLY, GUEST = range(4)
"""Roles: of a known kind; never bought; only a refund in the log; bought without an account."""

ALL_KINDS = (*KINDS, PROSPECT)
_PROSPECT = len(KINDS)
_ONE_TIME = [kind.name for kind in KINDS].index("one-time")

SOURCES = ("search", "social", "referral", "email", "direct", None)
N_TASTES = 8

CONSENT = (True, False, None)
YES, NO, UNKNOWN = range(len(CONSENT))


def draw_buyers(rng: np.random.Generator, n_customers: int) -> Columns:
    """One row per person, role by role: kind, first and last day, number of orders, tastes."""
    sizes = kind_sizes(n_customers)
    people = stacked(
        *(_group(rng, code, size, role=CUSTOMER) for code, size in enumerate(sizes)),
        _group(rng, _PROSPECT, ceil(n_customers / 100), role=NO_BUYER),
        _group(rng, _ONE_TIME, ceil(n_customers / 300), role=REFUND_ONLY),
        _group(rng, _ONE_TIME, ceil(n_customers / 10), role=GUEST),
    )
    people["id"] = _ids(rng, people["role"])
    return people


def _group(rng: np.random.Generator, code: int, size: int, *, role: int) -> Columns:
    """People of one kind in one role."""
    kind = ALL_KINDS[code]
    first, last, count = kind.visits(rng, size)
    weights = 0.97 * np.array(kind.sources) / sum(kind.sources)
    return {
        "kind": np.full(size, code),
        "role": np.full(size, role),
        "first": first,
        "last": last,
        "count": count,
        "price_level": kind.price_level + rng.normal(0, 0.45, size),
        "further_lines": kind.further_lines * rng.gamma(4.0, 0.25, size),
        # A few buy for a company: the long tail of money.
        "bulk": np.where(rng.random(size) < 0.006, rng.integers(3, 9, size), 1),
        "on_discount": rng.beta(*kind.on_discount, size),
        "taste": rng.integers(0, N_TASTES, size),
        "source": rng.choice(len(SOURCES), size=size, p=[*weights, 0.03]),
        "store_share": rng.beta(0.6, 1.6, size),
        "consent_email": rng.choice(len(CONSENT), size=size, p=[0.68, 0.22, 0.10]),
        "consent_sms": rng.choice(len(CONSENT), size=size, p=[0.35, 0.45, 0.20]),
    }


def _ids(rng: np.random.Generator, role: NDArray[Any]) -> NDArray[np.object_]:
    """Ids in random order, independent of the kind; guests have none."""
    n_ids = int((role != GUEST).sum())
    width = max(6, len(str(n_ids)))
    ids = np.full(len(role), None, dtype=object)
    ids[:n_ids] = [f"C{number:0{width}d}" for number in rng.permutation(n_ids) + 1]
    return ids


def draw_order_days(rng: np.random.Generator, people: Columns) -> tuple[NDArray[Any], NDArray[Any]]:
    """The buyer (row of `people`) and the day of every order."""
    buyers, days = [], []
    for code, kind in enumerate(ALL_KINDS):
        rows = np.flatnonzero((people["kind"] == code) & (people["count"] > 0))
        visits = (people["first"][rows], people["last"][rows], people["count"][rows])
        if len(rows):
            buyers.append(np.repeat(rows, visits[2]))
            days.append(order_days(rng, kind.calendar, visits, evenness=kind.evenness))
    return np.concatenate(buyers), np.concatenate(days)


def of_kind(values: Callable[[Kind], float], codes: NDArray[Any]) -> NDArray[Any]:
    """The value of an attribute of each person's kind."""
    return np.array([values(kind) for kind in ALL_KINDS]).take(codes)
