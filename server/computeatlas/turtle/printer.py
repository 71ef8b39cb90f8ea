"""The tree of a Turtle document as text. The rules of the layout are in `computeatlas.turtle.format`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.turtle.tree import Block, Collection, Comment, Directives, Document, Leaf, Properties

if TYPE_CHECKING:
    from computeatlas.turtle.tree import Item, Node, Predicate

WIDTH = 120
_STEP = 4


def print_document(document: Document) -> str:
    """Return the Turtle text of `document`, with LF at the end of every line, or an empty text for an empty one."""
    printer = _Printer()
    for block in document.blocks:
        if isinstance(block, Directives):
            printer.directives(block)
        else:
            printer.block(block)
    printer.comments(document.tail)
    return printer.text()


class _Printer:
    def __init__(self) -> None:
        self._lines: list[str] = []
        # The comments of directives that were dropped, and whether directives were the last to be printed.
        self._carried: list[Comment] = []
        self._after_directives = False

    def text(self) -> str:
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        return "\n".join([*self._lines, ""])

    def directives(self, block: Directives) -> None:
        """Print the directives that are needed, with the comments of all of them before."""
        kept = sorted((one for one in block.directives if one.used), key=lambda one: one.prefix or "")
        dropped = [Comment(one.after, False, False) for one in block.directives if one.after and not one.used]
        comments = block.leading + dropped
        if not kept:
            # What was said of the file's head is not said of the block that now follows.
            self._carried += [*comments[:-1], *(Comment(comment.text, False, True) for comment in comments[-1:])]
            return
        if comments or self._carried or not self._after_directives:
            self.comments(comments)
        for directive in kept:
            self._start(0, f"@prefix {directive.prefix}" if directive.prefix else "@base")
            self._add(f" {directive.iri} .")
            self._after(directive.after)
        self._after_directives = True

    def comments(self, comments: list[Comment]) -> None:
        """Begin a new paragraph with these comments, after those that were carried along."""
        self._gap()
        for comment in self._carried + comments:
            self._start(0, comment.text)
            if comment.gap:
                self._gap()
        self._carried = []

    def block(self, block: Block) -> None:
        """Print a subject with its predicates."""
        predicates = block.predicates
        first = [Comment(text, False, False) for text in (predicates[0].before if predicates else [])]
        self.comments(block.leading + first)
        self._after_directives = False
        self._start(0)
        after = block.after
        if predicates and after and not block.closing and predicates[-1].objects[-1].after is None:
            predicates[-1].objects[-1].after, after = after, None
        # A full stop after comments, or with a comment of its own, stands on a line of its own.
        alone = bool(predicates and (block.closing or after))
        self._node(block.subject, 0, "" if predicates else " .")
        for number, predicate in enumerate(predicates):
            if number:
                self._own(predicate.before, _STEP)
                self._start(_STEP, predicate.verb)
            else:
                self._add(f" {predicate.verb}")
            last = number == len(predicates) - 1
            self._objects(predicate.objects, _STEP, " ;" if alone or not last else " .")
        self._own(block.closing, _STEP)
        if alone:
            self._start(_STEP, ".")
        self._after(after)

    def _objects(self, objects: list[Item], indent: int, close: str) -> None:
        joined = _joined(objects)
        if joined is not None and self._fits(f" {joined}{close}"):
            self._add(f" {joined}{close}")
            self._after(objects[-1].after)
            return
        for number, item in enumerate(objects):
            if number:
                self._own(item.before, indent + _STEP)
                self._start(indent + _STEP)
            else:
                self._add(" ")
            ending = close if number == len(objects) - 1 else " ,"
            self._node(item.node, indent + _STEP if number else indent, ending)
            self._after(item.after)

    def _node(self, node: Node, indent: int, close: str) -> None:
        flat = _flat(node)
        if isinstance(node, Leaf):
            self._add(node.text + close)
        elif flat is not None and self._fits(flat + close):
            self._add(flat + close)
        elif isinstance(node, Properties):
            self._add("[")
            for number, predicate in enumerate(node.predicates):
                self._own(predicate.before, indent + _STEP)
                self._start(indent + _STEP, predicate.verb)
                last = number == len(node.predicates) - 1
                self._objects(predicate.objects, indent + _STEP, "" if last and not node.closing else " ;")
            self._close(node, indent, "]" + close)
        else:
            self._add("(")
            for item in node.items:
                self._own(item.before, indent + _STEP)
                self._start(indent + _STEP)
                self._node(item.node, indent + _STEP, "")
                self._after(item.after)
            self._close(node, indent, ")" + close)

    def _close(self, node: Properties | Collection, indent: int, text: str) -> None:
        self._own(node.closing, indent + _STEP)
        self._start(indent, text)

    def _gap(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def _own(self, comments: list[str], indent: int) -> None:
        for comment in comments:
            self._start(indent, comment)

    def _after(self, comment: str | None) -> None:
        if comment:
            self._add(f" {comment}")

    def _start(self, indent: int, text: str = "") -> None:
        self._lines.append(" " * indent + text)

    def _add(self, text: str) -> None:
        self._lines[-1] += text

    def _fits(self, text: str) -> bool:
        # The last line may hold a string that runs over several.
        return len(self._lines[-1].rpartition("\n")[2]) + len(text) <= WIDTH


def _flat(node: Node) -> str | None:
    """Return `node` on one line, or None where a comment or a line break within a string forbids it."""
    if isinstance(node, Leaf):
        return None if "\n" in node.text else node.text
    if node.closing:
        return None
    if isinstance(node, Properties):
        return _spaced("[", [_flat_predicate(predicate) for predicate in node.predicates], " ; ", "]")
    members = [None if item.before or item.after else _flat(item.node) for item in node.items]
    return _spaced("(", members, " ", ")")


def _flat_predicate(predicate: Predicate) -> str | None:
    objects = _joined(predicate.objects)
    if predicate.before or predicate.objects[-1].after or objects is None:
        return None
    return f"{predicate.verb} {objects}"


def _joined(objects: list[Item]) -> str | None:
    """Return the objects on one line, or None; a comment after the last is left to the caller."""
    if any(item.after for item in objects[:-1]) or any(item.before for item in objects):
        return None
    parts = [_flat(item.node) for item in objects]
    return " , ".join(part for part in parts if part is not None) if None not in parts else None


def _spaced(opening: str, parts: list[str | None], separator: str, closing: str) -> str | None:
    if None in parts:
        return None
    inner = separator.join(part for part in parts if part is not None)
    return f"{opening} {inner} {closing}" if parts else opening + closing
