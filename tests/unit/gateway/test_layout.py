"""Documents do not change unnoticed: a release that makes others builds them beside the old."""

import json
from hashlib import sha256

from services.gateway.core.document import LAYOUT
from services.gateway.sample.store import make_store

DIGESTS = {1: "7a99a42927c73f18", 2: "0a9506d775f40368", 3: "66e3c1372c9decc1"}


def test_the_same_events_make_the_same_documents_within_a_layout(history):
    store = make_store(history)
    documents = {key: store.get(key) for key in store.keys("")}
    digest = sha256(json.dumps(documents).encode()).hexdigest()[:16]

    assert digest == DIGESTS[LAYOUT], (
        f"The sample's documents have digest {digest}. If a fold changed, raise LAYOUT in "
        "services/gateway/core/document.py and add its digest here, so that a new release does "
        "not read the views of the one before. If the sample alone changed, write the digest."
    )
