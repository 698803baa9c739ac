"""Systems that manage deals and contacts: HubSpot, Salesforce, amoCRM.

`_deals.py` reads their files, won deals as orders and contacts as customers; `_systems.py` has their functions.
"""

from __future__ import annotations

from custseg.sources.crm._systems import AMOCRM, HUBSPOT, SALESFORCE, amocrm, hubspot, salesforce

__all__ = ["AMOCRM", "HUBSPOT", "SALESFORCE", "amocrm", "hubspot", "salesforce"]
