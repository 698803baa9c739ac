"""Members who meet terms are counted on bits, as they are when counted one by one."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._term_shares import TermShares


@pytest.mark.parametrize("n", [1, 7, 8, 9, 300])
def test_shares_are_those_of_plain_counting(n: int) -> None:
    rng = np.random.default_rng(n)
    labels, values = rng.integers(-1, 4, n), rng.integers(0, 5, n).astype(float)
    sizes = np.bincount(labels[labels >= 0], minlength=5)
    table = SimpleNamespace(categories={}, values=lambda _: values)
    statistics: Any = SimpleNamespace(labels=labels, table=table, n_segments=5, sizes=lambda: sizes)
    shares = TermShares(statistics)
    terms = (Term("visits", ">=", 1.0), Term("visits", "<", 4.0))
    holds = (values >= 1) & (values < 4)
    expected = [holds[labels == segment].mean() if size else 0.0 for segment, size in enumerate(sizes)]
    np.testing.assert_allclose(shares.by_segment(terms), expected)
    segment = int(sizes.argmax())
    if sizes[segment]:
        others = (labels >= 0) & (labels != segment)
        expected_of = expected[segment], holds[others].mean() if others.any() else 0.0
        assert shares.of(terms, segment) == pytest.approx(expected_of)
