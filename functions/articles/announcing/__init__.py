"""From changes of the tables to events on the bus."""
