"""How Sphinx builds these pages: `make docs`."""

project = "custseg"
author = "The custseg developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_typehints = "none"
autosummary_generate = False
napoleon_google_docstring = False
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["myst.xref_missing"]
