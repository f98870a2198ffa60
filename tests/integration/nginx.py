"""A real nginx before a gateway, as sites have it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_server

import pytest

from bench.nginx import TEMPORARY, program

STOP_SECONDS = 20.0

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_buffer_size 128k;
    {temporary}
    upstream gateway {{ server 127.0.0.1:{gateway_port}; keepalive 4; }}
    map $http_forwarded $all_forwarded {{
        ""      'for=$remote_addr;host="$http_host"';
        default '$http_forwarded, for=$remote_addr;host="$http_host"';
    }}
    proxy_http_version 1.1;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""


def require_nginx() -> str:
    """The program. Skips where there is none; on CI that is a failure."""
    if found := program():
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("these tests need nginx")
    pytest.skip("these tests need nginx; Debian: apt install nginx-light")


@contextmanager
def nginx(directory: Path, gateway_port: int, locations: str) -> Iterator[int]:
    """Its port. nginx takes over a socket that listens already, so nobody else can have the port and none need wait."""
    found = require_nginx()
    directory.mkdir()
    with closing(create_server(("127.0.0.1", 0))) as listening:
        port: int = listening.getsockname()[1]
        told = locations.replace("{port}", str(port))
        places = {"directory": directory, "temporary": TEMPORARY.format(directory=directory)}
        text = CONFIGURATION.format(**places, gateway_port=gateway_port, port=port, locations=told)
        (directory / "nginx.conf").write_text(text)
        process = subprocess.Popen(
            [found, "-c", directory / "nginx.conf", "-e", directory / "error.log"],
            env={**os.environ, "NGINX": f"{listening.fileno()};"},
            pass_fds=[listening.fileno()],
        )
        try:
            yield port
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
