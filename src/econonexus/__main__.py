"""`python -m econonexus` is the command line."""

from econonexus.cli import main

if __name__ == "__main__":
    main()
