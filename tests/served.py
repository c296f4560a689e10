"""A real server of its own on a database, for people with browsers or without."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request

from tools.runner import CONFIG

#: What a server is asked for in JavaScript, as the person who is logged in.
CALL = """async ([model, method, args]) => {
    const response = await fetch(`/web/dataset/call_kw/${model}/${method}`, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", params: {model, method, args, kwargs: {}}}),
    });
    const {result, error} = await response.json();
    if (error) {
        throw new Error(error.data.message);
    }
    return result;
}"""


@contextlib.contextmanager
def served(database: str, workers: int = 0):
    """Serve a database; yield the address.

    :param workers: processes that answer; 0: one with threads
    """
    port, bus_port = _free_port(), _free_port()
    command = [sys.executable, "-m", "odoo", "server", "-c", str(CONFIG)]
    command += ["-d", database, f"--db-filter=^{database}$", "--max-cron-threads=0"]
    command += ["--http-interface=127.0.0.1", f"--http-port={port}"]
    command += [f"--workers={workers}", f"--gevent-port={bus_port}"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(120):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{base}/web/login", timeout=30).close()
                break
            assert process.poll() is None, "the server ended"
            time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
