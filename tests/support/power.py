"""A power cut, replayed: what a program did to a folder is written down, and part of what was not on the disk is lost.

The rules are those of POSIX: the bytes of a file are safe after an fsync of that file, and a name after an fsync of the
folder that it stands in. Of the rest a random part survives: of each folder the first so many changes, of each file
nothing.
"""

import builtins
import copy
import io
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Step = Callable[["Folder"], None]


@dataclass(eq=False)
class File:
    safe: bytes = b""
    is_dirty: bool = True


@dataclass(eq=False)
class Link:
    target: str


@dataclass(eq=False)
class Folder:
    names: dict[str, "Node"] = field(default_factory=dict)
    safe: dict[str, "Node"] = field(default_factory=dict)
    unsafe: list[dict[str, "Node | None"]] = field(default_factory=list)
    """Changes since the last fsync: a name and what it stands for from then on, None for nothing."""

    def change(self, changes: dict[str, "Node | None"]) -> None:
        self.unsafe.append(changes)
        _apply(self.names, changes)

    def at(self, parts: tuple[str, ...]) -> "Node | None":
        node: Node | None = self
        for part in parts:
            node = node.names.get(part) if isinstance(node, Folder) else None
        return node


Node = File | Link | Folder


def _apply(names: dict[str, Node], changes: dict[str, Node | None]) -> None:
    for name, node in changes.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def safe_tree(place: Path, leave_out: Callable[[str], bool]) -> Folder:
    """A folder as it stands there, all of it on the disk."""
    found = Folder()
    for path in place.iterdir():
        if leave_out(path.name):
            continue
        if path.is_symlink():
            found.names[path.name] = Link(str(path.readlink()))
        elif path.is_dir():
            found.names[path.name] = safe_tree(path, lambda _name: False)
        else:
            found.names[path.name] = File(path.read_bytes(), is_dirty=False)
    found.safe = dict(found.names)
    return found


