"""RFC 3339 date-times. Python's own parser is more lenient in some places and stricter in others."""

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE_TIME = r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))"
_MICROSECOND_DIGITS = 6
_LEAP_SECOND = 60


def parse_date_time(text: str) -> datetime:
    """Parse an RFC 3339 date-time into an aware datetime, to the microsecond.

    A leap second (`:60`) becomes the first instant of the next minute. Raises ValueError for anything else, including
    local times without an offset; the message does not repeat the text.
    """
    match = re.fullmatch(_DATE_TIME, text, re.ASCII)
    if match is None:
        raise ValueError("not an RFC 3339 date-time with an offset")
    year, month, day, hour, minute, second, fraction, zulu, sign, offset_hours, offset_minutes = match.groups()
    zone = UTC
    if not zulu:
        if int(offset_minutes) > 59 or int(offset_hours) > 23:  # noqa: PLR2004 - hours and minutes
            raise ValueError("not an RFC 3339 date-time: the offset is out of range")
        offset = timedelta(hours=int(offset_hours), minutes=int(offset_minutes))
        zone = timezone(-offset if sign == "-" else offset)
    leap = int(second) == _LEAP_SECOND
    microsecond = int((fraction or "")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0"))
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), 59 if leap else int(second), microsecond, zone
        )
        return moment.replace(microsecond=0) + timedelta(seconds=1) if leap else moment
    except (ValueError, OverflowError):
        pass
    raise ValueError("not an RFC 3339 date-time: a part is out of range")
