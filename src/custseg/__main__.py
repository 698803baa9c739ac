"""`python -m custseg` is the `custseg` command."""

from custseg.cli import main

if __name__ == "__main__":
    main(prog_name="custseg")
