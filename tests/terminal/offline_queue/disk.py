"""A disk that remembers every write and sync, and can lose power: a SQLite VFS, through ctypes.

`Recorder` registers a default VFS in the very SQLite that Python uses.  It passes everything on to
the system's own VFS and records, for each file, writes, truncations and syncs in order.  `Disk`
then tells what could be on the platter after a power cut: what was synced is there; of what was
not, any beginning, any part, or only half of a write.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

OK: Final = 0
SECTOR: Final = 512

_IO_ERROR_WRITE: Final = 10 | 3 << 8
FULL: Final = 13


@dataclass(frozen=True, slots=True)
class Write:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    file: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the program was told, between two operations of the disk."""

    what: object


Operation = Write | Truncate | Sync | Delete | Mark


@dataclass
class Recorder:
    """Between `install` and `remove`, every database that is opened is recorded.

    `on_write` may give a SQLite error code instead of letting a write or a sync through.
    """

    operations: list[Operation] = field(default_factory=list)
    on_write: Callable[[], int] = lambda: OK
    deaf: bool = False  # a disk that says "synced" and is not

    def mark(self, what: object) -> None:
        self.operations.append(Mark(what))

    def install(self) -> None:
        self._library = ctypes.CDLL(_sqlite3.__file__)
        find = self._library.sqlite3_vfs_find
        find.restype = ctypes.POINTER(_Vfs)
        self._system = find(None)
        ours = _Vfs()
        ctypes.memmove(ctypes.byref(ours), self._system, ctypes.sizeof(_Vfs))
        ours.zName = b"recorder"
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self._kept: list[object] = []
        opener, deleter = _OPEN(self._open), _DELETE(self._delete)
        self._kept += [opener, deleter]
        ours.xOpen = ctypes.cast(opener, ctypes.c_void_p)
        ours.xDelete = ctypes.cast(deleter, ctypes.c_void_p)
        self._real_open = ctypes.cast(self._system.contents.xOpen, _OPEN)
        self._real_delete = ctypes.cast(self._system.contents.xDelete, _DELETE)
        self._ours = ours
        self._library.sqlite3_vfs_register(ctypes.byref(ours), 1)

    def remove(self) -> None:
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._ours))
        self._library.sqlite3_vfs_register(self._system, 1)

    def _open(self, vfs: Any, name: Any, file: int, flags: int, out: Any) -> int:
        code = int(self._real_open(vfs, name, file, flags, out))
        handle = ctypes.cast(file, ctypes.POINTER(_File)).contents
        if code != OK or not handle.pMethods or not name:
            return code
        real = handle.pMethods.contents
        ours = _Methods()
        ctypes.memmove(ctypes.byref(ours), handle.pMethods, ctypes.sizeof(_Methods))
        write = _WRITE(self._recorded_write(real))
        truncate = _TRUNCATE(self._recorded_truncate(real))
        sync = _SYNC(self._recorded_sync(real))
        ours.xWrite = ctypes.cast(write, ctypes.c_void_p)
        ours.xTruncate = ctypes.cast(truncate, ctypes.c_void_p)
        ours.xSync = ctypes.cast(sync, ctypes.c_void_p)
        self._kept += [write, truncate, sync, ours]
        handle.pMethods = ctypes.pointer(ours)
        self._names[file] = Path(ctypes.string_at(name).decode()).name
        return code

    def _delete(self, vfs: Any, name: Any, folder: int) -> int:
        self.operations.append(Delete(Path(ctypes.string_at(name).decode()).name))
        return int(self._real_delete(vfs, name, folder))

    def _recorded_write(self, real: _Methods) -> Callable[[int, int, int, int], int]:
        passed_on = ctypes.cast(real.xWrite, _WRITE)

        def write(file: int, data: int, size: int, offset: int) -> int:
            if code := self.on_write():
                return code
            raw = ctypes.string_at(data, size)
            self.operations.append(Write(self._names[file], offset, raw))
            return int(passed_on(file, data, size, offset))

        return write

    def _recorded_truncate(self, real: _Methods) -> Callable[[int, int], int]:
        passed_on = ctypes.cast(real.xTruncate, _TRUNCATE)

        def truncate(file: int, size: int) -> int:
            if code := self.on_write():
                return code
            self.operations.append(Truncate(self._names[file], size))
            return int(passed_on(file, size))

        return truncate

    def _recorded_sync(self, real: _Methods) -> Callable[[int, int], int]:
        passed_on = ctypes.cast(real.xSync, _SYNC)

        def sync(file: int, flags: int) -> int:
            if code := self.on_write():
                return code
            if not self.deaf:
                self.operations.append(Sync(self._names[file]))
            return int(passed_on(file, flags))

        return sync


