"""Items: what the API says of a thing, made from its documents at the moment of reading."""
