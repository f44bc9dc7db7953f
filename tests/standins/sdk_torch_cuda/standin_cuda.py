"""Where this can be imported, the stand-in torch has ``cuda``."""
