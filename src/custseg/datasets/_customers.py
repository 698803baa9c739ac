"""What the shop knows about its customers besides their behavior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._buyers import CONSENT, GUEST, N_TASTES, NO, of_kind
from custseg.datasets._calendar import DAYS, Moments, moments
from custseg.datasets._columns import Columns, blanked, height, taken, words
from custseg.datasets._lines import CATEGORIES

_SEXES = ("female", "male", "other", None)
_REGIONS = ("center", "north", "south", "east", "west", "coast", "lakes", "islands", None)
_INTERESTS = tuple(
    "|".join(name for bit, name in enumerate(CATEGORIES) if mask >> bit & 1) or None for mask in range(2**N_TASTES)
)


def customer_table(rng: np.random.Generator, people: Columns, left: NDArray[np.bool_]) -> Columns:
    """One row per known person, by id; `left` are those who unsubscribed from mail."""
    people = people | {"consent_email": np.where(left, NO, people["consent_email"])}
    people = taken(people, people["role"] != GUEST)
    size = height(people)
    age = np.rint(rng.normal(44, 14, size) + of_kind(lambda kind: kind.age_shift, people["kind"]))
    interests = np.where(rng.random(size) < 0.25, 0, _interest_masks(rng, people["taste"]))
    table: Columns = {
        "customer_id": people["id"],
        "age": blanked(age.clip(18, 90).astype(np.int64), rng.random(size) < 0.1),
        "sex": words(rng.choice(4, size=size, p=[0.48, 0.38, 0.02, 0.12]), _SEXES),
        "region": words(
            rng.choice(9, size=size, p=[0.22, 0.16, 0.14, 0.12, 0.1, 0.08, 0.07, 0.05, 0.06]),
            _REGIONS,
        ),
        "interests": words(interests, _INTERESTS),
        "consent_email": words(people["consent_email"], CONSENT),
        "consent_sms": words(people["consent_sms"], CONSENT),
        "observed_at": _observed(rng, people["first"]),
    }
    return taken(table, np.argsort(people["id"]))


def _interest_masks(rng: np.random.Generator, taste: NDArray[np.int64]) -> NDArray[np.int64]:
    """Interests as bits: the own taste often, each other category now and then."""
    likes = rng.random((len(taste), N_TASTES)) < 0.15
    likes[np.arange(len(taste)), taste] = rng.random(len(taste)) < 0.6
    return np.asarray(likes @ (1 << np.arange(N_TASTES)))


def _observed(rng: np.random.Generator, first: NDArray[np.int64]) -> Moments:
    """When the attributes were last confirmed: since the first contact, mostly lately."""
    days = first + np.floor(rng.random(len(first)) ** 0.6 * (DAYS - first)).astype(np.int64)
    return moments(rng, days)
