"""A worker's answers as frames: whole where they are short, begun early where they are long."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator

import brotli
import pyoxigraph as ox
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.content_coding import LEAST
from computeatlas.engine.pool import wire
from computeatlas.engine.pool.wire import HEAD, Job, read_answer_head, read_rows, unpack_error
from computeatlas.engine.pool.worker import HELD, AnswerWriter, perform, serve_jobs
from computeatlas.model.errors import (
    FormatError,
    GraphMissingError,
    QueryMemoryError,
    QuerySyntaxError,
    ResultTooLargeError,
)
from computeatlas.model.mediatypes import CSV, JSON, N_TRIPLES, TURTLE, XML

DECODERS = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
codings = pytest.mark.parametrize("coding", DECODERS)


def split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield letter and payload of each frame."""
    while data:
        length = int.from_bytes(data[1:HEAD], "little")
        yield data[:1], data[HEAD : HEAD + length]
        data = data[HEAD + length :]


class Sent:
    """What a writer sent."""

    def __init__(self) -> None:
        self.data = b""

    def __call__(self, data: bytes) -> None:
        self.data += data

    @property
    def frames(self) -> list[tuple[bytes, bytes]]:
        return list(split(self.data))

    @property
    def letters(self) -> bytes:
        return b"".join(letter for letter, _ in self.frames)


def written(pieces: list[bytes], form=CSV, **job) -> Sent:
    sent = Sent()
    writer = AnswerWriter(sent, Job("query", **job)).begin(form)
    for piece in pieces:
        assert writer.write(piece) == len(piece)
    writer.flush()
    writer.finish()
    return sent


@codings
@given(st.lists(st.binary(max_size=200), max_size=6))
def test_a_short_answer_is_one_frame(coding: str, pieces: list[bytes]) -> None:
    ((letter, payload),) = written(pieces, coding=coding).frames
    assert letter == wire.WHOLE
    form, used, rows = read_answer_head(payload)
    body = b"".join(pieces)
    assert (form, rows) == (CSV, None)
    assert used == (coding if len(body) >= LEAST else "identity")
    assert DECODERS[used](payload[wire.ANSWER_HEAD :]) == body


@codings
@pytest.mark.parametrize("size, used", [(LEAST - 1, False), (LEAST, True)])
def test_answers_are_compressed_from_a_certain_length_on(coding: str, size: int, used: bool) -> None:
    ((_, payload),) = written([b"x" * size], coding=coding).frames
    assert read_answer_head(payload)[1] == (coding if used else "identity")