class Recorder:
    """What happens below a folder while `recording`: one step for each change and each fsync."""

    def __init__(self, root: Path, leave_out: Callable[[str], bool]) -> None:
        self.root = root.resolve()
        self.leave_out = leave_out
        self.before = safe_tree(self.root, leave_out)
        self.steps: list[Step] = []
        self._original = dict[str, Callable[..., Any]]()

    @contextmanager
    def recording(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "mkdir", "rename", "replace", "link", "symlink", "unlink", "remove", "rmdir", "open"):
                self._original[name] = getattr(os, name)
                patch.setattr(os, name, getattr(self, f"_{name}"))
            self._original["io.open"] = io.open
            patch.setattr(io, "open", self._io_open)
            patch.setattr(builtins, "open", self._io_open)
            yield

    def _parts(self, path: Any, dir_fd: int | None = None) -> tuple[str, ...] | None:
        """The path below the root, None when it is elsewhere."""
        if isinstance(path, int):
            return None
        base = Path(f"/proc/self/fd/{dir_fd}").readlink() if dir_fd is not None else Path.cwd()
        whole = os.path.join(base, os.fspath(path))  # noqa: PTH118
        real = Path(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))  # noqa: PTH119, PTH120
        if not real.is_relative_to(self.root):
            return None
        parts = real.relative_to(self.root).parts
        return None if parts and (self.leave_out(parts[0]) or self.leave_out(parts[-1])) else parts

    def _step(self, step: Step) -> None:
        self.steps.append(step)

    def _change(self, folder: tuple[str, ...], change: Callable[[Folder, Folder], None]) -> None:
        def step(disk: Folder) -> None:
            node = disk.at(folder)
            assert isinstance(node, Folder), folder
            change(disk, node)

        self._step(step)

    def _open(self, path: Any, flags: int, *args: Any, dir_fd: int | None = None, **others: Any) -> int:
        handle: int = self._original["open"](path, flags, *args, dir_fd=dir_fd, **others)
        if flags & (os.O_CREAT | os.O_TRUNC):
            self._written(self._parts(path, dir_fd))
        return handle

    def _io_open(self, path: Any, mode: str = "r", *args: Any, **others: Any) -> Any:
        opened = self._original["io.open"](path, mode, *args, **others)
        if set(mode) & set("wxa+") and not isinstance(path, int):
            self._written(self._parts(path))
        return opened

    def _written(self, parts: tuple[str, ...] | None) -> None:
        if not parts:
            return

        def write(_disk: Folder, folder: Folder) -> None:
            node = folder.names.get(parts[-1])
            if isinstance(node, File):
                node.is_dirty = True
            else:
                folder.change({parts[-1]: File()})

        self._change(parts[:-1], write)

    def _fsync(self, handle: int) -> None:
        self._original["fsync"](handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if not path.is_relative_to(self.root):
            return
        parts = path.relative_to(self.root).parts
        content = None if path.is_dir() else path.read_bytes()

        def sync(disk: Folder) -> None:
            node = disk.at(parts)
            if isinstance(node, Folder):
                node.safe, node.unsafe = dict(node.names), []
            elif isinstance(node, File) and content is not None:
                node.safe, node.is_dirty = content, False

        self._step(sync)

    def _mkdir(self, path: Any, *args: Any, dir_fd: int | None = None, **others: Any) -> None:
        self._original["mkdir"](path, *args, dir_fd=dir_fd, **others)
        if parts := self._parts(path, dir_fd):
            self._change(parts[:-1], lambda _disk, folder: folder.change({parts[-1]: Folder()}))

    def _gone(self, kind: str, path: Any, dir_fd: int | None) -> None:
        parts = self._parts(path, dir_fd)
        self._original[kind](path, dir_fd=dir_fd)
        if parts:
            self._change(parts[:-1], lambda _disk, folder: folder.change({parts[-1]: None}))

    def _unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        self._gone("unlink", path, dir_fd)

    def _remove(self, path: Any, *, dir_fd: int | None = None) -> None:
        self._gone("remove", path, dir_fd)

    def _rmdir(self, path: Any, *, dir_fd: int | None = None) -> None:
        self._gone("rmdir", path, dir_fd)

    def _rename(self, source: Any, target: Any, **others: Any) -> None:
        self._moved("rename", source, target, others)

    def _replace(self, source: Any, target: Any, **others: Any) -> None:
        self._moved("replace", source, target, others)

    def _moved(self, kind: str, source: Any, target: Any, others: dict[str, Any]) -> None:
        old, new = self._parts(source), self._parts(target)
        self._original[kind](source, target, **others)
        if not old or not new:
            assert old == new, "in or out of the folder"
            return

        def move(disk: Folder, folder: Folder) -> None:
            node = disk.at(old)
            assert node is not None, old
            if old[:-1] == new[:-1]:
                folder.change({new[-1]: node, old[-1]: None})
                return
            origin = disk.at(old[:-1])
            assert isinstance(origin, Folder)
            folder.change({new[-1]: node})
            origin.change({old[-1]: None})

        self._change(new[:-1], move)

    def _link(self, source: Any, target: Any, **others: Any) -> None:
        old, new = self._parts(source), self._parts(target)
        self._original["link"](source, target, **others)
        if old and new:

            def link(disk: Folder, folder: Folder) -> None:
                node = disk.at(old)
                assert node is not None, old
                folder.change({new[-1]: node})

            self._change(new[:-1], link)

    def _symlink(self, source: Any, target: Any, *args: Any, dir_fd: int | None = None, **others: Any) -> None:
        self._original["symlink"](source, target, *args, dir_fd=dir_fd, **others)
        if parts := self._parts(target, dir_fd):
            self._change(parts[:-1], lambda _disk, folder: folder.change({parts[-1]: Link(os.fspath(source))}))

    def cut(self, moment: int, place: Path, dice: random.Random) -> None:
        """Write what the disk holds when the power goes after so many steps."""
        disk = copy.deepcopy(self.before)
        for step in self.steps[:moment]:
            step(disk)
        put_back(disk, place, dice)


def put_back(folder: Folder, place: Path, dice: random.Random) -> None:
    """Write what is left of a folder; a hard link becomes two files."""
    place.mkdir(exist_ok=True)
    names = dict(folder.safe)
    for changes in folder.unsafe[: dice.randint(0, len(folder.unsafe))]:
        _apply(names, changes)
    for name, node in names.items():
        if isinstance(node, Folder):
            put_back(node, place / name, dice)
        elif isinstance(node, Link):
            (place / name).symlink_to(node.target)
        else:
            (place / name).write_bytes(b"" if node.is_dirty else node.safe)
