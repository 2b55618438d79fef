"""A receiver of webhooks, run inside a container: prints each that comes as a line of JSON."""

import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT = 9999


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(json.dumps({"headers": dict(self.headers), "body": body}), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing else."""


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
