"""Run a command where there is no network but the machine's own address: python offline.py COMMAND ...

Linux only: a network namespace with nothing in it but `lo`. Exits with the reason where the system does not permit it.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def leave_the_network() -> None:
    """Raises OSError where the system does not permit it."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), f"unshare: {os.strerror(ctypes.get_errno())}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:  # the kernel talks over lo: switch it on
        asked = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        (now,) = struct.unpack_from("h", asked, 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", now | IFF_UP))


if __name__ == "__main__":
    try:
        leave_the_network()
    except (OSError, AttributeError) as refused:
        sys.exit(str(refused))
    os.execvp(sys.argv[1], sys.argv[1:])
