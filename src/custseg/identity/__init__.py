"""Identity: which ids of several systems belong to one customer, by exact keys and rules that the user states.

Start reading at `_identities.py`; `_links.py` holds the rule as arrays, `_id_columns.py` reads the tables, and
`_contacts.py` brings e-mail addresses and phone numbers into one form.
"""

from __future__ import annotations

from custseg.identity._contacts import checked_country as checked_country
from custseg.identity._contacts import normalized_email, normalized_phone
from custseg.identity._contacts import normalized_values as normalized_values
from custseg.identity._id_columns import FROM_FLOAT as FROM_FLOAT
from custseg.identity._id_columns import columns_as_written as columns_as_written
from custseg.identity._id_columns import id_texts as id_texts
from custseg.identity._identities import identities
from custseg.identity._result import Identities, IdentityConflict

__all__ = [
    "Identities",
    "IdentityConflict",
    "identities",
    "normalized_email",
    "normalized_phone",
]


def __dir__() -> list[str]:
    return __all__
