"""ORDER BY over values of every kind: never the end of the process, and the order that sparql/order.py documents.

Everything runs in forked children, since a panic of the engine ends the process. The order is compared with one that
is written here in Python, apart from the text of any query.
"""

from __future__ import annotations

import faulthandler
import json
import math
import os
import random
import re
import struct
import traceback
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.sparql.order import order_by_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def typed(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + name))


def zone(rnd: random.Random) -> str:
    return rnd.choice(("", "", "Z", "+05:00", "-14:00", "+14:00"))


def day(rnd: random.Random) -> str:
    return f"{rnd.randint(1990, 1992)}-{rnd.randint(1, 12):02}-{rnd.randint(1, 28):02}"


def hour(rnd: random.Random) -> str:
    return f"{rnd.randint(0, 23):02}:{rnd.randint(0, 59):02}:00" + rnd.choice(("", ".5"))


WORDS = ("", "a", "B", "å", "\U0001f600", "\uffff", "10", "9", "9a", "-1", "true", "1990-02-03", "P1M", "1", "2")


def word(rnd: random.Random) -> str:
    return rnd.choice((rnd.choice(WORDS), str(rnd.randint(0, 1000))))


def whole_number(rnd: random.Random) -> str:
    near_the_limit_of_doubles, beyond_64_bits = 2**53 + rnd.randint(0, 50), 10**19 + rnd.randint(0, 9)
    small = rnd.randint(-20, 20), rnd.randint(0, 1000)
    return str(rnd.choice((*small, near_the_limit_of_doubles, beyond_64_bits, -(10**25))))


#: Kind → makes a value of it.
MAKERS: dict[str, Callable[[random.Random], Term]] = {
    "iri": lambda rnd: ox.NamedNode(f"http://e/{rnd.randint(0, 30)}"),
    "blank": lambda rnd: ox.BlankNode(f"b{rnd.randint(0, 30)}"),
    "integer": lambda rnd: typed(whole_number(rnd), rnd.choice(("integer", "decimal", "long", "byte", "unsignedLong"))),
    "decimal": lambda rnd: typed(f"{rnd.randint(-9, 9)}.{rnd.randint(0, 99)}", "decimal"),
    "double": lambda rnd: typed(
        rnd.choice(("NaN", "INF", "-INF", "-0", str(2**53 + 2 * rnd.randint(0, 25)), str(rnd.uniform(-20, 20)))),
        rnd.choice(("double", "float")),
    ),
    "boolean": lambda rnd: typed(rnd.choice(("true", "false", "1")), "boolean"),
    "dateTime": lambda rnd: typed(f"{day(rnd)}T{hour(rnd)}{zone(rnd)}", "dateTime"),
    "date": lambda rnd: typed(day(rnd) + zone(rnd), "date"),
    "year": lambda rnd: typed(f"{rnd.randint(1990, 1992)}{zone(rnd)}", "gYear"),
    "month": lambda rnd: typed(f"{rnd.randint(1990, 1992)}-0{rnd.randint(1, 9)}{zone(rnd)}", "gYearMonth"),
    "time": lambda rnd: typed(hour(rnd) + zone(rnd), "time"),
    "duration": lambda rnd: typed(
        rnd.choice(("", "-"))
        + rnd.choice((f"P{rnd.randint(0, 40)}M", f"P{rnd.randint(0, 900)}D", f"P1Y{rnd.randint(0, 70)}DT3H0.5S")),
        "duration",
    ),
    "dayTimeDuration": lambda rnd: typed(f"P{rnd.randint(0, 900)}DT{rnd.randint(0, 90)}M", "dayTimeDuration"),
    "yearMonthDuration": lambda rnd: typed(f"P{rnd.randint(0, 3)}Y{rnd.randint(0, 20)}M", "yearMonthDuration"),
    "string": lambda rnd: ox.Literal(word(rnd)),
    "language": lambda rnd: ox.Literal(word(rnd), language=rnd.choice(("en", "en-gb", "sv"))),
    "direction": lambda rnd: ox.Literal(
        word(rnd), language="en", direction=rnd.choice((ox.BaseDirection.LTR, ox.BaseDirection.RTL))
    ),
    "malformed": lambda rnd: typed(
        word(rnd), rnd.choice(("integer", "dateTime", "boolean", "date", "gYear", "duration", "double", "time"))
    ),
    "other": lambda rnd: ox.Literal(word(rnd), datatype=ox.NamedNode(f"http://e/type{rnd.randint(0, 2)}")),
    "recurring": lambda rnd: typed(f"--{rnd.randint(1, 9):02}", "gMonth"),
    "triple": lambda rnd: ox.Triple(
        rnd.choice((ox.NamedNode(f"http://e/{rnd.randint(0, 2)}"), ox.BlankNode(f"b{rnd.randint(0, 2)}"))),
        ox.NamedNode(f"http://e/{rnd.randint(0, 2)}"),
        MAKERS[rnd.choice(tuple(MAKERS))](rnd),
    ),
}


