"""The population stability index and its band."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2

from custseg.tracking.monitoring._psi import stability_band, stability_index


def test_index_by_hand() -> None:
    # (60.5, 40.5) / 101 and (40.5, 60.5) / 101: the difference of the shares is 20 / 101, twice.
    index, n_bins = stability_index(np.array([60.0, 40.0]), np.array([40.0, 60.0]))
    assert index == pytest.approx(2 * 20 / 101 * math.log(60.5 / 40.5))
    assert n_bins == 2


def test_equal_shares_have_index_0() -> None:
    counts = np.array([10.0, 30.0, 60.0])
    assert stability_index(counts, counts)[0] == 0
    assert stability_index(counts, 1_000 * counts)[0] < 1e-3


def test_rare_bins_are_joined() -> None:
    # Together the last two hold 8 of 216; 4 are expected in 108, so that they join the third.
    before, after = np.array([50.0, 40.0, 14.0, 2.0, 2.0]), np.array([50.0, 40.0, 14.0, 3.0, 1.0])
    assert stability_index(before, after) == (0.0, 3)


def test_new_common_bin_is_no_rare_one() -> None:
    index, n_bins = stability_index(np.array([100.0, 100.0, 0.0]), np.array([80.0, 80.0, 40.0]))
    assert n_bins == 3
    assert index > 0.5


def test_single_bin_has_no_band() -> None:
    assert stability_index(np.array([100.0, 1.0]), np.array([100.0, 0.0])) == (0.0, 1)
    assert stability_band(1, 100, 100, level=0.99) == 0


def test_band_is_that_of_a_chi_square() -> None:
    assert stability_band(10, 200, 300, level=0.99) == pytest.approx(chi2.ppf(0.99, 9) * (1 / 200 + 1 / 300))


@pytest.mark.slow
@pytest.mark.parametrize(("n_before", "n_after"), [(200, 200), (200, 600), (20_000, 20_000)])
@pytest.mark.parametrize("shares", [[0.1] * 10, [0.6, 0.2, 0.1, 0.05, 0.03, 0.02], [0.97, 0.03]], ids=len)
def test_band_holds_without_drift(n_before: int, n_after: int, shares: list[float]) -> None:
    rng, n_runs = np.random.default_rng(0), 4_000
    pairs = zip(rng.multinomial(n_before, shares, n_runs), rng.multinomial(n_after, shares, n_runs), strict=True)
    outside = 0
    for before, after in pairs:
        index, n_bins = stability_index(before.astype(float), after.astype(float))
        outside += index > stability_band(n_bins, n_before, n_after, level=0.99)
    # Four standard errors of a share of 1 % in 4,000 runs.
    assert abs(outside / n_runs - 0.01) < 4 * math.sqrt(0.01 * 0.99 / n_runs)
