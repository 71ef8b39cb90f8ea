"""Entity tags and the conditions of requests: RFC 9110, sections 8.8.3 and 13 (https://www.rfc-editor.org/rfc/rfc9110)."""

from __future__ import annotations

from hashlib import blake2b


def entity_tag(key: object) -> bytes:
    """Return a strong entity tag for the representation that `key` names: equal keys, equal tags."""
    return b'"' + blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest().encode() + b'"'


def matches(condition: str | None, etag: bytes) -> bool:
    """Say whether a condition names a representation that is there, with the tag `etag` or by `*`: RFC 9110, 13.1."""
    return names(condition, etag) or (condition is not None and condition.strip() == "*")


def names(condition: str | None, etag: bytes) -> bool:
    """Say whether a condition names the tag `etag`: then the client has seen that representation.

    A `*` names none: whether it holds is known when there is an answer, for a condition is only looked at where the
    answer would be a success (RFC 9110, section 13.2.1).
    """
    if condition is None:
        return False
    mine = etag.decode()
    return any(item.strip().removeprefix("W/") == mine for item in condition.split(","))
