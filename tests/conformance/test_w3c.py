"""W3C's SPARQL test suites, sent over HTTP to a running server.

SPARQL 1.0, 1.1 and 1.2: query evaluation, query and update syntax, update evaluation, results formats. Left out, as
`LEFT_OUT` in manifests.py says: entailment (the endpoint answers under simple entailment), federation (it would reach
for the hosts that the tests name), and the suites for Protocol, Graph Store Protocol and Service Description, which
are about a running service and have no files; the endpoint has tests of its own for those.

The data set of a case goes there in one PUT of N-Quads, its graphs named by the IRIs under which W3C publishes the
files. A query is asked for in JSON and in the format of the expected file, one of the results formats only in the
latter; a graph comes as N-Triples. `known_gaps.txt` lists the cases that fail, each with its reason: one that fails
and is not there fails the run, and so does one that is there and passes.

The suites are not part of the project. They are looked for in the folder that COMPUTEATLAS_W3C names, else beside the
checkout, and where they are absent the cases are skipped. To compare another server, give its addresses:

    COMPUTEATLAS_TEST_SERVER='http://127.0.0.1:7878/query http://127.0.0.1:7878/update http://127.0.0.1:7878/store'
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from .answers import JSON, MEDIA_TYPES, READERS, read_result_set
from .compare import answer_difference, graph_difference, orders_its_rows
from .manifests import ARCHIVE, LEFT_OUT, Case, Kind, load, quads, read, read_manifests

if TYPE_CHECKING:
    from .endpoint import Endpoint

pytestmark = pytest.mark.slow

GAPS = Path(__file__).with_name("known_gaps.txt")
#: What the archive of commit ad541a5f holds. Another number means other suites: go through known_gaps.txt again.
NUMBERS = {
    ("sparql10", Kind.QUERY_EVALUATION): 283,
    ("sparql10", Kind.QUERY_ACCEPTED): 149,
    ("sparql10", Kind.QUERY_REFUSED): 50,
    ("sparql11", Kind.QUERY_EVALUATION): 225,
    ("sparql11", Kind.RESULTS_FORMAT): 10,
    ("sparql11", Kind.QUERY_ACCEPTED): 63,
    ("sparql11", Kind.QUERY_REFUSED): 40,
    ("sparql11", Kind.UPDATE_EVALUATION): 94,
    ("sparql11", Kind.UPDATE_ACCEPTED): 42,
    ("sparql11", Kind.UPDATE_REFUSED): 21,
    ("sparql12", Kind.QUERY_EVALUATION): 63,
    ("sparql12", Kind.QUERY_ACCEPTED): 102,
    ("sparql12", Kind.QUERY_REFUSED): 81,
    ("sparql12", Kind.UPDATE_EVALUATION): 3,
    ("sparql12", Kind.UPDATE_ACCEPTED): 18,
    ("sparql12", Kind.UPDATE_REFUSED): 2,
}
#: The word of a request that a server without --allow-service turns away unread.
OUTBOUND = re.compile(rb"\bLOAD\b", re.IGNORECASE)
#: The host that some updates load from, and an address of this machine where nobody answers.
FAR, NEAR = b"http://example.org/faraway", b"http://127.0.0.1:9/faraway"


@cache
def known_gaps() -> dict[str, str]:
    """Return the reason for each case that fails, by its IRI."""
    lines = [line for line in GAPS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    gaps = dict(line.split("\t") for line in lines)
    assert len(gaps) == len(lines), "a case is there twice"
    return gaps


def each(*kinds: Kind) -> pytest.MarkDecorator:
    """Run a test with each case of these kinds, or skip it once where there are no suites."""
    if not ARCHIVE.is_file():
        skipped = pytest.mark.skip(reason=f"no W3C test suites at {ARCHIVE}")
        return pytest.mark.parametrize("case", [pytest.param(None, id="absent", marks=skipped)])
    return pytest.mark.parametrize(
        "case",
        [pytest.param(case, id=case.name, marks=gap_mark(case)) for case in read_manifests()[0] if case.kind in kinds],
    )


def gap_mark(case: Case) -> tuple[pytest.MarkDecorator, ...]:
    """Return the mark of a known gap. Only a verdict may fail there: a mistake of these modules is no gap."""
    reason = known_gaps().get(case.iri)
    return (pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True),) if reason else ()


def with_base(case: Case) -> bytes:
    """Return the request as if it had been fetched from its IRI: https://www.rfc-editor.org/rfc/rfc3986#section-5.1"""
    return f"BASE <{case.request}>\n".encode() + read(case.request)


