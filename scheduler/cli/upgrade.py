"""`parity upgrade`: an older instance folder in the present format, with the same meaning."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.failure import DONE, INPUT, CommandFailed, refused
from scheduler.cli.language import renderer
from scheduler.cli.options import LANG


@click.command(
    epilog="""\b
Examples:
  parity upgrade instances/toy
  parity upgrade instances/central-asia-week --lang kk"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@LANG
def upgrade(folder: Path, lang: str) -> int:
    """Convert DIR/instance.yaml to the present format with the same meaning, and print each change.

    Comments and layout stay. The old file is kept as instance.yaml.old. If a change fails, nothing is written.
    """
    from scheduler.instance import INSTANCE_FILE, InputError
    from scheduler.instance.files.older_format import upgraded
    from scheduler.instance.files.yaml_document import read_yaml
    from scheduler.instance.model.field_types import FORMAT
    from scheduler.messages import msg
    from scheduler.whole_file import write_whole

    render = renderer()
    path = (folder / INSTANCE_FILE).resolve()
    try:
        read_yaml(path, INSTANCE_FILE)
        raw = path.read_bytes()
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        text, changes = upgraded(raw[len(mark) :].decode("utf-8"), INSTANCE_FILE)
    except InputError as error:
        raise refused(error.problems, str(folder)) from None
    if not changes:
        click.echo(
            render(msg("{folder} is of format {format} already; nothing to change", folder=str(folder), format=FORMAT))
        )
        return DONE
    kept = path.with_name(f"{INSTANCE_FILE}.old")
    if kept.exists():
        there = msg("{file} exists; rename it, so that the present file can be kept there", file=str(kept))
        raise CommandFailed(there, INPUT)
    write_whole(kept, raw)
    write_whole(path, mark + text.encode("utf-8"))
    for change in changes:
        click.echo(f"{INSTANCE_FILE}:{change.line}: {render(change.text)}")
    done = msg(
        "{folder} is of format {format} now; the old file is {file}", folder=str(folder), format=FORMAT, file=kept.name
    )
    click.echo(render(done))
    return DONE
