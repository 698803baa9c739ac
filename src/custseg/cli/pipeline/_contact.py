"""Whether mail may reach a customer: by the mails and unsubscriptions in the events, and by the consent given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONTACTABLE, CONSENT, SENDS = "contactable_email", "consent_email", "send_pressure_7d"
_STATES = ("unsubscribed", "complained", "bounced", SENDS)
_FAMILIES = ("email", "attributes")


def contact_states(logs: Mapping[str, Any], as_of: str) -> Any:
    """A table for `export_activation`; None where the logs have neither mails nor a consent to mail.

    A customer may be contacted who has agreed, by the column `consent_email` of the customer table or by receiving
    mail, and has refused in neither.

    Parameters
    ----------
    logs : mapping of str to Orders, Events, Customers or None
        The described logs: "orders", "events" and "customers".
    as_of : str
        The moment.

    Returns
    -------
    polars.DataFrame or None
        `customer_id`, `contactable_email` (1, 0, or missing where it is unknown), and those of `unsubscribed`,
        `complained`, `bounced` and `send_pressure_7d` that the events tell.
    """
    import narwhals.stable.v2 as nw

    from custseg._frames import column_of
    from custseg.feature_table import FeatureTable
    from custseg.features import FAMILIES, features_of
    from custseg.logs import described_logs

    described = described_logs(**logs, as_of=as_of, caller="daily")
    families = [family.name for family in FAMILIES if family.name in _FAMILIES and not family.lacks(described)]
    if not families:
        return None
    table = features_of(described, families)
    assert isinstance(table, FeatureTable), "logs of the command line are files"
    agreements = [name for name in (CONTACTABLE, CONSENT) if name in table.names]
    if not agreements:
        return None
    names = [*agreements, *(name for name in _STATES if name in table.names)]
    columns = [column_of(table.local, name).cast(nw.Float64).alias(name) for name in names]
    states = table.local.select(table.ids.alias("customer_id"), *columns)
    # 1 is yes and 0 is no: the smaller one of those that are known.
    agreed: Any = nw.min_horizontal(*agreements) if len(agreements) > 1 else nw.col(agreements[0])
    return states.with_columns(agreed.alias(CONTACTABLE)).drop(CONSENT, strict=False).to_native()
