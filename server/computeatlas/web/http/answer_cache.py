"""Serialised answers kept in memory, bounded in bytes, for the data that are served now.

Keys hold the version of the data, so an answer is never given for other data; old versions are thrown away at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Hashable

    from computeatlas.model.mediatypes import Format

#: What an entry costs besides its body and its key, in bytes; about.
_OVERHEAD = 1000
#: How many requests are remembered by their bytes, and how many bytes each may have: 16 MiB in all.
_SHORTCUTS = 8192
_SHORTCUT = 2048


@dataclass(slots=True, frozen=True)
class CachedAnswer:
    """An answer: format, coding, rows where known, entity tag, headers as they are sent, and body."""

    form: Format
    rows: int | None
    etag: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    key_size: int

    def __len__(self) -> int:
        return len(self.body) + self.key_size + _OVERHEAD


class AnswerCache:
    """Answers by key, the least used thrown away beyond `limit` bytes; 0 keeps none.

    `shortcut` finds an answer by the bytes of a request that was answered before, without reading them again.
    """

    def __init__(self, limit: int):
        self.hits = 0
        self.misses = 0
        self._limit = limit
        self._version = ""
        self._answers: LRUCache[Hashable, CachedAnswer] = LRUCache(max(limit, 1), getsizeof=len)
        self._shortcuts: LRUCache[Hashable, Hashable] = LRUCache(_SHORTCUTS)

    @property
    def largest(self) -> int:
        """How many bytes the body of an answer that is kept may have."""
        return self._limit // 16

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return int(self._answers.currsize)

    def shortcut(self, version: str, request: tuple[object, ...]) -> CachedAnswer | None:
        """Return the answer to the very same request on the same data, or None."""
        if version != self._version:
            self._forget(version)
            return None
        key = self._shortcuts.get(request)
        answer = self._answers.get(key) if key is not None else None
        if answer is not None:
            self.hits += 1
        return answer

    def get(self, version: str, key: Hashable) -> CachedAnswer | None:
        """Return the answer kept under `key`, or None."""
        if version != self._version:
            self._forget(version)
        answer = self._answers.get(key)
        if answer is None:
            self.misses += 1
        else:
            self.hits += 1
        return answer

    def put(self, version: str, key: Hashable, answer: CachedAnswer) -> None:
        """Keep `answer`, unless it is too large or for other data than are served now."""
        if version == self._version and len(answer) <= self.largest:
            self._answers[key] = answer

    def remember(self, version: str, request: tuple[object, ...], key: Hashable) -> None:
        """Let `shortcut` find under `request` what is kept under `key`, unless the request is long."""
        size = sum(len(part) for part in request if isinstance(part, bytes | str))
        if version == self._version and size <= _SHORTCUT and key in self._answers:
            self._shortcuts[request] = key

    def _forget(self, version: str) -> None:
        self._version = version
        self._answers.clear()
        self._shortcuts.clear()
