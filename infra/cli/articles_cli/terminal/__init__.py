"""What people and pipes see of any command: streams, output, exit codes, help, waiting."""
