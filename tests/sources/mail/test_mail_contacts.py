"""Contacts of Klaviyo and Mailchimp, and Mailchimp's opens and clicks: invented files, worked by hand."""

from pathlib import Path

import pytest

from custseg.errors import DataError
from custseg.features import build_features
from custseg.sources import klaviyo, mailchimp

MEMBERS = (
    '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,CC,LEID,EUID{more}\n'
    'Ann@example.com,Ann,4,"2026-03-14 09:12:31",DE,1001,aaaa{ann}\n'
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_consent_of_klaviyo(tmp_path: Path) -> None:
    path = written(
        tmp_path, "list.csv",
        "\ufeffEmail,Klaviyo ID,Country,Email Marketing Consent\nAnn@x.org,K1,DE,SUBSCRIBED\n"
        "bob@x.org,K2,,NEVER_SUBSCRIBED\neve@x.org,K3,FR,\n,K4,FR,SUBSCRIBED\n",
    )  # fmt: skip
    logs = klaviyo(customers=path)
    lines = logs.customers.lines().collect("polars").to_native().sort("customer")
    assert [a.kind for a in logs.customers.attributes] == ["category", "consent"]
    assert list(lines.select("customer", "value_0", "value_1").iter_rows()) == [
        ("ann@x.org", "DE", True), ("bob@x.org", None, False), ("eve@x.org", "FR", None),
    ]  # fmt: skip
    assert logs.report.count("without_customer") == 1


def test_members_of_mailchimp(tmp_path: Path) -> None:
    subscribed = mailchimp(customers=written(tmp_path, "members.csv", MEMBERS.format(more="", ann="")))
    assert subscribed.customers.consent is None
    more = {"more": ",UNSUB_TIME", "ann": ',"2026-08-01 10:00:00"'}
    gone = mailchimp(customers=written(tmp_path, "unsubscribed.csv", MEMBERS.format(**more)))
    row = gone.customers.lines().collect("polars").to_native().row(0, named=True)
    consent = next(a for a in gone.customers.attributes if a.kind == "consent")
    assert (row["customer"], row["value_0"], row[f"value_{consent.index}"]) == ("ann@example.com", 4.0, False)


def test_opens_and_clicks_of_mailchimp(tmp_path: Path) -> None:
    opens = written(tmp_path, "1.csv", "Email,Timestamp\nA@x.org,2026-09-01 09:00:00\n")
    clicks = written(tmp_path, "2.csv", "Email,Timestamp,Url\nA@x.org,2026-09-01 09:00:05,https://x.org\n")
    logs = mailchimp(opens, clicks)
    lines = logs.events.lines().collect("polars").to_native().sort("moment")
    assert list(lines.select("customer", "event", "moment").iter_rows()) == [
        ("a@x.org", "opened", 1788253200000000), ("a@x.org", "clicked", 1788253205000000),
    ]  # fmt: skip
    assert (logs.report.rows, logs.report.count("unmarked_opens")) == ({"opens": 1, "clicks": 1}, 1)
    with pytest.raises(DataError, match=r"lacks columns of the clicks of the account export of Mailchimp: \['Url'\]"):
        mailchimp(clicks=opens)


def test_times_of_members_are_greenwich_time(tmp_path: Path) -> None:
    text = MEMBERS.format(more="", ann="").replace("OPTIN_TIME", "CONFIRM_TIME").replace("09:12:31", "23:30:00")
    logs = mailchimp(customers=written(tmp_path, "members.csv", text), timezone="Asia/Tokyo")
    table = build_features(customers=logs.customers, families=["attributes"], as_of="2026-03-16").to_polars()
    assert table["days_since_joined"].to_list() == [1]  # 2026-03-15 08:30 in Tokyo; in Greenwich a day earlier
