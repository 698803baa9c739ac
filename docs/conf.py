"""How Sphinx builds these pages: `make docs`."""

import re

project = "custseg"
author = "The custseg developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_typehints = "none"
autosummary_generate = False
napoleon_google_docstring = False
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2
# ref.python: words in the type of a parameter, such as n_clusters, that several classes have as attributes.
suppress_warnings = ["myst.xref_missing", "ref.python"]


def plain_words(app, what, name, obj, options, lines):
    """Keep `labels_` and `[1]_` from being read as links: the names of fitted attributes end in an underscore."""
    for place, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            line = re.sub(r"\[(\d+)\]_", r"[\1]", line)
            line = re.sub(r"^(\s*)\.\. \[(\d+)\] ", r"\1[\2] ", line)
            lines[place] = re.sub(r"(?<![`\w\\])(\w+)_(?![\w`])", r"\1\\_", line)


def setup(app):
    """Run before napoleon, whose priority is 500."""
    app.connect("autodoc-process-docstring", plain_words, priority=400)
