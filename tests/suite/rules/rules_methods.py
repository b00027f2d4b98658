from rule_cases import Broken, Row, answer, of
from spot_contract.exchanges.intent import Kind


def asked(status, method="GET", **headers):
    return of(Kind.METHOD, answer(status, b"", None, **headers), way=method, method=method)


def elsewhere(status):
    return of(Kind.PATH, answer(status, b"", None), way="another version")


RULES = {
    "methods.refused": Row(
        [asked(405), asked(501, "FOO")],
        [Broken(asked(200), "", "GET"), Broken(asked(204, "DELETE"), "", "DELETE"), Broken(asked(302), "", "GET")],
    ),
    "methods.status_405": Row([asked(405)], [Broken(asked(404, "PUT"), "", "answered 404")]),
    "methods.allow": Row(
        [asked(405), asked(405, Allow="OPTIONS,POST")],
        [
            Broken(asked(405, Allow="GET"), "Allow", "does not list POST"),
            Broken(asked(405, Allow=None), "Allow", "does not list POST"),
            Broken(asked(405, Allow="POSTS"), "Allow", "does not list POST"),
        ],
    ),
    "methods.unknown_path": Row(
        [elsewhere(404)], [Broken(elsewhere(200), "", "another version"), Broken(elsewhere(301), "", "another version")]
    ),
}
