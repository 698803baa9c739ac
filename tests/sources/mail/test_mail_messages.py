"""What became of messages: invented files of every vendor, worked by hand."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from custseg.errors import DataError
from custseg.logs import EVENT_NAMES
from custseg.sources import brevo, klaviyo, mailgun, sendgrid, sendpulse, twilio, unisender
from custseg.sources.mail import VENDORS
from custseg.sources.reading import SourceLogs, formats

AT = 1788253200  # 2026-09-01 09:00:00 in Greenwich


def posted(folder: Path, *events: dict[str, Any]) -> Path:
    path = folder / "events.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def table(folder: Path, text: str) -> Path:
    path = folder / "events.csv"
    path.write_text(text)
    return path


def lines(logs: SourceLogs, *columns: str) -> list[tuple[Any, ...]]:
    assert logs.events is not None
    frame = logs.events.lines().collect("polars").to_native().sort("moment", "customer", maintain_order=True)
    return list(frame.select("customer", "event", *columns).iter_rows())


@pytest.mark.parametrize("vendor", [system.name for system in VENDORS])
def test_every_table_of_names_is_canonical(vendor: str) -> None:
    form = formats()[vendor]
    implied = [event for events in form.messages.last_state.values() for event in events]
    assert {*form.events.values(), *implied} <= {*EVENT_NAMES}
    assert all(name == name.lower() for name in (*form.events, *form.messages.last_state))


def test_sendgrid_marks_machines_and_counts_repeated_posts_once(tmp_path: Path) -> None:
    ann = {"email": "Ann@Example.com ", "marketing_campaign_name": "Autumn", "category": ["a"]}
    delivered = {**ann, "timestamp": AT + 3, "event": "delivered", "sg_event_id": "2"}
    logs = sendgrid(
        posted(
            tmp_path,
            {**ann, "timestamp": AT, "event": "processed", "sg_event_id": "1"},
            delivered,
            delivered,
            {**ann, "timestamp": AT + 4, "event": "open", "sg_machine_open": True, "sg_event_id": "3"},
            {**ann, "timestamp": AT + 9, "event": "open", "sg_machine_open": False, "sg_event_id": "4"},
            {
                "email": "bob@example.com",
                "timestamp": AT + 10,
                "event": "bounce",
                "type": "blocked",
                "sg_event_id": "5",
            },
            {"timestamp": AT + 11, "event": "click", "sg_event_id": "6"},
        )
    )
    assert lines(logs, "campaign", "machine", "channel")[:5] == [
        ("ann@example.com", "sent", "Autumn", False, "email"),
        ("ann@example.com", "delivered", "Autumn", False, "email"),
        ("ann@example.com", "opened", "Autumn", True, "email"),
        ("ann@example.com", "opened", "Autumn", False, "email"),
        ("bob@example.com", "bounced", None, False, "email"),
    ]
    report = logs.report
    assert {name: report.count(name) for name in ("repeated_events", "machine_events", "without_customer")} == {
        "repeated_events": 1, "machine_events": 1, "without_customer": 1,
    }  # fmt: skip
    assert logs.events.lines().collect("polars")["moment"].min() == AT * 1_000_000


def test_mailgun_failures_tests_and_ids_of_a_day(tmp_path: Path) -> None:
    ann = {"recipient": "ann@example.com", "flags": {"is-test-mode": False}, "client-info": {"bot": ""}}
    events = [
        {**ann, "id": "x", "timestamp": AT + 0.5, "event": "failed", "severity": "temporary"},
        {**ann, "id": "y", "timestamp": AT + 1.5, "event": "failed", "severity": "permanent"},
        {**ann, "id": "z", "timestamp": AT + 2.0, "event": "opened", "client-info": {"bot": "apple"}},
        {**ann, "id": "z", "timestamp": AT + 86_400.0, "event": "clicked"},  # the same id on another day
        {**ann, "id": "z", "timestamp": AT + 86_400.0, "event": "clicked"},
        {**ann, "id": "t", "timestamp": AT + 3.0, "event": "delivered", "flags": {"is-test-mode": True}},
    ]
    logs = mailgun(posted(tmp_path, *events))
    assert lines(logs, "machine") == [
        ("ann@example.com", None, False),
        ("ann@example.com", "bounced", False),
        ("ann@example.com", "opened", True),
        ("ann@example.com", "clicked", False),
    ]
    assert (logs.report.count("test_messages"), logs.report.count("repeated_events")) == (1, 1)
    within = mailgun(posted(tmp_path, *({"event-data": event} for event in events)))
    assert lines(within, "machine") == lines(logs, "machine")


def test_brevo_proxy_opens_are_those_of_machines(tmp_path: Path) -> None:
    events = [{"email": "a@x.org", "event": name, "ts_event": AT + n} for n, name in enumerate(
        ["request", "delivered", "unique_proxy_open", "opened", "click", "spam"])]  # fmt: skip
    assert lines(brevo(posted(tmp_path, *events)), "machine") == [
        ("a@x.org", "sent", False), ("a@x.org", "delivered", False), ("a@x.org", "opened", True),
        ("a@x.org", "opened", False), ("a@x.org", "clicked", False), ("a@x.org", "complained", False),
    ]  # fmt: skip


def test_unisender_last_states_are_expanded(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "email,send_result,last_update\nA@x.org,ok_link_visited,2026-09-01 09:00:00\n"
        "b@x.org,err_mailbox_full,2026-09-01 09:00:01\nc@x.org,not_sent,2026-09-01 09:00:02\n",
    )
    logs = unisender(path, timezone="Europe/Moscow")
    assert [event for who, event in lines(logs) if who == "a@x.org"] == ["sent", "delivered", "opened", "clicked"]
    assert [event for who, event in lines(logs) if who == "b@x.org"] == ["sent", "bounced"]
    assert [event for who, event in lines(logs) if who == "c@x.org"] == [None]
    moments = logs.events.lines().collect("polars")["moment"]
    assert moments.min() == AT * 1_000_000
    assert (logs.report.count("last_states"), logs.report.count("unmarked_opens")) == (2, 1)


def test_unisender_go_posts_each_event(tmp_path: Path) -> None:
    events = [{"event_data": {"email": "a@x.org", "status": name, "event_time": f"2026-09-01 09:00:0{n}"}}
              for n, name in enumerate(["sent", "delivered", "opened", "hard_bounced"])]  # fmt: skip
    logs = unisender(posted(tmp_path, *events))
    assert [event for _, event in lines(logs)] == ["sent", "delivered", "opened", "bounced"]
    assert logs.report.count("last_states") == 0


def test_sendpulse_names(tmp_path: Path) -> None:
    events = [{"recipient": "a@x.org", "event": name, "timestamp": AT + n}
              for n, name in enumerate(["delivered", "opened", "unsubscribed", "undelivered"])]  # fmt: skip
    logs = sendpulse(posted(tmp_path, *events))
    assert [event for _, event in lines(logs)] == ["delivered", "opened", "unsubscribed", "bounced"]
    assert logs.report.count("unmarked_opens") == 1


def test_klaviyo_columns_are_named_by_the_user() -> None:
    rows = pl.DataFrame(
        {
            "mail": ["A@x.org", "A@x.org", "A@x.org"],
            "metric": ["Received Email", "Opened Email", "Clicked Email"],
            "datetime": [f"2026-09-01T09:00:0{n}+00:00" for n in range(3)],
            "apple": [None, True, None],
        }
    )
    columns = {"customer": "mail", "event": "metric", "privacy_open": "apple"}
    assert lines(klaviyo(rows, columns=columns), "machine") == [
        ("a@x.org", "delivered", False), ("a@x.org", "opened", True), ("a@x.org", "clicked", False),
    ]  # fmt: skip
    with pytest.raises(DataError, match=r"lacks columns of a table of events of Klaviyo: .*name them with columns="):
        klaviyo(rows)
    with pytest.raises(ValueError, match=r"role of columns must be one of .* got 'who'"):
        klaviyo(rows, columns={"who": "mail"})
    with pytest.raises(DataError, match=r"'nobody'"):
        klaviyo(rows, columns={**columns, "customer": "nobody"})


def test_twilio_last_states_channels_and_inbound(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "From,To,Body,Status,SentDate,Sid,Direction\n"
        "+1,'+4915100000001,Hello,delivered,2026-09-01T09:00:00Z,S1,outbound-api\n"
        "+1,whatsapp:+4915100000002,Hello,read,2026-09-01T09:00:01Z,S2,outbound-api\n"
        "+4915100000001,+1,STOP,received,2026-09-01T09:00:02Z,S3,inbound\n",
    )
    logs = twilio(path)
    assert lines(logs, "channel") == [
        ("+4915100000001", "sent", "sms"), ("+4915100000001", "delivered", "sms"),
        ("+4915100000002", "sent", "whatsapp"), ("+4915100000002", "delivered", "whatsapp"),
        ("+4915100000002", "opened", "whatsapp"),
    ]  # fmt: skip
    assert (logs.report.count("inbound"), logs.report.count("last_states")) == (1, 2)
    assert "Body" not in logs.events.source_table.dialect.columns


def test_file_of_another_vendor_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, f"email,event,timestamp,sg_event_id\na@x.org,open,{AT},1\n")
    with pytest.raises(DataError, match=r"looks like the event webhook of SendGrid: read it with sources\.sendgrid"):
        mailgun(path)


def test_damaged_ids_and_dates_are_refused() -> None:
    rows = {"email": ["a@x.org"], "event": ["open"], "timestamp": [AT]}
    with pytest.raises(DataError, match=r"1 id of column 'sg_event_id' went through a number"):
        sendgrid(pl.DataFrame({**rows, "sg_event_id": ["1.7E+18"]}))
    with pytest.raises(DataError, match=r"all dates of column 'timestamp' are before the year 2000"):
        sendgrid(pl.DataFrame({**rows, "timestamp": [AT // 1000]}))
    with pytest.raises(ValueError, match=r"names must map onto canonical events, got \['seen'\]"):
        sendgrid(pl.DataFrame(rows), names={"open": "seen"})


def test_rows_after_the_snapshot_are_counted() -> None:
    rows = pl.DataFrame({"email": ["a@x.org"] * 2, "event": ["open"] * 2, "timestamp": [AT, AT + 86_400]})
    assert sendgrid(rows, as_of="2026-09-02").report.count("after_as_of") == 1


def test_sendpulse_names_of_the_mail_service(tmp_path: Path) -> None:
    # Its webhooks write times as texts, and one array for each post.
    posts = [[{"email": "a@x.org", "event": name, "timestamp": str(AT + n), "task_id": "7"}]
             for n, name in enumerate(["delivered", "open", "redirect", "unsubscribe", "spam"])]  # fmt: skip
    path = tmp_path / "posts.json"
    path.write_text("".join(json.dumps(post) + "\n" for post in posts))
    logs = sendpulse(path)
    assert [event for _, event in lines(logs)] == ["delivered", "opened", "clicked", "unsubscribed", "complained"]
    moments = logs.events.lines().collect("polars").to_native()["moment"]
    assert moments.min() == AT * 1_000_000


def test_zone_that_is_written_is_kept(tmp_path: Path) -> None:
    path = table(tmp_path, "email,send_result,last_update\na@x.org,ok_sent,2026-09-01 10:00:00+03:00\n")
    moments = unisender(path).events.lines().collect("polars")["moment"].to_list()
    assert moments == [1788246000000000]  # 07:00 in Greenwich
