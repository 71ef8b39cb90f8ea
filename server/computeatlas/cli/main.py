"""The command and its exit codes: 0 clean, 1 findings, 2 wrong use, 3 failure."""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback

import click

from computeatlas import __version__
from computeatlas.cli.add import add_command
from computeatlas.cli.build import build_command
from computeatlas.cli.check import check_command
from computeatlas.cli.diff import diff_command
from computeatlas.cli.evidence import evidence_command
from computeatlas.cli.export import export_command
from computeatlas.cli.fmt import fmt_command
from computeatlas.cli.query import query_command
from computeatlas.cli.serve import serve_command
from computeatlas.cli.terminal import say
from computeatlas.model.errors import AtlasError, FindingsError

#: With this variable set, an unexpected fault shows its traceback.
_DEBUG = "COMPUTEATLAS_DEBUG"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="computeatlas")
def cli() -> None:
    """Claims about Europe's AI infrastructure: check them, build a release, serve and query it."""


for _command in (
    check_command,
    fmt_command,
    add_command,
    evidence_command,
    build_command,
    diff_command,
    serve_command,
    query_command,
    export_command,
):
    cli.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its code; a fault is one line on standard error, never a traceback."""
    # rdflib logs a traceback for each literal that is not of its datatype; the check reports those with their lines.
    logging.getLogger("rdflib").setLevel(logging.ERROR)
    try:
        # Outside its standalone mode click returns the code of an Exit instead of raising it.
        code = cli.main(args=arguments, standalone_mode=False) or 0
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue(), err=True, nl=False)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except FindingsError as error:
        for finding in error.findings:
            say(str(finding), err=True)
        say(f"{error}", err=True)
        code = error.exit_code
    except AtlasError as error:
        say(f"computeatlas: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if os.environ.get(_DEBUG):
            say(traceback.format_exc(), err=True)
        say(f"computeatlas: internal error: {type(error).__name__}: {error} — set {_DEBUG}=1 to see where", err=True)
        code = 3
    sys.exit(code)
