"""Shows what the log says: pages, API and live updates over views that decide nothing."""
