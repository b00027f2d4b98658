"""Errors that stop a run or one exchange. Broken rules are findings, not errors."""


class CannotJudge(Exception):
    """The suite cannot judge this server. The message is one sentence that says what to do; the exit code is 2."""


class NotJudged(Exception):
    """One rule, or one case of it, cannot be judged. The message says why."""


class OutOfTime(NotJudged):
    """The run has used up its time."""


class BudgetSpent(NotJudged):
    """The order budget does not allow another request that a server could accept."""


class OrderMade(NotJudged):
    """A run that must not place orders may have placed one. Nothing more is sent; the message names the request."""


class NoAnswer(Exception):
    """The server gave no HTTP response to a request. The message says what happened instead."""


class TimedOut(NoAnswer):
    """The server received the request and did not respond in time."""


class CutShort(NoAnswer):
    """The server closed the connection before it had read all of a large request, which suggests a size limit."""


class OtherProtocol(NoAnswer):
    """The server accepted an offer to switch protocols, which is allowed."""


class StrayBytes(NoAnswer):
    """The server sent bytes on the connection that belong to no request."""


class ServerGone(Exception):
    """The server stopped accepting connections in the middle of the run."""
