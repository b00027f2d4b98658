"""What the client needs whatever the document says: plain Python, copied into the generated package as it is.

The rooms, from the top down; each imports only from those below it, and none of those in the same row:

    clients | bulk
    transport
    requests
    models | configuration | outcomes
    values
"""
