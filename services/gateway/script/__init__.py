"""Scripts that senders copy: shown on a page, run by the tests, imported by nothing."""
