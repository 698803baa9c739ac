"""The functions of the systems: the same arguments for all, and what is particular to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

from custseg.sources.crm._deals import DealReader, raise_for_lengths
from custseg.sources.reading import FileOptions, SourceLogs, SourceReport, System, raise_unless_any, source_findings


class DealOptions(FileOptions, total=False):
    """The arguments that all functions of this folder take; `hubspot` describes them."""

    columns: Mapping[str, str] | None
    only: Mapping[str, Sequence[str]] | None


def hubspot(deals: object = None, contacts: object = None, **options: Unpack[DealOptions]) -> SourceLogs:
    """Read deals and contacts of HubSpot.

    A deal is an order on its close date once it was won: `only` says which stages are. Its customer is the associated
    contact; of several, the first counts, and the report says so.

    Parameters
    ----------
    deals, contacts : path or table, optional
        CSV exports in English, with "Associated Contact IDs" among the columns of deals.
    **options
        `only`, the values that count, by role: ``{"stage": ["Closed Won"]}``, and "category" for the pipeline.
        `columns`, columns of deals by role where they have other names: "order", "customer", "date", "amount", "stage",
        "currency", "category", "source". `timezone`, `date_format`, `rates`, `separator`, `decimal`, `thousands` and
        `encoding` as in `Orders`. `as_of`, the moment of the snapshot: with it, the report counts later rows.
        `language` of the report, "en" or "ru".

    Returns
    -------
    SourceLogs
        `orders`, `customers` and the report.

    Raises
    ------
    DataError
        If a file is none of HubSpot, an id occurs twice or lost digits, or no deal has a stage of `only`.
    ValueError
        If `only` does not name stages; the message lists those of the file.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"Record ID": ["1"], "Deal Stage": ["Closed Won"], "Close Date": ["2026-09-01"], "Amount": [9.5]}
    >>> deals = pl.DataFrame({**rows, "Associated Contact IDs": ["7"]})
    >>> hubspot(deals, only={"stage": ["Closed Won"]}).orders.lines().collect("polars")["customer"].to_list()
    ['7']
    """
    return _read("hubspot", deals, contacts, **options)


def salesforce(deals: object = None, contacts: object = None, **options: Unpack[DealOptions]) -> SourceLogs:
    """Read opportunities, and accounts or contacts, of Salesforce.

    An opportunity is an order on its close date where `IsWon` is true, or its stage is one of `only`. Its customer is
    the account: `contacts` takes the object Account then. Ids have 15 or 18 characters, all of one kind.

    Parameters
    ----------
    deals, contacts : path or table, optional
        CSV of Data Loader or the Bulk API, with API names of fields.
    **options
        As in `hubspot`; ``columns={"customer": "ContactId"}`` where a field names the contact.

    Returns
    -------
    SourceLogs
        `orders`, `customers` and the report.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"Id": ["006A"], "AccountId": ["001A"], "StageName": ["Sold"], "CloseDate": ["2026-09-01"]}
    >>> deals = pl.DataFrame({**rows, "Amount": [9.5], "IsWon": [True]})
    >>> salesforce(deals).report.rows
    {'deals': 1}
    """
    return _read("salesforce", deals, contacts, **options)


def amocrm(deals: object, **options: Unpack[DealOptions]) -> SourceLogs:
    """Read deals of amoCRM (Kommo).

    A deal is an order on its closing date at the stage that amoCRM has for success, or at those of `only`. The file
    has no ids of contacts: a customer is the first e-mail address of the contact in lower case, else the first
    telephone number as it is written. Deals of one person with two addresses are two customers, unless `identities`
    links them.

    Parameters
    ----------
    deals : path or table
        CSV export of deals, in Russian.
    **options
        As in `hubspot`.

    Returns
    -------
    SourceLogs
        `orders` and the report.

    Examples
    --------
    >>> from custseg import sources
    >>> sources.names()["amocrm"]
    'Won deals as orders, from the export of deals (CSV).'
    """
    return _read("amocrm", deals, None, **options)


def _read(system: str, deals: object, contacts: object, **options: Unpack[DealOptions]) -> SourceLogs:
    raise_unless_any(f"sources.{system}", deals=deals, contacts=contacts)
    language = options.pop("language", "en")
    reader = DealReader(system, **options)  # type: ignore[misc]  # language is taken out
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    orders = customers = None
    if deals is not None:
        orders, rows["deals"] = reader.orders(deals, counts)
    if contacts is not None:
        customers, rows["contacts"] = reader.customers(contacts, counts)
    raise_for_lengths(system, counts)
    report = SourceReport(system, rows, source_findings(language, counts), language)
    return SourceLogs(orders=orders, customers=customers, report=report)


_FILES = {"orders": "deals", "customers": "contacts"}
HUBSPOT = System("hubspot", hubspot, files=_FILES, gives=("orders", "customers"))
SALESFORCE = System("salesforce", salesforce, files=_FILES, gives=("orders", "customers"))
AMOCRM = System("amocrm", amocrm, files={"orders": "deals"}, gives=("orders",))