@pytest.mark.parametrize("size, letters", [(HELD - 1, b"A"), (HELD, b"SDE"), (HELD + 1, b"SDE"), (3 * HELD, b"SDDDE")])
def test_a_long_answer_begins_before_its_end(size: int, letters: bytes) -> None:
    assert written([b"x" * 1000] * (size // 1000) + [b"x" * (size % 1000)]).letters in (letters, letters[:-1] + b"DE")


@codings
def test_the_pieces_of_a_long_answer_are_one_stream(coding: str) -> None:
    pieces = [b"%d,row\r\n" % number * 50 for number in range(2000)]
    sent = written(pieces, coding=coding)
    assert sent.letters[:1] + sent.letters[-1:] == b"SE"
    assert read_answer_head(sent.frames[0][1]) == (CSV, coding, None)
    assert DECODERS[coding](b"".join(payload for letter, payload in sent.frames if letter == wire.DATA)) == b"".join(
        pieces
    )


def test_rows_are_told_at_the_end() -> None:
    long = [b'<a:s> <a:p> "%d" .\n' % number for number in range(9000)]
    assert read_rows(written(long, N_TRIPLES).frames[-1][1]) == 9000
    assert read_answer_head(written(long[:9], N_TRIPLES).frames[0][1])[2] == 9


def test_a_result_has_so_many_bytes_and_no_more() -> None:
    assert written([b"x" * 60, b"x" * 40], max_result=100).letters == b"A"
    sent = Sent()
    writer = AnswerWriter(sent, Job("query", max_result=100)).begin(CSV)
    writer.write(b"x" * 100)
    with pytest.raises(ResultTooLargeError, match="more than 100 bytes"):
        writer.write(b"x")
    assert sent.data == b""


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    subject, predicate = ox.NamedNode("a:s"), ox.NamedNode("http://www.w3.org/2004/02/skos/core#note")
    store.extend(
        ox.Quad(subject, predicate, ox.Literal(f"line\r\n{number} of very many"), ox.DefaultGraph())
        for number in range(3000)
    )
    store.add_graph(ox.NamedNode("a:g"))
    return store


def performed(store: ox.Store, job: Job) -> Sent:
    sent = Sent()
    perform(store, job, sent)
    return sent


def test_an_error_before_the_answer_is_all_that_is_sent(store: ox.Store) -> None:
    for job, kind in (
        (Job("query", "SELECT", formats={"bindings": "json"}), QuerySyntaxError),
        (Job("query", "SELECT * {}"), FormatError),
        (Job("query", "SELECT * {}", formats={"bindings": "nothing"}), FormatError),
        (Job("query", "SELECT * {?s ?p ?o}", formats={"bindings": "csv"}, max_result=500), ResultTooLargeError),
        (Job("graph", named=("a:none",), formats={"graph": "ttl"}), GraphMissingError),
    ):
        ((letter, payload),) = performed(store, job).frames
        assert letter == wire.ERROR
        assert type(unpack_error(payload)) is kind


def test_an_error_after_the_beginning_follows_it(store: ox.Store) -> None:
    job = Job("query", "SELECT * {?s ?p ?o}", formats={"bindings": "csv"}, max_result=HELD + 20_000)
    sent = performed(store, job)
    assert sent.letters in (b"SDX", b"SX")
    assert type(unpack_error(sent.frames[-1][1])) is ResultTooLargeError


def test_lack_of_memory_is_an_error_of_its_own(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("computeatlas.engine.pool.worker.evaluate", fail)
    ((letter, payload),) = performed(store, Job("query", "SELECT * {}", formats={"bindings": "csv"})).frames
    assert letter == wire.ERROR
    assert type(unpack_error(payload)) is QueryMemoryError


def body_of(sent: Sent) -> bytes:
    return b"".join(
        payload[wire.ANSWER_HEAD :] if letter == wire.WHOLE else payload
        for letter, payload in sent.frames
        if letter in (wire.WHOLE, wire.DATA)
    )


@pytest.mark.parametrize("limit", ["", "LIMIT 2"])
def test_a_graph_is_tidy_whether_it_is_sent_whole_or_begun(store: ox.Store, limit: str) -> None:
    job = Job("query", f"CONSTRUCT WHERE {{ ?s ?p ?o }} {limit}", formats={"graph": "ttl"})
    sent = performed(store, job)
    assert sent.letters[:1] == (b"A" if limit else b"S")
    body = body_of(sent)
    assert len(set(ox.parse(body, format=ox.RdfFormat.TURTLE))) == (2 if limit else 3000)
    prefixes = [line for line in body.splitlines() if line.startswith(b"@prefix")]
    assert prefixes == sorted(prefixes)
    assert len(prefixes) == 1 if limit else len(prefixes) > 10


def test_line_breaks_in_xml_are_kept_in_every_piece(store: ox.Store) -> None:
    body = body_of(performed(store, Job("query", "SELECT ?o { ?s ?p ?o }", formats={"bindings": "xml"})))
    assert b"\r" not in body
    assert body.count(b"&#xD;") == 3000


@pytest.mark.parametrize(
    "job, form, rows",
    [
        (Job("query", "SELECT * {?s ?p ?o} LIMIT 5", formats={"bindings": "json"}), JSON, 5),
        (Job("query", "SELECT * {?s ?p ?o} LIMIT 5", formats={"bindings": "xml"}), XML, 5),
        (Job("graph", named=("a:g",), formats={"graph": "ttl"}), TURTLE, None),
        (Job("graph", named=("a:g",), formats={"graph": "nt"}), N_TRIPLES, 0),
    ],
)
def test_each_verb_is_answered(store: ox.Store, job: Job, form, rows: int | None) -> None:
    ((letter, payload),) = performed(store, job).frames
    assert letter == wire.WHOLE
    assert read_answer_head(payload) == (form, "identity", rows)


def test_a_data_set_is_sent(store: ox.Store) -> None:
    body = body_of(performed(store, Job("dataset", formats={"dataset": "nq"})))
    assert set(ox.parse(body, format=ox.RdfFormat.N_QUADS)) == set(store)


@pytest.mark.parametrize("size", [1, 5, 100_000])
def test_jobs_are_read_in_pieces_of_any_size_and_answered_in_order(store: ox.Store, size: int) -> None:
    ours, theirs = socket.socketpair()
    jobs = [Job("query", f"SELECT ({number} AS ?n) {{}}", formats={"bindings": "json"}) for number in range(3)]
    data = b"".join(job.pack() for job in jobs)
    done = threading.Thread(target=serve_jobs, args=(store, theirs))
    done.start()
    with ours, theirs:
        for start in range(0, len(data), size):
            ours.sendall(data[start : start + size])
        ours.shutdown(socket.SHUT_WR)
        done.join()
        theirs.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := ours.recv(1 << 16):
            answer += piece
    numbers = []
    for letter, payload in split(answer):
        assert letter == wire.WHOLE
        rows = json.loads(payload[wire.ANSWER_HEAD :])["results"]["bindings"]
        numbers.append(int(rows[0]["n"]["value"]))
    assert numbers == [0, 1, 2]
