"""What pages of `/sparql` are made of: finished values, so that making the page takes no long question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from computeatlas.model.mediatypes import Format
    from computeatlas.provenance.sources import Sources
    from computeatlas.web.http.messages import Request, Response

#: Under these names a WSGI environment has the value of the page, and the `OpenQuestions` of the request.
VALUE = "computeatlas.value"
QUESTIONS = "computeatlas.questions"


class AnswerPage(NamedTuple):
    """A query and its answer in a format; the empty form without a query."""

    text: str
    form: Format | None = None
    data: bytes = b""


class SourcesPage(NamedTuple):
    """A query and the sources of its answer, wanted in the format called `form`."""

    text: str
    form: Format
    sources: Sources


class PageMaker(Protocol):
    """Makes pages, where they do not keep the event loop from its work."""

    async def make(self, request: Request, path: str | None = None, value: object = None) -> Response:
        """Return the page of `path`, by default that of the request, made of `value`.

        Raises OverloadedError where too many pages are being made, ClientGoneError where the client leaves.
        """
