"""The BG/NBD model of purchases: how often a customer buys, and whether the customer still does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaln, hyp2f1, psi

from custseg._numerics import Floats, six_digits
from custseg.errors import DataError

# Parameters are searched in these bounds, with the mean age as the unit of time: beyond them the likelihood is flat.
# With a above 100 customers hardly differ in the probability of leaving, and powers of the expectation overflow.
_LOG_BOUNDS = ((-9.0, 9.0), (-9.0, 9.0), (-9.0, 4.6), (-9.0, 9.0))
# The expected number has removable singularities where a = 1 and a + b + x = 1.
_NEAR = 1e-6


@dataclass(frozen=True)
class BgNbd:
    """Parameters of the BG/NBD model.

    While a customer is alive, orders come at random with a rate that is gamma distributed over the customers; after
    each order the customer leaves with a probability that is beta distributed.

    Attributes
    ----------
    r, alpha : float
        Shape of the gamma distribution of rates, and its rate parameter, in the unit of the times.
    a, b : float
        Parameters of the beta distribution of the probability of leaving.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting your customers" the easy way: an alternative to the
    Pareto/NBD model. Marketing Science 24(2), 275-284. doi:10.1287/mksc.1040.0098
    """

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, repeats: Floats, spans: Floats, ages: Floats) -> BgNbd:
        """Fit by maximum likelihood.

        Parameters
        ----------
        repeats : ndarray of shape (n_customers,)
            Number of repeat purchases: days with an order after the first one.
        spans : ndarray of shape (n_customers,)
            Time from the first order to the last.
        ages : ndarray of shape (n_customers,)
            Time from the first order to the snapshot, in the same unit; at least `spans`.

        Raises
        ------
        DataError
            If there is no customer, or nobody has any age.
        """
        if not len(ages) or not (ages > 0).any():
            raise DataError("BgNbd: no customer has a first order before the day of the snapshot.")
        # Customers of one history count once, with their number; in this order, sums do not depend on that of the rows.
        rows, counts = np.unique(np.column_stack([repeats, spans, ages]), axis=0, return_counts=True)
        unit = float(np.average(rows[:, 2], weights=counts))
        scaled = rows / np.array([1.0, unit, unit])
        solution = minimize(
            _loss,
            np.zeros(4),
            args=(scaled, counts / counts.sum()),
            jac=True,
            method="L-BFGS-B",
            bounds=_LOG_BOUNDS,
            options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
        )
        r, alpha, a, b = six_digits(np.exp(solution.x) * np.array([1.0, unit, 1.0, 1.0])).tolist()
        return cls(r, alpha, a, b)

    def p_alive(self, repeats: Floats, spans: Floats, ages: Floats) -> Floats:
        """Probability that each customer still buys, in [0, 1]; 1 for customers with a single order."""
        return np.asarray(expit(-self._log_odds_of_leaving(repeats, spans, ages)))

    def expected_orders(self, repeats: Floats, spans: Floats, ages: Floats, *, horizon: float) -> Floats:
        """Expected number of days with an order in the next `horizon`, in the unit of the times."""
        a = self.a if abs(self.a - 1) > _NEAR else 1 + _NEAR
        last = a + self.b + repeats - 1
        last = np.where(np.abs(last) > _NEAR, last, _NEAR)
        z = horizon / (self.alpha + ages + horizon)
        # Euler's transformation: the series stays short for customers with hundreds of orders.
        first = a + self.b - 1 - self.r
        series = hyp2f1(first, a - 1, last, z)
        # SciPy 1.17 gives no number at some whole parameters, such as (1, 1; 101), where the function is smooth.
        series = np.where(np.isfinite(series), series, hyp2f1(first, a - 1, last * (1 + _NEAR), z))
        remaining = (1 - z) ** (a - 1) * series
        alive = self.p_alive(repeats, spans, ages)
        expected: Floats = np.maximum(last / (a - 1) * (1 - remaining) * alive, 0.0)
        return expected

    def p_order(self, repeats: Floats, spans: Floats, ages: Floats, *, horizon: float) -> Floats:
        """Probability of an order in the next `horizon`."""
        # The rate of a customer who is still there is gamma distributed with parameters r + x and alpha + age.
        none = (self.r + repeats) * (np.log(self.alpha + ages) - np.log(self.alpha + ages + horizon))
        return np.asarray(-np.expm1(none) * self.p_alive(repeats, spans, ages))

    def _log_odds_of_leaving(self, x: Floats, span: Floats, age: Floats) -> Floats:
        later = np.maximum(x, 1)
        log_odds = np.log(self.a) - np.log(self.b + later - 1)
        log_odds = log_odds + (self.r + x) * np.log((self.alpha + age) / (self.alpha + span))
        return np.where(x > 0, log_odds, -np.inf)


def _loss(log_parameters: Floats, rows: Floats, weights: Floats) -> tuple[float, Floats]:
    """Negative mean log-likelihood and its gradient in the logarithms of the parameters (eq. 6 of the paper)."""
    r, alpha, a, b = np.exp(log_parameters)
    x, span, age = rows.T
    later = np.maximum(x, 1)
    alive = -(r + x) * np.log(alpha + age)
    left = np.where(x > 0, np.log(a) - np.log(b + later - 1) - (r + x) * np.log(alpha + span), -np.inf)
    either = np.logaddexp(alive, left)
    p_left = np.exp(left - either)
    p_alive = 1 - p_left
    likelihood = (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + either
    )  # fmt: skip
    by_r = psi(r + x) - psi(r) + np.log(alpha) - p_alive * np.log(alpha + age) - p_left * np.log(alpha + span)
    by_alpha = r / alpha - (r + x) * (p_alive / (alpha + age) + p_left / (alpha + span))
    by_a = psi(a + b) - psi(a + b + x) + p_left / a
    by_b = psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x) - p_left / (b + later - 1)
    gradient = np.array([weights @ by for by in (by_r * r, by_alpha * alpha, by_a * a, by_b * b)])
    return -float(weights @ likelihood), -gradient
