"""The part of the client that does not depend on the document: plain Python, copied unchanged into the package.

The sub-packages, from the top down. Each imports only from those below it, and not from others in the same row:

    clients | bulk
    transport
    requests
    models | configuration | outcomes
    values
"""
