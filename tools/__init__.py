"""Build scripts that write committed data: run by a developer, never by the product."""
