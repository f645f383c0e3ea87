"""One page of A4 for a minister, and one for a partner: what is exchanged, owed, due and changed.

`minister` and `partner` are the two pages, `shared` and `ledgers` their blocks, `sentences` and `languages` their
words, and `page` the HTML.
"""

from scheduler.brief.languages import IncompleteCatalogueError, brief_language
from scheduler.brief.minister import minister_page
from scheduler.brief.page import page_html
from scheduler.brief.partner import partner_page

__all__ = ["IncompleteCatalogueError", "brief_language", "minister_page", "page_html", "partner_page"]
