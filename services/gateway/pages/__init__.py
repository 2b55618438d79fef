"""The pages: what the views say, rendered on the server; everything works without a script."""
