"""The fastest there is: nginx, one worker, which answers 204 and does nothing else. The process becomes nginx."""

import os
import shutil
import socket
from pathlib import Path

from shared.http import BACKLOG

TEMPORARY = "".join(
    f"{what}_temp_path {{directory}}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
"""Who is not root may not write where nginx would."""
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
    {temporary}
    server {{
        listen {host}:{port} backlog={backlog};
        location / {{ return 204; }}
    }}
}}
"""


def program() -> str | None:
    """Where it is, if it is installed: outside of what an ordinary user's PATH has."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def main(directory: Path) -> None:
    """Does not return. nginx takes over a socket that listens already, so that nobody else can have the port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    host, port = listening.getsockname()
    path = directory / "nginx.conf"
    temporary = TEMPORARY.format(directory=directory)
    text = CONFIGURATION.format(directory=directory, temporary=temporary, host=host, port=port, backlog=BACKLOG)
    path.write_text(text)
    listening.set_inheritable(True)
    print(f"nginx http://{host}:{port}/", flush=True)
    found = program() or "nginx"
    command = (found, "-c", str(path), "-e", str(directory / "error.log"))
    os.execve(found, command, {**os.environ, "NGINX": f"{listening.fileno()};"})


if __name__ == "__main__":
    main(Path(os.environ["BLOCKMETRY_DATA"]))
