"""Sends a return to Tartan: the receipt, then the report. Python 3.10 or later, nothing else.

Check a file, and store nothing:     python submit.py http://127.0.0.1:8000 return.csv --check
Send it:                             python submit.py http://127.0.0.1:8000 return.csv
Send its correction:   python submit.py http://127.0.0.1:8000 corrected.csv --replaces RETURN_ID

Exit code 0: accepted, or nothing wrong. 1: refused, and nothing was stored. 2: not reached.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

MEDIA = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TRIES = 5
Answer = tuple[int, Any]


def ask(url: str, body: bytes | None = None, media: str = "application/json") -> Answer:
    """Return status and JSON of an answer; after a 503 the same bytes go again: they count once."""
    for _ in range(TRIES):
        request = urllib.request.Request(url, data=body, headers={"Content-Type": media})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (429, 503):
                return refusal.code, json.load(refusal)
            time.sleep(float(refusal.headers.get("Retry-After", "5")))
        except OSError as error:
            sys.exit(say(2, f"No answer from {url}: {error}"))
    sys.exit(say(2, f"{url} was busy {TRIES} times. Send the same file again later."))


def say(code: int, *lines: str) -> int:
    """Print lines and return the exit code."""
    print(*lines, sep="\n", file=sys.stderr if code else sys.stdout)
    return code


def told(findings: list[dict[str, Any]]) -> list[str]:
    """Return a line for each finding: how serious, which rule, where, what, and what to do."""
    return [
        f"{each['severity']} {each['code']}, {each.get('where') or 'the file'}: "
        f"{each['detail']} {each['fix']}"
        for each in findings
    ]


def main() -> int:
    """Send the file that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", help="where Tartan is, as http://127.0.0.1:8000")
    parser.add_argument("file", type=Path, help="return.csv, return.xlsx or return.json")
    parser.add_argument("--check", action="store_true", help="only check it")
    parser.add_argument("--replaces", help="the id of the return that this one corrects")
    asked = parser.parse_args()
    if asked.file.suffix.lower() not in MEDIA:
        parser.error("send a .csv, .xlsx or .json file")
    body, media = asked.file.read_bytes(), MEDIA[asked.file.suffix.lower()]
    if asked.check:
        status, answer = ask(f"{asked.base}/v1/validations", body, media)
        wrong = status != 200 or not answer["valid"]
        return say(int(wrong), answer["title"], *told(answer.get("findings", [])))
    query = f"?{urllib.parse.urlencode({'supersedes': asked.replaces})}" if asked.replaces else ""
    status, answer = ask(f"{asked.base}/v1/returns{query}", body, media)
    if status >= 400:
        return say(1, answer["title"], answer["detail"], *told(answer.get("errors", [])))
    _, report = ask(asked.base + answer["links"]["report"])
    return say(
        0,
        f"Accepted as version {answer['version']}: {answer['return_id']}",
        answer["next_step"],
        *told(report["findings"]),
    )


if __name__ == "__main__":
    sys.exit(main())
