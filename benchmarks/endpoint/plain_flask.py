"""The floor: the least that a Python programmer writes to answer SPARQL over HTTP, without limits or isolation."""

from __future__ import annotations

import os

import pyoxigraph
from flask import Flask, Response, request

store = pyoxigraph.Store()
store.bulk_load(path=os.environ["PLAIN_FLASK_DATA"])
app = Flask(__name__)


@app.get("/sparql")
def sparql() -> Response:
    """Answer the query as SPARQL results in JSON."""
    results = store.query(request.args["query"])
    body = results.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
    return Response(body, content_type="application/sparql-results+json")
