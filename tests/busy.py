"""Run a command several times while all cores are kept busy: `python tests/busy.py [--times N] COMMAND...`.

Ends with the status of the first run that fails. What keeps the cores busy is stopped by its process ids.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time


def main() -> int:
    """Return the status of the first run that fails, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    loop_forever = [sys.executable, "-c", "while True: pass"]
    # In sessions of their own, as other programs are.
    loops = [subprocess.Popen(loop_forever, start_new_session=True) for _ in range(os.cpu_count() or 1)]
    try:
        for number in range(1, options.times + 1):
            begun = time.monotonic()
            status = subprocess.run(options.command, check=False).returncode
            took = time.monotonic() - begun
            sys.stderr.write(f"run {number} of {options.times}: status {status} after {took:.0f} s\n")
            if status:
                return status
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
