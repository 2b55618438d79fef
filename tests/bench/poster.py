"""Posts returns at moments that are fixed beforehand, in a process of its own.

    python -m tests.bench.poster PORT PLAN OUT

A line of the plan is ``[moment, traceparent, body]``, one of what is written
``[moment, traceparent, answered, status, refusal]``. Moments are seconds. A slow answer holds
nothing up, as long as fewer than ``SENDERS`` are waited for, and later ones count from their due.
"""

import http.client
import json
import sys
import threading
import time
from pathlib import Path

SENDERS = 48
ACCEPTED = 202
KEPT_OPEN = 3.0
"""Seconds for which a connection may rest: the server closes its own side after five."""


def main(port: int, plan: Path, out: Path) -> None:
    """Post the plan and write what became of it."""
    due = [json.loads(line) for line in plan.read_text().splitlines()]
    turns, lock, done = iter(due), threading.Lock(), []

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        used = 0.0
        while True:
            with lock:
                turn = next(turns, None)
            if turn is None:
                return
            moment, trace, body = turn
            time.sleep(max(0.0, moment - time.time()))
            headers = {"Content-Type": "application/json", "traceparent": trace}
            if time.time() - used > KEPT_OPEN:
                connection.close()
            try:
                connection.request("POST", "/v1/returns", body.encode(), headers)
                response = connection.getresponse()
                answer = response.read().decode()
                status = response.status
            except OSError as error:
                connection.close()
                status, answer = 0, type(error).__name__
            used = time.time()
            refusal = "" if status == ACCEPTED else answer[:300]
            done.append([moment, trace, time.time(), status, refusal])

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.write_text("".join(json.dumps(each) + "\n" for each in done))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
