"""`parity schema`: what an instance may say, as JSON Schema for editors."""

from __future__ import annotations

import click


@click.command(
    epilog="""\b
Examples:
  parity schema > instance.schema.json
  parity schema --table programmes.csv
  parity schema --markdown > rules.md"""
)
@click.option("--table", help="The columns of one of the tables instead of instance.yaml.")
@click.option("--markdown", is_flag=True, help="The rules as a reference to read instead.")
def schema(table: str | None, markdown: bool) -> int:
    """Print the JSON Schema of instance.yaml, or of a row of a table, or the reference of the rules."""
    import json

    from scheduler.cli.failure import INPUT, CommandFailed
    from scheduler.instance import TABLES, did_you_mean, file_model
    from scheduler.rules import AGREEMENTS, RULES

    if markdown and table is not None:
        raise CommandFailed("--markdown is the reference of the rules; leave out --table", INPUT)
    if markdown:
        from scheduler.rules.framework.reference import reference

        click.echo(reference(AGREEMENTS, RULES), nl=False)
        return 0
    if table is not None and table not in TABLES:
        raise CommandFailed(f"there is no table '{table}'{did_you_mean(table, TABLES)}", INPUT)
    model = file_model(AGREEMENTS, RULES) if table is None else TABLES[table]
    said = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    click.echo(json.dumps(said, indent=2, ensure_ascii=False))
    return 0
