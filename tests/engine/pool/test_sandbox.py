"""What a confined process may not do, tried in processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from computeatlas.engine.pool import sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that says what it could do, in a process of its own."""
    head = "import mmap, os, signal, socket, threading, time\nfrom computeatlas.engine.pool import sandbox\n"
    return subprocess.run(
        [sys.executable, "-c", head + program], capture_output=True, text=True, timeout=120, check=False
    )


def test_memory_is_limited_and_the_limit_can_be_taken_away() -> None:
    done = run(
        """
sandbox.limit_memory(64 << 20)
kept = bytearray(32 << 20)
try:
    mmap.mmap(-1, 2 << 30)
except (MemoryError, OSError):
    print("refused")
sandbox.free_memory_limit()
print(len(mmap.mmap(-1, 2 << 30)) >> 30)
"""
    )
    assert (done.stdout.split(), done.returncode) == (["refused", "2"], 0), done.stderr


def test_the_deep_stack_is_not_part_of_what_may_be_used_beyond_it() -> None:
    done = run(
        """
def work():
    sandbox.limit_memory(16 << 20)
    print(len(mmap.mmap(-1, 16 << 20)) >> 20)
    try:
        mmap.mmap(-1, 400 << 20)
    except (MemoryError, OSError):
        print("refused")
sandbox.run_with_stack(work)
"""
    )
    assert done.stdout.split() == ["16", "refused"], done.stderr


@pytest.mark.parametrize("for_good", [True, False])
def test_no_file_and_no_socket_can_be_opened_but_open_ones_go_on(for_good: bool) -> None:
    done = run(
        f"""
ours, theirs = socket.socketpair()
sandbox.forbid_descriptors(for_good={for_good})
for name, attempt in (
    ("socket", socket.socket), ("file", lambda: open("/dev/null")), ("pipe", os.pipe), ("dup", lambda: os.dup(1)),
    ("address", lambda: socket.create_connection(("127.0.0.1", 9))),
):
    try:
        attempt()
        print(name, "opened")
    except OSError:
        pass
ours.sendall(b"still there")
print(theirs.recv(99).decode())
try:
    sandbox.allow_descriptors()
    socket.socket().close()
    print("again")
except (OSError, ValueError):
    print("never")
"""
    )
    # Root may raise a hard limit again; workers do not try.
    last = "again" if not for_good or (os.geteuid() == 0 and "again" in done.stdout) else "never"
    assert done.stdout.splitlines() == ["still there", last], done.stderr


def test_no_socket_can_be_opened_but_files_can() -> None:
    done = run(
        """
ours, theirs = socket.socketpair()
assert sandbox.forbid_sockets()
def attempt():
    try:
        socket.socket()
        print("opened")
    except PermissionError:
        print("refused")
attempt()
thread = threading.Thread(target=attempt)
thread.start()
thread.join()
open("/dev/null").close()
os.close(os.dup(1))
ours.sendall(b"still there")
print(theirs.recv(99).decode())
if not os.fork():
    attempt()
    os._exit(0)
os.wait()
"""
    )
    assert done.stdout.splitlines() == ["refused", "refused", "still there", "refused"], done.stderr


def test_a_timer_ends_the_process_whatever_it_does() -> None:
    begun = time.monotonic()
    done = run(
        """
signal.signal(signal.SIGALRM, signal.SIG_DFL)
sandbox.set_timer(0.1)
print("begun", flush=True)
sum(range(10 ** 12))
"""
    )
    assert done.returncode == -signal.SIGALRM
    assert done.stdout == "begun\n"
    assert time.monotonic() - begun < 25


def test_a_timer_can_be_taken_back() -> None:
    done = run("sandbox.set_timer(60); sandbox.set_timer(0); print(*signal.getitimer(signal.ITIMER_REAL))")
    assert (done.stdout, done.returncode) == ("0.0 0.0\n", 0)


def test_work_has_a_deep_stack() -> None:
    # As deep as 64 KiB of a query can be: the thread's own stack would overflow at a fraction of it.
    query = "SELECT * {" + "{" * 30_000 + "}" * 30_000 + "}"
    program = f"""
import pyoxigraph as ox
text = {query!r}
def work():
    print(len(list(ox.Store().query(text))))
"""
    assert run(program + "sandbox.run_with_stack(work)").stdout == "1\n"
    assert run(program + "work()").returncode in (-signal.SIGABRT, -signal.SIGSEGV)


def test_what_the_work_raises_is_raised() -> None:
    def work() -> None:
        raise KeyError("here")

    before = threading.stack_size()
    with pytest.raises(KeyError, match="here"):
        sandbox.run_with_stack(work)
    assert threading.stack_size() == before


def test_work_is_done_when_it_returns() -> None:
    done: list[int] = []
    sandbox.run_with_stack(lambda: done.append(threading.get_ident()))
    assert done
    assert done[0] != threading.get_ident()


PARENT = """
import sys
reader, writer = os.pipe()
here = os.getpid()
pid = os.fork()
if not pid:
    os.close(reader)
    sandbox.die_with_parent(here)
    {more}
    os.write(writer, b"ready")
    time.sleep(20)
    os._exit(0)
os.close(writer)
os.read(reader, 5)
print(pid, flush=True)
os._exit(0)
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX"
    except OSError:
        # It may end between the opening of the file and its reading.
        return False


@pytest.mark.parametrize("outlives", [False, True])
def test_a_child_ends_with_its_parent_unless_it_may_outlive_it(outlives: bool) -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, time\nfrom computeatlas.engine.pool import sandbox\n"
            + PARENT.format(more="sandbox.outlive_parent()" if outlives else ""),
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        pid = int(parent.stdout.readline())
    for _ in range(200):
        if not is_alive(pid):
            break
        time.sleep(0.01 if not outlives else 0.001)
    alive = is_alive(pid)
    if alive:
        os.kill(pid, signal.SIGKILL)
    assert alive is outlives


def test_a_child_whose_parent_has_gone_already_ends_at_once() -> None:
    done = run("sandbox.die_with_parent(1 if os.getppid() != 1 else 2); print('alive')")
    assert (done.stdout, done.returncode) == ("", 0)


def test_no_core_dump_is_left() -> None:
    done = run("import resource; sandbox.no_core_dumps(); print(resource.getrlimit(resource.RLIMIT_CORE))")
    assert done.stdout == "(0, 0)\n"
