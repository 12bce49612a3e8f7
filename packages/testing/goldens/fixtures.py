"""The fixture files: where they are, what a case of one gives, and how numbers are written."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from .families import FAMILIES
from .tensors import filled

ROOT = Path(__file__).resolve().parents[3]

META = {
    "lcg": "s=(1664525*s+1013904223) mod 2^32; unit: s/2^31-1; milli: ((s>>>16)%4001-2000)/1000",
    "tensor": "flat row-major data with shape, NCHW",
    "see": "README.md",
}


def stored() -> list[Path]:
    """The golden fixtures of all packages and apps: JSON files that name a family."""
    found = [
        path
        for pattern in ("packages/*/test/fixtures/*.json", "apps/*/test/fixtures/*.json")
        for path in ROOT.glob(pattern)
    ]
    return sorted(path for path in found if "family" in parsed(path))


def read(path: Path) -> dict[str, Any]:
    """A fixture, whose family must be known here."""
    fixture = parsed(path)
    name = fixture.get("family") if isinstance(fixture, dict) else None
    if name not in FAMILIES:
        raise ValueError(f"{path}: family must be one of {', '.join(FAMILIES)}, got {name!r}")
    cases = fixture.get("cases")
    if not isinstance(cases, list) or not all("case" in case for case in cases) or not cases:
        raise ValueError(f"{path}: cases must be a list of cases, each with its name as 'case'")
    return fixture


def parsed(path: Path) -> Any:
    """Reads a JSON file."""
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path}: the file must be JSON: {error}") from error


def complete(name: str, case: dict[str, Any]) -> dict[str, Any]:
    """Computes a whole case from its inputs. Stored results are not used."""
    family, params = FAMILIES[name], case.get("params", {})
    try:
        missing = [param for param in family.GIVEN if param not in params]
        if missing:
            raise ValueError(f"params must have {', '.join(family.GIVEN)}: {missing[0]} is missing")
        given = {
            "params": {param: decoded(params[param]) for param in family.GIVEN},
            "input": filled(case.get("input")),
            "upstream": filled(case.get("upstream")),
        }
        return {"case": case["case"], **family.complete(given)}
    except ValueError as error:
        raise ValueError(f"{name}: case {case['case']}: {error}") from error


def decoded(value: Any) -> Any:
    """Decodes a stored value, in which infinity is a string."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return math.inf if value == "inf" else value


def encoded(value: Any, digits: int = 17) -> Any:
    """A value as JSON: integers have no decimal point, and infinity is a string."""
    if isinstance(value, dict):
        return {key: encoded(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [encoded(item, digits) for item in value]
    if isinstance(value, (float, np.floating)):
        return number(float(value), digits)
    return value.item() if isinstance(value, np.generic) else value


def number(value: float, digits: int) -> int | float | str:
    """A number rounded to significant digits."""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded


def write(path: Path, fixture: dict[str, Any]) -> None:
    """Completes every case of a fixture and writes it to `path`."""
    digits = FAMILIES[fixture["family"]].DIGITS
    cases = [encoded(complete(fixture["family"], case), digits) for case in fixture["cases"]]
    head = {
        "family": fixture["family"],
        "set": fixture.get("set", "open"),
        "meta": fixture.get("meta", META),
    }
    text = json.dumps({**head, "cases": cases}, separators=(",", ":"), allow_nan=False)
    path.write_text(text + "\n")
