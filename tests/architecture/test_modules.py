"""What a module may hold: its size, its words, and what it may look into."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest
from house import Module, modules, package

from custseg.clustering import method_names

# The words that name anything, and so nothing. A binding counts where its whole name is one of them.
ALL_PURPOSE = {
    *("found", "known", "told", "said", "held", "kept", "given", "taken", "asked", "wanted", "judged", "meant", "made"),
    *("done", "put", "seen", "shown", "place", "places", "part", "parts", "side", "sides", "way", "ways", "work"),
    *("thing", "things", "what", "it", "its", "one", "ones", "other", "others", "own", "ours", "mine", "here", "there"),
    *("rest", "these", "those", "such", "beyond", "within", "least", "most", "much", "many", "few", "fewest"),
}
SECTIONS = [
    "Parameters",
    "Attributes",
    "Returns",
    "Yields",
    "Raises",
    "Warns",
    "See Also",
    "Notes",
    "References",
    "Examples",
]
METHODS = set(method_names())
METHOD_FILES = {f"clustering/_{method}.py" for method in METHODS}
SHORT = {
    "_numerics/_arrays.py": "names of types alone",
    "_compiled.py": "one decorator",
    "texts/_scales.py": "one table",
}


def faults(tree: Iterable[Module]) -> list[str]:
    """Everything in the modules of a package that breaks a rule of this file."""
    rules = (size_faults, short_faults, word_faults, alphabet_faults, look_faults, method_faults, section_faults)
    return [f"{module.path}: {fault}" for module in tree for rule in rules for fault in rule(module)]


def size_faults(module: Module) -> Iterator[str]:
    if (lines := len(module.text.splitlines())) > 400:
        yield f"has {lines} lines; a module has at most 400"
    for node in module.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node, clean=False) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > 60:
                yield f"{node.name} has {lines} lines; a function has at most 60"


def short_faults(module: Module) -> Iterator[str]:
    lines = len(module.text.splitlines())
    if lines < 40 and not module.is_door and module.path.as_posix() not in SHORT:
        yield f"has {lines} lines; a module that is no door has at least 40"


def word_faults(module: Module) -> Iterator[str]:
    """Names such as `found` and `known`: two in a file, or two in a hundred."""
    names = list(bindings(module.nodes))
    words = [name for name in names if name.strip("_") in ALL_PURPOSE]
    if len(words) > max(2, len(names) / 50):
        yield f"{len(words)} of {len(names)} names are all-purpose words: {', '.join(sorted(set(words)))}"


def bindings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every name that is defined or assigned; `other` of `__eq__` is Python's own."""
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def alphabet_faults(module: Module) -> Iterator[str]:
    letters = re.search("[\u0400-\u04ff]+", module.text)
    if letters:
        yield f"has Cyrillic letters, {letters.group()!r}; texts belong into texts/ru.toml"


def look_faults(module: Module) -> Iterator[str]:
    """Looking into an object for what it may not have; tables of other libraries need it, and only they."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and module.part != "_frames":
            default = node.func.id == "getattr" and len(node.args) == 3 and isinstance(node.args[1], ast.Constant)
            if default or (node.func.id == "vars" and node.args):
                yield f"looks into an object, {ast.unparse(node)}"


def method_faults(module: Module) -> Iterator[str]:
    if module.path.as_posix() not in METHOD_FILES:
        for node in module.nodes:
            if isinstance(node, ast.Constant) and node.value in METHODS:
                yield f"line {node.lineno} names the method {node.value!r}; ask the list of methods"


def section_faults(module: Module) -> Iterator[str]:
    """Sections of a docstring in another order than numpydoc wants, which `make docs` would refuse."""
    for node in module.nodes:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
            docstring = ast.get_docstring(node, clean=False) or ""
            sections = re.findall(r"^ *(\w[\w ]+)\n *-+$", docstring, re.MULTILINE)
            positions = [SECTIONS.index(section) for section in sections if section in SECTIONS]
            if positions != sorted(positions):
                yield f"has sections in the order {', '.join(sections)}"


def test_modules_of_the_source() -> None:
    assert list(faults(modules())) == []


def test_exceptions_are_needed() -> None:
    short = {m.path.as_posix() for m in modules() if len(m.text.splitlines()) < 40 and not m.is_door}
    assert set(SHORT) - short == set()


ENOUGH = "# a comment\n" * 40


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("model.py", "x = 1\n" * 401, "at most 400"),
        ("model.py", "def f():\n" + "    x = 1\n" * 61, "at most 60"),
        ("model.py", "found = 1\nheld = 2\ndef told(kept): pass", "4 of 4 names are all-purpose words: found"),
        ("model.py", "a = 1\n" * 50 + "self.found = held = kept = 1", "3 of 53 names"),
        ("model.py", "name = 'Чемпионы'", "Cyrillic"),
        ("model.py", "# группа", "Cyrillic"),
        ("model.py", "vars(logs)", "looks into an object"),
        ("model.py", "getattr(estimator, 'moves_', None)", "looks into an object"),
        ("segmentation.py", "if method == 'hdbscan': pass", "names the method 'hdbscan'"),
        (
            "model.py",
            'class A:\n    """Doc.\n\n    Notes\n    -----\n    x\n\n    Raises\n    ------\n    y\n    """',
            "Notes, Raises",
        ),
        ("clustering/selection/_a.py", "methods = ('kmeans', 'x')", "names the method 'kmeans'"),
    ],
)
def test_forbidden_line_is_found(file: str, line: str, fault: str) -> None:
    [found, *_] = faults(package({file: ENOUGH + line}))
    assert found.startswith(f"{file}: ")
    assert fault in found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("model.py", 'def f():\n    """Doc."""\n' + "    x = 1\n" * 60),
        ("model.py", "found = 1\ndef f(other): pass"),
        ("model.py", "a = 1\n" * 150 + "found = held = kept = 1"),
        ("model.py", "name = 'größte – ×'"),
        ("_frames/_a.py", "getattr(table, 'collect', None)"),
        ("model.py", "getattr(self, name)\ngetattr(self, name, None)"),
        ("clustering/_kmeans.py", "name = 'kmeans'"),
        ("segmentation.py", "'''Uses kmeans.'''"),
    ],
)
def test_allowed_line_passes(file: str, line: str) -> None:
    assert faults(package({file: ENOUGH + line})) == []


def test_short_module_is_found() -> None:
    assert faults(package({"rules/_a.py": "x = 1", "rules/__init__.py": "x = 1", "_compiled.py": ""})) == [
        "rules/_a.py: has 1 lines; a module that is no door has at least 40"
    ]
