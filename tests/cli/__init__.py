"""The command line, typed as people type it, and its parts."""
