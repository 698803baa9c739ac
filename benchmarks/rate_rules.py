"""Of the customers that a rule "opens more than half of the mails" picks, how many do?

Simulated readers: the open rate of each is drawn from Beta(1, 4), and the number of mails is 1 + Poisson, or uneven,
1 + Poisson of a gamma with shape 1/2, as where some have been mailed for years. The rules are the rate by evidence
(`rate_above`), the plain rate, and the plain rate with the usual floor of five mails. Limit: a precision of .85 by
evidence where the plain rule has about .30. Where machines open mails and the log does not say which, no rule can tell:
`Events(machine=...)` leaves their opens out, and `RuleSegments.check` says that it is missing.
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl
from _measure import parse_options

from custseg import RuleSegments

RULES = {
    "by evidence, sure=0.8": "rate_above(open, 0.5, sure=0.8)",
    "plain rate": "rate_above(open, 0.5)",
    "plain rate, five mails or more": "rate_above(open, 0.5) and emails_delivered >= 5",
}

CASES = (
    ("five mails on average, uneven", 5.0, True, 0.0),
    ("twenty mails on average, uneven", 20.0, True, 0.0),
    ("three mails on average, even", 3.0, False, 0.0),
    ("five mails on average, even", 5.0, False, 0.0),
    ("five mails on average, uneven, and machines open those of half", 5.0, True, 0.5),
)


def simulated(
    customers: int, *, mails: float, uneven: bool, machines: float, seed: int
) -> tuple[np.ndarray, pl.DataFrame]:
    """The true rates, and the counts that a log shows; machines open every mail of a share of the customers."""
    rng = np.random.default_rng(seed)
    rates = rng.beta(1, 4, customers)
    expected = rng.gamma(0.5, 2 * (mails - 1), customers) if uneven else np.full(customers, mails - 1)
    delivered = 1 + rng.poisson(expected)
    opened = np.where(rng.random(customers) < machines, delivered, rng.binomial(delivered, rates))
    counts = {"customer_id": np.arange(customers), "emails_delivered": delivered, "emails_opened": opened}
    return rates, pl.DataFrame(counts)


def main() -> None:
    """Print precision and recall of each rule, and the precision that the check of the rules expects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    options = parse_options(parser, customers=50_000)
    rules = RuleSegments(RULES)
    for title, mails, uneven, machines in CASES:
        rates, table = simulated(options.customers, mails=mails, uneven=uneven, machines=machines, seed=0)
        expected = {row.names["en"]: row.precision for row in rules.check(table).counts}
        memberships = rules.memberships(table)
        likes = rates > 0.5
        print(f"\n{options.customers:,} customers, {title}; {likes.mean():.1%} open more than half\n")
        print(f"  {'rule':<32}  picked  precision  expected  recall")
        for name in rules.names():
            picked = memberships[name].fill_null(value=False).to_numpy()
            precision, recall = likes[picked].mean(), picked[likes].mean()
            print(f"  {name:<32}  {picked.mean():6.2%}  {precision:9.2f}  {expected[name] or 0:8.2f}  {recall:6.2f}")


if __name__ == "__main__":
    main()
