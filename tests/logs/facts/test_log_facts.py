"""What facts of order logs and event logs have in common."""

import pytest

from custseg.errors import DataError
from custseg.logs.facts._log_facts import LogFacts, raise_on_change

FACTS = LogFacts(rows=10, rows_after=2, without_date=1, unusable_dates=0, without_customer=3, unusable_flags=0,
                 first_day=1, last_day=9)  # fmt: skip


def test_only_a_log_that_changed_is_refused() -> None:
    raise_on_change(FACTS, 7, log="order", caller="fit_segments")
    with pytest.raises(DataError, match=r"the order log changed while it was read: it had 7 lines .* then 8"):
        raise_on_change(FACTS, 8, log="order", caller="fit_segments")
