"""Lets `python -m danqing` do what `danqing` does."""

from danqing.cli import main

if __name__ == "__main__":
    main()
