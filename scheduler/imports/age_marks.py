"""Read age marks of guides and sheets: 18+, +16, (12+) in a title, "16 жастан"."""

from __future__ import annotations

import re

OLDEST = 21
_MARK = re.compile(r"\+?\s?(\d{1,2})\s?\+?|(?:от|c|с|ab)?\s*(\d{1,2})\s*(?:жас\w*|лет|года|yosh\w*|years?|Jahre\w*)")
_IN_TITLE = re.compile(r"[(\[]\s*(\d{1,2})\s?\+\s*[)\]]|(?<![\w+])(\d{1,2})\+(?!\w)|[(\[]\s*\+(\d{1,2})\s*[)\]]")


def age_of(text: str) -> int | None:
    """The age of a mark in years. None if the text is not an age mark."""
    match = _MARK.fullmatch(text.strip())
    if match is None:
        return None
    age = int(match[1] or match[2])
    return age if age <= OLDEST else None


def age_in_title(title: str) -> int | None:
    """The highest age mark in a title. None if there is none."""
    found = [int(next(part for part in match.groups() if part)) for match in _IN_TITLE.finditer(title)]
    return max((age for age in found if age <= OLDEST), default=None)
