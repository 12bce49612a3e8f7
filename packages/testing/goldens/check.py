"""`check`: compares the stored fixtures with the formulas."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import fixtures, relative
from .families import FAMILIES

BOUND = 1e-12
"""The largest relative difference that passes: 15 digits leave 5e-15, the rest is rounding."""

DIFFERENCES_BOUND = 1e-7
"""The same for central differences, whose own error is about 1e-9."""


@dataclass
class Found:
    """The largest differences of a fixture and their places, by method of comparison."""

    cases: int = 0
    differences: dict[str, tuple[float, str]] = field(default_factory=dict)

    def add(self, way: str, difference: float, where: str) -> None:
        """Keeps a difference if it is the largest so far. NaN is larger than all numbers."""
        difference = math.inf if math.isnan(difference) else difference
        if way not in self.differences or difference > self.differences[way][0]:
            self.differences[way] = (difference, where)

    def failures(self) -> list[str]:
        """The differences above their bounds."""
        return [
            f"{way}: {difference:.1e} at {where}, must be at most {bound_of(way):g}"
            for way, (difference, where) in self.differences.items()
            if difference > bound_of(way)
        ]


def bound_of(way: str) -> float:
    """The largest difference that passes."""
    return DIFFERENCES_BOUND if way == "central differences" else BOUND


def fixture(path: Path, quick: bool) -> Found:
    """Compares every case of a fixture with the formulas, and those with the second methods."""
    content = fixtures.read(path)
    family = FAMILIES[content["family"]]
    found = Found()
    for stored in content["cases"]:
        name = stored["case"]
        case = fixtures.complete(content["family"], stored)
        found.cases += 1
        difference, place = relative.values(*comparable(case, stored, family.MEASURED))
        found.add("stored", difference, f"{name}{place}")
        for way, distance in {} if quick else family.second_ways(case).items():
            found.add(way, distance, name)
    return found


def comparable(case: dict, stored: dict, measured: tuple[str, ...]) -> tuple[dict, dict]:
    """Both cases as JSON. Measured errors count as equal if both are within the bound."""
    got, want = fixtures.encoded(case), dict(stored)
    for name in measured:
        if relative.is_number(want.get(name)) and abs(want[name]) <= BOUND:
            want[name] = got[name]
    return got, want


def run(paths: list[Path], quick: bool, say: Callable[[str], None]) -> bool:
    """Checks fixtures, prints the differences, and returns whether all passed."""
    if not paths:
        raise ValueError(f"no fixture is stored under {fixtures.ROOT}: name the files")
    passed = True
    for path in paths:
        found = fixture(path, quick)
        shown = [f"{way} {difference:.1e}" for way, (difference, _) in found.differences.items()]
        say(f"{named(path)}: {found.cases} cases, largest differences: {', '.join(shown)}")
        for failure in found.failures():
            passed = False
            say(f"  FAILED {failure}")
    return passed


def named(path: Path) -> Path:
    """The path relative to the repository, if it is inside."""
    return path.relative_to(fixtures.ROOT) if path.is_relative_to(fixtures.ROOT) else path
