"""DRF's parsers, kept from answering hostile bodies with a 500, and its negotiation without a 406."""

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser


class Bounded:
    def parse(self, stream, media_type=None, parser_context=None):
        # Django's multipart parser knows the media type in lower case only.
        name, separator, parameters = media_type.partition(";")
        try:
            return super().parse(stream, name.strip().lower() + separator + parameters, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - the document is nested too deeply.") from None
        except ValueError as exc:
            raise ParseError(f"Parse error - {exc}") from None


class BoundedJSONParser(Bounded, JSONParser):
    pass


class BoundedFormParser(Bounded, FormParser):
    pass


class BoundedMultiPartParser(Bounded, MultiPartParser):
    pass


class AlwaysJSON(DefaultContentNegotiation):
    """One representation only: it is sent whatever `Accept` or `?format=` ask for."""

    def select_renderer(self, _request, renderers, _format_suffix=None):
        return renderers[0], renderers[0].media_type
