"""The report on a timetable: one set of pandas tables, shown as text, Markdown, page and workbook.

figures     `tables` counts everything that a report shows, `facts` has the verdicts, `exchange_weeks` the weeks
contents    `contents` lists the parts, `sections` and `*_sections` make their tables in the words of a language
forms       `text`, `markdown`, `html` (with `charts`, `grid*`, `page/`) and `workbook` (with `sheet_*`)
language    `language`: words, dates, numbers; all sentences are in `scheduler/messages/locale`
commands    `summary` (solve), `checking` (check), `absence_words` (why), `cost_words` (cost), `comparison` (compare),
            `difference_words` (diff), `frontier_page`, `replanning`, `replan_page`, `day` (show), `certifying`
"""

from scheduler.report.tables import Tables, build_tables

__all__ = ["Tables", "build_tables"]
