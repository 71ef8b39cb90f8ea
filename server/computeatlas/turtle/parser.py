"""From the text of a Turtle document to its tree: recursive descent along the grammar of Turtle 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.namespaces import RDF, RDFS
from computeatlas.turtle.tokens import tokenise, too_new
from computeatlas.turtle.tree import (
    Block,
    Collection,
    Comment,
    Directive,
    Directives,
    Document,
    Item,
    Leaf,
    Predicate,
    Properties,
)

if TYPE_CHECKING:
    from computeatlas.turtle.tokens import Token
    from computeatlas.turtle.tree import Node


def parse_document(text: str, name: str) -> Document:
    """Return the tree of the Turtle document `text`, called `name` in findings.

    `text` must be one that `parse_triples` read: this parser recurses into brackets, whose depth that limits, and looks
    no closer than it must to keep the comments. Raises FindingsError for what is newer than Turtle 1.1
    (https://www.w3.org/TR/turtle/).
    """
    return _Parser(tokenise(text, name), name).document()


class _Parser:
    """A comment waits in `waiting` until it is clear what it belongs to."""

    def __init__(self, tokens: list[Token], name: str):
        self._tokens = tokens
        self._name = name
        self._place = 0
        self._waiting: list[Comment] = []
        # Prefix → its last directive and what that says: the IRI as written, and how many bases came before.
        self._prefixes: dict[str, tuple[Directive, tuple[str, int]]] = {}
        # Prefix → what the last directive said that a name needed.
        self._needed: dict[str, tuple[str, int]] = {}
        self._bases = 0
        self._gather()

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _gather(self) -> None:
        while self._token.kind == "comment":
            token, follower = self._tokens[self._place : self._place + 2]
            self._waiting.append(Comment(token.text, token.breaks == 0 and self._place > 0, follower.breaks > 1))
            self._place += 1

    def _take(self) -> Token:
        token = self._token
        self._place += 1
        self._gather()
        return token

    def _at(self, marks: str) -> bool:
        return self._token.kind == "mark" and self._token.text in marks

    def _demand(self, mark: str) -> Token:
        if self._token.text != mark:
            raise too_new(self._name, self._token.line)
        return self._take()

    def _comments(self) -> list[Comment]:
        """Return the waiting comments, which wait no more."""
        comments, self._waiting = self._waiting, []
        return comments

    def _own(self) -> list[str]:
        return [comment.text for comment in self._comments()]

    def _trailing(self) -> str | None:
        """Return the first waiting comment where it is on the line of what was read last."""
        if self._waiting and self._waiting[0].same_line:
            return self._waiting.pop(0).text
        return None

    def document(self) -> Document:
        document = Document()
        while self._token.kind != "end":
            leading = self._comments()
            word = self._token.text.lower()
            if word in ("@base", "base"):
                document.blocks.append(Directives(leading, [self._directive()]))
            elif word in ("@prefix", "prefix"):
                self._prefix(document, leading)
            else:
                document.blocks.append(self._block(leading))
        document.tail = self._comments()
        return document

    def _prefix(self, document: Document, leading: list[Comment]) -> None:
        directive = self._directive()
        last = document.blocks[-1] if document.blocks else None
        if isinstance(last, Directives) and last.directives[0].prefix is not None:
            last.leading += leading
            last.directives.append(directive)
        else:
            document.blocks.append(Directives(leading, [directive]))

    def _directive(self) -> Directive:
        opening = self._take()
        prefix = self._take().text if opening.text.lower().endswith("prefix") else None
        iri = self._take()
        end = self._demand(".").end if opening.text.startswith("@") else iri.end
        directive = Directive(prefix, iri.text, None, prefix is None, (opening.start, end))
        directive.after = self._trailing()
        if prefix is None:
            self._bases += 1
        else:
            self._prefixes[prefix] = directive, (directive.iri, self._bases)
        return directive

    def _block(self, leading: list[Comment]) -> Block:
        first = self._token
        subject = self._node()
        iri = self._iri(first) if first.kind in ("iri", "name") else None
        predicates: list[Predicate] = []
        closing: list[str] = []
        if self._at("."):
            leading += self._comments()
        else:
            predicates = self._predicates()
            closing = self._own()
        end = self._demand(".").end
        return Block(leading, subject, predicates, closing, self._trailing(), iri, (first.start, end))

    def _predicates(self) -> list[Predicate]:
        predicates = [self._predicate()]
        while self._at(";"):
            self._take()
            last = predicates[-1].objects[-1]
            last.after = last.after or self._trailing()
            if not self._at(";.]"):
                predicates.append(self._predicate())
        return sorted(predicates, key=lambda predicate: predicate.order)

    def _predicate(self) -> Predicate:
        before = self._own()
        token = self._take()
        if token.kind not in ("iri", "name") and (token.kind, token.text) != ("word", "a"):
            raise too_new(self._name, token.line)
        iri = self._iri(token)
        order = 0 if iri == RDF + "type" else 1 if iri == RDFS + "label" else 2
        before += self._own()
        objects = [self._item()]
        while self._at(","):
            self._take()
            objects[-1].after = objects[-1].after or self._trailing()
            objects.append(self._item())
        return Predicate(before, token.text, order, objects)

    def _item(self) -> Item:
        item = Item(self._own(), self._node())
        item.after = self._trailing()
        return item

    def _iri(self, token: Token) -> str:
        """Return the IRI that `token` gives, escapes as written, and note that its prefix is used."""
        if token.kind == "word":
            return RDF + "type"
        if token.kind == "iri":
            return token.text[1:-1]
        prefix, _colon, local = token.text.partition(":")
        directive, says = self._prefixes[prefix + ":"]
        if self._needed.get(prefix) != says:
            directive.used = True
            self._needed[prefix] = says
        return directive.iri[1:-1] + local

    def _node(self) -> Node:
        token = self._take()
        if token.text in ("[", "("):
            return self._bracket(token)
        if token.kind in ("iri", "name"):
            self._iri(token)
        elif token.kind == "string":
            return Leaf(token.text + self._suffix())
        elif token.kind not in ("blank", "number") and token.text not in ("true", "false"):
            raise too_new(self._name, token.line)
        return Leaf(token.text)

    def _suffix(self) -> str:
        """Return the language tag or the datatype of a string."""
        if self._token.kind == "at":
            return self._take().text
        if not self._at("^^"):
            return ""
        self._take()
        self._iri(self._token)
        return "^^" + self._take().text

    def _bracket(self, opening: Token) -> Properties | Collection:
        node: Properties | Collection
        if opening.text == "[":
            node = Properties([] if self._at("]") else self._predicates(), [])
        else:
            node = Collection([], [])
            while not self._at(")"):
                node.items.append(self._item())
        node.closing = self._own()
        self._demand("]" if opening.text == "[" else ")")
        return node
