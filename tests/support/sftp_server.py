"""A server that speaks SFTP, on this machine: asyncssh with a key of its own, a password and a key for one user."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "openboek", "een-wachtwoord-dat-nergens-mag-staan"


class _Door(asyncssh.SSHServer):
    def __init__(self, connections: list[asyncssh.SSHServerConnection]) -> None:
        self._connections = connections

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class SftpServer:
    """Shows `root` as its `/`. `keys` is a folder for the keys of the server and of the user."""

    def __init__(self, root: Path, keys: Path) -> None:
        self.root, self._loop = root, asyncio.new_event_loop()
        self.known_hosts, self.key_file, self.secret_file = keys / "known_hosts", keys / "sleutel", keys / "wachtwoord"
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        own = asyncssh.generate_private_key("ssh-ed25519")
        own.write_private_key(self.key_file)
        own.write_public_key(keys / "toegelaten")
        self._allowed = keys / "toegelaten"
        self.secret_file.write_text(f"{PASSWORD}\n")
        self.wrote: list[str] = []
        self.fails_after: int | None = None
        """So many files are received; at the next one the line breaks."""
        self.is_full = False
        """Nothing more can be written; as OpenSSH it says no more than that it failed."""
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(20), "the SFTP server does not start"
        public = self._host_key.export_public_key().decode().strip()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}\n")

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

    async def _listen(self) -> None:
        server = self

        class Files(asyncssh.SFTPServer):
            def __init__(self, channel: Any) -> None:
                super().__init__(channel, chroot=str(server.root).encode())
                self._channel = channel

            def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
                if pflags & asyncssh.FXF_WRITE:
                    if server.fails_after is not None:
                        if server.fails_after == 0:
                            self._channel.get_connection().abort()
                        else:
                            server.fails_after -= 1
                    server.wrote.append(path.decode())
                return super().open(path, pflags, attrs)

            def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
                if server.is_full:
                    raise asyncssh.SFTPFailure("Failure")
                return super().write(file_obj, offset, data)

        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(self._connections),
            server_host_keys=[self._host_key],
            authorized_client_keys=str(self._allowed),
            sftp_factory=Files,
        )
        self.port = self._acceptor.get_port()

    def _call(self, work: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(work(), self._loop).result(20)

    def break_line(self) -> None:
        """Leave everybody who is connected without a word."""

        async def leave() -> None:
            for one in self._connections:
                one.abort()
                await one.wait_closed()

        self._call(leave)

    def stop(self) -> None:
        async def leave() -> None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            for one in self._connections:
                one.abort()
                await one.wait_closed()
            await asyncio.sleep(0.05)  # for the sockets themselves

        self._call(leave)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    def address(self, folder: str) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}/{folder}"
