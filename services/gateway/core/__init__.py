"""The views as documents by key, and what each surface makes of them; no input or output."""
