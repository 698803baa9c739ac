"""Every plot is in the gallery, and looks there as it did when somebody looked at it."""

import io
import runpy
from functools import cache
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from effort import all_of

from custseg import plots

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "gallery_pictures.py"))
BASELINE = TOOL["BASELINE"]
PLOTS = sorted(set(plots.__all__) - {"plot_all"})
# Root mean square of the differences, of colors from 0 to 1. Another color of one segment changes it by more.
TOLERANCE = 0.005

pictures = cache(TOOL["pictures"])


def difference(drawn: bytes, stored: bytes) -> float:
    one, other = (matplotlib.image.imread(io.BytesIO(picture))[..., :3] for picture in (drawn, stored))
    return float(np.sqrt(np.mean((one - other) ** 2))) if one.shape == other.shape else 1.0


def test_every_plot_is_in_the_gallery_and_on_its_first_page() -> None:
    index = (TOOL["GALLERY"] / "index.md").read_text(encoding="utf-8")
    pages = "".join((TOOL["GALLERY"] / f"{page}.md").read_text(encoding="utf-8") for page in TOOL["PAGES"])
    assert [name for name in plots.__all__ if f"\n## {name}\n" not in pages] == []
    assert [name for name in PLOTS if f"/{name}.png)" not in index] == []
    assert sorted(path.stem for path in BASELINE.glob("*.png")) == PLOTS


@pytest.mark.slow
@pytest.mark.skipif(bool(TOOL["other_versions"]()), reason=f"drawn with other versions: {TOOL['other_versions']()}")
@pytest.mark.parametrize("page", all_of(TOOL["PAGES"], quick=list(TOOL["PAGES"])[:1]))
def test_pictures_look_as_stored(page: str) -> None:
    changed = {}
    for name, picture in pictures(page).items():
        if (away := difference(picture, (BASELINE / f"{name}.png").read_bytes())) > TOLERANCE:
            changed[name] = away
    assert changed == {}, "look at the pictures, then: python tools/gallery_pictures.py"


def test_stored_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in BASELINE.glob("*.png")}
    assert [name for name, size in sizes.items() if size > 40_000] == []
