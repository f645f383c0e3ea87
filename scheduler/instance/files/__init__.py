"""Reading an instance folder: YAML, CSV, references and problems with their place.

`load` reads the folder. `raw_file`, `yaml_document` and `csv_table` keep the place of every value; `numbers` reads
cells. `validation`, `yaml_faults`, `zones` and `formula_errors` put errors into words, and `causes` collects them.
`references` and `named` check ids, `commitments` checks commitments.csv, `placed_titles` compares tables with
`placement`, `odd_values` warns. `variant` applies changes, `older_format` converts.
"""
