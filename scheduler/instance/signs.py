"""Characters that are invisible or look like others: comparison of texts as people read them, names for messages."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from scheduler.messages import Listed, msg

if TYPE_CHECKING:
    from scheduler.messages import Message, Value

_LOOK_ALIKES = {
    **dict(zip("АВЕКМНОРСТХУІЈЅҮԚԜ", "ABEKMHOPCTXYIJSYQW", strict=True)),
    **dict(zip("аеорсухіјѕһԁԛԝү", "aeopcyxijshdqwy", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    **dict(zip("ονικ", "ovik", strict=True)),
}
"""Cyrillic and Greek letters, and the Latin letter that each looks like."""

_APOSTROPHES = str.maketrans(dict.fromkeys("ʻʼʽˈ‘’‛`´ʹ＇", "'"))
_LATIN = str.maketrans(_LOOK_ALIKES)
_BLANKS = re.compile(r"\s+")
_BLANK_LOOKING = frozenset("\u3164\uffa0\u2800\u115f\u1160")


def is_unseen(sign: str) -> bool:
    """Whether a character is invisible, or is a blank other than the space."""
    if sign == " ":
        return False
    return sign in _BLANK_LOOKING or unicodedata.category(sign) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Co", "Cn")


def without_unseen(text: str) -> str:
    """The text with every blank as a space, without other invisible characters, and without blanks at the ends."""
    plain = "".join(sign if not is_unseen(sign) else " " if sign.isspace() else "" for sign in text)
    return plain.strip()


def as_read(text: str) -> str:
    """The text for comparison: case, blanks, apostrophes and invisible characters make no difference."""
    plain = without_unseen(unicodedata.normalize("NFKC", text)).translate(_APOSTROPHES)
    return _BLANKS.sub(" ", plain).casefold()


def as_drawn(text: str) -> str:
    """`as_read`, with Cyrillic and Greek letters replaced by the Latin letters that look the same."""
    return as_read(text).upper().translate(_LATIN).casefold()


def visible(text: str) -> str:
    """The text with every invisible character as its code point: home.kz<U+200B>."""
    return "".join(f"<U+{ord(sign):04X}>" if is_unseen(sign) else sign for sign in text)


def named(sign: str) -> str:
    """The code point and name of a character: U+041A CYRILLIC CAPITAL LETTER KA."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}"


def odd_signs(text: str) -> Listed | str:
    """A hint about the misleading characters of a text. Empty if there are none.

    Invisible characters are always misleading, letters of another script only if the whole text looks Latin.
    """
    unseen = [sign for sign in dict.fromkeys(text) if is_unseen(sign)]
    messages: list[Value] = []
    if unseen:
        messages.append(
            msg("; '{text}' holds {signs}, which is not seen", text=visible(text)[:80], signs=_listed(unseen))
        )
    foreign = [sign for sign in dict.fromkeys(text) if sign in _LOOK_ALIKES]
    if foreign and without_unseen(text).translate(_LATIN).isascii():
        messages.append(
            msg("; '{sign}' in it is {signs}, not the Latin letter", sign=foreign[0], signs=_listed(foreign))
        )
    return Listed(tuple(messages), "") if messages else ""


def difference(word: str, other: str) -> Message | Listed | str:
    """A hint about the characters in which a word differs from another that looks the same.

    Empty if it does not look the same.
    """
    if word == other or as_drawn(word) != as_drawn(other):
        return odd_signs(word)
    strange = [sign for sign in dict.fromkeys(word) if sign not in other and not sign.isascii()]
    if not strange:
        return ""
    return msg(" ('{text}' holds {signs})", text=visible(word), signs=_listed(strange))


def _listed(signs: list[str]) -> str:
    return ", ".join(named(sign) for sign in signs[:4]) + (", …" if len(signs) > 4 else "")
