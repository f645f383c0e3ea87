"""Reading an instance folder: YAML, CSV, references and problems with their place."""
