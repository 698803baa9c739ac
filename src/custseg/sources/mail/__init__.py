"""Vendors that send mails and messages: what became of each message, as events.

Start reading at `_messages.py`, which reads the files of all vendors. What differs between them is data, in
`formats/<vendor>.toml`; `_vendors.py` has their functions, `_contacts.py` their contacts.
"""

from __future__ import annotations

from custseg.sources.mail._vendors import (
    VENDORS,
    brevo,
    klaviyo,
    mailchimp,
    mailgun,
    sendgrid,
    sendpulse,
    twilio,
    unisender,
)

__all__ = [
    "VENDORS",
    "brevo",
    "klaviyo",
    "mailchimp",
    "mailgun",
    "sendgrid",
    "sendpulse",
    "twilio",
    "unisender",
]
