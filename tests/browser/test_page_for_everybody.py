"""The report for everybody: axe-core finds no serious fault, in light and dark colors and in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("color_scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_no_serious_fault(color_scheme: str, width: int, language: str, open_report: Callable[..., Any]) -> None:
    assert serious_faults(open_report("full", language, color_scheme=color_scheme, width=width)) == []


def test_no_serious_fault_with_hostile_names(open_report: Callable[..., Any]) -> None:
    assert serious_faults(open_report("hostile")) == []


def test_faults_are_found(open_report: Callable[..., Any]) -> None:
    report = open_report("plain")
    report.page.evaluate("document.querySelector('.description').style.color = '#ccc'")
    assert [fault.partition(":")[0] for fault in serious_faults(report)] == ["color-contrast"]


def test_colors_are_those_of_the_system(open_report: Callable[..., Any]) -> None:
    papers = [
        open_report("plain", color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert papers == ["rgb(245, 246, 248)", "rgb(20, 24, 29)"]


def serious_faults(report: Any) -> list[str]:
    """What axe-core calls serious or critical, with everything open: the rule, and the elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    report.open_all()
    # The thousands of outlines in a picture say nothing to a screen reader; the picture itself is checked.
    violations = Axe().run(report.page, context={"exclude": [["svg > *"]]}).response["violations"]
    return [
        f"{rule['id']}: {[node['target'] for node in rule['nodes']]}"
        for rule in violations
        if rule["impact"] in ("serious", "critical")
    ]
