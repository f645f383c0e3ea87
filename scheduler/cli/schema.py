"""`parity schema`: the JSON Schema of an instance, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli.options import LANG_OF_MESSAGES

if TYPE_CHECKING:
    from pydantic import BaseModel


@click.command(
    epilog="""\b
Examples:
  parity schema > instance.schema.json
  parity schema --table programmes
  parity schema --result > result.schema.json
  parity schema --file replan.json
  parity schema --markdown > rules.md"""
)
@click.option("--table", help="The columns of this table instead of instance.yaml.")
@click.option("--result", is_flag=True, help="result.json instead of instance.yaml.")
@click.option(
    "--file",
    "file",
    type=click.Choice(["result.json", "timings.json", "costs.json", "replan.json", "explain"]),
    help="This file of an answer, or what `explain --json` prints, instead of instance.yaml.",
)
@click.option("--markdown", is_flag=True, help="A reference of rules, fields and tables in Markdown instead.")
@LANG_OF_MESSAGES
def schema(table: str | None, result: bool, file: str | None, markdown: bool) -> int:
    """Print the JSON Schema of instance.yaml, of a row of a table or of a file of answers; or describe the rules."""
    import json

    from scheduler.cli.failure import INPUT, CommandFailed
    from scheduler.instance import TABLES, file_model
    from scheduler.instance.files.named import there_is_no
    from scheduler.messages import msg
    from scheduler.rules import AGREEMENTS, RULES

    if (table is not None) + result + (file is not None) + markdown > 1:
        several = msg("--table, --result, --file and --markdown exclude one another; give one of them")
        raise CommandFailed(several, INPUT)
    if markdown:
        from scheduler.instance.model.instance_file import InstanceFile
        from scheduler.rules.framework.reference import file_fields, reference, tables

        parts = (reference(AGREEMENTS, RULES), file_fields(InstanceFile), tables(TABLES))
        click.echo("\n".join(parts), nl=False)
        return 0
    if table is not None and f"{table}.csv" in TABLES:
        table = f"{table}.csv"
    if table is not None and table not in TABLES:
        raise CommandFailed(there_is_no("table", table, TABLES), INPUT)
    from scheduler.results import CostsFile, ExplanationFile, ReplanFile, ResultFile, TimingsFile

    written_files: dict[str, type[BaseModel]] = {
        "result.json": ResultFile,
        "timings.json": TimingsFile,
        "costs.json": CostsFile,
        "replan.json": ReplanFile,
        "explain": ExplanationFile,
    }
    file = "result.json" if result else file
    if file is not None:
        written = written_files[file].model_json_schema(mode="serialization")
    else:
        written = (file_model(AGREEMENTS, RULES) if table is None else TABLES[table]).model_json_schema()
    fields = {"$schema": "https://json-schema.org/draft/2020-12/schema", **written}
    click.echo(json.dumps(fields, indent=2, ensure_ascii=False))
    return 0
