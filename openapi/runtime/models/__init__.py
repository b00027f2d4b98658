"""How JSON becomes the models of the document and the reverse. Nothing here knows of HTTP."""
