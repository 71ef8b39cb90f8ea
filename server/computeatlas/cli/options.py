"""Options that several commands share."""

from __future__ import annotations

import click

root_option = click.option(
    "--root",
    envvar="COMPUTEATLAS_ROOT",
    metavar="DIR",
    help="Directory with ontology/, graph_data/ and queries/; by default the graph that came with the program.",
)
