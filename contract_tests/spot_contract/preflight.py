"""Before the first rule: whether there is a server that speaks HTTP and takes this token at all."""

from .carriers import media
from .credentials import good
from .desk import Desk
from .errors import CannotJudge, NoAnswer, NotJudged, ServerGone
from .messages import Request
from .orders import Maker
from .parameters import headers
from .settings import Settings


def check(desk: Desk, settings: Settings, path: str) -> None:
    """Send one ordinary order, in another media type where it is refused. Raises CannotJudge.

    A token that no media type is let in with is a wrong token, which says nothing about the server.
    """
    maker = Maker(settings.seed, "preflight", settings.kit_types, settings.recipient)
    statuses: list[int] = []
    for carrier in media():
        content_type, data = carrier.encode(maker.plain())
        try:
            answer = desk.send(Request(content_type, data, good(settings.token), path, headers=headers(maker.mark())))
        except ServerGone as error:
            raise CannotJudge(f"Nothing answers at {desk.target.url}; start the server or mend --base-url.") from error
        except NoAnswer as error:
            raise CannotJudge(f"What listens at {desk.target.url} gives no HTTP answer: {error}.") from error
        except NotJudged as error:
            raise CannotJudge(f"The server at {desk.target.url} cannot be judged now: {error}.") from error
        statuses.append(answer.status)
        if answer.status not in {401, 403, 404} and not 300 <= answer.status < 400:
            return
    _explain(statuses, desk, path)


def _explain(statuses: list[int], desk: Desk, path: str) -> None:
    where = f"{desk.target.url}{path}"
    if {401, 403} & set(statuses):
        raise CannotJudge(
            f"The server answers {statuses[0]} to every order: it does not accept the token in SPOT_API_TOKEN."
        )
    if 404 in statuses:
        raise CannotJudge(
            f"The server answers 404 at {where}; check --base-url, which the operation's path is appended to."
        )
    raise CannotJudge(f"The server answers {statuses[0]}, a redirect, at {where}; give the address it redirects to.")
