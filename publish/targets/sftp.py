"""A copy of the site on a server that speaks SFTP: each file is sent under another name, then renamed."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from queue import SimpleQueue
from stat import S_ISDIR
from typing import Self, TypeVar

import paramiko
from paramiko import SFTPClient, SSHClient, SSHException

from core.errors import BadInput, Failed
from core.settings import TargetSettings, sftp_parts
from publish.targets.journal import MARKER
from publish.targets.place import UNFINISHED, Parcel

T = TypeVar("T")
_CHANNELS = 4
"""So many files go at once, over one connection; a server that allows fewer gets fewer."""
_CONNECT_SECONDS = 15.0
_SILENCE_SECONDS = 60.0
"""So long without an answer, and the server is away."""


class _OtherServer(Exception):
    """The server has a key that nobody wrote down."""


class _OnlyWhoIsKnown(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, *_server: object) -> None:
        raise _OtherServer


def _key(path: str, passphrase: str | None) -> paramiko.PKey:
    """A private key of any kind.

    Raises:
        SSHException, OSError, ValueError: it cannot be read with this passphrase.
    """
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey):
        with suppress(SSHException, ValueError):
            return kind.from_private_key_file(path, passphrase)
    return paramiko.RSAKey.from_private_key_file(path, passphrase)


def _without_reason(error: BaseException) -> bool:
    """Whether a server says of one file that it failed, and no more."""
    return type(error) is OSError and error.errno is None


class SftpPlace:
    """See `Place`. The server must prove who it is by a key that the administrator wrote down."""

    tree = ""

    def __init__(self, settings: TargetSettings) -> None:
        self._settings = settings
        self._user, self._host, self._port, self._root = sftp_parts(settings.to)

    def __enter__(self) -> Self:
        self._folders: set[str] = set()
        self._ssh = SSHClient()
        self._free: SimpleQueue[SFTPClient] = SimpleQueue()
        try:
            with self._told():
                self._connect()
                channels = self._open_channels()
        except BaseException:
            self._ssh.close()
            raise
        self._pool = ThreadPoolExecutor(channels, thread_name_prefix="sftp")
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._ssh.close()

    def _connect(self) -> None:
        settings, secret = self._settings, self._settings.the_secret() or None
        self._ssh.set_missing_host_key_policy(_OnlyWhoIsKnown())
        key = None
        try:
            self._ssh.load_system_host_keys(str(settings.known_hosts))
            if settings.key_file:
                key = _key(str(settings.key_file), secret)
        except (OSError, SSHException, ValueError, TypeError) as error:
            raise BadInput(
                f"De sleutel of de known_hosts bij {settings.to} kan niet worden gelezen. Controleer pad, rechten en "
                "wachtzin."
            ) from error
        # Nothing but what the administrator said: no key or agent of whoever runs this.
        self._ssh.connect(
            self._host,
            self._port,
            self._user,
            password=None if key else secret,
            pkey=key,
            allow_agent=False,
            look_for_keys=False,
            timeout=_CONNECT_SECONDS,
            banner_timeout=_CONNECT_SECONDS,
            auth_timeout=_CONNECT_SECONDS,
        )

    def _open_channels(self) -> int:
        """As many as the server allows, one at least."""
        for opened in range(_CHANNELS):
            try:
                sftp = self._ssh.open_sftp()
            except SSHException:
                if opened == 0:
                    raise
                return opened
            if channel := sftp.get_channel():
                channel.settimeout(_SILENCE_SECONDS)
            self._free.put(sftp)
        return _CHANNELS

    def _do(self, work: Sequence[Callable[[SFTPClient], T]]) -> list[T]:
        """Do these at the same time, each over a channel of its own."""

        def one(job: Callable[[SFTPClient], T]) -> T:
            sftp = self._free.get()
            try:
                return job(sftp)
            except OSError as error:
                channel = sftp.get_channel()
                if _without_reason(error) and (channel is None or channel.closed):
                    raise EOFError from error  # in the words of a server that refuses one file
                raise
            finally:
                self._free.put(sftp)

        with self._told():
            return list(self._pool.map(one, work))

    def marker(self) -> bytes | None:
        def read(sftp: SFTPClient) -> bytes | None:
            try:
                with sftp.open(self._path(MARKER), "rb") as file:
                    return file.read()
            except FileNotFoundError:
                return None

        return self._do([read])[0]

    def listed(self) -> Iterator[tuple[str, int]]:
        waiting = [""]
        while waiting:
            found = self._do([lambda sftp, folder=folder: self._entries(sftp, folder) for folder in waiting])  # type: ignore[misc]
            waiting = [f"{path}/" for entries in found for path, is_folder, _ in entries if is_folder]
            yield from ((path, size) for entries in found for path, is_folder, size in entries if not is_folder)

    def _entries(self, sftp: SFTPClient, folder: str) -> list[tuple[str, bool, int]]:
        try:
            entries = sftp.listdir_attr(self._path(folder))
        except FileNotFoundError:
            return []
        self._folders.add(self._path(folder).rstrip("/"))
        return [(f"{folder}{one.filename}", S_ISDIR(one.st_mode or 0), one.st_size or 0) for one in entries]

    def put(self, parcels: Sequence[Parcel]) -> None:
        wanted = sorted({PurePosixPath(self._path(parcel.name)).parent for parcel in parcels})
        self._do([lambda sftp: self._make(sftp, wanted)])
        self._do([lambda sftp, parcel=parcel: self._put(sftp, parcel) for parcel in parcels])  # type: ignore[misc]

    def _make(self, sftp: SFTPClient, folders: Sequence[PurePosixPath]) -> None:
        for folder in folders:
            for path in (*reversed(folder.parents), folder):
                if str(path) in self._folders:
                    continue
                self._folders.add(str(path))
                try:
                    sftp.stat(str(path))
                except FileNotFoundError:
                    sftp.mkdir(str(path), 0o755)

    def _put(self, sftp: SFTPClient, parcel: Parcel) -> None:
        path = PurePosixPath(self._path(parcel.name))
        near, target = str(path.with_name(f".{path.name}{UNFINISHED}")), str(path)
        sftp.put(os.fspath(parcel.source), near)
        try:
            sftp.posix_rename(near, target)
        except OSError as error:
            if not _without_reason(error):
                raise
            with suppress(FileNotFoundError):  # an old server cannot replace in one step
                sftp.remove(target)
            sftp.rename(near, target)

    def remove(self, names: Sequence[str]) -> None:
        self._do([lambda sftp, name=name: self._remove(sftp, name) for name in names])  # type: ignore[misc]

    def _remove(self, sftp: SFTPClient, name: str) -> None:
        path = PurePosixPath(self._path(name))
        with suppress(FileNotFoundError):
            sftp.remove(str(path))
        if str(path.parent) != self._root:
            with suppress(OSError):  # it is not empty
                sftp.rmdir(str(path.parent))
                self._folders.discard(str(path.parent))

    def done(self) -> None:
        pass

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _told(self) -> Iterator[None]:
        host = self._host
        try:
            yield
        except (_OtherServer, paramiko.BadHostKeyException):
            raise Failed(
                f"{host} is niet de server die in KNOWN_HOSTS staat. Vraag de beheerder van die server naar de sleutel."
            ) from None
        except paramiko.AuthenticationException:
            raise Failed(f"{host} laat {self._user} niet binnen. Controleer de sleutel of het wachtwoord.") from None
        except PermissionError:
            raise Failed(f"Op {host} mag {self._user} niet schrijven in {self._root}. Pas de rechten aan.") from None
        except (SSHException, OSError, EOFError) as error:
            if _without_reason(error):
                raise Failed(
                    f"{host} nam een bestand niet aan. Vaak is de schijf daar vol: maak ruimte vrij of kijk in het "
                    "logboek van die server."
                ) from None
            raise Failed(
                f"{host} is niet bereikbaar of stopte halverwege. Controleer het adres en de server."
            ) from None
