"""The command `articles`. It imports the service; the service never imports it."""
