"""The data report of a customer table."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collected, computed_once
from custseg.logs._attribute_kinds import Attribute
from custseg.logs._customers import Customers
from custseg.logs.facts._attribute_facts import AttributeCounts, KnownAttributes
from custseg.logs.report._customer_ids import CustomerIds
from custseg.logs.report._findings import (
    Finding,
    FindingWriter,
    LogReport,
    by_severity,
    column_name,
    in_each_language,
)
from custseg.logs.report._ids import id_findings
from custseg.logs.report._rules import ATTRIBUTE_RULES, CUSTOMER_RULES, by_rules, file_findings
from custseg.logs.report.patterns._days import crowded_days
from custseg.logs.report.patterns._repeats import spelling_findings

_OLDEST = 110
_YEAR_DAYS = 365.2425
_BIRTH_SHARE = 0.001
_DATE_SHARE = 0.05


def customer_report(customers: Customers, attributes: KnownAttributes) -> tuple[LogReport, CustomerIds]:
    """Report on the customer table, and its distinct customers; as `order_report`."""
    write, facts = FindingWriter("customers"), attributes.facts
    with_id = attributes.table.filter(~nw.col("customer_id").is_null())
    ids = CustomerIds.of(
        computed_once(with_id.group_by(nw.col("customer_id").alias("customer")).agg(nw.len().alias("lines")))
    )
    reasons = {reason: write.phrase("left_out", reason) for reason in facts.left_out.values()}
    left = in_each_language(
        lambda language: ", ".join(
            f"{column_name(name)} ({reasons[reason][language]})" for name, reason in facts.left_out.items()
        )
    )
    findings = [
        *by_rules(write, CUSTOMER_RULES, facts, column=column_name(customers.customer)),
        *id_findings(write, ids),
    ]
    for attribute, counts in zip(attributes.attributes, facts.columns, strict=True):
        findings += _attribute_findings(write, attributes, (attribute, counts))
    for number, name in enumerate(customers.observation_columns):
        observed_days = _value_counts(attributes, f"seen_day_{number}")
        findings += _crowded(
            write, observed_days, name="crowded_dates", min_share=_DATE_SHARE, column=column_name(name)
        )
    for name, count in facts.unusable_observations.items():
        findings += write("unusable_observations", count, "severe", column=column_name(name))
    findings += file_findings(write, customers.source_table, [])
    findings += write("columns_left_out", len(facts.left_out), columns=left)
    report = LogReport(
        log="customers",
        rows=facts.rows,
        customers=ids.count,
        coverage={column.name: column.known / max(facts.rows, 1) for column in facts.columns},
        findings=by_severity(findings),
    )
    return report, ids


def _attribute_findings(
    write: FindingWriter, attributes: KnownAttributes, attribute_and_counts: tuple[Attribute, AttributeCounts]
) -> list[Finding]:
    """Findings about the values of one attribute."""
    attribute, counts = attribute_and_counts
    column = column_name(attribute.name)
    wording = "stale_values_with_age" if counts.median_age_days else "stale_values"
    days = round(counts.median_age_days or 0)
    findings = [
        item
        for name, field, severity in ATTRIBUTE_RULES
        for item in write(
            name,
            getattr(counts, field),
            severity,
            wording=wording if name == "stale_values" else "",
            column=column,
            days=days,
        )
    ]
    if attribute.kind not in ("birth date", "date", "category"):
        return findings
    values = _value_counts(attributes, f"value_{attribute.index}")
    if attribute.kind == "birth date":
        old = values.filter(nw.col("value") < attributes.snapshot.day - _OLDEST * _YEAR_DAYS)
        oldest = int(old.get_column("customers").sum() or 0)
        findings += write("improbable_ages", oldest, "warning", people=["count"], column=column, years=_OLDEST)
        findings += _crowded(write, values, name="crowded_births", min_share=_BIRTH_SHARE, column=column)
    elif attribute.kind == "date":
        findings += _crowded(write, values, name="crowded_dates", min_share=_DATE_SHARE, column=column)
    else:
        findings += spelling_findings(write, attribute.name, values.get_column("value").to_list())
    return findings


def _value_counts(attributes: KnownAttributes, name: str) -> nw.DataFrame[Any]:
    """How many `customers` have each `value`, which is not missing: of dates and categories there are few."""
    values = attributes.table.select(nw.col(name).alias("value")).filter(~nw.col("value").is_null())
    return collected(values.group_by("value").agg(nw.len().alias("customers")))


def _crowded(write: FindingWriter, counts: nw.DataFrame[Any], *, name: str, **fields: Any) -> list[Finding]:
    customers = counts.get_column("customers")
    return crowded_days(write, customers, name=name, known=int(customers.sum() or 0), **fields)
