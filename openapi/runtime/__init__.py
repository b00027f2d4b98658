"""The part of the client that does not depend on the document: plain Python, copied unchanged into the package.

The rooms, from the top down. Each imports only from the rooms below it, and not from its neighbours in the same row:

    clients | bulk
    transport
    requests
    models | configuration | outcomes
    values
"""
