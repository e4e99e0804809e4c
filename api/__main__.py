"""`docket`: every command of the command line."""

from api.cli import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