def nquads(case: Case) -> bytes:
    return ox.serialize(load(case.before), format=ox.RdfFormat.N_QUADS)


@each(Kind.QUERY_EVALUATION, Kind.RESULTS_FORMAT)
def test_query_gives_the_expected_answer(case: Case, endpoint: Endpoint) -> None:
    endpoint.hold(nquads(case))
    media_type = MEDIA_TYPES.get(case.result.rsplit(".", 1)[1])
    graph = None if media_type else quads(case.result)
    expected = READERS[media_type](read(case.result)) if media_type else read_result_set(graph)
    if expected is None:
        reply = endpoint.ask(with_base(case), "application/n-triples")
        assert (reply.status, reply.media_type) == (200, "application/n-triples"), reply.text
        difference = graph_difference(ox.parse(reply.body, ox.RdfFormat.N_TRIPLES), graph)
        assert difference is None, difference
        return
    ordered = isinstance(expected, bool) or expected.ordered
    ordered = ordered and orders_its_rows(read(case.request).decode())
    for wanted in sorted({media_type or JSON} | ({JSON} if case.kind is Kind.QUERY_EVALUATION else set())):
        reply = endpoint.ask(with_base(case), wanted)
        assert (reply.status, reply.media_type) == (200, wanted), reply.text
        difference = answer_difference(READERS[wanted](reply.body), expected, ordered=ordered, lax=case.lax)
        assert difference is None, f"{wanted}: {difference}"


@each(Kind.UPDATE_EVALUATION)
def test_update_leaves_the_expected_data(case: Case, endpoint: Endpoint, federated: Endpoint) -> None:
    server = federated if OUTBOUND.search(read(case.request)) else endpoint
    server.hold(nquads(case))
    reply = server.change(with_base(case))
    assert reply.status in (200, 204), reply.text
    difference = graph_difference(ox.parse(server.everything(), ox.RdfFormat.N_QUADS), load(case.after))
    assert difference is None, difference


@each(Kind.QUERY_ACCEPTED)
def test_query_is_accepted(case: Case, endpoint: Endpoint) -> None:
    endpoint.hold(b"")
    reply = endpoint.ask(read(case.request))
    assert endpoint.accepts_syntax(reply), reply.text


@each(Kind.QUERY_REFUSED)
def test_query_is_refused_as_a_syntax_error(case: Case, endpoint: Endpoint) -> None:
    endpoint.hold(b"")
    reply = endpoint.ask(read(case.request))
    assert endpoint.refuses_syntax(reply), reply.text


@each(Kind.UPDATE_ACCEPTED)
def test_update_is_accepted(case: Case, endpoint: Endpoint, federated: Endpoint) -> None:
    update = read(case.request)
    server = federated if OUTBOUND.search(update) else endpoint
    server.hold(b"")
    # Its grammar is the same with an address that keeps the test on this machine.
    reply = server.change(update.replace(FAR, NEAR))
    assert server.accepts_syntax(reply), reply.text


@each(Kind.UPDATE_REFUSED)
def test_update_is_refused_as_a_syntax_error(case: Case, endpoint: Endpoint, federated: Endpoint) -> None:
    update = read(case.request)
    server = federated if OUTBOUND.search(update) else endpoint
    server.hold(b"")
    reply = server.change(update)
    assert server.refuses_syntax(reply), reply.text


@pytest.fixture
def cases() -> tuple[Case, ...]:
    if not ARCHIVE.is_file():
        pytest.skip(f"no W3C test suites at {ARCHIVE}")
    return read_manifests()[0]


def test_every_case_of_the_suites_is_found(cases: tuple[Case, ...]) -> None:
    assert Counter((case.suite.split("/")[0], case.kind) for case in cases) == NUMBERS
    assert len({case.iri for case in cases}) == len(cases)


def test_only_the_suites_named_are_left_out(cases: tuple[Case, ...]) -> None:
    assert read_manifests()[1] == set(LEFT_OUT)


def test_every_known_gap_is_a_case_and_has_a_reason(cases: tuple[Case, ...]) -> None:
    assert set(known_gaps()) <= {case.iri for case in cases}
    assert all(len(reason.split()) > 3 for reason in known_gaps().values())
