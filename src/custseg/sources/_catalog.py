"""The list of all systems. A system enters it with one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custseg._checks import check_choice
from custseg.sources.crm import AMOCRM, HUBSPOT, SALESFORCE
from custseg.sources.mail import VENDORS
from custseg.sources.mapping import PRESETS, presets
from custseg.sources.reading import SourceLogs, System
from custseg.sources.shops import MAGENTO, SHOPIFY, WOOCOMMERCE
from custseg.sources.web import GA4, METRIKA, SEGMENT
from custseg.texts import LANGUAGES, text

SYSTEMS: Mapping[str, System] = {
    system.name: system
    for system in (
        AMOCRM,
        GA4,
        HUBSPOT,
        MAGENTO,
        METRIKA,
        SALESFORCE,
        SEGMENT,
        SHOPIFY,
        WOOCOMMERCE,
        *VENDORS,
    )
}  # fmt: skip
"""The systems with a function of their own, by name: their records."""

READABLE: Mapping[str, System] = {**SYSTEMS, **PRESETS}
"""These and the presets of `mapped` that `read` takes: those that need no `match`."""


def names(language: str = "en") -> dict[str, str]:
    """The systems whose files are read, and what each gives; those read by a preset of `mapped` say so.

    Parameters
    ----------
    language : {"en", "ru"}, default "en"
        Language of the descriptions.

    Returns
    -------
    dict of str to str
        By the name of the function in `custseg.sources`, one sentence.

    Examples
    --------
    >>> names()["shopify"]
    'Orders and customers, from the exports of the admin (CSV).'
    """
    check_choice("sources.names", "language", language, allowed=LANGUAGES)
    return {name: str(text(language, "sources", "systems", name)) for name in sorted([*SYSTEMS, *presets()])}


def read(system: str, files: Mapping[str, object], **options: Any) -> SourceLogs:
    """Read the files of a system that is known by name, as a command or a configuration has it.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`, or a preset of `mapped` that needs no `match`.
    files : mapping of str to path or table
        By "orders", "events" or "customers", the file with the rows that are mainly that; one file can give several
        logs.
    **options
        Further arguments of the system's function, such as ``timezone="Europe/Berlin"``; of a preset those of
        `mapped`, where `columns`, `attributes` and `only` are those of the first file, orders before events and
        customers.

    Returns
    -------
    SourceLogs
        What the function of the system returns.

    Raises
    ------
    DataError
        As the function of the system.
    ValueError
        If there is no such system, or it has no such file.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"event_timestamp": [1788253200123456], "event_name": ["page_view"], "user_pseudo_id": ["1.2"]}
    >>> read("ga4", {"events": pl.DataFrame(rows)}).report.rows
    {'events': 1}
    """
    check_choice("sources.read", "system", system, allowed=list(READABLE))
    allowed = READABLE[system].files
    for kind in files:
        check_choice("sources.read", "file", kind, allowed=list(allowed))
    return READABLE[system].logs(files, **options)
