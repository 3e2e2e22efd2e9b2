"""A stack of template.yaml, deployed or embedded: its names, its clients, its queues."""
