"""Folds: what each event changes in the documents, one module per part of the language."""
