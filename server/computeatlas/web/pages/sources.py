"""The page of the sources: each document in figures."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, render_template

from computeatlas.model.namespaces import ID
from computeatlas.views.documents import MODALITIES, read_documents, read_records, read_subjects
from computeatlas.web.pages.context import reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.paging import page_of
from computeatlas.web.pages.parameters import page_number

blueprint = Blueprint("sources", __name__)

_ROWS = 50


@blueprint.get("/sources")
def sources() -> str:
    """Show each document with what rests on it and how its claims have fared; fifty a page."""
    shown = page_of(read_documents(reader()), page_number(), _ROWS)
    records = read_records(reader(), shown.rows)
    subjects = read_subjects(reader(), records)
    modalities = {name: f"{ID}modality/{name}" for name in MODALITIES}
    reader().need_in((records, subjects, modalities))
    return render_template(
        "sources.html",
        records=records,
        subjects=subjects,
        modalities=modalities,
        paging=shown,
        query=reader().text("sources_figures", labelLanguage=[ox.Literal(language())]),
        subjects_of=lambda record: reader().text("sources_subjects", document=[ox.NamedNode(record.source.iri)]),
    )
