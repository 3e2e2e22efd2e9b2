"""`python -m articles_cli` is `articles`."""

from articles_cli.main import main

main()
