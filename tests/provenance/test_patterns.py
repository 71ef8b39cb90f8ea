"""Paths as rdflib reads them, written back as SPARQL: the engine answers both texts alike."""

from __future__ import annotations

import random
import subprocess
import sys

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.provenance.patterns import read_query_patterns, write_path

PROLOGUE = "PREFIX e: <http://e/> "
NAMES = ("e:p", "e:q", "e:r", "<http://e/p>", "a")


@pytest.fixture(scope="module")
def store() -> ox.Store:
    """Return a store of thirty random edges among seven nodes."""
    rnd = random.Random(4)
    nodes = [ox.NamedNode(f"http://e/{number}") for number in range(7)]
    verbs = [ox.NamedNode(f"http://e/{name}") for name in "pqr"]
    verbs.append(ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"))
    store = ox.Store()
    store.extend(ox.Quad(rnd.choice(nodes), rnd.choice(verbs), rnd.choice(nodes)) for _ in range(30))
    return store


def written(path: str) -> str:
    """Return the only path of a query as it is written back."""
    (triples,) = read_query_patterns(f"{PROLOGUE}SELECT * {{ ?s {path} ?o }}").triples.values()
    return write_path(triples[0].predicate)


def negated() -> st.SearchStrategy[str]:
    one = st.tuples(st.sampled_from(("", "^", "^ ")), st.sampled_from(NAMES)).map("".join)
    return st.one_of(one.map("!{}".format), st.lists(one, min_size=1, max_size=3).map(lambda x: f"!({'|'.join(x)})"))


def paths() -> st.SearchStrategy[str]:
    return st.recursive(
        st.one_of(st.sampled_from(NAMES), negated()),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("*+?")).map(lambda x: f"({x[0]}){x[1]}"),
            inner.map("^({})".format),
            st.lists(inner, min_size=2, max_size=3).map(lambda x: f"({'/'.join(f'({y})' for y in x)})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda x: f"({'|'.join(f'({y})' for y in x)})"),
        ),
        max_leaves=5,
    )


@pytest.mark.slow
@given(path=paths())
def test_a_path_that_is_written_back_means_the_same(store: ox.Store, path: str) -> None:
    text = written(path)
    answers = [
        sorted(str(row) for row in store.query(f"{PROLOGUE}SELECT * {{ ?s {form} ?o }}")) for form in (path, text)
    ]
    assert answers[0] == answers[1]
    assert written(text) == text


@pytest.mark.parametrize(
    "path, expected",
    [
        ("!(e:q|^e:p)", "!(<http://e/q>|^<http://e/p>)"),
        ("!^e:p", "!(^<http://e/p>)"),
        ("^!(e:p|^e:q|e:r)", "^!(<http://e/p>|^<http://e/q>|<http://e/r>)"),
        ("^(^e:p)", "^(^<http://e/p>)"),
        ("(^e:p)*", "(^<http://e/p>)*"),
        ("^(e:p*)", "^<http://e/p>*"),
        ("(e:p/e:q)+", "(<http://e/p>/<http://e/q>)+"),
        ("e:p|e:q/e:r", "<http://e/p>|<http://e/q>/<http://e/r>"),
        ("(e:p|e:q)/^(e:r/e:p)", "(<http://e/p>|<http://e/q>)/^(<http://e/r>/<http://e/p>)"),
        ("(e:p?)*", "(<http://e/p>?)*"),
    ],
)
def test_brackets_stand_where_they_must(path: str, expected: str) -> None:
    assert written(path) == expected


def test_an_inverse_property_in_a_negated_set_is_printed_for_people() -> None:
    (triples,) = read_query_patterns("SELECT * { ?s !(^<http://e/p>|a) ?o }").triples.values()
    assert write_path(triples[0].predicate, names=True) == "!(^<http://e/p>|rdf:type)"


THREADS = """
import sys, threading
from computeatlas.provenance.patterns import read_query_patterns
sys.setswitchinterval(1e-6)
ready = threading.Barrier(8)
def work():
    ready.wait()
    read_query_patterns("PREFIX : <http://e.example/> ASK { ?a :p/^:q 'x'@en ; a [ :r 1.5 ] OPTIONAL { ?a :s ?b } }")
    sys.stdout.write("read\\n")
for _ in range(8):
    threading.Thread(target=work).start()
"""


@pytest.mark.slow
def test_the_first_queries_may_be_read_in_several_threads_at_once() -> None:
    # In processes of their own, since what is parsed first makes all later ones work.
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, timeout=120, check=False)
        assert (done.stdout.split(), done.stderr) == (["read"] * 8, "")
