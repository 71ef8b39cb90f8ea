"""The limits of a process that evaluates queries: set by the operating system, since the engine has none.

Memory by RLIMIT_AS, time by a timer whose signal ends the process, sockets and files by RLIMIT_NOFILE: with no new
file descriptor to be had, nothing can be sent anywhere. See setrlimit(2) and setitimer(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: The engine parses and evaluates by recursion. This much stack bears 64 KiB of the most deeply nested query.
STACK = 512 * 1024 * 1024
#: Address space that the allocator reserves for a thread without using it.
_RESERVE = 192 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP, _SECCOMP_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_SECCOMP_ALLOW, _SECCOMP_ERRNO = 0x7FFF0000, 0x00050000
#: Instructions of the filter; see linux/bpf_common.h.
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_LARGER, _RETURN = 0x20, 0x15, 0x25, 0x06
#: Machine → its name in linux/audit.h and the number of socket(2) on it.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
#: A ring can open sockets too. Numbers beyond these are calls in the manner of x32.
_IO_URING_SETUP, _OTHER_CALLS = 425, 0x3FFFFFFF
_PR_SET_CHILD_SUBREAPER = 36


def run_with_stack(work: Callable[[], None]) -> None:
    """Run `work` in a thread with a deep stack and return when it is done; what it raises is raised here."""
    failures: list[BaseException] = []

    def body() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=body)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failures:
        raise failures[0]


def limit_memory(more: int) -> None:
    """Let this process use `more` bytes beyond what it uses now; called inside `run_with_stack`, whose stack counts."""
    soft = _address_space() + _RESERVE + more
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def free_memory_limit() -> None:
    """Take the limit of `limit_memory` away."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def forbid_descriptors(*, for_good: bool) -> None:
    """Let this process open no file and no socket; those that are open stay usable.

    With `for_good` the process cannot take it back, else `allow_descriptors` does.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0 if for_good else hard))


def allow_descriptors() -> None:
    """Take `forbid_descriptors` back."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def forbid_sockets() -> bool:
    """Let this process and what it forks open no socket any more, and say whether the system can do that.

    By a filter of system calls (https://docs.kernel.org/userspace-api/seccomp_filter.html), for a process that must
    still open files. It holds for this thread and those that it starts, and cannot be taken back.
    """
    known = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None
    if known is None:
        return False
    machine, number = known
    refuse = (_RETURN, 0, 0, _SECCOMP_ERRNO | errno.EPERM)
    steps = (
        (_LOAD, 0, 0, 4),
        # Calls in the manner of another machine are not looked at further: they are refused.
        (_JUMP_IF_EQUAL, 1, 0, machine),
        refuse,
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_EQUAL, 3, 0, number),
        (_JUMP_IF_EQUAL, 2, 0, _IO_URING_SETUP),
        (_JUMP_IF_LARGER, 1, 0, _OTHER_CALLS),
        (_RETURN, 0, 0, _SECCOMP_ALLOW),
        refuse,
    )
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    filters = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(program)))
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    zero = ctypes.c_ulong(0)
    if prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero):
        return False
    return not prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_FILTER), ctypes.byref(filters), zero, zero)


def set_timer(seconds: float) -> None:
    """End this process `seconds` from now, whatever it does then; 0 takes it back."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def no_core_dumps() -> None:
    """Leave no core dump when the process ends in a fault."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent(parent: int) -> None:
    """End this process when the process `parent`, which made it, ends."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def adopt_orphans() -> None:
    """Become the parent of what a child of this process leaves behind, so that it can be waited for."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def outlive_parent() -> None:
    """Take `die_with_parent` back."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, 0)


def _address_space() -> int:
    """Return how many bytes of address space this process has, 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 0
