"""The OpenAPI document of the product: ``python -m tests.contract.openapi`` prints it.

With a release it is kept as ``tests/contract/released/openapi-VERSION.json``, and what comes
after the release is held against it.
"""

import json
import sys
from typing import Any

from schemas.reference import ENGLAND, load_library
from services.embedded.description import describe_all
from services.gateway.process import create_app
from services.runtime.clock import now
from services.runtime.settings import Settings


def document() -> dict[str, Any]:
    """The document of the whole API, of which nothing is started."""
    gateway = create_app(Settings(), now=now)
    return describe_all(gateway, library=load_library(), nation=ENGLAND, now=now).openapi()


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1, ensure_ascii=False)
