"""From a record to the canonical article: recognise its shape, take its fields, normalize them."""
