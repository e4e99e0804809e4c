"""Of what went wrong it is told what was raised, and where, never what it says: that may quote the record."""

from pathlib import Path
from traceback import format_tb


def told(error: BaseException) -> str:
    """What was raised, and where."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return f"{type(error).__name__}{where}"


def frames(error: BaseException) -> str:
    """The whole way to it, from where it was met, and that to each error that it came of."""
    said: list[str] = []
    of: BaseException | None = error
    while of is not None:
        said.append(f"{type(of).__name__}, raised at\n{''.join(format_tb(of.__traceback__))}")
        of = of.__cause__ or (None if of.__suppress_context__ else of.__context__)
    return "of ".join(said)
