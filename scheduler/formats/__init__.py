"""What the writer and the reader of one format share: names, marks and ids.

`xmltv` is shared by the export and the import of programme guides. `listing` and `sheet_mark` are shared by the
workbook of a report and the import of a timetable.
"""
