"""HTTP in, views and streams out, the pages, and the command line `docket`: where the parts are put together."""
