"""Files of other systems as described logs: Shopify, Google Analytics, mail services and others.

Each function takes the files or tables that a system exports, and returns `SourceLogs`: the logs that
`custseg.fit_segments` and all other functions take, and a report of what was left out. `names` lists the systems.

Nothing is guessed. A file of another system, a header that is not the system's, ids that lost digits and amounts in
several currencies are errors that say what to do; rows that cannot be used are counted in the report.

To add a system:

1. `formats/<system>.toml`: its files, with the names that each column has had, and the columns by which a file is
   recognized. A file of this system that is given to another function is then named in the error.
2. `<group>/_<system>.py`: a function that opens each file with `open_source`, brings its rows to the columns of
   `order_log`, `event_log` or `customer_table`, and counts what it leaves out with `checked_rows`; at its end a
   `System` record. Systems that differ in data alone share a function, such as those that send mails.
3. `_catalog.py` lists the record: one line. `texts/<language>.toml` says what it gives, in ``[sources.systems]``.
4. `tests/sources/<group>/test_<system>.py`: a small invented file, every value worked by hand.
"""

from __future__ import annotations

from custseg.sources._catalog import READABLE, SYSTEMS, names, read
from custseg.sources.crm import amocrm, hubspot, salesforce
from custseg.sources.mail import brevo, klaviyo, mailchimp, mailgun, sendgrid, sendpulse, twilio, unisender
from custseg.sources.mapping import mapped, presets
from custseg.sources.reading import SourceLogs, SourceReport
from custseg.sources.shops import magento, shopify, woocommerce
from custseg.sources.web import ga4, metrika, segment

__all__ = [
    "READABLE",
    "SYSTEMS",
    "SourceLogs",
    "SourceReport",
    "amocrm",
    "brevo",
    "ga4",
    "hubspot",
    "klaviyo",
    "magento",
    "mailchimp",
    "mailgun",
    "mapped",
    "metrika",
    "names",
    "presets",
    "read",
    "salesforce",
    "segment",
    "sendgrid",
    "sendpulse",
    "shopify",
    "twilio",
    "unisender",
    "woocommerce",
]


def __dir__() -> list[str]:
    return __all__
