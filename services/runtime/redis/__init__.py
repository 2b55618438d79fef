"""Redis behind the port of the views; nothing outside this package imports its client.

One nation's views are one hash, so they are there as a whole or not at all: what wipes or evicts
them cannot leave documents without the places they rest on.
"""
