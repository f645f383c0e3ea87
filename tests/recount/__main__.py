"""Count mutants again: `python -m tests.recount 500 [first]`. Prints every row on which they disagree."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.recount.mutate import one_mutant


def main(count: int, first: int) -> int:
    """Compare a number of mutants; 1 where some disagree."""
    wrong, compared, rows = 0, 0, 0
    for number in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            found = one_mutant(Path(folder), number)
        if found is None:
            continue
        compared, rows = compared + 1, rows + found[1]
        if found[2]:
            wrong += 1
            print(f"{number}: {found[0]}: (checks, counted) {dict(list(found[2].items())[:4])}", flush=True)
    print(f"{compared} of {count} mutants compared, {rows} rows missed, {wrong} disagree")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