class _Methods(ctypes.Structure):
    """sqlite3_io_methods: a version, then function pointers."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        *[
            (name, ctypes.c_void_p)
            for name in [
                "xClose",
                "xRead",
                "xWrite",
                "xTruncate",
                "xSync",
                "xFileSize",
                "xLock",
                "xUnlock",
                "xCheckReservedLock",
                "xFileControl",
                "xSectorSize",
                "xDeviceCharacteristics",
                "xShmMap",
                "xShmLock",
                "xShmBarrier",
                "xShmUnmap",
                "xFetch",
                "xUnfetch",
            ]
        ],
    ]


class _File(ctypes.Structure):
    _fields_ = [("pMethods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p),
        ("pAppData", ctypes.c_void_p),
        *[
            (name, ctypes.c_void_p)
            for name in [
                "xOpen",
                "xDelete",
                "xAccess",
                "xFullPathname",
                "xDlOpen",
                "xDlError",
                "xDlSym",
                "xDlClose",
                "xRandomness",
                "xSleep",
                "xCurrentTime",
                "xGetLastError",
                "xCurrentTimeInt64",
                "xSetSystemCall",
                "xGetSystemCall",
                "xNextSystemCall",
            ]
        ],
    ]


_P = ctypes.c_void_p
_INT = ctypes.c_int
_OPEN = ctypes.CFUNCTYPE(_INT, _P, _P, _P, _INT, _P)
_DELETE = ctypes.CFUNCTYPE(_INT, _P, _P, _INT)
_WRITE = ctypes.CFUNCTYPE(_INT, _P, _P, _INT, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _P, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(_INT, _P, _INT)


@dataclass
class Disk:
    """What is surely on the platter, and the operations that may or may not be."""

    files: dict[str, bytearray] = field(default_factory=dict)
    floating: list[Write | Truncate] = field(default_factory=list)
    told: list[object] = field(default_factory=list)

    def happen(self, operation: Operation) -> None:
        match operation:
            case Mark(what):
                self.told.append(what)
            case Sync(name):
                for one in [one for one in self.floating if one.file == name]:
                    _apply(self.files, one)
                self.floating = [one for one in self.floating if one.file != name]
            case Delete(name):
                self.files.pop(name, None)
                self.floating = [one for one in self.floating if one.file != name]
            case Write() | Truncate():
                self.floating.append(operation)

    def cuts(self, dice: random.Random) -> Iterator[dict[str, bytearray]]:
        """Give what may be there if the power goes now."""
        floating = self.floating
        yield self._with(())
        yield self._with(floating)
        if not floating:
            return
        kept = [one for one in floating if dice.random() < 0.5]  # the disk writes in any order
        yield self._with(kept)
        last = floating[-1]
        if isinstance(last, Write) and len(last.data) > 1:
            torn = dice.randrange(1, len(last.data))
            torn -= torn % SECTOR if torn > SECTOR else 0
            half = Write(last.file, last.offset, last.data[:torn])
            yield self._with((*floating[:-1], half))
            yield self._with((half,))

    def _with(self, some: Sequence[Write | Truncate]) -> dict[str, bytearray]:
        files = {name: bytearray(content) for name, content in self.files.items()}
        for one in some:
            _apply(files, one)
        return files


def _apply(files: dict[str, bytearray], one: Write | Truncate) -> None:
    content = files.setdefault(one.file, bytearray())
    if isinstance(one, Truncate):
        del content[one.size :]
        return
    end = one.offset + len(one.data)
    content.extend(bytes(max(0, end - len(content))))
    content[one.offset : end] = one.data


def put(files: dict[str, bytearray], folder: Path) -> None:
    """Write a disk's content into a folder, which then has nothing else."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
