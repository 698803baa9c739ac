"""The house as a whole: folders, doors, dependencies, and a test for every module."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from house import ROOMS, ROOT, TESTS, Module, modules, package, picture, rooms_picture

AT_MOST, AT_MOST_AT_THE_ROOT = 12, 13
# What is decided once, by the words of its name: privacy, languages, stability.
DECIDED_ONCE = {
    "languages": r"_?LANGUAGES",
    "the smallest group that is shown": r"_?SMALLEST_GROUP",
    "the scale of stability": r"_?(STABILITY|READINGS)",
    "the least stability": r"_?STABLE",
}
PACKAGES = {"scikit-learn": "sklearn"}  # where the name to import differs from the name to install
NOT_IMPORTED = {"tzdata": "data that zoneinfo reads on Windows"}
# Modules whose public names are tested elsewhere, and where.
TESTED_BY = {
    "rule_segments/conditions/_columns.py": "rule_segments/conditions/test_column_conditions.py",
    "rule_segments/conditions/_rates.py": "rule_segments/conditions/test_rate_conditions.py",
    "sources/mail/_contacts.py": "sources/mail/test_mail_contacts.py",
    "sources/mail/_messages.py": "sources/mail/test_mail_messages.py",
    "_frames/_date_formats.py": "frames/test_values_on_every_kind.py",
    "_frames/_dialect.py": "frames/test_open_files.py",
    "_frames/_files/_csv_format.py": "frames/files/test_csv_properties.py",
    "_frames/_files/_excel.py": "inspection/test_excel.py",
    "_frames/_files/_first_rows.py": "sources/mapping/test_mapped.py",
    "_frames/_give_back.py": "display/test_tabular.py",
    "_frames/_sample.py": "inspection/test_dialects.py",
    "_frames/_distributed.py": "spark/test_features_in_spark.py",
    "_frames/_spark/_customers.py": "spark/test_distributed.py",
    "_frames/_spark/_dates.py": "frames/test_values_on_every_kind.py",
    "_frames/_spark/_dialect.py": "frames/test_values_on_every_kind.py",
    "_frames/_spark/_return.py": "features/families/test_rfm_on_every_kind.py",
    "_frames/_spark/_session.py": "spark/test_bad_logs_in_spark.py",
    "_frames/_spark/_sql.py": "spark/test_fit_in_spark.py",
    "_frames/_spark/_streamed.py": "spark/test_tracking_in_spark.py",
    "_numerics/_arrays.py": "clustering/rows/test_rows.py",
    "_numerics/_intervals.py": "numerics/test_bootstrap.py",
    "_write/_files.py": "test_write.py",
    "_write/_locks.py": "test_write.py",
    "cli/_commands.py": "cli/test_output.py",
    "cli/_prove.py": "cli/test_prove_command.py",
    "clustering/_method.py": "clustering/test_contract.py",
    "clustering/selection/_candidates.py": "clustering/selection/test_choice.py",
    "clustering/selection/_score.py": "insights/test_compare.py",
    "clustering/selection/_select.py": "clustering/selection/test_choice.py",
    "distributed/_base.py": "spark/test_fit_in_spark.py",
    "distributed/_counted.py": "spark/test_fit_in_spark.py",
    "distributed/_minimum_for_all.py": "spark/test_fit_in_spark.py",
    "errors.py": "test_checks.py",
    "exports/_contact_states.py": "spark/test_tracking_in_spark.py",
    "feature_table/_described.py": "labels/test_column_labels.py",
    "feature_table/_distributed.py": "spark/test_distributed.py",
    "feature_table/_feature.py": "labels/test_column_labels.py",
    "feature_table/_table.py": "feature_table/test_feature_table.py",
    "feature_table/_given_in_spark.py": "spark/test_given_in_spark.py",
    "features/families/_mix_dimensions.py": "features/families/test_mix.py",
    "features/_build.py": "features/test_feature_labels.py",
    "identity/_result.py": "identity/test_identities.py",
    "insights/_explanation.py": "insights/test_explain.py",
    "picture_data/_map_columns.py": "picture_data/test_segment_map.py",
    "preparation/_column_plan.py": "preparation/test_preparation.py",
    "insights/fairness/_result.py": "insights/fairness/test_fairness.py",
    "insights/questionnaires/_askable.py": "insights/questionnaires/test_typing_tool.py",
    "insights/questionnaires/_form.py": "insights/questionnaires/test_typing_tool.py",
    "insights/questionnaires/_tool.py": "insights/questionnaires/test_typing_tool.py",
    "insights/scorecards/_result.py": "insights/scorecards/test_scorecard.py",
    "insights/scorecards/_rows.py": "insights/scorecards/test_scorecard.py",
    "insights/sending/_pressure_text.py": "insights/sending/test_pressure.py",
    "insights/sending/_values.py": "insights/sending/test_pressure.py",
    "insights/splitting/_text.py": "insights/splitting/test_subgroups.py",
    "inspection/_command.py": "inspection/test_guide.py",
    "inspection/_inspect.py": "inspection/test_dialects.py",
    "inspection/_report.py": "inspection/test_guide.py",
    "inspection/_result.py": "inspection/test_dialects.py",
    "logs/_attribute_kinds.py": "logs/test_customers.py",
    "logs/facts/_attribute_facts.py": "features/families/test_attributes.py",
    "logs/facts/_event_facts.py": "logs/test_events.py",
    "logs/facts/_order_totals.py": "logs/facts/test_money.py",
    "logs/report/_findings.py": "logs/report/test_data_report.py",
    "logs/report/_words.py": "logs/report/test_languages.py",
    "model/assigning/_in_spark.py": "spark/test_assign_in_spark.py",
    "model/assigning/_one_customer.py": "model/assigning/test_assigned.py",
    "profiling/_profile_segments.py": "profiling/test_profiles.py",
    "profiling/_segment_profile.py": "profiling/test_profiles.py",
    "profiling/measures/_categories.py": "profiling/test_profiles.py",
    "profiling/naming/_archetype_match.py": "profiling/naming/test_names.py",
    "plots/segments/_map.py": "plots/segments/test_plot_map.py",
    "proof/_further_segments.py": "proof/test_cross_check.py",
    "proof/experiments/_uplift_result.py": "proof/experiments/test_uplift.py",
    "queries/_java_methods.py": "spark/test_assign_in_spark.py",
    "queries/_segments.py": "exports/sql/test_to_sql.py",
    "queries/_sizes.py": "spark/test_fit_in_spark.py",
    "queries/_writer.py": "exports/sql/test_to_sql.py",
    "result/_segmentation.py": "test_result.py",
    "rule_groups/_lifecycle.py": "rule_groups/test_clusters_of_stages.py",
    "rule_groups/_what_comes_first.py": "rule_groups/test_clusters_of_stages.py",
    "rule_segments/_definitions.py": "rule_segments/test_rule_segments.py",
    "rule_segments/conditions/_predicates.py": "rule_segments/conditions/test_column_conditions.py",
    "rules/_few_columns.py": "rules/test_shortest_rules.py",
    "rules/_labeled.py": "rules/test_segment_rules.py",
    "rules/_results.py": "rules/test_segment_rules.py",
    "rules/_unanswered.py": "rules/test_shortest_rules.py",
    "sources/crm/_systems.py": "sources/crm/test_deals.py",
    "sources/mail/_vendors.py": "sources/mail/test_mail_messages.py",
    "sources/reading/_checks.py": "sources/reading/test_damaged_rows.py",
    "sources/reading/_keys.py": "sources/shops/test_shopify.py",
    "sources/reading/_logs.py": "sources/shops/test_shopify.py",
    "sources/reading/_result.py": "sources/test_catalog.py",
    "sources/reading/_source_table.py": "sources/reading/test_formats.py",
    "sources/reading/_system.py": "sources/test_catalog.py",
    "tracking/monitoring/_comparisons.py": "tracking/monitoring/test_drift.py",
    "trials/_power.py": "proof/test_sample_size.py",
    "texts/_scales.py": "clustering/validation/test_stability.py",
    "tracking/_assignments_in_spark.py": "spark/test_tracking_in_spark.py",
    "tracking/monitoring/_drift_sample.py": "spark/test_tracking_in_spark.py",
    "tracking/movement/_in_spark.py": "spark/test_tracking_in_spark.py",
}


def faults(tree: Iterable[Module]) -> list[str]:
    """Everything in a package as a whole that breaks a rule of this file."""
    tree = list(tree)
    rules = (folder_faults, door_faults, constant_faults)
    return [fault for rule in rules for fault in rule(tree)]


def folder_faults(tree: list[Module]) -> Iterator[str]:
    sizes: dict[str, int] = defaultdict(int)
    for module in tree:
        sizes[module.path.parent.as_posix()] += 1
    for folder, size in sizes.items():
        if size > (limit := AT_MOST_AT_THE_ROOT if folder == "." else AT_MOST):
            yield f"{folder}: has {size} modules; at most {limit}"


def door_faults(tree: list[Module]) -> Iterator[str]:
    """Two folders that export a class of one name."""
    doors: dict[str, list[str]] = defaultdict(list)
    for module in tree:
        if module.is_door and len(module.path.parts) == 2:
            for name in module.exported():
                doors[name].append(module.part)
    for name, parts in doors.items():
        if len(parts) > 1 and not name.isupper() and name[0].isupper():
            yield f"{name}: exported by {' and '.join(parts)}"


def constant_faults(tree: list[Module]) -> Iterator[str]:
    for meaning, pattern in DECIDED_ONCE.items():
        places = [f"{m.path}: {name}" for m in tree for name, _ in m.constants() if re.fullmatch(pattern, name)]
        if len(places) > 1:
            yield f"{meaning}: decided in {', '.join(places)}"


def dependency_faults(tree: Iterable[Module], project: dict[str, object]) -> Iterator[str]:
    """Dependencies and extras that no module imports."""
    imported = {name.split(".")[0] for module in tree for name in module.imports}
    extras = project.get("optional-dependencies", {})
    for line in [*project["dependencies"], *(line for extra in extras.values() for line in extra)]:
        name = re.match(r"[\w.-]+", line)[0]
        if name not in NOT_IMPORTED and name != "custseg" and PACKAGES.get(name, name) not in imported:
            yield f"{name}: in pyproject.toml, and imported nowhere"


def mirror_faults(tree: list[Module], tests: set[str], tested_by: dict[str, str]) -> Iterator[str]:
    """Modules with names that a door exports, and without a test at the same place."""
    public = {(module.part, name) for module in tree if module.path.name == "__init__.py" for name in module.exported()}
    for module in tree:
        names = {node.name for node in module.tree.body if hasattr(node, "name")}
        if module.is_door or not any((part, name) in public for part in (module.part, "__init__") for name in names):
            continue
        test = tested_by.get(module.path.as_posix(), mirror(module))
        if test not in tests:
            yield f"{module.path}: has no tests/{test}"


def mirror(module: Module) -> str:
    """The test of a module: tests/rules/test_bins.py of rules/_bins.py."""
    *folders, file = (part.removeprefix("_") for part in module.path.parts)
    return "/".join((*folders, f"test_{file}"))


def every_test() -> set[str]:
    return {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}


def test_layout_of_the_source() -> None:
    assert list(faults(modules())) == []


def test_dependencies_are_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert list(dependency_faults(modules(), project)) == []


def test_modules_have_a_test() -> None:
    assert list(mirror_faults(modules(), every_test(), TESTED_BY)) == []


def test_exceptions_are_needed() -> None:
    paths = {module.path.as_posix(): module for module in modules()}
    assert [path for path in TESTED_BY if path not in paths or mirror(paths[path]) in every_test()] == []


def test_picture_of_the_house_is_current() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for text in (picture(), *map(rooms_picture, ROOMS)):
        assert text in contributing, f"copy into CONTRIBUTING.md:\n{text}"


def test_crowded_folder_is_found() -> None:
    files = {f"rules/_{number}.py": "" for number in range(13)}
    assert faults(package(files)) == ["rules: has 13 modules; at most 12"]
    assert faults(package({f"{number}.py": "" for number in range(13)})) == []


def test_class_of_two_doors_is_found() -> None:
    files = {"rules/__init__.py": "__all__ = ['Rule', 'rule']", "insights/__init__.py": "__all__ = ['Rule', 'rule']"}
    assert faults(package(files)) == ["Rule: exported by rules and insights"]
    assert faults(package({"__init__.py": "__all__ = ['Rule']", "rules/__init__.py": "__all__ = ['Rule']"})) == []


def test_constant_of_two_modules_is_found() -> None:
    tree = package({"_texts.py": "LANGUAGES = ('en', 'ru')", "rules/_a.py": "_LANGUAGES: tuple = ('en',)"})
    assert faults(tree) == ["languages: decided in _texts.py: LANGUAGES, rules/_a.py: _LANGUAGES"]
    assert faults(package({"_texts.py": "LANGUAGES = ('en', 'ru')"})) == []


def test_idle_dependency_is_found() -> None:
    project = {"dependencies": ["scikit-learn>=1.6", "jinja2>=3"], "optional-dependencies": {"duckdb": ["duckdb>=1"]}}
    tree = package({"_frames/_a.py": "import sklearn.cluster\noptional_module('duckdb', 'x')"})
    assert list(dependency_faults(tree, project)) == ["jinja2: in pyproject.toml, and imported nowhere"]


def test_untested_module_is_found() -> None:
    files = {
        "rules/__init__.py": "__all__ = ['f']",
        "rules/inner/_a.py": "def f(): pass",
        "rules/_b.py": "def g(): pass",
    }
    tree = package(files)
    assert list(mirror_faults(tree, set(), {})) == ["rules/inner/_a.py: has no tests/rules/inner/test_a.py"]
    assert list(mirror_faults(tree, {"rules/inner/test_a.py"}, {})) == []
    assert list(mirror_faults(tree, {"test_x.py"}, {"rules/inner/_a.py": "test_x.py"})) == []


def test_makefile_names_every_folder_of_tests_on_spark() -> None:
    [folders] = re.findall(r"^SPARK_TESTS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    on_spark = {
        "/".join(path.relative_to(ROOT).parts[:2])
        for path in TESTS.rglob("*.py")
        if re.search(r"\bimport .*\bEVERY_KIND\b|\bmark\.spark\b", path.read_text("utf-8"))
    }
    assert sorted(on_spark - {"tests/kinds.py", "tests/architecture"}) == sorted(folders.split())
