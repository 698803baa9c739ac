import importlib
import subprocess
import sys
from importlib.metadata import entry_points, version

import pytest

import custseg

HEAVY = {
    "matplotlib",
    "pandas",
    "pyarrow",
    "sklearn",
    "scipy",
    "numba",
    "polars",
    "numpy",
    "narwhals",
    "rich",
}
DOORS = ["custseg", *(f"custseg.{name}" for name in custseg._FOLDERS)]


def loaded_by(code: str) -> set[str]:
    """The top names of all modules that the code loads in a fresh Python."""
    show = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{show}"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split())


def test_import_loads_nothing_heavy() -> None:
    assert loaded_by("import custseg").isdisjoint(HEAVY)


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    code = "import custseg.cli\ntry: custseg.cli.main(['fit', '--help'])\nexcept SystemExit: pass"
    assert loaded_by(code).isdisjoint(HEAVY)


def test_fit_loads_no_plots_or_cli() -> None:
    assert loaded_by("from custseg import fit_segments").isdisjoint({"matplotlib", "click", "jinja2"})


@pytest.mark.parametrize("door", DOORS)
def test_all_names_exist(door: str) -> None:
    module = importlib.import_module(door)
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert not name.startswith("_")


def test_dir_lists_the_public_names() -> None:
    assert set(dir(custseg)) == {*custseg.__all__, "__version__"}


def test_star_import() -> None:
    names: dict[str, object] = {}
    exec("from custseg import *", names)
    assert set(custseg.__all__) <= set(names)


def test_names_are_the_same_objects() -> None:
    from custseg.logs import Orders
    from custseg.result import Segmentation

    assert custseg.Orders is Orders
    assert custseg.Segmentation is Segmentation


def test_types_match_names() -> None:
    homes = {*custseg._HOMES, *custseg._FOLDERS}
    assert homes == set(custseg.__all__)


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="module 'custseg' has no attribute 'segment'"):
        _ = custseg.segment


def test_private_name_is_no_submodule() -> None:
    assert not hasattr(custseg, "segments")
    with pytest.raises(ImportError, match="cannot import name 'fit'"):
        exec("from custseg import fit")


def test_version_matches_package() -> None:
    assert custseg.__version__ == version("custseg")


def test_command_is_installed() -> None:
    [command] = entry_points(group="console_scripts", name="custseg")
    assert command.value == "custseg.cli:main"


def test_errors_have_one_base() -> None:
    for error in (custseg.DataError, custseg.InfeasibleMinimumError, custseg.MissingDependencyError):
        assert issubclass(error, custseg.CustsegError)
    assert issubclass(custseg.DataError, ValueError)
    assert issubclass(custseg.MissingDependencyError, ImportError)


@pytest.mark.parametrize("folder", custseg._FOLDERS)
def test_completion_offers_public_names_alone(folder: str) -> None:
    module = getattr(custseg, folder)
    assert dir(module) == sorted(module.__all__)
