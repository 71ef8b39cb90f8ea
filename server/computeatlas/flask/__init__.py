"""The SPARQL protocol as a blueprint for any Flask application: `computeatlas.flask.sparql_blueprint`."""

from __future__ import annotations

from computeatlas.flask.blueprint import SparqlBlueprint, sparql_blueprint

__all__ = ["SparqlBlueprint", "sparql_blueprint"]
