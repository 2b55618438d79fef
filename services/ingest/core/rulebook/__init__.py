"""The rules as data: file (F), structure (S), time (T), cell (C), cross-field (X), query (Q)."""
