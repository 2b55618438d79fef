"""The reading half of the API: routers over the views, one module per part of the surface."""
