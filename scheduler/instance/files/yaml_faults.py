"""Convert the errors of the YAML parser to messages for planners."""

from __future__ import annotations

import re

from scheduler.messages import Message, msg

_REASONS: tuple[tuple[str, Message], ...] = (
    (r"found character '\\t'", msg("a tab; indent with blanks")),
    (r"found character", msg("this character cannot begin a value; put the text in quotes")),
    (r"could not find expected ':'", msg("there is no colon after a key")),
    (r"mapping values are not allowed", msg("a colon where no field can be; put text with a colon in quotes")),
    (r"sequence entries are not allowed", msg("a list cannot begin here; begin it on a line of its own")),
    (r"mapping keys are not allowed", msg("a key cannot begin here; begin it on a line of its own")),
    (r"expected ',' or '\]'", msg("a list in [ ] has no comma between two entries, or no ] at its end")),
    (r"expected ',' or '\}'", msg("fields in braces have no comma between them, or the closing brace is missing")),
    (r"expected <block end>", msg("the indentation does not fit that of the lines before, or a quote ends too early")),
    (r"expected the node content", msg("there is no value here")),
    (r"found unexpected end of stream", msg("a quote is not closed")),
    (r"found unexpected document separator", msg("a quote is not closed before `---`")),
    (r"found unknown escape character", msg("an unknown escape in double quotes; write two backslashes for one")),
    (r"hexadecimal numbers", msg("an escape in double quotes has too few digits")),
    (r"found undefined alias", msg("an alias (*name) without an anchor (&name) before it")),
    (r"second occurrence|found duplicate anchor", msg("an anchor (&name) is given twice")),
    (r"found another document|<document start>", msg("a second document begins; a file holds one")),
    (
        r"undefined tag handle|expected '!'|URI|duplicate tag handle",
        msg("an unknown tag (!name); put the text in quotes"),
    ),
    (r"special characters are not allowed", msg("the text has control characters; save it as plain UTF-8 text")),
    (r"directive|incompatible YAML", msg("a line that begins with % is no field; put the text in quotes")),
    (r"comment or a line break|chomping|indentation indicator", msg("after | or > the text begins on the next line")),
    (r"alphabetic or numeric character", msg("after & or * there is no name; put the text in quotes")),
)
"""Regular expression for an error of PyYAML → the reason in plain words. The first expression that matches counts."""


def not_yaml(reported: str) -> Message:
    """The problem that a text is not YAML, with the reason from PyYAML's error."""
    reason = next((word for words, word in _REASONS if re.search(words, reported)), None)
    return msg("is not YAML here") if reason is None else msg("is not YAML: {reason}", reason=reason)
