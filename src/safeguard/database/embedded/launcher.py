"""Become another program: give up root, agree to end with the parent, then exec.

Run as a script of its own (`python -I -S launcher.py OPTIONS -- PROGRAM ARGUMENTS`) with the standard library only,
because doing this between fork and exec of a process with threads is not safe.

A directory that the new user cannot reach by its path (a 0700 home above it) is opened here, before root is given up,
and handed over as /proc/self/fd/N: the descriptor is the permission.
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Do what the options say, in the order in which the kernel lets it be done."""
    options = _read(arguments)
    os.umask(0o077)
    program = [_opened(word) for word in options.program]
    if options.user:
        _become(*options.user)
    if options.end_with:
        _end_with(options.end_with, getattr(signal, options.end_by))
    os.execv(program[0], program)


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", nargs=2, type=int)
    parser.add_argument("--end-with", type=int)
    parser.add_argument("--end-by", default="SIGTERM")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(arguments)


def _opened(word: str) -> str:
    before, marker, path = word.partition("fd:")
    if not marker:
        return word
    descriptor = os.open(path, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    return f"{before}/proc/self/fd/{descriptor}"


def _become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    os.environ["HOME"] = "/"


def _end_with(parent: int, number: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel knew of our wish
        raise SystemExit("The parent process has ended.")


if __name__ == "__main__":
    main(sys.argv[1:])
