import numpy as np
import pytest

from custseg.insights.scorecards._complaints import complaint_alert
from custseg.insights.scorecards._estimates import rate_figures


def level(complaints: int, mails: int) -> str:
    events = np.r_[np.ones(complaints, np.int64), np.zeros(mails - complaints, np.int64)]
    [figure] = rate_figures("complaint_rate", [(events, np.ones(mails, np.int64))])
    return complaint_alert("Loyal", figure).level


@pytest.mark.parametrize(
    ("complaints", "mails", "expected"),
    [
        (0, 500, "open"),  # up to 0.6 %
        (0, 2994, "open"),
        (0, 2995, "clear"),  # 1 - 0.05^(1/2995) = 0.1 %
        (1, 500, "likely"),  # 0.2 %, at least 0.05 %
        (1, 2000, "open"),
        (10, 2500, "above"),  # 0.4 %, at least 0.24 %
        (30, 5000, "above_high"),  # 0.6 %, at least 0.44 %
        (10, 50_000, "clear"),
    ],
)
def test_level_by_the_bounds(complaints: int, mails: int, expected: str) -> None:
    assert level(complaints, mails) == expected


def test_mails_needed_without_a_complaint() -> None:
    [figure] = rate_figures("complaint_rate", [(np.zeros(10, np.int64), np.ones(10, np.int64))])
    assert complaint_alert("Loyal", figure).needed == 2995


def test_no_mail_is_open() -> None:
    [figure] = rate_figures("complaint_rate", [(np.zeros(2, np.int64), np.zeros(2, np.int64))])
    assert complaint_alert("Loyal", figure).level == "open"
