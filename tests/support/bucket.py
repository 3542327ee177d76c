"""A server that speaks S3, on this machine: moto as a process of its own, with real HTTP and a real signature."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from obstore.store import S3Store

from core.folder import Folder
from core.settings import Settings

KEY_ID, SECRET = "openboek-proef", "een-geheim-dat-nergens-mag-staan"
BUCKET = "openboek-losser"


class Server:
    """Starts and stops at the same port. What was stored is lost when it stops; `pause` keeps it."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, checking_keys: bool = False) -> None:
        line = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(self.port)]
        environment = {"PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true"}
        if checking_keys:
            environment["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
        self._process = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            with socket.socket() as look:
                if look.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() < until, "moto does not start"
            assert self._process.poll() is None, "moto ended"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def away(self) -> Iterator[None]:
        """It holds its breath: connections come in and nothing is answered."""
        assert self._process
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def make_bucket(self, name: str = BUCKET) -> None:
        import requests

        assert requests.put(f"{self.endpoint}/{name}", timeout=10).status_code == 200

    def raw(self, name: str = BUCKET) -> S3Store:
        """The bucket itself, past the program."""
        return S3Store(
            name,
            config={"endpoint": self.endpoint, "access_key_id": KEY_ID, "secret_access_key": SECRET},
            client_options={"allow_http": True},
        )

    def settings(self, **others: object) -> Settings:
        facts = {
            "storage": f"s3://{BUCKET}/bestanden",
            "storage_endpoint": self.endpoint,
            "storage_key_id": KEY_ID,
            "storage_secret": SECRET,
        }
        return Settings(_env_file=None, **{**facts, **others})  # type: ignore[arg-type]

    def folder(self, root: Path, **others: object) -> Folder:
        root.mkdir(exist_ok=True)
        made = Folder(root.resolve(), self.settings(**others))
        made.prepare()
        return made

    def environment(self, storage: str) -> str:
        """The lines for `.env`."""
        return (
            f"OPENBOEK_STORAGE={storage}\nOPENBOEK_STORAGE_ENDPOINT={self.endpoint}\n"
            f"OPENBOEK_STORAGE_KEY_ID={KEY_ID}\nOPENBOEK_STORAGE_SECRET={SECRET}\n"
        )
