from rule_cases import Broken, Row, error, of, order
from spot_contract.exchanges.intent import Kind

WAYS = "json or dotted or brackets"


def search_for(name):
    return Row(
        [of(Kind.DIALECT, order(), place=name, sent=WAYS)],
        [
            Broken(of(Kind.DIALECT, error(), place=name, sent=WAYS, way="not understood"), name, "not understood"),
            Broken(of(Kind.DIALECT, order(), place=name, sent="json", way="not understood"), name, "not understood"),
        ],
    )


RULES = {"forms.recipient": search_for("recipient"), "forms.metadata": search_for("metadata")}
