"""Offers, answers and publications of airings; changes since a publication, and tasks that are due.

`offer` writes what a partner is asked, `answer` reads the reply, `words` keeps both. `state` records publications;
`notices` lists the changes since one, with `withdrawn` airings and `unaired` first runs. `due` lists tasks.
"""

from scheduler.publication.answer import Answers, bans_yaml, locks_csv, read_answers
from scheduler.publication.due import DUE, Due, deadline_words, due, due_lines
from scheduler.publication.notices import CHANGES, changes_since, notice_csv, notice_ics, notice_page
from scheduler.publication.offer import offer_page, offer_rows, offer_workbook
from scheduler.publication.state import (
    FOLDER,
    Publication,
    not_yet_published,
    publish,
    read_publications,
    read_state,
)
from scheduler.publication.words import (
    STATUSES,
    Status,
    add_words,
    answered,
    proposed,
    read_words,
    statuses,
    unsettled,
)

__all__ = [
    "CHANGES",
    "DUE",
    "FOLDER",
    "STATUSES",
    "Answers",
    "Due",
    "Publication",
    "Status",
    "add_words",
    "answered",
    "bans_yaml",
    "changes_since",
    "deadline_words",
    "due",
    "due_lines",
    "locks_csv",
    "not_yet_published",
    "notice_csv",
    "notice_ics",
    "notice_page",
    "offer_page",
    "offer_rows",
    "offer_workbook",
    "proposed",
    "publish",
    "read_answers",
    "read_publications",
    "read_state",
    "read_words",
    "statuses",
    "unsettled",
]
