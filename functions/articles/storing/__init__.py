"""The tables and the archive: articles, receipts and reports, written and read."""
