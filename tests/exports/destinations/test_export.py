"""Files for other systems: who is in them, in which form, and what is refused before anything is written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import CustsegError, DataError, fit_segments, sources
from custseg.exports import DestinationExport, destination_names, export_activation, export_destination
from custseg.features import build_features
from custseg.tracking import Transitions, transitions

PEOPLE = pl.DataFrame(
    {
        "customer_id": ["C1", "C2", "C3", "C4", "C5", "C6"],
        "email": ["Ivan.Petrov@example.com", "olga@example.com", "no mail", "dan@example.com", "eva@example.com", None],
        "phone": ["8 900 123-45-67", None, "12", "+4915123456789", None, None],
        "agreed": [True, True, True, False, True, True],
        "unsubscribed": [False, False, False, False, True, None],
    }
)
IN_JUNE = pl.DataFrame({"customer_id": ["C1", "C2", "C4"], "segment": [1, 0, 0], "name": ["New", "Loyal", "Loyal"]})
IN_JULY = pl.DataFrame({"customer_id": PEOPLE["customer_id"], "segment": [0, 1, 0, 0, 0, 1]}).with_columns(
    name=pl.col("segment").replace_strict({0: "Loyal", 1: "New"})
)
CROWD = pl.DataFrame({"customer_id": [f"C{i:03}" for i in range(120)]}).with_columns(
    segment=pl.lit(0), name=pl.lit("Loyal"), email=pl.format("a{}@example.com", "customer_id")
)


def export(destination: str, folder: Path, source: object = IN_JULY, **options: Any) -> DestinationExport:
    suffix = ".jsonl" if destination == "segment" else ".csv"
    given: dict[str, Any] = {"customers": PEOPLE, "consent": "agreed", "country": "RU"}
    return export_destination(destination, source, folder / f"list{suffix}", **{**given, **options})


def lines(written: DestinationExport, encoding: str = "utf-8", separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.path.read_bytes().decode(encoding)), delimiter=separator))


def movement() -> Transitions:
    return transitions(IN_JUNE, IN_JULY, since="2024-06-01", as_of="2024-07-01")


def test_profiles_by_hand(tmp_path: Path) -> None:
    written = export("klaviyo", tmp_path)
    assert lines(written) == [
        ["Email", "Phone Number", "custseg_segment"],
        ["ivan.petrov@example.com", "+79001234567", "Loyal"],
        ["olga@example.com", "", "New"],
    ]
    assert written.rows == 2
    # C3 has no usable key, C4 did not agree, C5 unsubscribed, C6 has nothing to be reached by.
    assert written.left_out == {"no_key": 2, "no_consent": 1, "unsubscribed": 1}


def test_audience_by_hand(tmp_path: Path) -> None:
    written = export("google_customer_match", tmp_path, movement(), segment=0, members="entered")
    hashes = ["36a1638593e8de595d0d0338fa20ee51923b5648b74be4660a34878d3baa0ef0"]
    hashes.append("091ac1171e8604ddd5e44aff4e22ec2d0d3befacd58079360a4be2ea6767f7e6")
    assert lines(written) == [["Email", "Phone"], hashes]


def test_to_be_removed_is_who_left_or_may_no_longer_be_contacted(tmp_path: Path) -> None:
    written = export("meta_custom_audience", tmp_path, movement(), segment=0, members="left")
    # C2 went to another segment; C4 stayed, and no longer agrees: its removal needs no consent.
    mails = {sha256(mail.encode()).hexdigest() for mail in ("olga@example.com", "dan@example.com")}
    assert {row[0] for row in lines(written)[1:]} == mails


def test_address_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    names = {"first_name": ["Ann", "Bob"], "last_name": ["Lee", "Ray"], "country": ["de", "de"], "zip": ["10115", None]}
    people = pl.DataFrame({"customer_id": ["C1", "C2"], "email": ["a@example.com", "b@example.com"], **names})
    options: dict[str, Any] = {"segment": 0, "consent": "given", "members": "entered"}
    before, after = IN_JUNE.with_columns(segment=1, name=pl.lit("New")), IN_JULY.with_columns(segment=0).head(2)
    source = transitions(before, after.with_columns(name=pl.lit("Loyal")))
    rows = lines(export("google_customer_match", tmp_path, source, customers=people, **options))
    assert rows[0] == ["Email", "First Name", "Last Name", "Country", "Zip"]
    assert rows[1][1:] == [sha256(b"ann").hexdigest(), sha256(b"lee").hexdigest(), "DE", "10115"]
    assert rows[2][1:] == ["", "", "", ""]
    without = people.drop("zip")
    assert lines(export("google_customer_match", tmp_path, source, customers=without, **options))[0] == ["Email"]


def test_encoding_and_separator_of_bitrix(tmp_path: Path) -> None:
    written = export("bitrix24", tmp_path, names={0: "Чемпионы", 1: "Новые"})
    assert lines(written, "cp1251", ";")[:2] == [
        ["Рабочий e-mail", "Рабочий телефон", "custseg_segment"],
        ["ivan.petrov@example.com", "+79001234567", "Чемпионы"],
    ]


def test_file_for_bitrix_is_read_back_by_its_preset(tmp_path: Path) -> None:
    written = export("bitrix24", tmp_path, names={0: "Чемпионы", 1: "Новые"})
    columns = {"customer": "Рабочий e-mail"}
    options: dict[str, Any] = {"attributes": {"custseg_segment": "category"}, "encoding": "cp1251"}
    read = sources.mapped(written.path, preset="bitrix24", gives="customers", columns=columns, **options)
    table = build_features(customers=read.customers, families=["attributes"], as_of="2024-08-01").to_polars()
    assert dict(table.select("customer_id", "custseg_segment").iter_rows()) == {
        "ivan.petrov@example.com": "Чемпионы",
        "olga@example.com": "Новые",
    }


@pytest.mark.parametrize(
    ("system", "key", "read"),
    [
        ("hubspot", "hubspot_id", lambda path: sources.hubspot(contacts=path)),
        ("salesforce", "salesforce_id", lambda path: sources.salesforce(contacts=path)),
        ("klaviyo", "email", lambda path: sources.klaviyo(customers=path)),
        ("mailchimp", "email", lambda path: sources.mailchimp(customers=path)),
        ("segment", "customer_id", lambda path: sources.segment(path, traits={"custseg_segment": "category"})),
    ],
)
def test_file_is_read_back_by_the_reader_of_its_system(
    tmp_path: Path, system: str, key: str, read: Callable[[Path], sources.SourceLogs]
) -> None:
    people = CROWD.with_columns(
        email=pl.col("email").str.to_uppercase(),
        hubspot_id=pl.int_range(1, pl.len() + 1).cast(pl.String),
        salesforce_id=pl.format("003000000000{}AAA", pl.col("customer_id").str.slice(1)),
    )
    logs = read(export(system, tmp_path, CROWD, customers=people, consent="given", as_of="2024-07-01T00:00:00Z").path)
    lines = logs.customers.lines().collect("polars").to_native()
    assert sorted(lines["customer"]) == sorted(people[key].str.to_lowercase() if key == "email" else people[key])
    assert logs.report.count("without_customer") == 0
    if system == "segment":
        assert lines["value_0"].unique().to_list() == ["Loyal"]


def test_address_that_the_encoding_lacks_is_left_empty(tmp_path: Path) -> None:
    people = PEOPLE.with_columns(email=pl.col("email").str.replace("olga", "jürgen"))
    written = export("bitrix24", tmp_path, customers=people)
    assert [row[0] for row in lines(written, "cp1251", ";")[1:]] == ["ivan.petrov@example.com"]
    assert written.left_out["no_key"] == 3  # hers, and two that have none


def test_contacts_of_metrika(tmp_path: Path) -> None:
    people = PEOPLE.with_columns(metrika_client_id=pl.lit(2**64 - 5, pl.UInt64))
    head, first, *_ = lines(export("metrika_contacts", tmp_path, customers=people))
    assert head == ["uniq_id", "client_ids", "emails_md5", "phones_md5", "custseg_segment"]
    hashes = [md5(value).hexdigest() for value in (b"ivan.petrov@example.com", b"79001234567")]
    assert first == ["C1", "18446744073709551611", *hashes, "Loyal"]


def test_parameters_of_metrika_have_the_headers_of_the_caller(tmp_path: Path) -> None:
    people = PEOPLE.with_columns(metrika_client_id=pl.Series([7, 0, 9, 10, 11, 12]))
    written = export("metrika_user_parameters", tmp_path, customers=people, header=["ID", "K", "V"])
    assert lines(written)[:2] == [["ID", "K", "V"], ["7", "custseg_segment", "Loyal"]]
    assert written.left_out["no_key"] == 1  # 0 is nobody


def test_lines_of_segment(tmp_path: Path) -> None:
    written = export("segment", tmp_path, as_of="2024-07-01T00:00:00+03:00", attribute="group")
    first, *_ = map(json.loads, written.path.read_text(encoding="utf-8").splitlines())
    assert first.pop("messageId").startswith("custseg-")
    expected = {"type": "identify", "userId": "C1", "timestamp": "2024-06-30T21:00:00Z", "traits": {"group": "Loyal"}}
    assert first == expected


@pytest.mark.parametrize("destination", destination_names())
def test_same_files_in_any_order_of_rows(destination: str, tmp_path: Path) -> None:
    people = PEOPLE.with_columns(
        hubspot_id=pl.int_range(1, 7), salesforce_id=pl.format("0035g00000AbC{}", pl.int_range(10, 16))
    )
    options: dict[str, Any] = {"header": ["a", "b", "c"]} if destination == "metrika_user_parameters" else {}
    audience = destination in ("google_customer_match", "meta_custom_audience", "yandex_audience")
    options |= {"segment": 0, "members": "entered"} if audience else {}
    source = movement() if audience else IN_JULY
    first = export(destination, tmp_path, source, customers=people, **options)
    contents = first.path.read_bytes(), first.manifest.read_bytes()
    reversed_source = source if audience else IN_JULY.reverse()
    again = export(destination, tmp_path, reversed_source, customers=people.reverse(), **options)
    assert (again.path.read_bytes(), again.manifest.read_bytes()) == contents


def test_tables_of_every_kind(as_kind: Callable[[pl.DataFrame], object], tmp_path: Path) -> None:
    expected = export("klaviyo", tmp_path).path.read_bytes()
    assert export("klaviyo", tmp_path, customers=as_kind(PEOPLE)).path.read_bytes() == expected
    assert export("klaviyo", tmp_path, as_kind(IN_JULY)).path.read_bytes() == expected


def test_activation_list(tmp_path: Path) -> None:
    features = PEOPLE.select("customer_id", contactable_email=pl.Series([True, False, True, True, True, None]))
    path = export_activation(movement(), tmp_path / "entered.csv", features=features)
    written = export("klaviyo", tmp_path, path)
    assert lines(written)[1:] == [["ivan.petrov@example.com", "+79001234567", "Loyal"]]
    assert written.left_out["not_reachable"] == 1
    assert json.loads(written.manifest.read_bytes())["as_of"] == "2024-07-01"


@pytest.mark.slow
def test_manifest_has_no_ids_and_hides_small_counts(tmp_path: Path) -> None:
    result = fit_segments(
        features=pl.DataFrame({"id": CROWD["customer_id"], "visits": [1.0, 30.0] * 60, "spent": [2.0, 90.0] * 60}),
        method="kmeans", n_segments=2, min_size=20,
    )  # fmt: skip
    people = CROWD.select("customer_id", "email", agreed=pl.int_range(120) != 7)
    written = export("hubspot", tmp_path, result, customers=people, as_of="2024-07-01", names={0: "A", 1: "B"})
    entries = json.loads(written.manifest.read_bytes())
    assert entries["left_out"] == {"no_consent": "<10"}
    assert entries["rows"] == ">=10"  # with the size of the segment it would give the other count away
    assert entries["sha256"] == sha256(written.path.read_bytes()).hexdigest()
    assert (entries["as_of"], entries["consent"]) == ("2024-07-01", {"column": "agreed"})
    assert entries["segments"] == {"0": "A", "1": "B"}
    result.model.save(tmp_path / "model.json")
    assert entries["model"]["checksum"] == json.loads((tmp_path / "model.json").read_bytes())["checksum"]
    assert not any(value in written.manifest.read_text() for value in ("C0", "@"))


def test_customers_of_one_address(tmp_path: Path) -> None:
    mails = ["one@example.com", "ONE@example.com", "two@example.com", "two@example.com", "eva@example.com", None]
    written = export("mailchimp", tmp_path, customers=PEOPLE.with_columns(email=pl.Series(mails), agreed=True))
    # The first two are in different segments, the next two in one.
    assert lines(written) == [["Email Address", "custseg_segment"], ["two@example.com", "Loyal"]]
    assert written.left_out == {"duplicate": 1, "no_key": 1, "shared_key": 2, "unsubscribed": 1}


def test_address_that_was_refused_is_written_by_no_other_row(tmp_path: Path) -> None:
    mails = ["one@example.com", "ONE@example.com", "two@example.com", "two@example.com", None, None]
    people = PEOPLE.with_columns(
        email=pl.Series(mails), phone=pl.Series([None] * 3 + ["+49 151 23456789"] * 2 + [None]), agreed=True,
        unsubscribed=pl.Series([False, True, True, False, False, False]),
    )  # fmt: skip
    written = export("klaviyo", tmp_path, customers=people)
    # C1 has the address of C2, who unsubscribed. C4 has that of C3, and a number that nobody has refused.
    assert lines(written)[1:] == [["", "+4915123456789", "Loyal"]]
    assert written.left_out == {"duplicate": 1, "no_key": 1, "unsubscribed": 3}
    before, after = IN_JULY.with_columns(segment=0, name=pl.lit("Loyal")), IN_JUNE
    source = transitions(
        before, after.with_columns(segment=0, name=pl.lit("Loyal")), since="2024-06-01", as_of="2024-07-01"
    )
    removal = export("meta_custom_audience", tmp_path, source, customers=people, segment=0, members="left")
    assert sha256(b"one@example.com").hexdigest() in {row[0] for row in lines(removal)}


def test_weaker_key_of_a_customer_in_another_segment(tmp_path: Path) -> None:
    people = PEOPLE.with_columns(
        email=pl.Series(["a@example.com", None, None, None, None, None]), phone=pl.lit("+49 151 23456789"),
        agreed=True, unsubscribed=False,
    ).head(2)  # fmt: skip
    written = export("klaviyo", tmp_path, customers=people)
    # By the number alone, the system would find C1, who is in another segment.
    assert lines(written)[1:] == [["a@example.com", "+4915123456789", "Loyal"]]
    assert written.left_out == {"no_contact": 4, "shared_key": 1}


def test_english_names_where_a_system_takes_ascii_alone(tmp_path: Path) -> None:
    result = fit_segments(
        features=pl.DataFrame({"id": CROWD["customer_id"], "visits": [1.0, 30.0] * 60}), language="ru",
        method="kmeans", n_segments=2, min_size=20,
    )  # fmt: skip
    written = export("onesignal", tmp_path, result, customers=CROWD.select("customer_id"), consent="given")
    assert written.path.read_bytes().isascii()
    with pytest.raises(DataError, match=r"OneSignal cannot take these names.*not in ASCII.*Give other names, as in"):
        export("onesignal", tmp_path, IN_JULY.with_columns(name=pl.lit("Новые"), segment=1))


def test_notes(tmp_path: Path) -> None:
    options: dict[str, Any] = {"customers": CROWD.select("customer_id", "email"), "consent": "given", "segment": 0}
    minimum, flagged, blind = export("meta_custom_audience", tmp_path, CROWD, names={0: "High income"}, **options).notes
    assert "100 matched people" in minimum
    assert "84%" in minimum  # 100 of 120
    assert "hints at money" in flagged
    assert blind.startswith("Nobody could be left out as unsubscribed")
    russian = export("meta_custom_audience", tmp_path, CROWD, names={0: "Диабетики"}, language="ru", **options).notes
    assert "здоровье" in russian[1]


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"consent": None}, ValueError, r"say whether these people agreed.*consent='given' says that all did"),
        ({"consent": "consent"}, DataError, r"the table of customers has no column 'consent' \(consent=\)"),
        ({"consent": "email"}, DataError, r"'email' of customers must hold true and false, 1 and 0, or yes and no"),
        ({"columns": {"email": "mail", "fax": "x"}, "suppress": ["out"]}, DataError,
         r"names \['fax'\].*no column 'mail' \(columns\['email'\]\).*no column 'out' \(suppress=\)"),
        ({"customers": PEOPLE.drop("email", "phone")}, DataError, r"knows people by 'email' or 'phone'"),
        ({"customers": PEOPLE.vstack(PEOPLE)}, DataError, r"one row each, .*some are repeated"),
        ({"customers": PEOPLE.with_columns(given=True), "consent": "given"}, DataError, r"may mean two things"),
        ({"segment": 7}, DataError, r"there is no segment 7. The segments are \['0 \(Loyal\)', '1 \(New\)'\]"),
        ({"names": {0: "two\nlines", 1: "=1+1"}}, DataError, r"has a line break.*would be run as a formula"),
        ({"names": {0: "One", 1: "One"}}, DataError, r"'One' is the name of several segments"),
        ({"names": {5: "X"}}, DataError, r"names has \[5\], which are no segments"),
        ({"members": "entered"}, ValueError, r"needs a comparison of two snapshots"),
        ({"header": ["a", "b", "c"]}, ValueError, r"the headers for Klaviyo are known"),
        ({"attribute": "email"}, ValueError, r"attribute='email' is the name of another column"),
        ({"customers": PEOPLE.head(3).with_columns(email=None), "country": None}, DataError,
         r"without '\+' need country="),
        ({"attribute": "=x"}, ValueError, r"attribute must be the name of a column of Klaviyo"),
        ({"country": "XX"}, ValueError, r"country must be a code of ISO 3166-1"),
        ({"customers": PEOPLE.with_columns(agreed=False)}, DataError, r"nobody is left to write \(.*no_consent: <10"),
        ({"customers": PEOPLE.with_columns(phone=pl.lit(7.9001234567e10) + .5)}, DataError, r"through a decimal type"),
    ],
)  # fmt: skip
def test_bad_input_writes_nothing(tmp_path: Path, options: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        export("klaviyo", tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("destination", "options", "match"),
    [
        ("google_customer_match", {}, "is one audience. Give segment="),
        (
            "yandex_audience",
            {"segment": 0},
            "needs an audience of at least 100 people, and <10 customers can be written",
        ),
        ("google_customer_match", {"segment": 0, "attribute": "x"}, "has no column of segments"),
        ("salesforce", {"attribute": "segment"}, "such as 'CustsegSegment__c', got 'segment'"),
        ("metrika_user_parameters", {}, "headers for Yandex Metrica, user parameters are not published"),
        ("metrika_user_parameters", {"header": ["a"]}, "header must be three names"),
        ("braze", {"names": {0: "a, b"}}, "'a, b' holds \\[','\\]"),
        ("mailchimp", {"names": {0: "я" * 128}}, "has more than 255 bytes"),
        ("bitrix24", {"names": {0: "漢"}}, "has characters that the encoding cp1251 lacks"),
        ("nowhere", {}, "destination must be one of"),
    ],
)
def test_what_a_system_cannot_take(tmp_path: Path, destination: str, options: dict[str, Any], match: str) -> None:
    with pytest.raises((DataError, ValueError, TypeError), match=match):
        export(destination, tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


def test_file_of_another_form(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a file for Klaviyo must end in '.csv', got 'x.xlsx'"):
        export_destination("klaviyo", IN_JULY, tmp_path / "x.xlsx", customers=PEOPLE, consent="agreed")


def test_removal_is_for_audiences(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a later segment replaces an earlier one"):
        export("klaviyo", tmp_path, movement(), members="left")


def test_both_files_or_none(tmp_path: Path) -> None:
    export("klaviyo", tmp_path)
    old = (tmp_path / "list.csv").read_bytes()
    (tmp_path / "list.csv.manifest.json").unlink()
    (tmp_path / "list.csv.manifest.json").mkdir()
    with pytest.raises(CustsegError, match="must be files, but are folders"):
        export("klaviyo", tmp_path, names={0: "Other"})
    assert (tmp_path / "list.csv").read_bytes() == old


cells = st.text("=+-@\t'aб1@. \n", max_size=5)


@pytest.mark.slow
@given(st.lists(cells.filter(str.strip), min_size=1, max_size=5, unique_by=str.strip))
def test_no_cell_is_run_by_a_spreadsheet(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    folder = tmp_path_factory.mktemp("braze")
    people = pl.DataFrame({"customer_id": [*ids, "plain"]})
    source = people.with_columns(segment=0, name=pl.lit("Loyal"))
    written = export("braze", folder, source, customers=people, consent="given")
    rows = lines(written)[1:]
    assert all(not row[0].startswith(("=", "@", "\t")) for row in rows)
    assert len(rows) + sum(written.left_out.values()) == len(ids) + 1
