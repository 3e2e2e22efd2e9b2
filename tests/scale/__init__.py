"""What docs/scale.md says of more articles than any test sends."""
