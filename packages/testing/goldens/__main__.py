"""The command line: `python3 -m goldens check` and `python3 -m goldens write FAMILY`."""

import argparse
import sys
from pathlib import Path

from . import check, fixtures
from .families import FAMILIES


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    about = "The generator of the golden numbers."
    top = argparse.ArgumentParser(prog="goldens", description=about)
    commands = top.add_subparsers(dest="command", required=True)
    checks = commands.add_parser("check", help="compare stored fixtures with the formulas here")
    checks.add_argument("files", nargs="*", type=Path, help="fixtures (default: all packages')")
    checks.add_argument("--quick", action="store_true", help="leave out second ways to the numbers")
    writes = commands.add_parser("write", help="compute a family's fixture from its cases")
    writes.add_argument("family", choices=list(FAMILIES))
    writes.add_argument("--from", dest="source", type=Path, help="the cases (default: stored ones)")
    writes.add_argument("--to", dest="target", type=Path, help="the file (default: where stored)")
    return top


def write(family: str, source: Path | None, target: Path | None) -> None:
    """Writes a family's fixture to `target`, or over the stored one."""
    stored = [path for path in fixtures.stored() if fixtures.read(path)["family"] == family]
    targets = [target] if target else stored
    sources = [source] if source else stored[:1]
    if not targets or not sources:
        raise ValueError(f"no fixture of {family} is stored: --from and --to must name files")
    content = fixtures.read(sources[0])
    if content["family"] != family:
        raise ValueError(f"{sources[0]}: family must be {family}, got {content['family']}")
    for path in targets:
        fixtures.write(path, content)
        print(f"{check.named(path)}: {len(content['cases'])} cases")


def main() -> int:
    """Runs a command and returns its exit code: 1 for a difference, 2 for bad input."""
    options = parser().parse_args()
    try:
        if options.command == "write":
            write(options.family, options.source, options.target)
            return 0
        return 0 if check.run(options.files or fixtures.stored(), options.quick, print) else 1
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
    except ValueError as error:
        message = str(error)
    print(f"goldens {options.command}: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
