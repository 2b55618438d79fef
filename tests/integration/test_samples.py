"""The samples against the running product: check a file, send it, read its report, correct it."""

import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest

from services.gateway.pages.sample import SAMPLES, SCRIPTS
from services.ingest.example import example_csv

CURL, PYTHON, POWERSHELL = "submit.sh", "submit.py", "submit.ps1"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def command(sample: str) -> list[str]:
    """What runs a sample; the test is skipped where the machine does not have it."""
    if sample == PYTHON:
        return [sys.executable, "-I", str(SCRIPTS / sample)]
    needed = "curl" if sample == CURL else "pwsh"
    found = shutil.which(needed) or (shutil.which("powershell") if needed == "pwsh" else None)
    if found is None:
        pytest.skip(f"{needed} is not on this machine, so the sample {sample} cannot be run")
    if sample == CURL:
        return ["sh", str(SCRIPTS / sample)]
    return [found, "-NoProfile", "-File", str(SCRIPTS / sample)]


@pytest.fixture(params=[CURL, PYTHON, POWERSHELL])
def sample(request) -> str:
    return request.param


@pytest.fixture
def run(sample, demonstration_copy, tmp_path) -> Run:
    """Runs the sample with the product's address, a file of the text, and other arguments."""
    program = command(sample)

    def run(text: str, *arguments: str, name: str = "return.csv"):
        (tmp_path / name).write_bytes(text.encode())
        return subprocess.run(
            [*program, demonstration_copy, name, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def ids(text: str) -> list[str]:
    return re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)


@pytest.mark.timeout(300)
def test_a_sample_checks_sends_reads_the_report_and_sends_the_correction(
    sample, run, demonstration_copy, tmp_path
):
    check = {CURL: "--check", PYTHON: "--check", POWERSHELL: "-Check"}[sample]
    replaces = {CURL: [], PYTHON: ["--replaces"], POWERSHELL: ["-Replaces"]}[sample]
    text = example_csv().replace(",FD01,2310,,,", ",FD01,9310,,,")
    faulty = text.replace(",FD03,", ",FD3,")

    checked = run(faulty, check)
    refused = run(faulty)
    sent = run(text)
    first = ids(sent.stdout)[0]
    corrected = run(example_csv(), *replaces, first, name="corrected.csv")
    stale = run(text.replace("9310", "9311"), *replaces, first)

    assert "S043" in said(checked)
    assert "Did you mean FD03" in said(refused)
    assert refused.returncode == {CURL: 22, PYTHON: 1, POWERSHELL: 1}[sample]
    assert sent.returncode == 0, said(sent)
    assert "Q2" in sent.stdout
    assert corrected.returncode == 0, said(corrected)
    second = ids(corrected.stdout)[0]
    assert second != first
    assert stale.returncode != 0
    with urllib.request.urlopen(f"{demonstration_copy}/v1/returns/{second}/receipt") as answer:
        assert f'"supersedes":"{first}"' in answer.read().decode().replace(" ", "")


def test_the_python_sample_says_that_nobody_answers(tmp_path):
    (tmp_path / "return.csv").write_text(example_csv(), encoding="utf-8")

    done = subprocess.run(
        [*command(PYTHON), "http://127.0.0.1:9", "return.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "No answer from http://127.0.0.1:9" in done.stderr


def test_the_samples_are_those_that_the_page_shows():
    scripts = {path.name for path in SCRIPTS.iterdir() if path.name.startswith("submit")}

    assert scripts == {CURL, PYTHON, POWERSHELL}
    assert {sample.file for sample in SAMPLES} == scripts
