"""Print the requirements that pyproject.toml implies, one per line.

core          what `make demo` needs: the dependencies and the build backend
known         core, the extras, and the groups `test` and `lint`
docs          the group `docs`: what `make docs` needs besides known
browser       the group `browser`: what `make test-browser` needs besides known
spark         the extra and the group `spark`: what `make test-spark` needs besides known
floors        every dependency at its lower bound, and the tools that run the tests
floors-rest   the known version of everything that `floors` does not set
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PARTS = ("llvmlite",)  # numba's compiled part, whose name does not begin with its parent's
EXTRAS = ("pandas", "duckdb", "excel", "sql", "phone")


def core() -> list[str]:
    return PYPROJECT["project"]["dependencies"] + PYPROJECT["build-system"]["requires"]


def extras() -> list[str]:
    by_name = PYPROJECT["project"]["optional-dependencies"]
    return [line for extra in EXTRAS for line in by_name[extra]]


def known() -> list[str]:
    groups = PYPROJECT["dependency-groups"]
    return core() + extras() + groups["test"] + groups["lint"]


def docs() -> list[str]:
    return PYPROJECT["dependency-groups"]["docs"]


def browser() -> list[str]:
    return PYPROJECT["dependency-groups"]["browser"]


def spark() -> list[str]:
    return PYPROJECT["project"]["optional-dependencies"]["spark"] + PYPROJECT["dependency-groups"]["spark"]


def floors() -> list[str]:
    pins = known_pins()
    tools = PYPROJECT["dependency-groups"]["test"] + PYPROJECT["build-system"]["requires"]
    declared = PYPROJECT["project"]["dependencies"] + extras()
    return [at_floor(line) for line in declared] + [f"{name(t)}=={pins[name(t)]}" for t in tools]


def floors_rest() -> list[str]:
    # A compiled part (polars-runtime-32) moves with its parent, so a prefix counts as set.
    set_here = (*(name(line) for line in floors()), *PARTS)
    return [f"{key}=={pin}" for key, pin in known_pins().items() if not key.startswith(set_here)]


def name(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower()


def at_floor(requirement: str) -> str:
    parts = re.fullmatch(r"([\w.-]+)>=([\w.]+)(\s*;.*)?", requirement)
    if parts is None:
        sys.exit(f"pyproject.toml: '{requirement}' has no floor. Write it as 'name>=version'.")
    return f"{parts[1]}=={parts[2]}{parts[3] or ''}"


def known_pins() -> dict[str, str]:
    text = (ROOT / "constraints" / "known.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


KINDS = {
    "core": core,
    "known": known,
    "docs": docs,
    "browser": browser,
    "spark": spark,
    "floors": floors,
    "floors-rest": floors_rest,
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    print(*KINDS[sys.argv[1]](), sep="\n")
