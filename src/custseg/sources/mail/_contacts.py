"""Contacts of a vendor as customers: consent, and the attributes that its format lists."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg.logs import Customers
from custseg.sources.reading import (
    attributes_by_kind,
    checked_rows,
    csv_form,
    customer_table,
    in_greenwich_time,
    mail_key,
    open_source,
)

_CONSENT = ("subscribed",)
_REFUSAL = ("unsubscribed", "never_subscribed")


def read_contacts(
    table: object, system: str, counts: dict[str, int], *, timezone: str, separator: str | None
) -> tuple[Customers, int]:
    """The contacts of a file, known by the e-mail address in lower case, and the number of its rows.

    Consent to mails is no where the file says so or has a time of unsubscription, yes where it says so, and otherwise
    missing.
    """
    source = open_source(table, system, "customers", form=csv_form(separator=separator))
    roles = attributes_by_kind(source)
    numbers = [*roles.get("numeric", []), *roles.get("counts", [])]
    words = ["customer", "customer_key", "consent", "unsubscribed"]
    words += [role for kind in roles.values() for role in kind if role not in numbers]
    col = nw.col
    frame = source.rows(words, numbers=numbers).with_columns(mail_key("customer"))
    consent = col("consent").str.to_lowercase().str.replace_all(" ", "_")
    refused = (consent.is_in(list(_REFUSAL)) | ~col("unsubscribed").is_null()).fill_null(value=False)
    agreed = consent.is_in(list(_CONSENT)).fill_null(value=False)
    none = nw.lit(None, nw.Int64)
    frame = frame.with_columns(
        col("customer").alias("customer_id"),
        nw.when(refused).then(nw.lit(0)).otherwise(nw.when(agreed).then(nw.lit(1)).otherwise(none)).alias("consent"),
    )
    conditions = {"without_customer": col("customer_id").is_null()}
    read = checked_rows(source, frame, numbers=numbers, conditions=conditions)
    frame = frame.filter(~col("customer_id").is_null())
    for date in roles.get("dates", []) if source.form.utc else []:
        frame = in_greenwich_time(frame, date)
    counts["without_customer"] = counts.get("without_customer", 0) + read["without_customer"]
    names = [name for kind in roles.values() for name in kind]
    frame = frame.select("customer_id", "consent", *names)
    further: dict[str, Any] = dict(roles)
    if source.has("consent") or source.has("unsubscribed"):
        further["consent"] = {"email": "consent"}
    return customer_table(source, frame, timezone=timezone, **further), read.rows
