"""One run: dialects, sending every scenario, holding every exchange against every rule, the verdict; tells nobody."""
