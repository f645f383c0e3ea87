"""The command line of the scripts that measure: wrong words end in a sentence and the exit code 2."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

from scheduler.instance import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def run_script(main: Callable[..., object], usage: str, kinds: Sequence[Callable[[str], Any]], least: int) -> NoReturn:
    """Call a script's main function with the words of the command line, and exit.

    Parameters
    ----------
    main
        The function. If it returns a whole number, this is the exit code.
    usage
        What may follow `python -m`.
    kinds
        What each word is read as.
    least
        The number of words that must be there.
    """
    words = sys.argv[1:]
    if not least <= len(words) <= len(kinds):
        _refuse(f"usage: python -m {usage}")
    try:
        values = [kind(word) for kind, word in zip(kinds, words, strict=False)]
    except ValueError as error:
        _refuse(f"{error}\nusage: python -m {usage}")
    try:
        done = main(*values)
    except InputError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{error.filename}: {error.strerror}")
    sys.exit(done if isinstance(done, int) else 0)


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)
