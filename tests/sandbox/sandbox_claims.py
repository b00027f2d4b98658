"""Which probe shows which fault, and which one the same server still passes."""

from __future__ import annotations

from sandbox_probes import PROBES

_SHOWN = {
    "recipient.first_name missing": """
        refused-with-422 refused-with-200 refused-as-html refused-with-empty-body refused-in-framework-form
        refused-as-the-error-page-says refused-with-empty-error detail-missing status-missing type-missing
        detail-is-a-list error-status-is-text error-status-is-500 error-type-is-not-found
        error-type-is-unknown detail-empty detail-says-nothing detail-with-stack-trace
        detail-with-server-path detail-with-token
    """,
    "malformed JSON": """
        malformed-json-as-html malformed-json-shows-stack-trace malformed-json-fails
        malformed-json-fails-the-next-request
    """,
    "recipient missing in multipart/form-data in json style": "error-status-of-forms-is-404",
    "kit_types null": "detail-always-names-first-name",
    "recipient.address.state missing": "detail-names-the-parent-only",
    "recipient.address.city missing": "detail-names-the-wrong-address-field",
    "country not repeated": "detail-repeats-the-country",
    "empty body": "empty-body-fails empty-body-hangs",
    "recipient.email missing": "email-not-required",
    "recipient.address.zip missing": "zip-not-required",
    "kit_types missing": "kit-types-not-required",
    "recipient.address.city missing in multipart/form-data in json style": "city-not-required-in-forms",
    "recipient.last_name missing in multipart/form-data in json style": "last-name-not-required-in-multipart",
    "country MX": "mexico-accepted",
    "country in lower case": "country-case-ignored",
    "country MX in multipart/form-data in json style": "any-country-accepted-in-forms",
    "recipient.first_name null": "null-first-name-accepted",
    "recipient.address.city null": "null-accepted-for-any-text",
    "recipient.address.zip a number": "numeric-zip-accepted",
    "recipient.address.state a boolean": "boolean-state-accepted",
    "kit_types a text": "kit-types-text-accepted",
    "kit_types of numbers": "mixed-kit-types-accepted",
    "kit_types of a text and a number": "only-first-kit-type-checked",
    "metadata a text": "metadata-text-accepted",
    "metadata a list": "metadata-list-accepted",
    "street2 a number": "street2-number-accepted",
    "no header for application/json": "no-authentication missing-header-accepted missing-header-is-bad-request",
    "another token for application/json": """
        any-token-accepted denied-with-403 denied-as-html denied-in-framework-form
        denied-with-type-bad-request denied-with-status-400-inside denied-without-challenge
        denied-without-detail denied-with-empty-detail
    """,
    "empty token for application/json": "empty-token-accepted",
    "Bearer for application/json": "bearer-accepted",
    "another scheme for application/json": "any-scheme-accepted",
    "no scheme for application/json": "bare-token-accepted missing-scheme-fails",
    "a prefix of the token for application/json": "token-prefix-accepted",
    "a longer token for application/json": "longer-token-accepted",
    "the token in another case for application/json": "token-case-ignored",
    "another token of the same length for application/json": "token-length-compared",
    "token in the query": "token-in-query-accepted",
    "no header for multipart/form-data": "forms-unauthenticated",
    "no header for application/x-www-form-urlencoded": "urlencoded-unauthenticated",
    "Bearer for multipart/form-data": "bearer-accepted-for-multipart",
    "no header after a right one": "authentication-remembered",
    "twenty wrong tokens": "wrong-token-accepted-at-the-10th-try wrong-token-accepted-every-20th-time",
    "right token after a wrong one": "right-token-refused-after-a-wrong-one",
    "wrong body without a token": "validation-before-authentication",
    "zip with a leading zero": "zip-leading-zero-lost zip-with-leading-zero-refused",
    "zip plus four": "zip-plus-four-cut zip-plus-four-refused",
    "Canadian address": """
        postal-code-blank-lost postal-code-cut-to-five country-of-canadians-us canada-refused
        canadian-postal-codes-refused
    """,
    "upper-case e-mail": "email-lower-cased upper-case-email-refused",
    "e-mail with an upper-case domain": "email-domain-lower-cased",
    "plus-addressed e-mail": "email-plus-cut plus-in-email-refused",
    "dotted e-mail": "email-dots-cut",
    "hyphenated phone": "phone-reduced-to-digits phone-must-be-digits",
    "ordinary order": """
        phone-in-international-form names-swapped street2-always-null street2-joined-to-street1
        phone-missing email-masked kits-upper-case metadata-lost metadata-as-text status-200
        created-as-text-plain created-without-content-type order-in-a-list order-as-json-text total-is-nan
        created-is-cut empty-object order-id-missing created-missing kits-missing camel-case-names
        order-id-integer order-id-empty status-completed kits-null kits-filled created-without-offset
        created-in-1970 local-time-labelled-utc created-as-a-number created-frozen created-with-a-blank
    """,
    "emoji": "emoji-lost",
    "metadata with an emoji": "emoji-lost-in-metadata",
    "decomposed accent": "accents-composed",
    "composed accent": "accents-decomposed accents-lost names-beyond-ascii-refused",
    "Quebec": "characters-beyond-ascii-become-question-marks quebec-abbreviated-the-old-way",
    "McDonald": "names-capitalised",
    "name with an apostrophe": "apostrophe-made-html apostrophe-doubled apostrophe-refused",
    "metadata with a sign of HTML": "ampersand-made-html",
    "two first names": "second-word-of-first-name-lost",
    "long name": "names-cut-at-30 long-names-refused",
    "long street": "street-cut-at-40 long-streets-refused",
    "street spelt out": "street-abbreviated",
    "blanks at the ends of a name": "blanks-trimmed",
    "street2 null": "street2-null-becomes-empty null-street2-refused",
    "kit ordered twice": "kit-duplicates-removed repeated-kit-types-refused",
    "kits out of order": "kits-sorted",
    "ten kits": """
        kits-cut-at-five metadata-lost-with-many-kits more-than-five-kits-refused large-orders-in-progress
    """,
    "seventy orders in a row": """
        order-id-constant every-7th-order-id-repeated order-ids-start-again-after-50 order-id-is-the-second
        previous-metadata-shown every-11th-recipient-from-previous recent-orders-listed
        failure-after-60th-order every-40th-order-fails every-31st-order-forbidden slow-after-50th-order
        slower-with-every-order status-of-every-25th-order-in-progress
    """,
    "identical bodies": "order-id-reused-for-identical-body order-id-reused-for-same-recipient",
    "orders in parallel": "order-ids-collide-in-parallel parallel-orders-refused",
    "unknown property": "unknown-properties-unprocessable",
    "markup in a name": "markup-stopped-by-a-firewall",
    "empty city": "blank-texts-answered-with-200",
    "no order stalls": "every-15th-order-stalls",
    "twenty orders without a phone": "phone-not-required-every-15th-time",
    "Canadian address without a province": "state-not-required-in-canada",
    "recipient in a list": "recipient-in-a-list-accepted",
    "address as JSON text": "address-as-json-text-accepted",
    "first name and metadata missing": "first-name-not-required-without-metadata",
    "strangers over and over": "everybody-let-in-after-2000-requests",
    "method TRACE": "trace-fails",
    "method PURGE": "unknown-methods-accepted",
    "GET without a token": "get-without-token-lists-orders",
    "created moves on": "created-stands-still",
    "scheme in lower case": "scheme-in-another-case-is-bad-request",
    "order after a lost client": "request-after-a-lost-client-refused",
    "media types share their ids": "json-and-forms-count-apart",
    "metadata absent after present": "absent-metadata-filled-from-previous",
    "metadata with other keys": "metadata-accumulates",
    "street2 absent after present": "absent-street2-filled-from-previous",
    "same person at a new address": "address-cached-by-email",
    "two forms in a row": "kit-types-accumulate-in-forms",
    "application/xml": """
        unsupported-media-type-fails unsupported-media-type-as-text media-type-ignored
        unsupported-media-type-gets-400
    """,
    "text/plain": "json-accepted-as-text",
    "charset parameter": "charset-refused",
    "upper-case media type": "upper-case-media-type-refused",
    "charset parameter of a form": "charset-on-urlencoded-refused",
    "x-www-form-urlencoded in json style": "urlencoded-unsupported metadata-lost-in-urlencoded",
    "form-data in json style": """
        multipart-unsupported json-text-in-forms-refused metadata-lost-in-multipart-json-text
        metadata-of-forms-is-text last-kit-type-of-forms-wins status-202-for-forms
    """,
    "form-data in dotted style": "dotted-names-refused",
    "form-data in brackets style": "brackets-refused",
    "x-www-form-urlencoded in dotted style": "street2-lost-in-dotted-names",
    "x-www-form-urlencoded in json style, single kit": "single-kit-type-of-forms-refused",
    "form-data in json style, comma in a kit type": "kit-types-of-forms-split-at-commas",
    "form-data in json style, a plus": "plus-becomes-a-blank-in-multipart",
    "x-www-form-urlencoded in json style, accents": "urlencoded-read-as-latin-1",
    "x-www-form-urlencoded in json style, zip with a leading zero": "zips-of-forms-are-numbers",
    "recipient.phone missing in multipart/form-data in json style": "phone-not-required-in-forms",
    "metadata with an integer beyond 2^53": "big-integers-rounded",
    "metadata with a fraction": "floats-rounded-to-two-places floats-become-integers",
    "metadata with a negative number": "negative-numbers-lose-the-sign",
    "metadata with true": "true-becomes-1 booleans-become-texts",
    "metadata with zero": "numbers-become-texts zero-values-become-null",
    "metadata with digits in a text": "digit-texts-become-numbers",
    "metadata with null within": "null-values-dropped null-values-become-empty",
    "metadata with false": "false-values-dropped",
    "metadata with an empty text": "empty-texts-dropped",
    "metadata with an empty object": "empty-objects-dropped",
    "metadata with an empty list": "empty-lists-dropped",
    "metadata with an object": "nested-objects-become-texts nesting-flattened nested-metadata-refused",
    "metadata with four levels": "nesting-cut-below-two-levels",
    "metadata with a list of one": "lists-of-one-unwrapped",
    "metadata with an unsorted list": "lists-sorted",
    "metadata with an upper-case key": "keys-lower-cased",
    "metadata with a key with a blank": "keys-in-snake-case",
    "metadata with a key with a dot": "keys-with-dots-nested",
    "metadata with a key in Greek": "keys-beyond-ascii-dropped",
    "metadata with a long text": "values-cut-at-100",
    "metadata with blanks at the ends": "values-trimmed",
    "metadata with seven members": "sixth-member-dropped",
    "method PUT": """
        not-allowed-without-allow allow-lists-get-only other-methods-not-found other-methods-bad-request
        put-accepted
    """,
    "method PATCH": "patch-accepted",
    "method GET": "get-lists-orders",
    "method DELETE": "delete-accepted",
    "method OPTIONS": "options-fails",
    "Delaware": "delaware-refused",
    "Nunavut": "nunavut-refused",
    "hyphenated name": "hyphen-refused",
    "Chinese name": "names-beyond-latin-1-refused",
    "one-letter name": "one-letter-names-refused",
    "international phone": "international-phone-refused",
    "metadata with nothing in it": "empty-metadata-refused",
    "metadata null": "null-metadata-refused",
    "metadata absent": "metadata-required",
    "street2 absent": "street2-required",
    "invalid UTF-8": "invalid-utf8-fails",
    "invalid UTF-8 in a form": "invalid-utf8-in-forms-fails",
    "metadata with a lone surrogate": "lone-surrogate-fails",
    "nul": "nul-fails",
    "nesting 10,000 deep": "deep-nesting-fails too-deep-nesting-fails-the-next-request",
    "large name": "long-strings-fail",
    "metadata with a number of 5,000 digits": "huge-numbers-fail",
    "duplicate keys": "duplicate-keys-fail",
    "multipart that ends too early": "broken-multipart-fails broken-multipart-answered-with-204",
    "multipart without a boundary": "missing-boundary-fails",
    "odd bytes for application/json": "odd-authorization-bytes-fail odd-authorization-bytes-not-found",
    "file where a text is expected": "file-for-a-text-fails",
    "body a list": "scalar-bodies-fail",
    "broken multipart": "refusal-repeated-after-broken-multipart hangs-after-broken-multipart",
    "JSON that ends too early": "malformed-json-hangs",
    "too many requests are said rightly": """
        rate-limit-without-envelope rate-limit-with-wrong-type rate-limit-without-retry-after
    """,
    "metadata with a number beyond floats": "large-floats-become-infinity",
    "single kit": "kit-types-missing-when-single",
}
CLAIMS = {fault: probe for probe, faults in _SHOWN.items() for fault in faults.split()}


def shows(*faults, name=None):
    """Register a probe and the faults that it shows."""

    def register(probe):
        label = name or probe.__name__.replace("_", " ")
        assert label not in PROBES, label
        PROBES[label] = probe
        CLAIMS.update(dict.fromkeys(faults, label))
        return probe

    return register


# Servers on which no order comes out right still refuse rightly; all others still place an ordinary order.
_NO_ORDER_IS_RIGHT = """
    phone-in-international-form names-swapped street2-always-null street2-joined-to-street1
    phone-missing email-masked kits-upper-case metadata-lost metadata-as-text status-200
    created-as-text-plain created-without-content-type order-in-a-list order-as-json-text total-is-nan
    created-is-cut empty-object order-id-missing created-missing kits-missing camel-case-names
    order-id-integer order-id-empty status-completed kits-null kits-filled created-without-offset
    created-in-1970 local-time-labelled-utc created-as-a-number created-frozen created-with-a-blank
"""
CONTROLS = dict.fromkeys(_NO_ORDER_IS_RIGHT.split(), "country MX")
