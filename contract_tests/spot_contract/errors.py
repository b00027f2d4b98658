"""What stops a judgement, as opposed to what a judgement finds."""


class CannotJudge(Exception):
    """The suite cannot judge this server at all. Its text is one sentence that says what to do; the exit code is 2."""


class NotJudged(Exception):
    """One rule, or one case of it, cannot be judged. Its text says why."""


class OutOfTime(NotJudged):
    """The time that the run was given is up."""


class BudgetSpent(NotJudged):
    """The order budget allows no further request that a server could accept."""


class OrderMade(NotJudged):
    """A run that may make no order has perhaps made one: nothing more is sent. Its text says by which request."""


class NoAnswer(Exception):
    """The server gave no HTTP answer to a request. Its text says what happened instead."""


class TimedOut(NoAnswer):
    """The server took the request and gave no answer in time."""


class CutShort(NoAnswer):
    """The server closed the connection before it had read the whole of a large request, which tells of a limit."""


class OtherProtocol(NoAnswer):
    """The server took up the offer of another protocol, which it may."""


class StrayBytes(NoAnswer):
    """After its last answer on the connection the server sent what belongs to no request."""


class ServerGone(Exception):
    """The server stopped taking connections in the middle of the run."""
