"""An export is one archive in open formats, which anybody can check without Docket, and `docket verify` does."""
