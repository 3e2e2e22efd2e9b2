"""Normalizers: small total functions from a raw JSON value to a canonical one.

Each takes the raw value and a `Note` for what it drops or guesses, returns None for "absent", never
raises, and knows nothing of shapes. `@follows` says which rules of docs/rules.md it follows, and
`articles validate --explain` shows them.
"""
