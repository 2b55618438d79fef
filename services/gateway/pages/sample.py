"""The samples as a page: scripts that send a return, shown as they are run by the tests."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from services.gateway.api.parameter import missing
from services.gateway.pages.furniture import Furniture

SCRIPTS = Path(__file__).resolve().parents[1] / "script"
CRUMBS = (("/developers/api", "API reference"),)


@dataclass(frozen=True, slots=True)
class Sample:
    """A script: its file, what it is written in and where it runs."""

    file: str
    name: str
    runs: str


SAMPLES = (
    Sample("submit.sh", "curl", "A shell with curl, on Linux, macOS or in Git Bash."),
    Sample("submit.py", "Python", "Python alone; no package is needed."),
    Sample("submit.ps1", "PowerShell", "Windows as it comes, with PowerShell 5.1."),
)


def router(furniture: Furniture, *, scripts: Path = SCRIPTS) -> APIRouter:
    """Serve the page, and each script as a file."""
    routes = APIRouter(include_in_schema=False)
    texts = {sample.file: (scripts / sample.file).read_text(encoding="utf-8") for sample in SAMPLES}

    @routes.get("/developers/samples")
    def list_samples(request: Request) -> Response:
        return furniture.page(
            request,
            "samples.html",
            title="Samples",
            crumbs=CRUMBS,
            live=False,
            samples=[(sample, texts[sample.file]) for sample in SAMPLES],
        )

    @routes.get("/developers/samples/{file}")
    def take_sample(file: str) -> Response:
        if file not in texts:
            raise missing("sample", file, where="The page Samples has those there are.")
        attached = {
            "Cache-Control": "max-age=3600",
            "Content-Disposition": f'attachment; filename="{file}"',
        }
        return Response(texts[file], media_type="text/plain", headers=attached)

    return routes
