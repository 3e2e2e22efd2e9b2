"""Reading uploads again: which ones, what it would change, and sending them."""
