"""A clock is data: published terms and calendars, read from tables, and the one way of counting by them."""

from domain.clocks.counting import Deadline, NaiveTime, Pause, ceiling, day_begins, deadline, instant, local_day
from domain.clocks.published import LONGEST_DAYS, BadTable, Calendar, CalendarExhausted, Days, Ends, Terms
from domain.clocks.tables import calendar, terms

__all__ = [
    "LONGEST_DAYS",
    "BadTable",
    "Calendar",
    "CalendarExhausted",
    "Days",
    "Deadline",
    "Ends",
    "NaiveTime",
    "Pause",
    "Terms",
    "calendar",
    "ceiling",
    "day_begins",
    "deadline",
    "instant",
    "local_day",
    "terms",
]
