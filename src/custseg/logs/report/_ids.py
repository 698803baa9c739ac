"""Findings about ids: placeholders, similar or truncated ids, and ids that two logs do not share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from custseg._numerics import Integers
from custseg.logs.report._customer_ids import CustomerIds, shared
from custseg.logs.report._findings import Finding, FindingWriter
from custseg.logs.report.patterns._outliers import count_outliers

_MIN_SHARE = 0.05


def id_findings(write: FindingWriter, ids: CustomerIds) -> list[Finding]:
    """Findings about the distinct ids of a log, and about the lines of placeholders such as 'nan'."""
    return [
        *write("inexact_ids", ids.inexact, "warning"),
        *write("look_alike_ids", ids.count - ids.n_normal() if ids.are_text else 0, "warning"),
        *write("placeholder_ids", ids.placeholder_lines, "warning", ids=ids.placeholders),
    ]


def dominant_findings(write: FindingWriter, counts: Mapping[str, tuple[Integers, Integers]]) -> list[Finding]:
    """Up to three ids with far more orders (or lines) than all other ids, by the first unit that has any.

    `counts` has by unit the distinct numbers of orders or lines, ascending, and how many customers have each.
    """
    for unit, (values, customers) in counts.items():
        n_dominant = count_outliers(values, min_share=_MIN_SHARE, times=customers)
        if n_dominant:
            # Counts stand out only where no other customer has as many.
            largest = np.repeat(values[-n_dominant:], customers[-n_dominant:])[-n_dominant:]
            share = float(largest.sum() / (values * customers).sum())
            return write("dominant_customers", n_dominant, "warning", wording=f"dominant_by_{unit}", share=share)
    return []


def between_findings(ids: Mapping[str, CustomerIds]) -> list[Finding]:
    """Findings from comparing the ids of each pair of logs."""
    write = FindingWriter("between")
    findings: list[Finding] = []
    for first, second in combinations(ids, 2):
        ids_a, ids_b = ids[first], ids[second]
        if not ids_a.count or not ids_b.count:
            continue
        logs: dict[str, Any] = {"first": write.phrase("logs", first), "second": write.phrase("logs", second)}
        n_shared = shared(ids_a.texts(), ids_b.texts())
        cased = ids_a.are_cased and ids_b.are_cased
        alike = shared(ids_a.normal(cased=cased), ids_b.normal(cased=cased)) - n_shared
        findings += write("alike_across_logs", alike, "warning", **logs)
        # Most customers of the smaller log should be in the larger one.
        few_shared = 2 * max(n_shared / ids_a.count, n_shared / ids_b.count) < 1
        sizes: dict[str, Any] = {"in_first": ids_a.count, "in_second": ids_b.count, "shared": n_shared}
        findings += write("few_shared_customers", int(few_shared), "warning", **logs, **sizes)
    return findings
