"""Formats of files as data, and files that are recognized."""

from pathlib import Path

import pytest

from custseg.errors import DataError
from custseg.sources.reading import formats, open_source, recognized, recognized_file


@pytest.mark.parametrize("system", sorted(formats()))
def test_every_format_is_complete(system: str) -> None:
    for kind in formats()[system].files.values():
        assert set(kind.required) | set(kind.ids) <= kind.columns.keys()
        assert all(kind.columns.values())
        names = {name for candidates in kind.columns.values() for name in candidates}
        assert not [role for role, candidates in kind.columns.items() if len(candidates) != len(set(candidates))]
        assert names, kind.title


def test_signatures_tell_files_apart() -> None:
    signatures = [
        (system, argument, set(kind.signature))
        for system, form in formats().items()
        for argument, kind in form.files.items()
        if kind.signature
    ]
    assert len({frozenset(signature) for _, _, signature in signatures}) == len(signatures)
    for system, argument, signature in signatures:
        assert f"sources.{system}({argument}=" in recognized(sorted(signature))


def test_unknown_columns_are_not_recognized() -> None:
    assert recognized(["a", "b"]) == ""
    assert recognized_file("no such file.csv") == ""


def test_blanks_around_names_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(" Name ,Email,Created at,Lineitem quantity,Lineitem price\n#1,a@x.org,2026-09-01,1,2\n")
    source = open_source(path, "shopify", "orders")
    assert source.rows(["order"]).collect("polars").to_native()["order"].to_list() == ["#1"]


def test_web_page_named_csv_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("<table><tr><td>1</td></tr></table>\n")
    with pytest.raises(DataError, match=r"It is an HTML or XML table"):
        open_source(path, "shopify", "orders")


def test_remedy_of_a_file_is_never_the_same_call(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    header = "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    path.write_bytes(f"{header}#1,a@x.org,paid,2026-09-01 00:00:00 +0000,1,Чай,2\n".encode("cp1251"))
    with pytest.raises(DataError, match=r"is not in UTF-8 .* give encoding='cp1251'"):
        open_source(path, "shopify", "orders")
    path.write_text(header.replace("Created at", "Erstellt am"))
    with pytest.raises(DataError, match=r"lacks columns of the orders export of Shopify: \['Created at'\]\. Export it"):
        open_source(path, "shopify", "orders")


@pytest.mark.parametrize(
    ("system", "argument", "header", "other"),
    [
        ("mailchimp", "opens", "Email,Timestamp,Url", "clicks"),
        ("salesforce", "contacts", "Id,StageName,CloseDate,AccountId,Amount", "deals"),
    ],
)
def test_file_of_another_kind_with_all_columns_is_refused(
    tmp_path: Path, system: str, argument: str, header: str, other: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\n")
    with pytest.raises(DataError, match=rf"read it with sources\.{system}\({other}="):
        open_source(path, system, argument)
