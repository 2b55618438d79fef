"""The child process: reads one workbook from its input, says its values, and ends.

Its limits are set before it reads a byte. It can write no file, start no process and open nothing;
where it needs more time or memory than a return ever does, the system ends it.
"""

import gc
import json
import resource
import sys
from pathlib import Path

CPU_SECONDS = 2
MEMORY = 64 * 1024 * 1024
"""Bytes of address space beyond what the interpreter has before it reads anything."""
_OF_ITSELF = Path("/proc/self/statm")
OPEN_FILES = 16
TOO_LITTLE_MEMORY = 3
"""How it ends where the memory did not do."""


def limit() -> None:
    """Set the limits; none can be raised again."""
    for kind, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, _taken() + MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _taken() -> int:
    """Return the address space that the interpreter has; a guess where the system has no /proc."""
    if not _OF_ITSELF.exists():
        return MEMORY
    return int(_OF_ITSELF.read_text().split()[0]) * resource.getpagesize()


def main() -> None:
    """Read, say, end."""
    from services.ingest.xlsx.extract import extract

    limit()
    gc.disable()
    try:
        said = json.dumps(extract(sys.stdin.buffer.read()), allow_nan=False)
    except MemoryError:
        sys.exit(TOO_LITTLE_MEMORY)
    sys.stdout.write(said)


if __name__ == "__main__":
    main()
