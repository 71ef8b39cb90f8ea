"""A Turtle document as a tree that keeps comments and spelling.

Every comment is in one place of the tree: before a block, before a predicate, object or list item, after an object on
its line, before a closing bracket or full stop, or at the end of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Comment:
    """A comment; whether it stands on the line of the token before it, and whether an empty line follows."""

    text: str
    same_line: bool
    gap: bool


@dataclass
class Leaf:
    """An IRI, a name, a literal or a labelled blank node, as it is written."""

    text: str


@dataclass
class Item:
    """An object, or a member of a collection: comments before it, the node, the comment after it on its line."""

    before: list[str]
    node: Leaf | Properties | Collection
    after: str | None = None


@dataclass
class Predicate:
    """A predicate with its objects; `order` is 0 for rdf:type, 1 for rdfs:label, 2 for all others."""

    before: list[str]
    verb: str
    order: int
    objects: list[Item]


@dataclass
class Properties:
    """A blank node in brackets; `closing` are the comments before the closing bracket."""

    predicates: list[Predicate]
    closing: list[str]


@dataclass
class Collection:
    """A list in parentheses; `closing` are the comments before the closing one."""

    items: list[Item]
    closing: list[str]


Node = Leaf | Properties | Collection


@dataclass
class Block:
    """A subject with its predicates; `after` is the comment after the full stop.

    `iri` is that of the subject, escapes as written, relative where it is written so, None for a blank node. `span` is
    the place of the block in the text, from its subject to the end of its full stop.
    """

    leading: list[Comment]
    subject: Node
    predicates: list[Predicate]
    closing: list[str]
    after: str | None
    iri: str | None
    span: tuple[int, int]


@dataclass
class Directive:
    """A base, or the namespace of a prefix; `used` where a name needs it, and it says what was not said before.

    `prefix` ends in a colon; `iri` is in angle brackets. `span` is its place in the text.
    """

    prefix: str | None
    iri: str
    after: str | None
    used: bool
    span: tuple[int, int]


@dataclass
class Directives:
    """Directives whose order does not matter: a base, or prefixes with nothing between them."""

    leading: list[Comment]
    directives: list[Directive]


@dataclass
class Document:
    """The blocks of a file in their order, and the comments after the last."""

    blocks: list[Block | Directives] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)
