"""Whether a segment reads its mails: by the share of the mails that were opened, and by how many there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools
from custseg._privacy import share_words
from custseg.profiling.measures._intervals import wilson
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._topics import Share
from custseg.profiling.naming.traits._levels import MAJORITY

_DELIVERED, _OPENED, _CLICKED = "emails_delivered", "emails_opened", "emails_clicked"
# Hardly any mails are opened if surely less than one in ten is; most members must have got so many.
_HARDLY, _ENOUGH = 0.1, 5
# Terms on these say that mails are read.
_READING = {(_OPENED, ">="), (_OPENED, ">"), (_CLICKED, ">="), (_CLICKED, ">"),
            ("days_since_click", "<="), ("days_since_click", "<")}  # fmt: skip


@dataclass(frozen=True)
class MailReading:
    """The mails that reached the members of a segment, and those of them that were opened.

    Attributes
    ----------
    n_mails, n_opened : int
        Mails; a click counts as an opening.
    is_unread : bool
        Whether most members got five mails or more, and surely less than a tenth of all mails was opened. A mail
        program may open mails by itself, so that many openings say nothing, but hardly any do.
    """

    n_mails: int = 0
    n_opened: int = 0
    is_unread: bool = False

    @property
    def is_unknown_or_unread(self) -> bool:
        """Whether less than a tenth of the mails was opened, or nothing is known of any."""
        return self.n_opened < _HARDLY * max(self.n_mails, 1)

    def opened(self, language: str) -> str:
        """The share of the mails that were opened, as text; a bound where it rests on 1 to 9 mails."""
        return share_words(self.n_opened, self.n_mails, language) or ""

    def corrected(self, share: Share) -> Share:
        """The share of the members that meet some terms: none reads mails where hardly any are opened.

        One click in half a year is no reading of fifty mails.
        """
        if not self.is_unread:
            return share

        def corrected_share(terms: Sequence[Term]) -> float:
            return 0.0 if any((term.feature, term.operator) in _READING for term in terms) else share(terms)

        return corrected_share


def mail_reading(table: ProfileTable, members: Bools) -> MailReading:
    """How the members read their mails; nothing where the table does not have deliveries and openings."""
    if not {_DELIVERED, _OPENED} <= set(table.numbers):
        return MailReading()
    delivered, opened = (table.values(name)[members] for name in (_DELIVERED, _OPENED))
    if np.isnan(opened).all():
        return MailReading()  # a log without openings
    if _CLICKED in table.numbers:
        opened = np.fmax(opened, table.values(_CLICKED)[members])
    n_mails = int(np.nansum(delivered))
    n_opened = min(int(np.nansum(opened)), n_mails)
    if not n_mails or (delivered >= _ENOUGH).mean() < MAJORITY:
        return MailReading(n_mails, n_opened)
    return MailReading(n_mails, n_opened, is_unread=wilson(n_opened, n_mails)[1] < _HARDLY)
