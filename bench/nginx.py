"""The fastest there is: nginx, one worker, which answers 204 and does nothing else. The process becomes nginx."""

import os
import shutil
import socket
from pathlib import Path

from shared.http import BACKLOG

CONFIGURATION = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_max_body_size 1m;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen {host}:{port} backlog={backlog};
        location / {{ return 204; }}
    }}
}}
"""


def is_installed() -> bool:
    """Whether there is one to compare with."""
    return _program() is not None


def main(directory: Path) -> None:
    """Does not return. nginx takes over a socket that listens already, so that nobody else can have the port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    host, port = listening.getsockname()
    path = directory / "nginx.conf"
    path.write_text(CONFIGURATION.format(directory=directory, host=host, port=port, backlog=BACKLOG))
    listening.set_inheritable(True)
    print(f"nginx http://{host}:{port}/", flush=True)
    program = _program() or "nginx"
    command = (program, "-c", str(path), "-e", str(directory / "error.log"))
    os.execve(program, command, {**os.environ, "NGINX": f"{listening.fileno()};"})


def _program() -> str | None:
    return shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin:{os.environ.get('PATH', '')}")


if __name__ == "__main__":
    main(Path(os.environ["BLOCKMETRY_DATA"]))
