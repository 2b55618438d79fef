"""An invented region to try the pages and the API on without a log; nothing here is served."""
