"""What every public object promises: loops over `__all__`, so a new one is covered the day it is exported."""

import dataclasses
import doctest
import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from effort import all_of

import custseg

DOORS = ["custseg", *(f"custseg.{name}" for name in custseg._FOLDERS)]


def exported() -> dict[str, Any]:
    """Every object of the doors by its shortest name, without the doors themselves."""
    objects: dict[int, tuple[str, Any]] = {}
    for door in DOORS:
        module = importlib.import_module(door)
        for name in module.__all__:
            value = getattr(module, name)
            if not inspect.ismodule(value):
                objects.setdefault(id(value), (f"{door}.{name}", value))
    return dict(objects.values())


OBJECTS = exported()
FUNCTIONS = {name: value for name, value in OBJECTS.items() if inspect.isfunction(value)}
CLASSES = {name: value for name, value in OBJECTS.items() if inspect.isclass(value)}
METHODS = {
    f"{name}.{attribute}": value
    for name, cls in CLASSES.items()
    for attribute, value in vars(cls).items()
    if inspect.isfunction(value) and not attribute.startswith("_")
}


def parameters(function: Any) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


def documented(doc: str) -> set[str]:
    """The names in the section Parameters, several on one line too."""
    section = re.search(r"Parameters\n-+\n(.*?)(?:\n\w[\w ]*\n-+\n|\Z)", doc, re.DOTALL)
    heads = re.findall(r"^\**(\w[\w, ]*)(?: :|$)", section.group(1), re.MULTILINE) if section else []
    return {name for head in heads for name in head.split(", ")}


@pytest.mark.parametrize("name", [name for name in OBJECTS if callable(OBJECTS[name])])
def test_object_has_docstring(name: str) -> None:
    first = (OBJECTS[name].__doc__ or "").partition("\n")[0]
    assert re.match(r"[`A-Z].*\.$", first), f"{name} begins with {first!r}"


@pytest.mark.parametrize("name", METHODS)
def test_method_has_docstring(name: str) -> None:
    assert re.match(r"[`A-Z].*\.", METHODS[name].__doc__ or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters_are_documented(name: str) -> None:
    function = FUNCTIONS[name]
    assert documented(inspect.getdoc(function) or "") == set(parameters(function))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_return_is_documented(name: str) -> None:
    function = FUNCTIONS[name]
    says = "Returns\n-------\n" in (inspect.getdoc(function) or "")
    assert says == (inspect.signature(function).return_annotation not in (None, "None"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_example(name: str) -> None:
    assert ">>>" in (FUNCTIONS[name].__doc__ or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_raises_are_documented(name: str) -> None:
    raises = re.search(r"^    raise \w", inspect.getsource(FUNCTIONS[name]), re.MULTILINE)
    assert not raises or "Raises\n------\n" in (inspect.getdoc(FUNCTIONS[name]) or "")


@pytest.mark.parametrize("name", [*FUNCTIONS, *METHODS])
def test_few_positional_arguments(name: str) -> None:
    kinds = inspect.signature((FUNCTIONS | METHODS)[name]).parameters.values()
    positional = [p for p in kinds if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    assert len([p for p in positional if p.name != "self"]) <= 3


@pytest.mark.parametrize("name", [*FUNCTIONS, *METHODS])
def test_function_is_annotated(name: str) -> None:
    signature = inspect.signature((FUNCTIONS | METHODS)[name])
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.name == "self" or parameter.annotation is not inspect.Parameter.empty


@pytest.mark.parametrize("name", [name for name, cls in CLASSES.items() if dataclasses.is_dataclass(cls)])
def test_dataclass_is_frozen_and_documented(name: str) -> None:
    cls = CLASSES[name]
    assert cls.__dataclass_params__.frozen
    for field in dataclasses.fields(cls):
        if field.init and not field.name.startswith("_"):
            assert re.search(rf"\b{field.name}\b", cls.__doc__), f"{name}.{field.name} is not documented"


def examples() -> list[doctest.DocTest]:
    found = [doctest.DocTestFinder().find(value, name) for name, value in OBJECTS.items() if callable(value)]
    return [test for tests in found for test in tests if test.examples]


def is_quick(example: doctest.DocTest) -> bool:
    """Examples of pictures and reports fit a shop each, and have tests of their own; one of them stands for all."""
    is_page = example.name.startswith(("custseg.plots.", "custseg.reports."))
    return not is_page or example.name == "custseg.plots.plot_segments"


EXAMPLES = examples()


@pytest.mark.slow
@pytest.mark.parametrize(
    "example", all_of(EXAMPLES, quick=[*filter(is_quick, EXAMPLES)]), ids=lambda example: example.name
)
def test_example_runs(example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert result.failed == 0, "".join(report)
