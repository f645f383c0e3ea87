"""Reading an instance folder: YAML, CSV, references and problems with their place.

`load` reads the folder. `yaml_document` and `csv_table` keep the place of every value; `validation` and `yaml_faults`
put errors into words, `problem` collects them. `references` and `named` check ids, `variant` applies changes,
`older_format` converts.
"""
