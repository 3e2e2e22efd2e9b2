"""`articles`, or `python -m articles_cli`."""

import signal


def start() -> None:
    """Run the command line; while it is still loading, Ctrl-C ends it at once."""
    on_interrupt = signal.getsignal(signal.SIGINT)
    if on_interrupt is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from articles_cli.main import main  # it takes most of a second

    signal.signal(signal.SIGINT, on_interrupt)
    main()


if __name__ == "__main__":
    start()
