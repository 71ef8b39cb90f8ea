"""What web process and workers say to each other survives; garbage is an error of ours, whatever it is."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.pool import wire
from computeatlas.engine.pool.wire import Job
from computeatlas.model import errors
from computeatlas.model.errors import AtlasError, EngineFaultError, FindingsError, QueryError
from computeatlas.model.mediatypes import FORMATS

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AtlasError)]
texts = st.text(max_size=20)
iris = st.lists(texts, max_size=3).map(tuple)


@given(
    st.builds(
        Job,
        st.sampled_from(["query", "graph", "dataset"]),
        texts,
        st.none() | texts,
        iris,
        iris,
        st.booleans(),
        st.dictionaries(texts, texts, max_size=3),
        st.sampled_from(wire.CODINGS),
        st.floats(0, 1e6),
        st.integers(0, 1 << 62),
    )
)
def test_a_job_survives(job: Job) -> None:
    data = job.pack()
    assert int.from_bytes(data[:4], "little") == len(data) - 4
    assert Job.unpack(data[4:]) == job


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_of_any_class_survives(kind: type[AtlasError]) -> None:
    more: dict[str, object] = {}
    if kind is FindingsError:
        error: AtlasError = FindingsError([])
    elif kind is errors.FormatError:
        error = errors.FormatError("graph", "nöt\nto be had")
    else:
        options = set(inspect.signature(kind.__init__).parameters)
        values = {
            "line": 3,
            "column": 4,
            "token": "}",
            "where": "line 1",
            "why": "because",
            "hint": "so",
            "retry_after": 9,
        }
        more = {name: value for name, value in values.items() if name in options}
        error = kind("what “it” is \ud800", **more)
    back = wire.unpack_error(wire.pack_error(error))
    assert type(back) is kind
    assert str(back) == str(error)
    for name in ("what", "where", "why", "hint", *more, *(["kind"] if kind is errors.FormatError else [])):
        assert getattr(back, name) == getattr(error, name)
    assert back.exit_code == error.exit_code


def test_there_are_errors_to_test() -> None:
    assert sum(issubclass(kind, QueryError) for kind in CLASSES) >= 14


NO_ERRORS = [
    b"",
    b"\xff",
    b"[]",
    b"{}",
    b"null",
    b'{"error": "DataError"}',
    b'{"error": "NoSuchError", "what": "x"}',
    b'{"error": "TYPE_CHECKING", "what": "x"}',
    b'{"error": "annotations", "what": "x"}',
    b'{"error": 3, "what": "x"}',
    b'{"error": ["DataError"], "what": "x"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("payload", NO_ERRORS, ids=lambda payload: repr(payload[:40]))
def test_what_is_no_error_is_an_engine_fault(payload: bytes) -> None:
    assert type(wire.unpack_error(payload)) is EngineFaultError


@given(st.binary(max_size=60))
def test_garbage_is_an_engine_fault(payload: bytes) -> None:
    assert type(wire.unpack_error(payload)) is EngineFaultError


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("coding", wire.CODINGS)
@pytest.mark.parametrize("rows", [None, 0, 1, 10**12])
def test_the_head_of_an_answer_survives(form, coding: str, rows: int | None) -> None:
    head = wire.answer_head(form, coding, rows)
    assert len(head) == wire.ANSWER_HEAD
    assert wire.read_answer_head(head + b"body") == (form, coding, rows)
    assert wire.read_rows(wire.write_rows(rows)) == rows


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\xff" * 10, b"\x00\xff" + bytes(8), bytes(9)])
def test_the_head_of_no_answer_is_an_engine_fault(payload: bytes) -> None:
    with pytest.raises(EngineFaultError):
        wire.read_answer_head(payload)


@given(st.binary(max_size=99))
def test_a_frame_says_how_long_it_is(payload: bytes) -> None:
    data = wire.frame(wire.DATA, payload)
    assert data[:1] == wire.DATA
    assert int.from_bytes(data[1 : wire.HEAD], "little") == len(payload) == len(data) - wire.HEAD
