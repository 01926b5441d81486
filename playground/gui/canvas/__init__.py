"""The network as it is drawn: neurons as maps, the weights between them, and their cards."""
