"""How Sphinx builds these pages: `make docs`."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import runpy
import shutil
import sys
from pathlib import Path

from sphinx.errors import ExtensionError

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(DOCS / "_extensions"))

project = "custseg"
author = "The custseg developers"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "run_pages"]
exclude_patterns = ["_templates"]
templates_path = ["_templates"]
default_role = "py:obj"
html_copy_source = False
html_show_sphinx = False

# Look
html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["custseg.css"]
html_theme_options = {
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_context = {"default_mode": "auto"}
copyright = author

# Pages
# No formulas in TeX: the browser would load a script from elsewhere to show them.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# ref.python: words in the type of a parameter, such as n_clusters, that several classes have as attributes.
suppress_warnings = ["ref.python"]

# Running them
_BUILT = ROOT / "build" / "docs"
_CACHES = _BUILT / "outputs"


def _version_of_the_code() -> str:
    """A digest of what decides what a page prints besides its own text: the package, and the pinned versions."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted((ROOT / "src").rglob("*.py")):
        digest.update(_without_words(path).encode())
    for path in [*sorted((ROOT / "src").rglob("*.toml")), ROOT / "constraints" / "known.txt"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _without_words(path: Path) -> str:
    """The code of a file without comments and docstrings, which change nothing of what pages print."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [line for line in node.body if not _is_text(line)]
    return ast.dump(tree)


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _cache_of_outputs() -> Path:
    """The folder of what pages print with this version of the code; those of other versions are removed."""
    cache = _CACHES / _version_of_the_code()
    for other in _CACHES.glob("*"):
        if other != cache:
            shutil.rmtree(other)
    cache.mkdir(parents=True, exist_ok=True)
    return cache


nb_execution_mode = "cache"
nb_execution_cache_path = str(_cache_of_outputs())
nb_execution_in_temp = True
nb_execution_timeout = 600
nb_execution_show_tb = True
nb_merge_streams = True
os.environ.setdefault("CUSTSEG_DATA", str(ROOT.parent / "shared" / "data"))
# Pages show the commands of this environment, whatever the profile of who builds them.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
os.environ["IPYTHONDIR"] = str(_BUILT / "ipython")
os.environ["JUPYTER_CONFIG_DIR"] = str(_BUILT / "jupyter")
_PROFILE = _BUILT / "ipython" / "profile_default" / "ipython_kernel_config.py"
_PROFILE.parent.mkdir(parents=True, exist_ok=True)
# Kernels are reached over the loopback interface of this machine alone, of which each would warn.
_PROFILE.write_text("get_config().IPKernelApp.log_level = 'ERROR'\n", encoding="utf-8")

# Reference
autodoc_typehints = "none"
autosummary_generate = True
_API = runpy.run_path(str(ROOT / "tools" / "api_page.py"))
autosummary_context = {"members_by_name": _API["members_by_name"]()}
_WORDS_OF_CONSTANTS = _API["words_of_constants"]()
numpydoc_show_class_members = False
# Not asked for: sections that not every page needs (SA01, ES01, EX01), an infinitive in the summary, since functions
# are named for what they return (SS05), and a description where the type of a result says it all (RT03).
# tests/test_contracts.py asks functions for a section Returns (RT01), which methods have where it helps.
numpydoc_validation_checks = {"all", "SA01", "ES01", "EX01", "SS05", "RT01", "RT03"}
# Constants, which have one sentence; numpydoc sees the docstring of their type.
numpydoc_validation_exclude = {r"\.[A-Z_]+$"}
# Methods that a sentence describes, and results, whose fields are in the section Attributes.
numpydoc_validation_overrides = {"PR01": [r"\A(?s:(?!.*\n\s*---).*)\Z", r"(?m:^\s*Attributes$)"]}


def plain_words(app, what, name, obj, options, lines):
    """Keep `labels_` from being read as a link: the names of fitted attributes end in an underscore."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[number] = re.sub(r"(?<![`\w\\])(\w+)_(?![\w`])", r"\1\\_", line)


def words_of_constants(app, what, name, obj, options, lines):
    """Say what a constant is, in place of the docstring of its type."""
    if name in _WORDS_OF_CONSTANTS:
        lines[:] = _WORDS_OF_CONSTANTS[name].splitlines()


def refuse_what_is_elsewhere(app, exception):
    """Pages load nothing from other servers, so that they can be read without a network."""
    loaded = re.compile(r'<(?:script|img|iframe|link)\b[^>]*?(?:src|href)="((?:https?:)?//[^"]+)"')
    pages = [] if exception else sorted(Path(app.outdir).rglob("*.html"))
    for page in pages:
        if addresses := loaded.findall(page.read_text(encoding="utf-8")):
            raise ExtensionError(f"{page.relative_to(app.outdir)} loads {', '.join(addresses)}.")


def setup(app):
    """Run before numpydoc, whose priority is 500."""
    app.connect("autodoc-process-docstring", words_of_constants, priority=390)
    app.connect("autodoc-process-docstring", plain_words, priority=400)
    app.connect("build-finished", refuse_what_is_elsewhere)
