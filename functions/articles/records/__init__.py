"""From the bytes of an upload to its records: JSON values, each with its place."""