# --- the order, in Python ---------------------------------------------------------------------------------------------

_EXACT = """
    integer decimal long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger
    unsignedLong unsignedInt unsignedShort unsignedByte"""
EXACT = _EXACT.split()
ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
DAY = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
HOUR = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d(?:\.\d+)?)"
MOMENTS = {
    "dateTime": f"{DAY}T{HOUR}{ZONE}",
    "date": f"{DAY}{ZONE}",
    "gYear": rf"(?P<year>\d{{4}}){ZONE}",
    "gYearMonth": rf"(?P<year>\d{{4}})-(?P<month>\d\d){ZONE}",
    "time": f"{HOUR}{ZONE}",
}
LENGTH = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)


def moment(name: str, text: str) -> datetime | None:
    match = re.fullmatch(MOMENTS[name], text)
    if not match:
        return None
    part = {"year": "2000", "month": "1", "day": "1", "hour": "0", "minute": "0", "second": "0"} | {
        key: value for key, value in match.groupdict().items() if value
    }
    start = datetime(int(part["year"]), int(part["month"]), int(part["day"]), tzinfo=UTC)
    start += timedelta(hours=int(part["hour"]), minutes=int(part["minute"]), seconds=float(part["second"]))
    offset = part.get("zone", "Z")
    if offset != "Z":
        away = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
        start += -away if offset[0] == "+" else away
    return start


