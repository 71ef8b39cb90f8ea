"""Documents in figures, against counts made in plain Python."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.namespaces import ATLAS, DCTERMS, ID, PREFIXES
from computeatlas.model.records import Source
from computeatlas.views.documents import MODALITIES, MOST_SUBJECTS, read_documents, read_records, read_subjects

from .claimed import Made, node, quads_of, reader_of, text

DOCUMENTS = ("source/a", "source/b", "source/c")


@st.composite
def claim_sets(draw: st.DrawFn) -> list[Made]:
    """Draw claims that rest on one to three documents, and contradict others now and then."""
    made: list[Made] = []
    for number in range(draw(st.integers(0, 7))):
        made.append(
            Made(
                name=f"c{number}",
                values=(ox.Literal(draw(st.integers(1, 3))),),
                modality=draw(st.sampled_from(list(MODALITIES))),
                rank=draw(st.sampled_from(("preferred", "normal", "deprecated"))),
                subject=draw(st.sampled_from(("infrastructure/x", "programme/y"))),
                documents=tuple(draw(st.lists(st.sampled_from(DOCUMENTS), min_size=1, unique=True))),
                contradicts=tuple(draw(st.lists(st.sampled_from([m.name for m in made]), max_size=1))) if made else (),
            )
        )
    return made


@given(claim_sets())
@pytest.mark.slow
def test_figures_are_those_of_a_count_by_hand(made: list[Made]) -> None:
    quads = quads_of(made)
    reader = reader_of(quads)
    records = read_records(reader, read_documents(reader))
    assert {record.source.iri for record in records} == {
        ID + document for claim in made for document in claim.documents
    }
    by_name = {claim.name: claim for claim in made}
    facts: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == ATLAS + "supportedBy":
            claim = by_name[quad.object.value.rsplit("/", 1)[-1]]
            facts.setdefault(str(quad.subject), set()).update(claim.documents)
    for record in records:
        name = record.source.iri.removeprefix(ID)
        own = [claim for claim in made if name in claim.documents]
        against = {
            claim.name: [o for o in made if o.name in claim.contradicts or claim.name in o.contradicts] for claim in own
        }
        abroad = [n for n, others in against.items() if any(set(o.documents) - {name} for o in others)]
        assert (record.passages, record.claims) == (len(own), len(own))
        assert record.subjects == len({claim.subject for claim in own})
        assert record.by_modality == {key: sum(c.modality == key for c in own) for key in MODALITIES}
        assert record.preferred == sum(claim.rank == "preferred" for claim in own)
        assert record.deprecated == sum(claim.rank == "deprecated" for claim in own)
        assert record.contradicted == sum(bool(others) for others in against.values())
        assert record.contradicted_elsewhere == len(abroad)
        assert record.facts == sum(name in documents for documents in facts.values())
        assert record.alone == sum(documents == {name} for documents in facts.values())
        subjects = read_subjects(reader, [record])[record.source.iri]
        assert dict(subjects) == {
            ID + subject: sum(claim.subject == subject for claim in own) for subject in {c.subject for c in own}
        }


def test_documents_come_by_date_the_undated_last_and_say_what_is_known_of_them() -> None:
    more = [
        (node("source/a"), DCTERMS + "issued", ox.Literal("2024-06")),
        (node("source/b"), DCTERMS + "issued", ox.Literal("2025")),
        (node("source/b"), DCTERMS + "language", ox.Literal("sv")),
        (node("source/b"), DCTERMS + "publisher", node("actor/p")),
        (node("source/b"), PREFIXES["skos"] + "editorialNote", text("Rewritten.")),
        (node("source/b"), PREFIXES["skos"] + "editorialNote", text("Omskriven.", "sv")),
        (node("source/a"), PREFIXES["skos"] + "editorialNote", text("Copied.")),
    ]
    quads = quads_of([Made("c", (ox.Literal(1),), documents=DOCUMENTS)], more)
    reader = reader_of(quads, "sv")
    assert read_documents(reader) == (ID + "source/b", ID + "source/a", ID + "source/c")
    b, a, c = read_records(reader, read_documents(reader))
    assert (b.source.issued_text, b.source.languages, b.source.publishers) == ("2025", ("sv",), (node("actor/p"),))
    assert b.note == text("Omskriven.", "sv")
    assert a.note == text("Copied.")
    assert (c.source, c.note) == (Source(ID + "source/c"), None)


def test_a_document_of_very_many_subjects_has_no_list_of_them() -> None:
    made = [Made(f"c{n}", (ox.Literal(1),), subject=f"infrastructure/x{n}") for n in range(MOST_SUBJECTS + 1)]
    reader = reader_of(quads_of(made))
    (record,) = read_records(reader, read_documents(reader))
    assert record.subjects == MOST_SUBJECTS + 1
    assert read_subjects(reader, [record]) == {}


def test_no_documents_are_no_rows() -> None:
    reader = reader_of([])
    assert read_documents(reader) == ()
    assert read_records(reader, ()) == ()
