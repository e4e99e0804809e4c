"""A witness of logs, for an agency or an overseer to run on a machine of its own: it needs no Docket beside it."""