def length(text: str) -> Decimal | None:
    """Return how many seconds before 2000-01-01 the duration begins that ends there."""
    match = LENGTH.fullmatch(text)
    if not match or text[-1] in "PT":
        return None
    part = {key: Decimal(value or 0) for key, value in match.groupdict().items() if key != "sign"}
    months = int(part["years"] * 12 + part["months"])
    seconds = ((part["days"] * 24 + part["hours"]) * 60 + part["minutes"]) * 60 + part["seconds"]
    if match["sign"]:
        months, seconds = -months, -seconds
    begin = 2000 * 12 - months
    return Decimal((datetime(2000, 1, 1) - datetime(begin // 12, begin % 12 + 1, 1)).days) * 86400 + seconds


def compare_key(term: Term | None, nested: int = 2) -> tuple[object, ...]:
    """Return what compares as the documented order has it; what is equal in that order gives the same."""
    if term is None:
        return (0,)
    if isinstance(term, ox.BlankNode):
        return (1, term.value)
    if isinstance(term, ox.NamedNode):
        return (2, term.value)
    if isinstance(term, ox.Triple):
        if not nested:
            return (11,)
        key = compare_key(term.subject), term.predicate.value
        return (11, *key, compare_key(term.object, nested - 1))
    text, datatype = term.value, term.datatype.value
    name = datatype.removeprefix(XSD)
    if datatype in (XSD + "string", RDF + "langString", RDF + "dirLangString"):
        direction = {"": "", "BaseDirection.LTR": "ltr"}.get(str(term.direction or ""), str(term.direction or ""))
        return (9, text, term.language or "", direction)
    if name in EXACT and re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)", text):
        return (4, float(text), Decimal(text), datatype, text)
    if name in ("double", "float") and re.fullmatch(r"NaN|-?INF|[-+]?[\d.]+([eE][-+]?\d+)?", text):
        value = float(text.replace("INF", "inf"))
        if name == "float":
            # Its shortest text is that of other digits than those of the same value as a double.
            (value,) = struct.unpack("f", struct.pack("f", value))
        if math.isnan(value):
            return (3, datatype)
        # Behind nothing that is exact comes first, which unbound is.
        return (4, value, Decimal("-Infinity"), datatype, text)
    if name == "boolean" and text in ("true", "false"):
        return (5, text)
    if name in MOMENTS and (start := moment(name, text)) is not None:
        return (7 if name == "time" else 6, start, datatype, text)
    if name.lower().endswith("duration") and (seconds := length(text)) is not None:
        return (8, seconds, datatype, text)
    return (10, datatype, text)


# --- in children ------------------------------------------------------------------------------------------------------


def filled(terms: list[Term | None]) -> ox.Store:
    """Return a store in which the subject `n` has the value `terms[n]`, none for None."""
    store = ox.Store()
    for number, term in enumerate(terms):
        subject = ox.NamedNode(f"http://s/{number}")
        store.add(ox.Quad(subject, ox.NamedNode("http://e/is"), ox.NamedNode("http://e/row")))
        if term is not None:
            store.add(ox.Quad(subject, ox.NamedNode("http://e/p"), term))
    return store


def in_a_child(work: Callable[[], object]) -> object | None:
    """Return what `work` returns, as JSON takes it, or its traceback; None where it ended the process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            result = work()
        except BaseException:
            result = traceback.format_exc()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(result).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(data) if os.WIFEXITED(status) and data else None


def rows(terms: list[Term | None], query: str) -> list[list[str | None]] | None:
    """Return the rows of `query` over `terms` in the order of its answer, as N-Triples has terms."""
    return in_a_child(
        lambda: [[None if term is None else str(term) for term in row] for row in filled(terms).query(query)]
    )


ALL = "SELECT ?o { ?s <http://e/is> <http://e/row> OPTIONAL { ?s <http://e/p> ?o } } ORDER BY "
#: What else a row may sort by: same values, other forms of the condition.
CONDITIONS = ("?o", "ASC(?o)", "(?o)", "COALESCE(?o, ?none)", "DESC(?o)", "desc((?o))", "IF(true, $o, 1)")


def mixed(rnd: random.Random, kinds: list[str], number: int) -> list[Term | None]:
    return [None if rnd.random() < 0.05 else MAKERS[rnd.choice(kinds)](rnd) for _ in range(number)]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(), st.sets(st.sampled_from(sorted(MAKERS)), min_size=1), st.sampled_from(CONDITIONS))
def test_any_mix_of_values_comes_in_the_documented_order(seed: int, kinds: set[str], condition: str) -> None:
    rnd = random.Random(seed)
    terms = mixed(rnd, sorted(kinds), 150)
    query = order_by_kind(ALL + condition)
    assert query != ALL + condition

    def work() -> list[tuple[str, str]]:
        """Return the neighbours whose order is not the documented one."""
        found = [row["o"] for row in filled(terms).query(query)]
        assert len(found) == len(terms)
        if "desc" in condition.lower():
            found.reverse()
        keys = [compare_key(term) for term in found]
        return [(str(found[i - 1]), str(found[i])) for i in range(1, len(keys)) if keys[i] < keys[i - 1]]

    assert in_a_child(work) == []


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [["integer", "string"], ["double", "integer"], ["dateTime"], ["triple"]])
def test_the_engine_itself_ends_in_such_a_sort(kinds: list[str]) -> None:
    # Should this ever fail, the engine has learned to sort, and the rewriting can go.
    outcomes = [rows(mixed(random.Random(seed), kinds, 600), ALL + "?o") for seed in range(20)]
    assert None in outcomes


def test_the_order_of_one_value_of_each_kind() -> None:
    ascending = [
        None, ox.BlankNode("b"), ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b"),
        typed("NaN", "double"), typed("-INF", "double"), typed("-1", "integer"), typed("0.5", "decimal"),
        typed("9", "integer"), typed("10", "integer"), typed("9007199254740992", "integer"),
        typed("9007199254740993", "integer"), typed("100000000000000000000", "double"),
        typed("999999999999999999999999", "integer"),
        typed("false", "boolean"), typed("true", "boolean"),
        typed("1999", "gYear"), typed("1999-02", "gYearMonth"), typed("1999-02-02", "date"),
        typed("1999-02-02T01:00:00-02:00", "dateTime"), typed("1999-02-02T04:00:00", "dateTime"),
        typed("09:00:00", "time"), typed("10:30:00+01:00", "time"), typed("10:00:00Z", "time"),
        typed("-P1D", "duration"), typed("PT5S", "dayTimeDuration"), typed("P1M", "yearMonthDuration"),
        typed("P32D", "duration"), typed("P1Y", "duration"),
        ox.Literal("10"), ox.Literal("10", language="de"), ox.Literal("10", language="en"), ox.Literal("9"),
        ox.Literal("a"), ox.Literal("b", language="aa"),
        ox.Literal("z", datatype=ox.NamedNode("http://e/type")), typed("--02", "gMonth"), typed("x", "integer"),
        ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p"), typed("9", "integer")),
        ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p"), typed("10", "integer")),
        ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p"), ox.Literal("1")),
        ox.Triple(ox.NamedNode("http://e/b"), ox.NamedNode("http://e/p"), typed("1", "integer")),
    ]  # fmt: skip
    shuffled = random.Random(3).sample(ascending, len(ascending))
    found = rows(shuffled, order_by_kind(ALL + "?o"))
    assert found == [[None if term is None else str(term)] for term in ascending]


@pytest.mark.parametrize(
    "value", ["IF(RAND() < 0.5, ?o, STR(?o))", "IF(RAND() < 0.5, ?o, UUID())", "RAND()", "BNODE()"]
)
def test_values_that_differ_from_key_to_key_end_no_process(value: str) -> None:
    terms = mixed(random.Random(5), sorted(MAKERS), 600)
    assert len(rows(terms, order_by_kind(f"{ALL} ({value})")) or []) == 600


WHOLE = "?s <http://e/is> <http://e/row> . ?s <http://e/p> ?o"
#: A query of each shape, and by which of its columns its rows must be in order: the name, and whether it is reversed.
SHAPES = [
    (f"SELECT * {{ {WHOLE} }} ORDER BY ?o", "o", False),
    (f"SELECT*{{ {WHOLE} }}ORDERBY?o", "o", False),
    (f"# first\nSELECT ?o {{ {WHOLE} }} ORDER BY ?o # by ?o, ORDER BY (", "o", False),
    (f"SELECT DISTINCT ?o {{ {WHOLE} }} ORDER BY DESC(?o) LIMIT 50 OFFSET 3", "o", True),
    (f"SELECT REDUCED ?o ?s {{ {WHOLE} }} ORDER BY ?o ?s # by ?o\nLIMIT 50", "o", False),
    (f"SELECT ?o {{ {{ SELECT ?o {{ {WHOLE} }} ORDER BY ?o LIMIT 100 }} }} ORDER BY ?o", "o", False),
    (f"SELECT (?o AS ?a) ?s {{ {WHOLE} }} ORDER BY ?a STR(?s) OFFSET 1", "a", False),
    (f"SELECT ?o (COUNT(?s) AS ?n) {{ {WHOLE} }} GROUP BY ?o HAVING (COUNT(?s) > 0) ORDER BY ?o DESC(?n)", "o", False),
    (f"SELECT (SAMPLE(?o) AS ?any) {{ {WHOLE} }} GROUP BY ?s ORDER BY DESC(?any)", "any", True),
    (f"SELECT ?s (SAMPLE(?o) AS ?any) {{ {WHOLE} }} GROUP BY ?s ORDER BY SAMPLE(?o)", "any", False),
    (f"SELECT ?o {{ {WHOLE} }} ORDER BY (IF(EXISTS {{ ?s <http://e/p> ?o }}, ?o, 1)) LIMIT 50", "o", False),
    (f"SELECT ?o {{ {WHOLE} }} ORDER BY <{XSD}string>(1) ?o ?s", "o", False),
    (f"PREFIX x: <{XSD}> SELECT ?o {{ {WHOLE} }} ORDER BY x:integer('1') ?o", "o", False),
]  # fmt: skip


@pytest.mark.parametrize("query, column, reversed_", SHAPES)
def test_queries_of_every_shape_keep_their_columns_and_solutions(query: str, column: str, reversed_: bool) -> None:
    rnd = random.Random(7)
    # Too few for the engine to fall over, so that its own answer tells which solutions there are.
    terms = [term for term in mixed(rnd, sorted(MAKERS), 19) if term is not None]
    rewritten = order_by_kind(query)
    assert rewritten != query

    def work() -> list[object]:
        store = filled(terms)
        before, after = store.query(query.replace("LIMIT 50", "")), store.query(rewritten.replace("LIMIT 50", ""))
        assert [name.value for name in after.variables] == [name.value for name in before.variables]
        values = [tuple(map(str, row)) for row in before]
        found = list(after)
        if "SAMPLE" not in query and "OFFSET" not in query:
            assert sorted(values) == sorted(tuple(map(str, row)) for row in found)
        assert len(values) == len(found)
        keys = [compare_key(row[column]) for row in (reversed(found) if reversed_ else found)]
        return [place for place in range(1, len(keys)) if keys[place] < keys[place - 1]]

    assert in_a_child(work) == []


@pytest.mark.parametrize(
    "query",
    [
        f"CONSTRUCT {{ ?s ?s ?o }} {{ {WHOLE} }} ORDER BY ?o LIMIT 40",
        f"CONSTRUCT WHERE {{ {WHOLE} }} ORDER BY ?o LIMIT 40",
        f"DESCRIBE ?s {{ {WHOLE} }} ORDER BY DESC(?o) LIMIT 1",
        f"ASK {{ {{ SELECT ?o {{ {WHOLE} }} ORDER BY ?o LIMIT 1 }} FILTER(?o = ?o) }}",
    ],
)
def test_other_forms_of_query_sort_too(query: str) -> None:
    terms = mixed(random.Random(2), ["integer", "string", "dateTime", "double"], 600)
    assert in_a_child(lambda: sum(1 for _ in filled(terms).query(order_by_kind(query))) if "ASK" not in query else 1)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "SELECT ?x { ?x ?order ?by }",
        "SELECT ?x { ?x ?p 'ORDER BY ?x' } # ORDER BY ?x",
        "SELECT ?x { ?x ?p ?o } ORDER BY STR(?x) DESC(LCASE(STR(?o))) (COUNT(?x)) NOT EXISTS { ?x ?p ?o }",
        "not SPARQL ORDER BY",
        "SELECT * { ?s ?p ?o } ORDER BY",
        "SELECT * { ?s ?p ?o } ORDER BY (",
    ],
)
def test_what_the_engine_can_sort_comes_back_as_it_is(query: str) -> None:
    assert order_by_kind(query) == query


@given(st.text(alphabet="ORDERBYASC?xo(){}12+-<>:\"'#\n *,", max_size=40))
def test_no_text_makes_it_raise(text: str) -> None:
    order_by_kind(text)
    order_by_kind(f"SELECT * {{ ?s ?p ?o }} ORDER BY {text}")
