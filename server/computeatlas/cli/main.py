"""The command and its exit codes: 0 clean, 1 findings, 2 wrong use, 3 failure."""

from __future__ import annotations

import importlib
import io
import logging
import os
import sys
import traceback

import click

from computeatlas import __version__
from computeatlas.cli.terminal import say
from computeatlas.model.errors import AtlasError, FindingsError

#: With this variable set, an unexpected fault shows its traceback.
_DEBUG = "COMPUTEATLAS_DEBUG"


#: The commands, in the order of their help. `NAME_command` in the module of that name is the command.
COMMANDS = ("check", "fmt", "add", "evidence", "build", "diff", "serve", "query", "info", "export")


class _Commands(click.Group):
    """The commands, each imported when it is wanted: all of them take twice as long as one.

    https://click.palletsprojects.com/en/stable/complex/#lazily-loading-subcommands
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"computeatlas.cli.{cmd_name}"), f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="computeatlas")
def cli() -> None:
    """Claims about Europe's AI infrastructure: check them, build a release, serve and query it."""


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
